// Salesforce's Einstein Bots: a desk for bots as targets, and the bot side of conversations that begin with one. Baton is
// "the client" of the Einstein Bots API.
import type { Platform } from '../platform';
import { createEinsteinBotSide } from './bot-side';
import { checkBot, entryBotId } from './bot-options';
import { createEinsteinDesk, EINSTEIN_CAPABILITIES, isValidTargetId } from './desk';
import { checkConnector } from './options';
import { readTrigger } from './trigger';

/** The platform that platforms/index.ts lists. */
export const einsteinBots: Platform = {
  name: 'einstein-bots',
  desk: {
    capabilities: EINSTEIN_CAPABILITIES,
    isValidTargetId,
    checkConnector,
    createDesk: createEinsteinDesk,
  },
  botSide: {
    needsConnector: true,
    deliversNotices: true,
    sessions: { entryBotId, readTrigger },
    checkBot,
    createBotSide: createEinsteinBotSide,
  },
};
