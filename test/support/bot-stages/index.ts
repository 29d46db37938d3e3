// Every bot, ready to be played.
import type { Shared } from '../matrix-shared';
import { createCertainlyBot } from './certainly';
import { createEinsteinBot } from './einstein-bots';
import { createKoreBot } from './kore';
import { createLivePersonBot } from './liveperson';
import type { BotStage } from './stage';
import { createWebhookBot } from './webhook';

/** By the platform's name in platforms/index.ts. */
export const BOT_STAGES: Readonly<Record<string, (shared: Shared) => Promise<BotStage>>> = {
  certainly: ({ system }) => createCertainlyBot(system),
  'einstein-bots': async ({ system, einsteinOrg }) => createEinsteinBot(system, await einsteinOrg()),
  kore: () => createKoreBot(),
  liveperson: ({ system }) => createLivePersonBot(system),
  webhook: ({ system }) => createWebhookBot(system),
};
