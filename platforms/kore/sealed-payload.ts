// What users and bot write while the bot has the conversation only passes through: the bot has to get it as it is, and
// nobody is to read it in a workflow's history. So it is sealed, with a key made of the client secret, which gateways and
// workers have and Temporal has not.
import { createHash, hkdfSync } from 'node:crypto';
import { BatonError } from '../../domain/errors';
import { readSealer, type Sealer } from '../sealing';
import type { KoreBot } from './options';
import type { Json } from './payload';

const KEY_BYTES = 32;
const PURPOSE = 'baton: what is passed on for a bot on Kore.ai';
const KEY_ID_CHARS = 12;

/** A payload that only who has the bot's client secret can read, and only for this conversation. */
export function sealPayload(bot: KoreBot, conversationId: string, payload: Json): string {
  return sealerOf(bot).seal(JSON.stringify(payload), conversationId);
}

/** @throws BatonError `ESC_SESSION_KEY_UNKNOWN` for another secret's, `ESC_SESSION_UNREADABLE` for another conversation's */
export function openPayload(bot: KoreBot, conversationId: string, sealed: string): Json {
  return JSON.parse(sealerOf(bot).unseal(sealed, conversationId)) as Json;
}

/** During a rotation the first secret seals, and both open. */
function sealerOf({ secrets }: KoreBot): Sealer {
  const keys = [...new Set(secrets)].map((secret) => {
    const key = Buffer.from(hkdfSync('sha256', secret, '', PURPOSE, KEY_BYTES));
    const id = createHash('sha256').update(key).digest('hex').slice(0, KEY_ID_CHARS);
    return `${id}:${key.toString('base64')}`;
  });
  const sealer = readSealer(keys.join());
  if (!sealer) throw new BatonError('ESC_INTERNAL', 'no key could be made of the client secret');
  return sealer;
}
