// One conversation on the stage: what a test can do to it, and what it can see.
import type { WorkflowHandle, WorkflowHandleWithFirstExecutionRunId } from '@temporalio/client';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import type { ChatState } from '../../domain/chat';
import type { DeskEvent, DeskWord } from '../../domain/desk-event';
import type { Explanation } from '../../domain/explain';
import { escalationWorkflowId, noticeId, noticeOutboxWorkflowId, transferId } from '../../domain/ids';
import type { NoticeLog, NoticeType } from '../../domain/notice';
import type { Ownership, SayResult } from '../../domain/ownership';
import type { EscalationInput, EscalationRequest } from '../../domain/request';
import type { EscalationStatus } from '../../domain/status';
import type { UserMessage } from '../../domain/user-message';
import type { escalation, noticeOutbox } from '../../workflows';
import {
  cancelSignal,
  deskEventSignal,
  deskNewsSignal,
  escalateSignal,
  explainQuery,
  noticesQuery,
  returnedUpdate,
  sayUpdate,
  statusQuery,
  userLeftSignal,
  userMessageSignal,
} from '../../workflows/messages';
import { uniqueId } from './builders';
import type { World } from './world';

/** The task queue of every stage. */
export const TASK_QUEUE = 'stage';
/** The tenant of every scene. */
export const TENANT = 'acme';

/** What comes with several words of a desk. */
export interface DeskMore {
  readonly chat?: ChatState;
  /** Ids of the words. */
  readonly ids?: readonly string[];
}

/** The conversation at hand. */
export interface Scene {
  readonly env: TestWorkflowEnvironment;
  readonly handle: WorkflowHandleWithFirstExecutionRunId<typeof escalation>;
  readonly conversationId: string;
  readonly world: World;
  /** The outboxes that the test looked at; their histories are replayed too. */
  readonly outboxes: WorkflowHandle<typeof noticeOutbox>[];
  /** Asks, or asks again, as the bot would. */
  ask(request: EscalationRequest): Promise<void>;
  /** The bot takes it back. */
  cancel(): Promise<void>;
  userLeaves(): Promise<void>;
  /** An event of the desk about a rung of a request. */
  deskSays(requestId: string, rung: number, event: DeskEvent, id?: string): Promise<void>;
  /** Several words of the desk about a rung of a request. */
  deskTells(requestId: string, rung: number, words: readonly DeskWord[], more?: DeskMore): Promise<void>;
  /** The user writes; the text is its id unless it is a message. */
  userWrites(message: string | UserMessage): Promise<void>;
  /** The agent writes each of these; the texts are their ids. */
  agentWrites(...ids: readonly string[]): Promise<void>;
  status(): Promise<EscalationStatus>;
  explain(): Promise<Explanation>;
  /** The log of notices. */
  notices(after?: number): Promise<NoticeLog>;
  /** The bot says something; the text is its id. */
  say(id: string, epoch: number): Promise<SayResult>;
  /** The agent gives the conversation back. */
  giveBack(epoch: number): Promise<Ownership>;
  /** The names of the story's lines so far. */
  story(): Promise<string[]>;
  /** The outbox that the notice of a request was put in first. */
  outbox(requestId: string, type: NoticeType): WorkflowHandle<typeof noticeOutbox>;
  /** Runs the world for a while. */
  pass(ms: number): Promise<void>;
  /** Waits, without passing time, until something is so. */
  until(what: () => boolean | Promise<boolean>): Promise<void>;
}

/** Starts a conversation's escalation. */
export async function openScene(
  env: TestWorkflowEnvironment,
  world: World,
  conversationId: string,
  input: Omit<EscalationInput, 'tenant' | 'conversationId'>,
): Promise<Scene> {
  const handle = await env.client.workflow.start<typeof escalation>('escalation', {
    workflowId: escalationWorkflowId(TENANT, conversationId),
    taskQueue: TASK_QUEUE,
    args: [{ tenant: TENANT, conversationId, ...input }],
  });
  const outboxes: Scene['outboxes'] = [];
  const deskTells: Scene['deskTells'] = async (requestId, rung, words, { chat, ids = [] } = {}) => {
    const transfer = transferId(conversationId, requestId, rung);
    if (words.some(({ kind }) => kind === 'connected')) world.humans.add(transfer);
    const news = words.map((word, index) => ({ id: ids[index] ?? uniqueId('word'), word }));
    await handle.signal(deskNewsSignal, { transferId: transfer, news, ...(chat && { chat }) });
  };
  return {
    env,
    handle,
    conversationId,
    world,
    outboxes,
    ask: (next) => handle.signal(escalateSignal, next),
    cancel: () => handle.signal(cancelSignal),
    userLeaves: () => handle.signal(userLeftSignal),
    deskSays: async (requestId, rung, event, id = uniqueId('event')) => {
      const transfer = transferId(conversationId, requestId, rung);
      if (event.kind === 'connected') world.humans.add(transfer);
      await handle.signal(deskEventSignal, { id, transferId: transfer, event });
    },
    deskTells,
    userWrites: (message) =>
      handle.signal(
        userMessageSignal,
        typeof message === 'string' ? { id: message, text: message } : message,
      ),
    agentWrites: (...ids) =>
      deskTells(
        'r1',
        0,
        ids.map((id) => ({ kind: 'message', message: { id, text: id } })),
      ),
    status: () => handle.query(statusQuery),
    explain: () => handle.query(explainQuery),
    notices: (after) => handle.query(noticesQuery, ...(after === undefined ? [] : [after])),
    say: (id, epoch) =>
      handle.executeUpdate(sayUpdate, { args: [{ bot: 'shop-bot', epoch, message: { id, text: id } }] }),
    giveBack: (epoch) => handle.executeUpdate(returnedUpdate, { args: [{ epoch }] }),
    story: async () => (await handle.query(explainQuery)).story.map((line) => line.event),
    outbox: (requestId, type) => {
      const first = noticeId(conversationId, requestId, type);
      const outbox = env.client.workflow.getHandle<typeof noticeOutbox>(
        noticeOutboxWorkflowId(TENANT, first),
      );
      outboxes.push(outbox);
      return outbox;
    },
    pass: (ms) => env.sleep(ms),
    until,
  };
}

async function until(what: () => boolean | Promise<boolean>): Promise<void> {
  for (let tries = 0; tries < 400; tries += 1) {
    if (await what()) return;
    await new Promise((resolveLater) => setTimeout(resolveLater, 25));
  }
  throw new Error(`waited 10 s in vain for: ${what.toString()}`);
}
