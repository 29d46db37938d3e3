// The claim of one idempotency key. That it was started is the claim; it holds the gateway's answer for those who ask
// again, in its history and as its result. It asks nothing of the world. It is started with a delay that outlasts the
// gateway's answer: a signal that comes while a task is worked on is not in the history yet, where it is read.
import { condition, setCurrentDetails, setHandler } from '@temporalio/workflow';
import { isKeptAnswer, type KeptAnswer } from '../domain/kept-answer';
import { answeredSignal } from './messages';

/** After the delay, for a claim that was started without one. */
const ANSWER_WAIT_MS = 1_000;

/** Resolves with the answer, or without one if none came: then the key may be claimed again. */
export async function idempotencyClaim(): Promise<KeptAnswer | undefined> {
  let answer: KeptAnswer | undefined;
  setHandler(
    answeredSignal,
    (given: unknown) => {
      // The first counts: it may have been replayed to somebody.
      if (isKeptAnswer(given)) answer ??= given;
    },
    { description: 'What the gateway answers' },
  );
  await condition(() => answer !== undefined, ANSWER_WAIT_MS, { summary: "The gateway's answer" });
  setCurrentDetails(answer ? `Answered with ${answer.status}` : 'Not answered');
  return answer;
}
