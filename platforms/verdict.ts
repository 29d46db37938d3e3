// What a desk can say of a target's availability, and what it says when it cannot be asked.
import type { TargetCheck } from './desk';

/** An answer of {@link TargetCheck}. */
export type Verdict = TargetCheck['available'];

/** A fault of the asking never stops a transfer. */
export async function orUnknown(ask: () => Promise<Verdict>): Promise<Verdict> {
  try {
    return await ask();
  } catch {
    return 'unknown';
  }
}

/** As a desk says it. */
export function verdict(yes: boolean): Verdict {
  return yes ? 'yes' : 'no';
}
