// Carries what waits, both ways at once: one short local try, which costs one history event. What a direction could not
// carry goes on as a regular activity beside the story, whose tries cost none, while the other direction goes on.
import { sleep } from '@temporalio/workflow';
import type { CarryInput, CarryReply, LaneReply } from '../../../activities/types';
import type { DeskNewsSignal } from '../../../domain/desk-event';
import { acceptDeskNews } from '../../../domain/escalation-hears';
import type { EscalationState, Transfer } from '../../../domain/escalation-state';
import { noteChat } from '../../../domain/escalation-transfers';
import { DEFAULT_RELAY, type PlannedChat } from '../../../domain/plan';
import { endRelay, giveUpHead, type RelayState } from '../../../domain/relay';
import { endBatch, headDeadline, settleTo, type Batch } from '../../../domain/relay-lane';
import { beginToAgent, beginToUser, endToAgent, hasAgent, hasUser } from '../../../domain/relay-limits';
import { callWithRetries, tryLocally, type CallFault } from '../../calls';
import { awaitTurn, historyInfo } from '../../in-turn';
import { narrate } from '../../inspect';
import { atBot } from '../at-bot';
import { callOf } from '../transfer-ref';

/** A batch of paced messages takes up to two seconds. */
const TRY_MS = 5_000;
/** With the time that a regular activity has to reach a worker. */
const REACH_MS = 15_000;

/** One of the two directions. */
type LaneName = 'toAgent' | 'toUser';
type Fault = NonNullable<LaneReply['fault']>;

/** A chat that is being carried. */
export interface Carried {
  readonly state: EscalationState;
  readonly relay: RelayState;
  readonly transfer: Transfer;
  readonly chat: PlannedChat;
  /** Length of the history when the last answer came: while it is that, the answer is not in it. */
  writtenAt?: number;
  /** Nothing is carried any more. */
  isOver(): boolean;
}

/**
 * Before this run ends, or somebody is told what only an answer said: a short timer ends the workflow task. If that
 * failed, because of a signal that came, what was carried in it would be carried again.
 */
export async function writeDownCarried({ writtenAt }: Carried): Promise<void> {
  if (writtenAt === historyInfo().historyLength) await sleep(1, { summary: 'Write down what was carried' });
}

/**
 * Carries one batch each way. False: nothing could be carried now. Never two at a time: see withdrawBeside. `endsTask`:
 * as a regular activity, which ends the workflow task; a timer would too, and takes Temporal up to a second.
 */
export async function carryOnce(
  carried: Carried,
  { endsTask }: { readonly endsTask: boolean },
): Promise<boolean> {
  const { relay, chat } = carried;
  const toAgent = beginToAgent(relay, chat, Date.now());
  const toUser = beginToUser(relay);
  if (!toAgent && !toUser) return false;
  const input = inputOf(carried, { toAgent, toUser });
  const options = { summary: summaryOf(toAgent, toUser), tryMs: TRY_MS };
  const result = endsTask
    ? await callWithRetries('carry', input, { ...options, deadlineAt: Date.now() + REACH_MS, once: true })
    : await tryLocally('carry', input, { ...options, deadlineAt: Date.now() + TRY_MS });
  if (!endsTask) carried.writtenAt = historyInfo().historyLength;
  if (result.kind === 'done') noteChat(carried.transfer, result.value.chat);
  const failed = result.kind === 'fault' ? faultReply(result.fault) : undefined;
  const replies: Partial<CarryReply> = result.kind === 'done' ? result.value : {};
  if (toAgent) apply(carried, 'toAgent', toAgent, failed ?? replies.toAgent);
  if (toUser) apply(carried, 'toUser', toUser, failed ?? replies.toUser);
  if (replies.words) {
    // Written down first, whatever the history's length says: a query that comes while the answer is awaited cuts the
    // task in two, and a replay does not. The same question might be answered in other words.
    if (!endsTask) await sleep(1, { summary: 'Write down what was answered' });
    hearAnswers(carried, replies.words);
  }
  return true;
}

/** On desks that speak in their answers. */
function hearAnswers(carried: Carried, news: DeskNewsSignal['news']): void {
  acceptDeskNews(carried.state, Date.now(), { transferId: carried.transfer.transferId, news });
}

function apply(carried: Carried, lane: LaneName, batch: Batch, reply: LaneReply = { taken: 0 }): void {
  const { state, relay } = carried;
  const { taken, refused, gone, fault } = reply;
  settle(carried, lane, batch, taken, refused !== undefined || fault !== undefined);
  if (gone && lane === 'toAgent') relay.deskGoneAt ??= Date.now();
  else if (gone) endRelay(relay, { by: 'user', reason: 'left', at: Date.now() });
  else if (refused) giveUp(carried, lane, refused);
  else if (fault?.terminal) giveUp(carried, lane, fault.code);
  else if (fault) {
    narrate(state, 'not_carried_yet', `${lane}: ${fault.code}`);
    void carryBeside(carried, lane, fault);
  }
}

function settle(
  { relay, chat }: Carried,
  lane: LaneName,
  batch: Batch,
  taken: number,
  failed: boolean,
): void {
  const now = Date.now();
  if (lane === 'toAgent')
    return endToAgent(relay, chat, now, batch, { taken, tried: taken + (failed ? 1 : 0) });
  endBatch(relay.toUser);
  settleTo(relay.toUser, batch.first - 1 + taken, now);
}

/** Until the head's time is up; then it is given up. Whatever gets through ends it: the rest goes the short way. */
async function carryBeside(carried: Carried, lane: LaneName, fault: Fault): Promise<void> {
  const { state, relay, chat, transfer } = carried;
  const batch = lane === 'toAgent' ? beginToAgent(relay, chat, Date.now()) : beginToUser(relay);
  if (!batch) return;
  const deadlineAt = headDeadline(relay[lane], (state.plan?.relay ?? DEFAULT_RELAY).deliverWithinMs);
  await pause(fault.retryAfterMs, deadlineAt);
  const result = await callWithRetries('carry', inputOf(carried, { [lane]: batch }), {
    summary: `Carry ${batch.messages.length} ${lane}, not carried before`,
    deadlineAt,
    interrupted: () => carried.isOver() || !(lane === 'toAgent' ? hasAgent(relay) : hasUser(relay)),
  });
  if (result.kind === 'done') {
    noteChat(transfer, result.value.chat);
    if (result.value.words) hearAnswers(carried, result.value.words);
    const { fault: _again, ...reply } = result.value[lane];
    return apply(carried, lane, batch, reply);
  }
  settle(carried, lane, batch, 0, true);
  if (result.kind === 'fault') giveUp(carried, lane, result.fault.code);
}

async function pause(waitMs: number | undefined, deadlineAt: number): Promise<void> {
  const leftMs = Math.min(waitMs ?? 0, deadlineAt - Date.now());
  if (leftMs > 0) await sleep(leftMs, { summary: 'Wait: the platform limits the rate of calls' });
  await awaitTurn();
}

function giveUp({ state, relay }: Carried, lane: LaneName, why: string): void {
  narrate(state, 'message_given_up', `${lane}: ${why}`);
  giveUpHead(relay, lane, Date.now());
}

function inputOf(
  { state, transfer, chat }: Carried,
  { toAgent, toUser }: { readonly toAgent?: Batch | undefined; readonly toUser?: Batch | undefined },
): CarryInput {
  return {
    ...callOf(state, transfer),
    ...atBot(state, state.plan?.bot ?? ''),
    toAgent: toAgent ?? { first: 1, messages: [] },
    toUser: toUser?.messages ?? [],
    ...(chat.gapMs !== undefined && { gapMs: chat.gapMs }),
  };
}

function faultReply({ code, terminal, retryAfterMs = 0 }: CallFault): LaneReply {
  return { taken: 0, fault: { code, terminal, ...(retryAfterMs > 0 && { retryAfterMs }) } };
}

function summaryOf(toAgent: Batch | undefined, toUser: Batch | undefined): string {
  return `Carry ${toAgent?.messages.length ?? 0} to the agent, ${toUser?.messages.length ?? 0} to the user`;
}
