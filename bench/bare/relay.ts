// The yardstick of the relay: the least that one would write to carry messages with Temporal. A signal for each
// message, a regular activity for each, in order; no ids, no limits, no transcript, no way to go on for ever.
import { condition, defineSignal, proxyActivities, setHandler } from '@temporalio/workflow';
import type { BareActivities } from './calls';

/** A message in either direction. */
export const message = defineSignal<[{ text: string }]>('message');
/** The chat is over. */
export const over = defineSignal('over');

const calls = proxyActivities<BareActivities>({ startToCloseTimeout: '15s' });

/** Carries until it is over. */
export async function bareRelay({ conversationId }: { readonly conversationId: string }): Promise<number> {
  const waiting: string[] = [];
  let carried = 0;
  let isOver = false;
  setHandler(message, ({ text }) => void waiting.push(text));
  setHandler(over, () => {
    isOver = true;
  });
  for (;;) {
    await condition(() => waiting.length > 0 || isOver);
    const text = waiting.shift();
    if (text === undefined) return carried;
    await calls.postMessage({ conversationId, text });
    carried += 1;
  }
}
