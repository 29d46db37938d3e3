// Every desk whose chats Baton carries, ready to be played.
import { createLiveAgentStage } from './salesforce-live-agent';
import { createMessagingStage } from './salesforce-messaging';
import { createWebhookStage } from './webhook';
import type { ChatStage } from './stage';

/** By the platform's name in platforms/index.ts. */
export const CHAT_STAGES: Readonly<Record<string, () => Promise<ChatStage>>> = {
  'salesforce-live-agent': createLiveAgentStage,
  'salesforce-messaging': createMessagingStage,
  webhook: createWebhookStage,
};
