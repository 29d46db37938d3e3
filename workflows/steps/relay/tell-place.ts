// Tells the user their place in the desk's queue while they wait, beside the story, and never once a human has joined.
import { condition } from '@temporalio/workflow';
import { mustStop } from '../../../domain/escalation-interrupts';
import type { EscalationState } from '../../../domain/escalation-state';
import { isNewPlace, placeText, waitBeforeTelling } from '../../../domain/queue-place';
import { postBeside } from './tell-user';

/** Notes a place; where the plan has a message for it, the user is told. */
export function tellPlace(
  state: EscalationState,
  transferId: string,
  newest: { readonly position: number; readonly waitMs?: number },
): void {
  const template = state.plan?.relay?.queueMessage;
  if (template === undefined) return;
  state.place ??= { times: 0, newest };
  state.place.newest = newest;
  if (!state.place.telling) void tellWhileWaiting(state, transferId, template);
}

async function tellWhileWaiting(state: EscalationState, transferId: string, template: string): Promise<void> {
  const { place, plan } = state;
  const transfer = state.transfers.find((one) => one.transferId === transferId);
  if (!place || !plan) return;
  const isWaiting = (): boolean => transfer?.standing === 'open' && !mustStop(state);
  place.telling = true;
  while (isWaiting() && isNewPlace(place)) {
    const waitMs = waitBeforeTelling(place, Date.now());
    if (waitMs > 0) {
      await condition(() => !isWaiting(), waitMs, { summary: 'Until the user may hear of the queue again' });
      continue;
    }
    place.told = place.newest.position;
    place.toldAt = Date.now();
    place.times += 1;
    await postBeside(state, plan.bot, `queue/${place.times}`, placeText(template, place.newest), {
      while: isWaiting,
    });
  }
  delete place.telling;
}
