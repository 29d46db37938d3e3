// Every desk, ready to be played.
import { createLiveAgentStage } from '../chat-stages/salesforce-live-agent';
import { createMessagingStage } from '../chat-stages/salesforce-messaging';
import { createWebhookStage } from '../chat-stages/webhook';
import type { Shared } from '../matrix-shared';
import { createEinsteinDesk } from './einstein-bots';
import { deskStageOf } from './from-chat-stage';
import { createLivePersonDesk } from './liveperson';
import { createOmniDesk } from './salesforce-omni';
import type { DeskStage } from './stage';

/** By the platform's name in platforms/index.ts. */
export const DESK_STAGES: Readonly<Record<string, (shared: Shared) => Promise<DeskStage>>> = {
  'einstein-bots': async ({ system, einsteinOrg }) => createEinsteinDesk(system, await einsteinOrg()),
  liveperson: ({ system }) => createLivePersonDesk(system),
  'salesforce-live-agent': () => deskStageOf(createLiveAgentStage()),
  'salesforce-messaging': () => deskStageOf(createMessagingStage()),
  'salesforce-omni': () => createOmniDesk(),
  webhook: () => deskStageOf(createWebhookStage()),
};
