// The updates by which a bot speaks and an agent gives the conversation back. A refusal by a validator leaves no trace
// in the history; the handler looks again, because the owner can have changed by the time of a message's turn.
import { ApplicationFailure } from '@temporalio/common';
import { CancellationScope, condition, setHandler } from '@temporalio/workflow';
import type { ErrorCode } from '../domain/errors';
import type { EscalationState } from '../domain/escalation-state';
import type { Ownership, ReturnedInput, SayInput, SayResult } from '../domain/ownership';
import type { Checked } from '../domain/shapes';
import { checkReturned, checkSay, giveBack, mayReturn, maySay, ownershipOf } from '../domain/speaking';
import { callWithRetries, faultName } from './calls';
import { refuseWhileBusy } from './in-turn';
import { narrate } from './inspect';
import { atBot } from './steps/at-bot';
import { returnedUpdate, sayUpdate } from './messages';

/** The gateway answers within 15 seconds. */
const SAY_MS = 12_000;
const INVALID: ErrorCode = 'ESC_REQUEST_INVALID';
const NOT_OWNER: ErrorCode = 'ESC_NOT_OWNER';

/** Connects the updates to the state. */
export function registerSpeakingHandlers(state: EscalationState): void {
  setHandler(sayUpdate, (input) => say(state, input), {
    validator: (input: unknown) => {
      if (!maySay(state, valid(checkSay(input)).epoch)) throw notOwner(state);
      refuseWhileBusy();
    },
    description: 'The bot says something to the user',
  });
  setHandler(returnedUpdate, (input) => takeBack(state, input), {
    validator: (input: unknown) => {
      if (!mayReturn(state, valid(checkReturned(input)).epoch)) throw notOwner(state);
      refuseWhileBusy();
    },
    description: 'The agent gives the conversation back to the bot',
  });
}

/** One message after another, in the order in which they came. An operator's cancel does not stop what is being said. */
async function say(state: EscalationState, input: SayInput): Promise<SayResult> {
  state.heard = true;
  const turn = state.saying.taken;
  state.saying.taken += 1;
  try {
    return await CancellationScope.nonCancellable(async () => {
      await condition(() => state.saying.done === turn);
      if (!maySay(state, input.epoch)) throw notOwner(state);
      return post(state, input);
    });
  } finally {
    state.saying.done += 1;
  }
}

async function post(state: EscalationState, { bot, message }: SayInput): Promise<SayResult> {
  const input = { ...atBot(state, bot), messages: [{ id: message.id, text: message.text }] };
  const result = await callWithRetries('postToUser', input, {
    summary: 'Post a message of the bot to the user',
    deadlineAt: Date.now() + SAY_MS,
  });
  if (result.kind !== 'done') {
    const code = faultName(result);
    narrate(state, 'not_said', code);
    return { kind: 'not_posted', code };
  }
  if (result.value.kind === 'gone') {
    narrate(state, 'not_said', 'the conversation is over');
    return { kind: 'gone' };
  }
  narrate(state, 'said');
  return { kind: 'posted', ...ownershipOf(state) };
}

function takeBack(state: EscalationState, { epoch }: ReturnedInput): Ownership {
  state.heard = true;
  if (!mayReturn(state, epoch)) throw notOwner(state);
  const ownership = giveBack(state, Date.now(), epoch);
  narrate(state, 'returned', `epoch ${ownership.epoch}`);
  return ownership;
}

function valid<T>(checked: Checked<T>): T {
  if (!checked.ok) throw ApplicationFailure.nonRetryable(checked.problem, INVALID);
  return checked.value;
}

function notOwner(state: EscalationState): ApplicationFailure {
  const message = 'The bot does not own the conversation under this epoch';
  return ApplicationFailure.nonRetryable(message, NOT_OWNER, ownershipOf(state));
}
