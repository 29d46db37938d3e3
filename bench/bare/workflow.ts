// The yardstick: the least that a Temporal user would write for the same calls. One regular activity a call, a timer
// for the delay, a timer for the deadline, a signal for the answer. No cancellation, no asking again, no ids, no
// queries, no story: what those cost on top is what the benchmark measures.
import { condition, defineSignal, proxyActivities, setHandler, sleep } from '@temporalio/workflow';
import type { BareActivities, BareInput } from './calls';

export { bareRelay } from './relay';

/** The desk's answer. */
export const accepted = defineSignal<[{ skill: string; agentId: string }]>('accepted');

const LAST_RESPONSE_MS = 180_000;

const calls = proxyActivities<BareActivities>({ startToCloseTimeout: '15s' });

/** Posts, waits, transfers, waits for an answer, tells the bot. */
export async function bareEscalation(input: BareInput): Promise<string> {
  const { conversationId, text, skills, delayMs, carriesMessage } = input;
  let answer: { skill: string; agentId: string } | undefined;
  setHandler(accepted, (given) => {
    answer = given;
  });
  if (!carriesMessage) await calls.postMessage({ conversationId, text });
  await sleep(delayMs);
  for (const [index, skill] of skills.entries()) {
    await calls.requestTransfer({ conversationId, skill, ...(carriesMessage && { text }) });
    const isLast = index === skills.length - 1;
    if (await condition(() => answer !== undefined, isLast ? LAST_RESPONSE_MS : input.responseMs)) break;
    await calls.withdrawTransfer({ conversationId, skill });
  }
  const outcome = answer ? 'connected' : 'failed';
  await calls.postNotice({ conversationId, outcome, ...(answer && { agentId: answer.agentId }) });
  return outcome;
}
