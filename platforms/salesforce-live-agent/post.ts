// Numbered POSTs: what makes a repeated one harmless. The number is chosen by the caller, who writes it down before
// the POST is sent; a POST with an unknown result is repeated under the same number and taken once.
import { assertNever } from '../../domain/assert-never';
import type { ChatSession } from './chat-session';
import type { Rest } from './rest';

/** The number of a POST. Never give one number to two different POSTs. */
export interface PostNumber {
  /** `session.sequence + 1` of the session as it is stored. */
  readonly sequence: number;
  /** A POST under this number may have reached the vendor before: only then can "taken already" mean this one. */
  readonly isRepeat: boolean;
}

/** Why a chat cannot go on. `sessionGone`: expired or ended. `duplicatePoll`: two polled it at once. */
export type LostReason = 'sessionGone' | 'duplicatePoll';

/** What became of a POST. A network fault, 429 or 5xx is thrown: repeat the same POST. */
export type PostResult =
  /** The vendor has it. `wasRepeat`: it had it before; this POST changed nothing. */
  | { readonly kind: 'taken'; readonly session: ChatSession; readonly wasRepeat: boolean }
  /** Not taken, since the vendor counts otherwise. Send it as a new POST, numbered from `session.sequence`. */
  | { readonly kind: 'resequence'; readonly session: ChatSession }
  /**
   * The chat moved to another server, or there is an outage: have its poller `resync` (a waiting poll has to be given
   * up first), read back whether the message arrived, and only then send it again.
   */
  | { readonly kind: 'resync' }
  | { readonly kind: 'lost'; readonly reason: LostReason };

/** What a status says of a chat. */
export type Verdict =
  | { readonly kind: 'ok' }
  | { readonly kind: 'outOfSync'; readonly actual: number }
  | { readonly kind: 'resync' }
  | { readonly kind: 'lost'; readonly reason: LostReason }
  /** Nothing of the chat's: a fault. */
  | { readonly kind: 'fault' };

/** Reads a status as the guide does. */
export function verdictOf(status: number, body: string): Verdict {
  if (status >= 200 && status < 300) return { kind: 'ok' };
  if (status === 503) return { kind: 'resync' };
  if (status === 403) return { kind: 'lost', reason: 'sessionGone' };
  if (status !== 409) return { kind: 'fault' };
  const actual = /out of sync.*\bactual\s+(\d+)/is.exec(body)?.[1];
  if (actual !== undefined) return { kind: 'outOfSync', actual: Number(actual) };
  return /duplicate long poll/i.test(body) ? { kind: 'lost', reason: 'duplicatePoll' } : { kind: 'fault' };
}

/** One POST to send. */
export interface NumberedPost {
  readonly name: 'ChasitorInit' | 'ChatMessage' | 'ChasitorNotTyping' | 'ChatEnd';
  readonly body: unknown;
  readonly number: PostNumber;
  readonly timeoutMs: number;
}

/** Sends it, once. @throws BatonError for faults */
export async function postNumbered(
  rest: Rest,
  session: ChatSession,
  post: NumberedPost,
  signal: AbortSignal,
): Promise<PostResult> {
  const { name, body, number, timeoutMs } = post;
  const { sequence, isRepeat } = number;
  const answer = await rest.call(
    session,
    { method: 'POST', path: `Chasitor/${name}`, name, body, sequence, timeoutMs },
    signal,
  );
  const verdict = verdictOf(answer.status, answer.body);
  switch (verdict.kind) {
    case 'ok':
      return { kind: 'taken', session: { ...session, sequence }, wasRepeat: false };
    case 'outOfSync': {
      const counted = { ...session, sequence: verdict.actual };
      const isTaken = isRepeat && verdict.actual >= sequence;
      return isTaken
        ? { kind: 'taken', session: counted, wasRepeat: true }
        : { kind: 'resequence', session: counted };
    }
    case 'resync':
    case 'lost':
      return verdict;
    case 'fault':
      throw rest.fault(answer, name);
    default:
      return assertNever(verdict);
  }
}
