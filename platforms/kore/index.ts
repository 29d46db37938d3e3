// Kore.ai (XO platform): a bot side. Baton takes the place of a BotKit server, which the platform calls at every event.
import type { Platform } from '../platform';
import { createKoreBotSide } from './bot-side';
import { readInbound } from './inbound';
import { checkBot } from './options';

/** Samples extend their request every four minutes; how long an id lives is not documented. */
const EXTEND_EVERY_MS = 240_000;

/** `platform: kore`. */
export const kore: Platform = {
  name: 'kore',
  botSide: {
    needsConnector: false,
    deliversNotices: true,
    ownProgress: ['accepted'],
    extendEveryMs: EXTEND_EVERY_MS,
    readsTranscript: true,
    readInbound,
    checkBot,
    createBotSide: (bot, _connector, { log }) => createKoreBotSide(bot, log),
  },
};
