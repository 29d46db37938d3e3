// What the user reads from Baton: the bot's last messages, the transfer message where the desk does not carry it,
// and the texts that keep a promise which no transfer kept.
import { interrupt, mustStop } from '../../domain/escalation-interrupts';
import type { EscalationState } from '../../domain/escalation-state';
import { ownMessageId } from '../../domain/ids';
import type { EscalationPlan } from '../../domain/plan';
import type { BotMessage } from '../../domain/request';
import { call, callWithRetries, faultName } from '../calls';
import { narrate } from '../inspect';
import { atBot } from './at-bot';

/** A message before the transfer is tried this long; then the transfer goes ahead without it. */
const LAST_WORDS_MS = 60_000;
/** A text that keeps a promise is tried this long before the bot is told, and much longer beside what follows. */
const PROMISE_MS = 20_000;
const KEEP_PROMISING_MS = 600_000;

/** Posts the bot's last messages in order, then the transfer message unless the first desk carries it. */
export async function sayLastWords(state: EscalationState, plan: EscalationPlan): Promise<void> {
  const carried = plan.rungs[0]?.desk.carriesMessage ?? false;
  await sayBeforeTransfer(state, plan, { lastMessages: plan.lastMessages ?? [], carried });
}

/** Posts the transfer message before a rung that does not carry it, if none before has said it. */
export async function sayTransferMessage(state: EscalationState, plan: EscalationPlan): Promise<void> {
  await sayBeforeTransfer(state, plan, { lastMessages: [], carried: false });
}

/** A message is tried once: whether or not it could be posted, it is not due any more. A user who is gone has left. */
async function sayBeforeTransfer(
  state: EscalationState,
  plan: EscalationPlan,
  what: { lastMessages: readonly BotMessage[]; carried: boolean },
): Promise<void> {
  const own = what.carried ? undefined : transferMessage(state, plan);
  const messages = [...what.lastMessages, ...(own ? [own] : [])];
  if (messages.length === 0 || mustStop(state)) return;
  const options = { role: 'last words', withinMs: LAST_WORDS_MS, interruptible: true };
  const posted = await post(state, plan, messages, options);
  if (own) state.messageDue = false;
  if (posted === 'gone') interrupt(state, Date.now(), { kind: 'userLeft' });
}

/** The transfer message while it is due, its id stable over retries and resets; undefined for `BLANK_MESSAGE`. */
export function transferMessage(state: EscalationState, plan: EscalationPlan): BotMessage | undefined {
  if (plan.transferMessage === undefined || !state.messageDue) return undefined;
  return { id: idOf(state, 'transfer'), text: plan.transferMessage };
}

/** Tells the user that no transfer was tried, because a target is invalid. */
export async function sayFallback(state: EscalationState, plan: EscalationPlan): Promise<void> {
  const message = { id: idOf(state, 'fallback'), text: plan.fallbackMessage };
  await keepPromising(state, plan, message, 'fallback message');
}

/** Tells the user that the escalation is over without a transfer. */
export async function sayFailure(state: EscalationState, plan: EscalationPlan): Promise<void> {
  const message = { id: idOf(state, 'failure'), text: plan.failureMessage };
  await keepPromising(state, plan, message, 'failure message');
}

/** What cannot be posted at once goes on in the background: neither the bot nor a cancel waits for it. */
async function keepPromising(
  state: EscalationState,
  plan: EscalationPlan,
  message: BotMessage,
  role: string,
): Promise<void> {
  const posted = await post(state, plan, [message], { role, withinMs: PROMISE_MS });
  if (posted === 'not_posted') void postInBackground(state, plan, message, role);
}

async function postInBackground(
  state: EscalationState,
  plan: EscalationPlan,
  message: BotMessage,
  role: string,
): Promise<void> {
  state.settling += 1;
  const input = { ...atBot(state, plan.bot), messages: [message] };
  const deadlineAt = Date.now() + KEEP_PROMISING_MS;
  const result = await callWithRetries('postToUser', input, {
    summary: `Post ${role}, not posted before`,
    deadlineAt,
  });
  const { kind } = result.kind === 'done' ? result.value : { kind: 'not_posted' };
  narrate(state, kind === 'posted' ? 'posted' : 'not_posted', `${role}, late`);
  state.settling -= 1;
}

async function post(
  state: EscalationState,
  plan: EscalationPlan,
  messages: readonly BotMessage[],
  options: { role: string; withinMs: number; interruptible?: boolean },
): Promise<'posted' | 'gone' | 'not_posted'> {
  const result = await call(
    'postToUser',
    { ...atBot(state, plan.bot), messages },
    {
      summary: `Post ${options.role} to the user`,
      deadlineAt: Date.now() + options.withinMs,
      ...(options.interruptible && { interrupted: () => mustStop(state) }),
    },
  );
  if (result.kind === 'done') {
    const { kind } = result.value;
    if (kind === 'posted') narrate(state, 'posted', options.role);
    else narrate(state, 'not_posted', `${options.role}: the conversation is over`);
    return kind;
  }
  narrate(state, 'not_posted', `${options.role}: ${faultName(result)}`);
  return 'not_posted';
}

function idOf(state: EscalationState, role: string): string {
  return ownMessageId(state.conversationId, state.request?.requestId ?? '', role);
}
