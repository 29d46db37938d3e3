// Certainly: a bot side. Its bot claims a human by webhook, is put into listen mode, and is given its user back with a
// word on how it went. README.md has the options and what is not documented.
import type { Platform } from '../platform';
import { createCertainlyBotSide } from './bot-side';
import { readInbound } from './inbound';
import { checkBot } from './options';

/** `platform: certainly`. */
export const certainly: Platform = {
  name: 'certainly',
  botSide: {
    needsConnector: false,
    deliversNotices: true,
    ownProgress: ['accepted'],
    readInbound,
    checkBot,
    createBotSide: (bot, _, { log }) => createCertainlyBotSide(bot, log),
  },
};
