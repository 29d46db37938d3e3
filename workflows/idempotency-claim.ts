// The claim of one idempotency key. That it was started is the claim; it holds the gateway's answer for those who ask
// again, in its history and as its result. It asks nothing of the world.
import { condition, setCurrentDetails, setHandler } from '@temporalio/workflow';
import { isKeptAnswer, type KeptAnswer } from '../domain/kept-answer';
import { answeredSignal } from './messages';

/** A gateway that has not answered by then never will. */
const ANSWER_WAIT_MS = 120_000;

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
