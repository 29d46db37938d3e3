// What a bot answered: the user reads it, and what the bot wants done is done. That may have another answer of it, and so on.
import type { BotTurn, ToBot } from '../../domain/bot-session';
import { FAILED_ENDS, UNANSWERED_ENDS } from '../../domain/bot-session';
import { askingOf } from '../../domain/bot-session-request';
import { becomeFree, failsForEver, noteAnswered } from '../../domain/bot-session-hand-off';
import { heardBot } from '../../domain/bot-session-hears';
import type { BotSessionState, SessionPlan } from '../../domain/bot-session-state';
import { DEFAULT_FAILURE_MESSAGE } from '../../domain/plan';
import type { EscalationReason } from '../../domain/request';
import { faultName } from '../calls';
import { ask, endSession } from './ask-bot';
import { askForEscalation, askInstead } from './ask-for-escalation';
import { narrate } from './show';
import { apologize, showWords, waitForWords } from './tell-user';

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
