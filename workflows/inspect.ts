// What operators see: the current details in the Temporal UI and the typed search attributes.
import { setCurrentDetails, upsertSearchAttributes, workflowInfo } from '@temporalio/workflow';
import { renderDetails } from '../domain/details';
import { tell, type EscalationState, type Waiting } from '../domain/escalation-state';
import type { Phase } from '../domain/phase';
import type { SearchAttributeValues } from '../domain/search-attributes';
import { attributePairs } from './attributes';

/** Moves to a phase, with what it waits for, and shows it. Costs no history event. */
export function enter(state: EscalationState, phase: Phase, waiting?: Waiting): void {
  state.phase = phase;
  if (waiting) state.waiting = waiting;
  else delete state.waiting;
  setCurrentDetails(renderDetails(state));
}

/** Adds a line to the story and shows it. */
export function narrate(state: EscalationState, event: string, detail?: string): void {
  tell(state, Date.now(), event, detail);
  setCurrentDetails(renderDetails(state));
}

/** Upserts the attributes that differ from what the workflow has; those known at the start are free. */
export function publish(values: SearchAttributeValues): void {
  const current = workflowInfo().typedSearchAttributes;
  const changed = attributePairs(values).filter(({ key, value }) => current.get(key) !== value);
  if (changed.length > 0) upsertSearchAttributes(changed);
}
