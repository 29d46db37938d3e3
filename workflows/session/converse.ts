// What the user says goes to the bot: to the one that has the conversation, or to the first one in a new session.
import { uuid4 } from '@temporalio/workflow';
import type { HandedOver, UserSays } from '../../domain/bot-session-messages';
import { becomeFree } from '../../domain/bot-session-hand-off';
import { asToBot, heardBefore, heardUser, textOf } from '../../domain/bot-session-hears';
import type { BotSessionState, SessionPlan } from '../../domain/bot-session-state';
import type { ErrorCode } from '../../domain/errors';
import { call, callWithRetries, faultName } from '../calls';
import { ANSWER_MS, ask, endSession, ONE_ANSWER_MS } from './ask-bot';
import { botFailed } from './ask-for-escalation';
import { narrate } from './show';
import { giveUp, takeTurn } from './take-turn';

const PLAN_MS = 60_000;
const SESSION_GONE: ErrorCode = 'ESC_BOT_SESSION_GONE';

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
