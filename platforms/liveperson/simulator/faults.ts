// The misbehaviour that a test or a demo asks for. A fault matches requests, upgrades or notifications and is
// used up after `times` of them.
import { randomUUID } from 'node:crypto';
import { z } from 'zod';

/** What happens instead of the usual. */
export const faultActionSchema = z.discriminatedUnion('kind', [
  /** Answer this status; nothing is done. `retryAfterSeconds` becomes a header, so it is for HTTP only. */
  z.strictObject({
    kind: z.literal('status'),
    status: z.number().int().min(200).max(599),
    retryAfterSeconds: z.number().min(0).optional(),
    body: z.unknown().optional(),
  }),
  /** Nothing is done and nothing is answered; the connection stays. */
  z.strictObject({ kind: z.literal('hang') }),
  /** Done and answered, but late. */
  z.strictObject({ kind: z.literal('delay'), ms: z.number().int().min(0) }),
  /** The connection breaks; nothing is done. */
  z.strictObject({ kind: z.literal('dropBefore') }),
  /** Done, then the connection breaks: the answer is lost. */
  z.strictObject({ kind: z.literal('dropAfter') }),
  /** Done, but the answer never comes; the connection stays. */
  z.strictObject({ kind: z.literal('loseAnswer') }),
  /** Answered as if done (code 200), but nothing is done: a lost message. */
  z.strictObject({ kind: z.literal('loseEffect') }),
  /** The socket is closed with this code before anything is done; 1006 cuts it without a close frame. */
  z.strictObject({ kind: z.literal('close'), code: z.number().int() }),
  /** What the caller is notified of comes before the answer instead of after it. */
  z.strictObject({ kind: z.literal('notifyBeforeAnswer') }),
  /** Notifications only: twice, after the next one, or never. */
  z.strictObject({ kind: z.literal('duplicate') }),
  z.strictObject({ kind: z.literal('reorder') }),
  z.strictObject({ kind: z.literal('dropNotification') }),
]);

/** A fault as it is asked for. */
export const faultSchema = z.strictObject({
  channel: z.enum(['http', 'upgrade', 'ws', 'notification']),
  /** Type of the frame, or part of the path, or the route's name. Everything when absent. */
  match: z.string().optional(),
  /** Only if the request's (or notification's) body has this text. */
  contains: z.string().optional(),
  /** Let this many matching ones pass first. */
  skip: z.number().int().min(0).default(0),
  /** How many; until cleared when absent. */
  times: z.number().int().min(1).optional(),
  action: faultActionSchema,
});

/** What a fault does. */
export type FaultAction = z.output<typeof faultActionSchema>;
/** A fault as it is asked for. */
export type FaultSpec = z.input<typeof faultSchema>;
/** A fault that stands; `hits` says how often it struck. */
export type Fault = z.output<typeof faultSchema> & { readonly id: string; readonly hits: number };

/** Something that a fault may strike. */
export interface Strikable {
  readonly channel: Fault['channel'];
  /** Matched exactly or as part (paths). */
  readonly names: readonly string[];
  readonly text: string;
}

/** The faults that stand. */
export interface Faults {
  add(spec: FaultSpec): Fault;
  list(): readonly Fault[];
  clear(id?: string): void;
  /** The first that matches, used up by one. */
  strike(what: Strikable): FaultAction | undefined;
}

type Standing = z.output<typeof faultSchema> & { id: string; hits: number };

/** See {@link Faults}. */
export function createFaults(): Faults {
  const standing = new Map<string, Standing>();
  return {
    add(spec) {
      const fault = { ...faultSchema.parse(spec), id: randomUUID(), hits: 0 };
      standing.set(fault.id, fault);
      return fault;
    },
    list: () => [...standing.values()],
    clear(id) {
      if (id === undefined) standing.clear();
      else standing.delete(id);
    },
    strike(what) {
      for (const fault of standing.values()) {
        if (!matches(fault, what)) continue;
        if (fault.skip > 0) {
          fault.skip -= 1;
          continue;
        }
        fault.hits += 1;
        if (fault.times !== undefined && fault.hits >= fault.times) standing.delete(fault.id);
        return fault.action;
      }
      return undefined;
    },
  };
}

function matches(fault: Standing, what: Strikable): boolean {
  const { match, contains } = fault;
  return (
    fault.channel === what.channel &&
    (match === undefined || what.names.some((name) => name.includes(match))) &&
    (contains === undefined || what.text.includes(contains))
  );
}
