// A run that was started because the bot says something, or an agent gives the conversation back, while no escalation
// is open. It is the conversation's lock for as long as that takes.
import { condition } from '@temporalio/workflow';
import { mustStop } from '../../domain/escalation-interrupts';
import type { EscalationState } from '../../domain/escalation-state';
import { isSaying } from '../../domain/speaking';
import { enter } from '../inspect';

/** The update that a run is started for comes with its start or just after; if it was refused, nobody is heard. */
const FIRST_WORD_WAIT_MS = 10_000;

/** Until everything is said. True: the bot has asked for a handoff meanwhile, and the run goes on as an escalation. */
export async function speakUntilAsked(state: EscalationState): Promise<boolean> {
  const isWanted = (): boolean => state.heard || state.pending !== undefined || mustStop(state);
  await condition(isWanted, FIRST_WORD_WAIT_MS, { summary: 'Nothing was said yet' });
  await condition(() => state.pending !== undefined || !isSaying(state));
  if (state.pending) return true;
  enter(state, 'closed');
  return false;
}
