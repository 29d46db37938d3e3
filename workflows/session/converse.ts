// The conversation with a bot: what the user says goes to it, its answer to the user, and what it asks for is done.
import { uuid4 } from '@temporalio/workflow';
import type { BotTurn, ToBot } from '../../domain/bot-session';
import { FAILED_ENDS, UNANSWERED_ENDS } from '../../domain/bot-session';
import type { HandedOver, UserSays } from '../../domain/bot-session-messages';
import { askingOf, askingOnError, type Asking } from '../../domain/bot-session-request';
import {
  asToBot,
  becomeFree,
  beginHandOff,
  failsForEver,
  heardBefore,
  heardBot,
  heardUser,
  noteAnswered,
  textOf,
  type BotSessionState,
  type SessionPlan,
} from '../../domain/bot-session-state';
import type { ErrorCode } from '../../domain/errors';
import { escalationWorkflowId } from '../../domain/ids';
import { DEFAULT_FAILURE_MESSAGE } from '../../domain/plan';
import type { EscalationReason } from '../../domain/request';
import { call, callWithRetries, type CallResult } from '../calls';
import { ANSWER_MS, ask, endSession, faultName, ONE_ANSWER_MS } from './ask-bot';
import { signalEscalation } from './escalation';
import { narrate } from './show';
import { apologize, showWords, waitForWords } from './tell-user';

const PLAN_MS = 60_000;
/** Temporal itself takes the request: what is not taken by then is given up. */
const ASK_MS = 300_000;
/** An outcome that was told before this request was known to be taken is on its way by then. */
const KNOWN_MS = 60_000;
const SESSION_GONE: ErrorCode = 'ESC_BOT_SESSION_GONE';

/** Where a turn comes from, and what is known of it besides. */
interface Account {
  readonly connector: string;
  readonly botId: string;
}

/** How a turn is to be taken. */
interface TurnOptions {
  /** Whoever handed the session over shows it. */
  readonly shown?: true;
  readonly reason?: EscalationReason;
  /** It is the answer to a transfer that failed. */
  readonly afterFailure?: true;
}

/** The user says something, and no bot has the conversation: a session with the first bot begins. */
export async function begin(state: BotSessionState, said: UserSays): Promise<void> {
  const message = asToBot(said);
  heardUser(state, said);
  const plan = await planSession(state);
  if (!plan) return giveUp(state, said.id);
  const account = { connector: plan.connector, botId: plan.entryBotId };
  const text = textOf(state, said);
  const begun = await callWithRetries(
    'beginSession',
    {
      tenant: state.tenant,
      connector: plan.connector,
      start: {
        botId: plan.entryBotId,
        key: uuid4(),
        ...(message && text !== undefined && { text }),
        ...(said.variables && { variables: said.variables }),
      },
    },
    {
      summary: 'Begin a session with the bot',
      deadlineAt: Date.now() + ANSWER_MS,
      tryMs: ONE_ANSWER_MS,
      interrupted: () => state.leaving === true,
    },
  );
  if (begun.kind === 'interrupted') return;
  if (begun.kind === 'fault') return botFailed(state, plan, begun, said.id);
  narrate(state, 'session_begun', `bot ${account.botId} on ${account.connector}`);
  await takeTurn(state, plan, account, begun.value);
}

/** The user says something to the bot that they talk to. */
export async function say(state: BotSessionState, said: UserSays): Promise<void> {
  const { plan, session } = state;
  const message = asToBot(said);
  if (!plan || !session || !message) return narrate(state, 'nothing_said');
  const text = textOf(state, said);
  heardUser(state, said);
  const answer = await ask(state, session, message);
  if (answer.kind === 'interrupted') return;
  if (answer.kind === 'done') return takeTurn(state, plan, session, answer.value);
  if (answer.fault.code !== SESSION_GONE) return botFailed(state, plan, answer, said.id);
  narrate(state, 'session_gone');
  becomeFree(state, 'idle');
  // It is in the transcript already, which the new session knows nothing of.
  await begin(state, { id: said.id, ...(text !== undefined && { text }) });
}

/** A client hands over the session that it had: it goes on as if it had been ours. */
export async function goOn(
  state: BotSessionState,
  { turn, botId, reason, transcript }: HandedOver,
): Promise<void> {
  const plan = await planSession(state);
  if (!plan) return giveUp(state, turn.escalates?.messageId ?? 'handed-over');
  narrate(state, 'handed_over', `bot ${botId} on ${plan.connector}`);
  if (transcript) heardBefore(state, transcript);
  const { session } = state;
  const isAnother = session?.sessionId !== undefined && session.sessionId !== turn.sessionId;
  if (isAnother) await endSession(state, session, 'other');
  const account = { connector: plan.connector, botId };
  await takeTurn(state, plan, account, turn, { shown: true, ...(reason && { reason }) });
}

/** Shows what a bot answered, and does what it wants done. */
export async function takeTurn(
  state: BotSessionState,
  plan: SessionPlan,
  account: Account,
  turn: BotTurn,
  options: TurnOptions = {},
): Promise<void> {
  heardBot(state, account, turn);
  if (options.shown) await waitForWords(state, turn.said);
  else await showWords(state, turn.said, turn.sessionId ?? account.botId);
  if (state.leaving) return;
  if (turn.escalates) return handOff(state, plan, turn, options);
  if (turn.ended) await takeEnd(state, plan, turn.ended.reason, options);
}

/** The transfer that the bot asked for came to nothing: it says what follows. */
export async function failTransfer(
  state: BotSessionState,
  plan: SessionPlan,
  inReplyTo: string,
  why: Pick<ToBot & { readonly kind: 'transferFailed' }, 'reason' | 'detail'>,
): Promise<void> {
  const { session } = state;
  state.failures += 1;
  delete state.handOff;
  state.phase = 'talking';
  if (!session || failsForEver(state)) {
    narrate(state, 'gave_up', `${state.failures} transfers failed one after the other`);
    return giveUp(state, inReplyTo);
  }
  const { reason, detail } = why;
  narrate(state, 'transfer_failed', detail === undefined ? reason : `${reason} (${detail})`);
  const answer = await ask(state, session, {
    kind: 'transferFailed',
    inReplyTo,
    reason,
    ...(detail !== undefined && { detail }),
  });
  if (answer.kind === 'interrupted') return;
  if (answer.kind === 'done') return takeTurn(state, plan, session, answer.value, { afterFailure: true });
  narrate(state, 'bot_failed', faultName(answer));
  await giveUp(state, inReplyTo);
}

/** Nobody answers the user: they are told, and the conversation is over. */
export async function giveUp(state: BotSessionState, of: string): Promise<void> {
  const { session, plan } = state;
  await apologize(state, plan?.defaultResponse ?? DEFAULT_FAILURE_MESSAGE, of);
  if (session && !state.leaving) await endSession(state, session, 'error');
  if (!state.leaving) becomeFree(state, 'over');
}

async function planSession(state: BotSessionState): Promise<SessionPlan | undefined> {
  const { tenant, bot } = state;
  const planned = await call(
    'planSession',
    { tenant, bot },
    { summary: 'Read the configuration of the bot', deadlineAt: Date.now() + PLAN_MS },
  );
  if (planned.kind === 'done') state.plan = planned.value;
  else narrate(state, 'not_planned', faultName(planned));
  return state.plan;
}

async function takeEnd(
  state: BotSessionState,
  plan: SessionPlan,
  reason: string,
  { afterFailure }: TurnOptions,
): Promise<void> {
  narrate(state, 'ended_by_bot', reason);
  const of = state.session?.sessionId ?? state.session?.botId ?? 'bot';
  // The session is no more: nothing is left to be ended.
  const isFailure = FAILED_ENDS.includes(reason);
  if (isFailure && !afterFailure) return askInstead(state, plan, of);
  if (isFailure || UNANSWERED_ENDS.includes(reason)) await apologize(state, plan.defaultResponse, of);
  if (!state.leaving) becomeFree(state, 'over');
}

/** The bot escalates: what it said before has been read. */
async function handOff(
  state: BotSessionState,
  plan: SessionPlan,
  turn: BotTurn,
  { reason }: TurnOptions,
): Promise<void> {
  const inReplyTo = turn.escalates?.messageId ?? '';
  const asking = askingOf(state, plan, turn, reason);
  if (!asking) {
    const detail = `${state.hops} bots have taken over one after the other`;
    return failTransfer(state, plan, inReplyTo, { reason: 'error', detail });
  }
  if (asking.leftOut > 0) narrate(state, 'variables_left_out', String(asking.leftOut));
  const refused = await askForEscalation(state, asking);
  if (refused === undefined) return;
  noteAnswered(state, [inReplyTo]);
  await failTransfer(state, plan, inReplyTo, { reason: 'error', detail: refused });
}

/** The bot does not work: the user is handed off without it. */
async function botFailed(
  state: BotSessionState,
  plan: SessionPlan,
  result: Exclude<CallResult<unknown>, { kind: 'done' }>,
  of: string,
): Promise<void> {
  narrate(state, 'bot_failed', faultName(result));
  const { session } = state;
  await askInstead(state, plan, of);
  if (session && !state.leaving) {
    await endSession(state, session, 'error');
    delete state.session;
  }
}

async function askInstead(state: BotSessionState, plan: SessionPlan, of: string): Promise<void> {
  const refused = await askForEscalation(state, askingOnError(state, plan, of));
  if (refused === undefined) return;
  await apologize(state, plan.defaultResponse, of);
  if (!state.leaving) becomeFree(state, 'over');
}

/** Asks for the escalation. Answers with the code of what went wrong; undefined: it was taken. */
async function askForEscalation(state: BotSessionState, asking: Asking): Promise<string | undefined> {
  const { tenant, conversationId } = state;
  const { request } = asking;
  beginHandOff(state, asking.handOff);
  narrate(state, 'escalation_asked', `request ${request.requestId} (${asking.handOff.reason})`);
  const asked = await callWithRetries(
    'askForEscalation',
    { tenant, conversationId, request },
    { summary: `Ask for an escalation by ${request.integration}`, deadlineAt: Date.now() + ASK_MS },
  );
  if (asked.kind === 'done') {
    if (asked.value.kind === 'known')
      beginHandOff(state, { ...asking.handOff, giveUpAt: Date.now() + KNOWN_MS });
    return undefined;
  }
  const code = faultName(asked);
  narrate(state, 'escalation_not_taken', code);
  // It may have been taken all the same, and the bot is told otherwise.
  const isRefused = asked.kind === 'fault' && asked.fault.terminal;
  if (!isRefused) await signalEscalation(escalationWorkflowId(tenant, conversationId), 'cancel', {});
  return code;
}
