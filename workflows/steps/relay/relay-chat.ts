// The phase between the human who joined and the bot that owns the conversation again: Baton carries what user and
// agent write to each other. See docs/decisions/0015.
import { condition } from '@temporalio/workflow';
import { handOver, type EscalationState, type Transfer } from '../../../domain/escalation-state';
import { makeReturnedNotice } from '../../../domain/make-notice';
import { DEFAULT_RELAY, type EscalationPlan } from '../../../domain/plan';
import { endRelay, giveUpHead, type RelayState } from '../../../domain/relay';
import {
  hasAgent,
  hasUser,
  isCarriable,
  isDrained,
  nextDeadline,
  passTime,
} from '../../../domain/relay-limits';
import { narrate } from '../../inspect';
import type { BotTeller } from '../tell-bot';
import { createAlarm } from './alarm';
import { carryOnce, writeDownCarried, type Carried } from './carry';
import type { Ears } from './ears';
import { leaveChat } from './leave-chat';
import { goOnInNextRun, mayGoOn } from './next-run';
import { mayTell, postBeside, tellUndelivered } from './tell-user';

/**
 * While one batch follows another, each fifth ends the workflow task. What comes during a task waits at the server, which
 * gives the task up when a hundred events wait; see docs/decisions/0019.
 */
const BATCHES_A_TASK = 5;

/** Until the chat is over and the bot has been told; at once where Baton carries none. */
export async function relayChat(
  state: EscalationState,
  { bot, ears, resumed }: { readonly bot: BotTeller; readonly ears: Ears; readonly resumed: boolean },
): Promise<void> {
  const { relay, plan, outcome } = state;
  const transfer = state.transfers.find(({ transferId }) => transferId === relay?.joined?.transferId);
  if (outcome?.kind !== 'connected' || !plan || !relay?.joined || !transfer) return;
  // The user left in the moment in which the human joined.
  if (state.interrupt?.kind === 'userLeft') endRelay(relay, { by: 'user', reason: 'left', at: Date.now() });
  narrate(state, resumed ? 'relay_resumed' : 'relay_begun');
  await carryUntilOver(state, plan, relay, transfer, ears);
  await giveBackToBot(state, plan, relay, transfer, { bot, ears });
}

async function carryUntilOver(
  state: EscalationState,
  plan: EscalationPlan,
  relay: RelayState,
  transfer: Transfer,
  ears: Ears,
): Promise<void> {
  const limits = plan.relay ?? DEFAULT_RELAY;
  const chat = relay.joined?.chat;
  if (!chat) return;
  const alarm = createAlarm();
  let over = false;
  const carried: Carried = { state, relay, transfer, chat, isOver: () => over };
  const deadline = (): number => nextDeadline(relay, chat, limits, Date.now());
  let inARow = 0;
  for (;;) {
    if (mayGoOn(state, relay, limits)) {
      await writeDownCarried(carried);
      if (!mayGoOn(state, relay, limits)) continue;
      if (ears.isSilent()) await goOnInNextRun(state);
      ears.hush();
    } else ears.listen(transfer);
    if (passTime(relay, limits, Date.now()) === 'warn')
      void postBeside(state, plan.bot, `idle/${relay.userAt}`, limits.userIdle?.warning ?? '');
    void tellUndelivered(state);
    if (isDrained(relay, Date.now())) break;
    inARow += 1;
    if (await carryOnce(carried, { endsTask: plan.v >= 3 && inARow % BATCHES_A_TASK === 0 })) continue;
    inARow = 0;
    alarm.set(deadline());
    await condition(
      () =>
        isCarriable(relay, chat, Date.now()) ||
        isDrained(relay, Date.now()) ||
        mayTell(relay) ||
        ears.mayListen(transfer) ||
        mayGoOn(state, relay, limits) ||
        Date.now() >= deadline() ||
        !alarm.covers(deadline()),
    );
  }
  over = true;
  await writeDownCarried(carried);
  // What an agent wrote must not reach the user after what the bot says next.
  await condition(() => relay.toUser.inFlight === 0);
}

async function giveBackToBot(
  state: EscalationState,
  plan: EscalationPlan,
  relay: RelayState,
  transfer: Transfer,
  { bot, ears }: { readonly bot: BotTeller; readonly ears: Ears },
): Promise<void> {
  const { end } = relay;
  if (!end) return;
  const now = Date.now();
  while (relay.toAgent.queue.length > 0) giveUpHead(relay, 'toAgent', now);
  while (relay.toUser.queue.length > 0) giveUpHead(relay, 'toUser', now);
  if (hasUser(relay)) void tellUndelivered(state);
  narrate(state, 'chat_over', `by ${end.by}: ${end.reason}`);
  if (hasAgent(relay) || end.reason !== 'left') void leaveChat(state, transfer, ears);
  else ears.hush();
  handOver(state, 'bot');
  await bot.tell(plan, makeReturnedNotice(state, relay, end, now));
}
