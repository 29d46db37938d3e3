// The ladder: each rung in order, until a human joins, the ladder is used up, or the escalation is interrupted.
import { describeRung } from '../../domain/details';
import { mustStop, stopOutcome } from '../../domain/escalation-interrupts';
import type { EscalationState } from '../../domain/escalation-state';
import { isUnsettled } from '../../domain/escalation-transfers';
import { isOpenAt } from '../../domain/open-window';
import type { FailureReason, Outcome } from '../../domain/outcome';
import type { EscalationPlan, Rung } from '../../domain/plan';
import { call } from '../calls';
import { narrate } from '../inspect';
import { sayTransferMessage } from './last-words';
import type { Ears } from './relay/ears';
import { transferRef } from './transfer-ref';
import { tryRung } from './try-rung';

/** A rung's availability is asked for this long; a platform that cannot tell never stops a transfer. */
const CHECK_MS = 5_000;

/** How the ladder ended, with the desk's raw answer for the Transform Result Script. */
export interface Climb {
  readonly outcome: Outcome;
  readonly raw?: unknown;
}

/** Works through the plan's rungs. */
export async function climbLadder(state: EscalationState, plan: EscalationPlan, ears: Ears): Promise<Climb> {
  let skipped: FailureReason | undefined;
  let tried: { reason: FailureReason; detail?: string } | undefined;
  for (const [index, rung] of plan.rungs.entries()) {
    if (mustStop(state)) break;
    state.rung = index;
    const reason = isUnsettled(state, rung.connector) ? 'platform_down' : await whyNot(state, rung, index);
    if (reason) {
      narrate(state, 'rung_skipped', `${describeRung(rung)}: ${reason}`);
      skipped ??= reason;
      continue;
    }
    if (!rung.desk.carriesMessage) await sayTransferMessage(state, plan);
    if (mustStop(state)) break;
    const result = await tryRung(state, plan, index, ears);
    if (result.kind !== 'failed') return climbed(result.outcome, result.raw);
    tried = result;
  }
  return { outcome: stopOutcome(state) ?? failed(tried ?? { reason: skipped ?? 'no_agents' }) };
}

function climbed(outcome: Outcome, raw: unknown): Climb {
  return raw === undefined ? { outcome } : { outcome, raw };
}

function failed(last: { reason: FailureReason; detail?: string }): Outcome {
  return { kind: 'failed', reason: last.reason, ...(last.detail !== undefined && { detail: last.detail }) };
}

async function whyNot(state: EscalationState, rung: Rung, index: number): Promise<FailureReason | undefined> {
  if (rung.open && !isOpenAt(rung.open, Date.now())) return 'closed_hours';
  if (!rung.onlyIfAvailable) return undefined;
  const checked = await call('checkTarget', transferRef(state, rung, index), {
    summary: `Is ${describeRung(rung)} available?`,
    deadlineAt: Date.now() + CHECK_MS,
    interrupted: () => mustStop(state),
  });
  return checked.kind === 'done' && checked.value.kind === 'skip' ? checked.value.reason : undefined;
}
