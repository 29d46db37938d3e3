// Every bot side, ready for the suite that all of them pass.
import type { BotSideHarness } from '../../platforms/bot-side-conformance';
import { certainlyHarness } from './certainly';
import { einsteinBotsHarness } from './einstein-bots';
import { koreHarness } from './kore';
import { livePersonHarness } from './liveperson';
import { webhookHarness } from './webhook';

/** By the platform's name in platforms/index.ts. */
export const BOT_SIDE_HARNESSES: Readonly<Record<string, BotSideHarness>> = {
  certainly: certainlyHarness,
  'einstein-bots': einsteinBotsHarness,
  kore: koreHarness,
  liveperson: livePersonHarness,
  webhook: webhookHarness,
};
