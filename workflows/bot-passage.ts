// Passes on, in order, what a bot's platform wants done once it has its answer: such as the user's message to the bot
// that goes on by itself. Whatever fails is given up after a while: nothing blocks what the user does later.
import {
  condition,
  isCancellation,
  makeContinueAsNewFunc,
  proxyActivities,
  setCurrentDetails,
  setHandler,
  workflowInfo,
} from '@temporalio/workflow';
import type { PassageActivities } from '../activities/types';
import {
  checkPassOn,
  enqueue,
  newPassage,
  nextItem,
  renderPassage,
  settle,
  type PassageInput,
  type PassageState,
} from '../domain/passage';
import { faultOf } from './calls';
import { isHistoryLong } from './in-turn';
import { passOnSignal } from './messages';

/** What is to be done is tried for so long from when it came. */
const PASS_ON_WITHIN_MS = 600_000;
/** And at least for so long, however long others have held it up. */
const AT_LEAST_MS = 30_000;
const TRY_MS = 15_000;
/** A platform that had no answer sends the same again: so long the conversation remembers it. */
const LINGER_MS = 120_000;
const EVENTS_PER_RUN = 2_000;

/** Resolves when nothing has come for two minutes; with how many items were passed on and how many were given up. */
export async function botPassage(
  input: PassageInput,
): Promise<{ readonly passedOn: number; readonly dropped: number }> {
  const state = input.resumed ?? newPassage();
  setHandler(passOnSignal, (asked: unknown) => {
    const checked = checkPassOn(asked);
    if (checked.ok) enqueue(state, Date.now(), checked.value);
    setCurrentDetails(renderPassage(state));
  });
  for (;;) {
    await passOnAll(input, state);
    if (isLong(input)) return goOn(input, state);
    const summary = 'Remember what came, should it come again';
    if (!(await condition(() => state.waiting.length > 0, LINGER_MS, { summary }))) break;
  }
  return { passedOn: state.passedOn, dropped: state.dropped };
}

async function passOnAll(input: PassageInput, state: PassageState): Promise<void> {
  for (let next = nextItem(state); next && !isLong(input); next = nextItem(state)) {
    const { tenant, conversationId } = input;
    const { bot, item, at } = next;
    const { passOn } = proxyActivities<PassageActivities>({
      startToCloseTimeout: TRY_MS,
      scheduleToCloseTimeout: Math.max(at + PASS_ON_WITHIN_MS - Date.now(), AT_LEAST_MS),
      retry: { initialInterval: 1_000, backoffCoefficient: 2, maximumInterval: 30_000 },
      summary: `Pass on for ${bot}`,
    });
    const problem = await passOn({ tenant, bot, conversationId, item }).then(
      () => undefined,
      (error: unknown) => {
        if (isCancellation(error)) throw error;
        return faultOf(error).code;
      },
    );
    settle(state, Date.now(), problem);
    setCurrentDetails(renderPassage(state));
  }
}

function isLong({ eventsPerRun = EVENTS_PER_RUN }: PassageInput): boolean {
  return isHistoryLong(eventsPerRun);
}

function goOn(input: PassageInput, resumed: PassageState): Promise<never> {
  return makeContinueAsNewFunc<typeof botPassage>({ memo: workflowInfo().memo ?? {} })({ ...input, resumed });
}
