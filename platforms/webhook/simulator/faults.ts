// Misbehaviour on order: each fault strikes the next matching requests and is then used up.
import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { assertNever } from '../../../domain/assert-never';
import { answer } from './server';
import type { SimulatorAnswer } from './server';

const common = {
  /** The webhook type that it strikes, e.g. `transfer.requested`. Absent: any. */
  on: z.string().optional(),
  /** How many requests it strikes. */
  times: z.number().int().positive().default(1),
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
]);

/** A fault to order. */
export type FaultOrder = z.input<typeof faultSchema>;
type Fault = z.infer<typeof faultSchema>;

/** The faults that wait for their request. */
export interface Faults {
  order(fault: Fault): void;
  clear(): void;
  /** Runs the effect, unless a fault forbids it, and gives the answer that the fault leaves of it. */
  strike(type: string, effect: () => SimulatorAnswer): Promise<SimulatorAnswer>;
}

/** No faults at first. */
export function createFaults(): Faults {
  const waiting: { fault: Fault; left: number }[] = [];

  function take(type: string): Fault | undefined {
    const index = waiting.findIndex(({ fault }) => fault.on === undefined || fault.on === type);
    const found = waiting[index];
    if (!found) return undefined;
    found.left -= 1;
    if (found.left === 0) waiting.splice(index, 1);
    return found.fault;
  }

  return {
    order: (fault) => void waiting.push({ fault, left: fault.times }),
    clear: () => void waiting.splice(0),
    strike: async (type, effect) => {
      const fault = take(type);
      if (!fault) return effect();
      switch (fault.kind) {
        case 'status':
          return answer(
            fault.status,
            { error: 'as ordered' },
            fault.retryAfter === undefined ? undefined : { 'retry-after': fault.retryAfter },
          );
        case 'hang':
          return { kind: 'hang' };
        case 'lostAnswer':
          effect();
          return { kind: 'break' };
        case 'delay':
          await sleep(fault.ms);
          return effect();
        default:
          return assertNever(fault);
      }
    },
  };
}
