// What the simulated org can be told to do wrong, and to which calls. Faults strike in the order they were ordered.
import { z } from 'zod';

/**
 * Kinds of calls: `transfer` makes something (a Case, routing, or both), `change` changes or deletes without making,
 * `query` only reads.
 */
export const CALL_KINDS = ['token', 'query', 'transfer', 'change'] as const;
/** See {@link CALL_KINDS}. */
export type CallKind = (typeof CALL_KINDS)[number];

/** An order. */
export const faultSchema = z.strictObject({
  on: z.enum(CALL_KINDS),
  /** Calls of that kind to let through first. */
  after: z.number().int().min(0).default(0),
  times: z.number().int().positive().default(1),
  action: z.discriminatedUnion('kind', [
    /** An error array of the core API, without effect. */
    z.strictObject({
      kind: z.literal('error'),
      status: z.number().int().min(400).max(599),
      errorCode: z.string(),
      message: z.string().default('as ordered'),
      retryAfterSeconds: z.number().positive().optional(),
    }),
    /** The session is over: 401 `INVALID_SESSION_ID`. */
    z.strictObject({ kind: z.literal('expireSession') }),
    /** A composite call that answers 200 and refuses this part, `allOrNone` as usual. */
    z.strictObject({
      kind: z.literal('refusePart'),
      reference: z.string(),
      status: z.number().int().default(400),
      errorCode: z.string(),
    }),
    /** No answer, no effect. */
    z.strictObject({ kind: z.literal('hang') }),
    /** The effect, then the connection breaks. */
    z.strictObject({ kind: z.literal('lostAnswer') }),
    /** The effect late. */
    z.strictObject({ kind: z.literal('delay'), ms: z.number().positive() }),
  ]),
});

/** See {@link faultSchema}. */
export type FaultOrder = z.input<typeof faultSchema>;
/** What a fault does. */
export type FaultAction = z.output<typeof faultSchema>['action'];

/** Orders that wait for their calls. */
export interface Faults {
  order(order: z.output<typeof faultSchema>): void;
  clear(): void;
  /** The fault of this call, if it has one. */
  take(kind: CallKind): FaultAction | undefined;
}

/** See {@link Faults}. */
export function createFaults(): Faults {
  const waiting: { order: z.output<typeof faultSchema>; after: number; left: number }[] = [];
  return {
    order: (order) => void waiting.push({ order, after: order.after, left: order.times }),
    clear: () => void waiting.splice(0),
    take(kind) {
      const found = waiting.find(({ order }) => order.on === kind);
      if (!found) return undefined;
      if (found.after > 0) {
        found.after -= 1;
        return undefined;
      }
      found.left -= 1;
      if (found.left === 0) waiting.splice(waiting.indexOf(found), 1);
      return found.order.action;
    },
  };
}
