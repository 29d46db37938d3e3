// What local activities bring is lost if their workflow task fails, and a signal that comes before the workflow
// closes is enough for that. The task is then tried again with the signal first, and could decide otherwise, after
// the bot was told. So what a signal could change is in the history before anybody is told of an end.
import { sleep } from '@temporalio/workflow';
import type { EscalationState } from '../../domain/escalation-state';
import type { Outcome } from '../../domain/outcome';
import { historyInfo } from '../in-turn';

/** Notes that a desk's answer, which may decide the attempt, is known in this workflow task. */
export function noteAnswer(state: EscalationState): void {
  state.answeredAt = historyInfo().historyLength;
}

/**
 * Before an end is told: a short timer ends the workflow task, unless no signal could change the outcome. A human
 * who joined by an event, and an interrupt, win over whatever comes with them; a failure does not.
 */
export async function writeDown(state: EscalationState, outcome: Outcome): Promise<void> {
  const inThisTask = state.answeredAt === historyInfo().historyLength;
  if (inThisTask || outcome.kind === 'failed') await sleep(1, { summary: 'Write down how it ended' });
}
