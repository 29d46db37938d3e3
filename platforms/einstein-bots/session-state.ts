// Where a session stands, as the workflow carries it between two calls. No message text, nothing secret: whoever has a
// session's id still needs the org's token.
import { z } from 'zod';
import type { ChatState } from '../../domain/chat';
import { BatonError } from '../../domain/errors';

const stateSchema = z.looseObject({
  generation: z.number().int(),
  /** The vendor's id of the session. */
  session: z.string().min(1),
  /** The vendor's id of the bot. */
  bot: z.string().min(1),
  /** `X-Runtime-CRC` of the last answer, for the next request. */
  crc: z.string().exactOptional(),
  /** The last sequence number of which an answer came. */
  last: z.number().int(),
  /** The choices that the user was given last: how each was numbered, and its id. */
  choices: z.array(z.tuple([z.string(), z.string()])).exactOptional(),
  /** The bot has ended the session, or Baton has. */
  over: z.literal(true).exactOptional(),
});

/** See the file's comment. */
export type SessionState = z.output<typeof stateSchema>;

/** Undefined for a state that is missing or not one of this platform. */
export function readState(chat: ChatState | undefined): SessionState | undefined {
  const read = stateSchema.safeParse(chat);
  return read.success ? read.data : undefined;
}

/** @throws BatonError `ESC_BOT_SESSION_GONE` for a state of no session that can be spoken in */
export function openState(chat: ChatState | undefined): SessionState {
  const state = readState(chat);
  if (!state) throw new BatonError('ESC_BOT_SESSION_GONE', 'the state names no session');
  if (state.over) throw new BatonError('ESC_BOT_SESSION_GONE', `session ${state.session}`);
  return state;
}
