// A chat's session as it may stand in a workflow's state: its secrets sealed, its numbers plain. Bound to its chat: it
// cannot be moved to another.
import { BatonError } from '../../domain/errors';
import type { Sealer } from '../sealing';
import { chatSessionSchema } from './chat-session';
import type { ChatSession } from './chat-session';

/** What changes with nearly every call, and is no secret. */
type Numbers = Pick<ChatSession, 'sequence' | 'ack' | 'offset' | 'resyncs' | 'isResuming'>;

/** A sealed session. Two with the same `secret` differ in their numbers only. */
export interface SealedSession extends Numbers {
  /** Changes only when the chat moves: keep the old text while `resyncs` and the address are the same. */
  readonly secret: string;
}

/** `chat` names whose it is, e.g. the transfer's id: it has to be given again to open it. */
export function seal(session: ChatSession, sealer: Sealer, chat: string): SealedSession {
  const { sequence, ack, offset, resyncs, isResuming, ...secrets } = session;
  return {
    secret: sealer.seal(JSON.stringify(secrets), chat),
    sequence,
    ack,
    resyncs,
    ...(offset !== undefined && { offset }),
    ...(isResuming && { isResuming }),
  };
}

/** @throws BatonError `ESC_SESSION_KEY_UNKNOWN`, `ESC_SESSION_UNREADABLE` */
export function unseal(sealed: SealedSession, sealer: Sealer, chat: string): ChatSession {
  const { secret, ...numbers } = sealed;
  const plain = sealer.unseal(secret, chat);
  try {
    return chatSessionSchema.parse({ ...(JSON.parse(plain) as object), ...numbers });
  } catch {
    // What went wrong could quote what was decrypted.
    throw new BatonError('ESC_SESSION_UNREADABLE', 'it is not a session of this platform');
  }
}
