// One conversation with a bot that Baton speaks to in the user's place. Handlers note what comes, and this does one
// thing about it at a time: what the user says goes to the bot, and while somebody else has the conversation to them.
import { ApplicationFailure, CancelledFailure } from '@temporalio/common';
import { CancellationScope, condition, makeContinueAsNewFunc } from '@temporalio/workflow';
import { assertNever } from '../domain/assert-never';
import { isBotSessionInput } from '../domain/bot-session-guards';
import type { BotSessionInput, SessionPhase } from '../domain/bot-session-messages';
import { nextDeed, takeDeed, waitsUntil, type SessionDeed } from '../domain/bot-session-inbox';
import { openSessionState, type BotSessionState } from '../domain/bot-session-state';
import type { ErrorCode } from '../domain/errors';
import { isHistoryLong, nothingWaits } from './in-turn';
import { begin, goOn, say } from './session/converse';
import { endSession } from './session/ask-bot';
import { registerSessionHandlers } from './session/handlers';
import { hearNotice } from './session/hear-notice';
import { expire, forward, leave } from './session/leave';
import { narrate, show } from './session/show';

/** Events of one run. Temporal warns at 10,240. */
const EVENTS_PER_RUN = 4_000;
const UNUSABLE: ErrorCode = 'ESC_REQUEST_MISSING';

/** How a conversation ended. */
export interface BotSessionResult {
  readonly phase: SessionPhase;
  /** Messages to bots were numbered up to this. */
  readonly sequence: number;
}

/** Begun by signal-with-start, with what the user says or a client hands over. Ends when nothing has happened for long. */
export async function botSession(input: BotSessionInput): Promise<BotSessionResult> {
  if (!isBotSessionInput(input))
    throw ApplicationFailure.nonRetryable('tenant, conversationId or bot is missing', UNUSABLE);
  const state = input.resumed ?? openSessionState(input, Date.now());
  registerSessionHandlers(state);
  const root = CancellationScope.current();
  const stop = { asked: false };
  root.cancelRequested.catch(() => {
    stop.asked = true;
  });
  const isLong = await CancellationScope.nonCancellable(() => converse(state, stop));
  if (isLong) await goOnInNextRun(state);
  if (root.consideredCancelled) throw new CancelledFailure('cancelled');
  return { phase: state.phase, sequence: state.sequence };
}

/** Until the conversation is over; true: its history is long enough. */
async function converse(state: BotSessionState, stop: { readonly asked: boolean }): Promise<boolean> {
  for (;;) {
    await nothingWaits();
    show(state);
    if (!stop.asked && isHistoryLong(EVENTS_PER_RUN)) return true;
    const deed = await awaitDeed(state, stop);
    if (stop.asked) {
      narrate(state, 'cancelled_by_operator');
      if (state.session) await endSession(state, state.session, 'other');
      return false;
    }
    if (deed) {
      takeDeed(state, deed);
      await carryOut(state, deed);
    } else if (await expire(state)) return false;
  }
}

async function awaitDeed(
  state: BotSessionState,
  stop: { readonly asked: boolean },
): Promise<SessionDeed | undefined> {
  const waitMs = Math.max(waitsUntil(state) - Date.now(), 1);
  const isDue = (): boolean => stop.asked || nextDeed(state) !== undefined;
  await condition(isDue, waitMs, { summary: `Nothing happens: ${state.phase}` });
  return nextDeed(state);
}

async function carryOut(state: BotSessionState, deed: SessionDeed): Promise<void> {
  switch (deed.kind) {
    case 'leave':
      return leave(state);
    case 'hear':
      return hearNotice(state, deed.notice);
    case 'goOn':
      return goOn(state, deed.handed);
    case 'begin':
      return begin(state, deed.said);
    case 'say':
      return say(state, deed.said);
    case 'forward':
      return forward(state, deed.said);
    default:
      return assertNever(deed);
  }
}

function goOnInNextRun(state: BotSessionState): Promise<never> {
  const { tenant, conversationId, bot } = state;
  return makeContinueAsNewFunc<typeof botSession>()({ tenant, conversationId, bot, resumed: state });
}
