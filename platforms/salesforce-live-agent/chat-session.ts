// One chat as plain data: all that is needed to go on with it on another worker. The client keeps nothing between
// calls; each call takes this value and gives back the changed one. It holds secrets: see seal.ts.
import { z } from 'zod';

/** A chat between calls. */
export interface ChatSession {
  /** Where its calls go, without a trailing slash: `https://<pod>/chat/rest`. Changes when the vendor says so. */
  readonly baseUrl: string;
  /** The session's id, for `ChasitorInit`. */
  readonly id: string;
  /** Secret: whoever has it speaks as the visitor. */
  readonly key: string;
  /** Secret: which of the vendor's servers has the chat. Changes with a resync. */
  readonly affinity: string;
  /** Number of the last POST that the server is known to have taken; 0: none. The next has one more. */
  readonly sequence: number;
  /** What was read so far, as the next poll says it; -1: nothing. */
  readonly ack: number;
  /** Of the last answer that had messages, for a resync. */
  readonly offset?: number;
  /** Longest wait for the answer of a poll, in milliseconds. */
  readonly pollTimeoutMs: number;
  /** How often the chat moved to another server. Numbers of POSTs begin anew each time. */
  readonly resyncs: number;
  /** Found on its new server, and not yet gone on with: only a resync may go on with it. */
  readonly isResuming?: true;
}

/** Reads what was stored. */
export const chatSessionSchema: z.ZodType<ChatSession> = z.strictObject({
  baseUrl: z.string().min(1),
  id: z.string().min(1),
  key: z.string().min(1),
  affinity: z.string().min(1),
  sequence: z.number().int().min(0),
  ack: z.number().int(),
  offset: z.number().exactOptional(),
  pollTimeoutMs: z.number().positive(),
  resyncs: z.number().int().min(0),
  isResuming: z.literal(true).exactOptional(),
});
