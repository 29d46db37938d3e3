// Misbehaviour on order: each fault strikes the next matching requests and is then used up.
import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { assertNever } from '../../domain/assert-never';
import { answer } from './server';
import type { SimulatorAnswer } from './server';

const common = {
  /** The kind of request that it strikes, as the simulator names it, e.g. `transfer.requested`. Absent: any. */
  on: z.string().optional(),
  /** How many requests it strikes. */
  times: z.number().int().positive().default(1),
  /** How many matching requests pass before it strikes. */
  skip: z.number().int().min(0).default(0),
};

/** A fault as the control API takes it. */
export const faultSchema = z.discriminatedUnion('kind', [
  /** This status instead of any effect. */
  z.object({
    kind: z.literal('status'),
    status: z.number().int().min(200).max(599),
    retryAfter: z.string().optional(),
    ...common,
  }),
  /** No effect and no answer. */
  z.object({ kind: z.literal('hang'), ...common }),
  /** The effect, but the connection breaks instead of the answer. */
  z.object({ kind: z.literal('lostAnswer'), ...common }),
  /** The effect and the answer, later. */
  z.object({ kind: z.literal('delay'), ms: z.number().int().positive(), ...common }),
  /** The connection breaks before any effect. */
  z.object({ kind: z.literal('lostRequest'), ...common }),
  /** The effect, but an answer never comes. */
  z.object({ kind: z.literal('silentEffect'), ...common }),
  /** Status 200 without any effect. */
  z.object({ kind: z.literal('lostEffect'), ...common }),
  /** The request arrives twice; the second answer is given. */
  z.object({ kind: z.literal('duplicate'), ...common }),
  /** The effect, and a connection that breaks in the middle of the answer. */
  z.object({ kind: z.literal('cutAnswer'), ...common }),
]);

/** A fault to order. */
export type FaultOrder = z.input<typeof faultSchema>;
type Fault = z.infer<typeof faultSchema>;

/** What a request does, and its answer. */
export type Effect = SimulatorAnswer | Promise<SimulatorAnswer>;

/** The faults that wait for their request. */
export interface Faults {
  order(fault: Fault): void;
  clear(): void;
  /**
   * Runs the effect, unless a fault forbids it, and gives the answer that the fault leaves of it. A request of several
   * types is struck by a fault of any of them.
   */
  strike(type: string | readonly string[], effect: () => Effect): Promise<SimulatorAnswer>;
}

/** No faults at first. */
export function createFaults(): Faults {
  const waiting: { fault: Fault; left: number; skip: number }[] = [];

  function take(types: readonly string[]): Fault | undefined {
    for (const found of waiting) {
      if (found.fault.on !== undefined && !types.includes(found.fault.on)) continue;
      if (found.skip > 0) {
        found.skip -= 1;
        continue;
      }
      found.left -= 1;
      if (found.left === 0) waiting.splice(waiting.indexOf(found), 1);
      return found.fault;
    }
    return undefined;
  }

  return {
    order: (fault) => void waiting.push({ fault, left: fault.times, skip: fault.skip }),
    clear: () => void waiting.splice(0),
    strike: async (type, effect) => {
      const fault = take([type].flat());
      return fault ? strikeWith(fault, effect) : effect();
    },
  };
}

async function strikeWith(fault: Fault, effect: () => Effect): Promise<SimulatorAnswer> {
  switch (fault.kind) {
    case 'status':
      return answer(
        fault.status,
        { error: 'as ordered' },
        fault.retryAfter === undefined ? undefined : { 'retry-after': fault.retryAfter },
      );
    case 'hang':
      return { kind: 'hang' };
    case 'lostRequest':
      return { kind: 'break' };
    case 'lostEffect':
      return answer(200);
    case 'lostAnswer':
      await effect();
      return { kind: 'break' };
    case 'silentEffect':
      await effect();
      return { kind: 'hang' };
    case 'duplicate':
      await effect();
      return effect();
    case 'cutAnswer': {
      const whole = await effect();
      return whole.kind === 'answer' ? { ...whole, isCut: true } : whole;
    }
    case 'delay':
      await sleep(fault.ms);
      return effect();
    default:
      return assertNever(fault);
  }
}
