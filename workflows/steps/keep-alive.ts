// Keeps a handed-off conversation alive at a bot's platform that would forget it: every few minutes, by a durable timer,
// beside the story, for as long as the conversation is not the bot's.
import { condition } from '@temporalio/workflow';
import type { EscalationState } from '../../domain/escalation-state';
import { callWithRetries } from '../calls';
import { narrate } from '../inspect';
import { atBot } from './at-bot';

/** Tried this long; then the next time comes. */
const EXTEND_MS = 60_000;

/** From when a plan asks for it until the escalation is closed. */
export async function keepAlive(state: EscalationState): Promise<void> {
  for (;;) {
    const everyMs = state.plan?.botSide?.extendEveryMs;
    const isAway = (): boolean => state.phase === 'closed' || state.owner === 'bot';
    if (everyMs === undefined || state.phase === 'closed') return;
    if (isAway()) {
      await condition(() => state.phase === 'closed' || state.owner !== 'bot');
      continue;
    }
    const leftMs = (state.aliveAt ?? Date.now()) + everyMs - Date.now();
    if (leftMs > 0) await condition(isAway, leftMs, { summary: "Until the bot's platform is told again" });
    else await extend(state);
  }
}

async function extend(state: EscalationState): Promise<void> {
  state.aliveAt = Date.now();
  const result = await callWithRetries('extendConversation', atBot(state, state.plan?.bot ?? ''), {
    summary: 'Keep the conversation alive',
    deadlineAt: Date.now() + EXTEND_MS,
    interrupted: () => state.phase === 'closed' || state.owner === 'bot',
  });
  if (result.kind === 'fault') narrate(state, 'not_extended', result.fault.code);
}
