// What is measured of the relay: messages one by one and in bursts, in each direction, and the bare workflow beside them.
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { request } from 'undici';
import { escalationWorkflowId, transferId } from '../../domain/ids';
import { createGenericDeskControl, type GenericDeskControl } from '../../platforms/webhook/simulator';
import { BARE_TASK_QUEUE } from '../bare/calls';
import { aRequest } from '../request';
import type { Stage } from '../stage';
import { ANSWERING_SKILL } from '../world';

/** A chat that is open. */
export interface OpenChat {
  readonly workflowId: string;
  /** Sends `count` messages at once; resolves when all have arrived. */
  send(count: number): Promise<void>;
  end(): Promise<void>;
}

/** One case. */
export interface RelayCase {
  readonly name: string;
  readonly title: string;
  readonly worker: 'product' | 'bare';
  /** Messages sent at once, before the next ones. */
  readonly atOnce: number;
  open(stage: Stage): Promise<OpenChat>;
}

/** A text of 60 characters, as people write. */
const TEXT = 'The box was open when it came, and half of it was missing. ';
const GIVE_UP_MS = 60_000;
const POLL_MS = 10;

/** Cases in order; each is compared with the bare one of as many at once. */
export const RELAY_CASES: readonly RelayCase[] = [1, 10].flatMap((atOnce) => [
  { name: `bare-${atOnce}`, title: 'bare: signal, regular activity', worker: 'bare', atOnce, open: openBare },
  {
    name: `user-${atOnce}`,
    title: 'user to agent',
    worker: 'product',
    atOnce,
    open: (stage) => openChat(stage, 'user'),
  },
  {
    name: `agent-${atOnce}`,
    title: 'agent to user',
    worker: 'product',
    atOnce,
    open: (stage) => openChat(stage, 'agent'),
  },
]);

async function openBare({ client, world }: Stage): Promise<OpenChat> {
  const conversationId = randomUUID();
  const workflowId = `bare-relay/${conversationId}`;
  const handle = await client.workflow.start('bareRelay', {
    workflowId,
    taskQueue: BARE_TASK_QUEUE,
    args: [{ conversationId }],
  });
  return {
    workflowId,
    send: async (count) => {
      const before = world.posted(conversationId);
      await Promise.all(times(count, () => handle.signal('message', { text: TEXT })));
      await until(() => Promise.resolve(world.posted(conversationId) >= before + count));
    },
    end: async () => {
      await handle.signal('over');
      await handle.result();
    },
  };
}

async function openChat(stage: Stage, from: 'user' | 'agent'): Promise<OpenChat> {
  const { world, client } = stage;
  const conversationId = randomUUID();
  const heard = world.heard(conversationId);
  const asked = aRequest('desk-relay', ANSWERING_SKILL);
  await post(stage, '/v1/escalations', { conversationId, ...asked });
  await heard;
  const desk = createGenericDeskControl(world.desk.controlUrl);
  const ref = { conversationId, transferId: transferId(conversationId, asked.requestId, 0) };
  const workflowId = escalationWorkflowId('bench', conversationId);
  return {
    workflowId,
    send: (count) =>
      from === 'user' ? userWrites(stage, desk, ref, count) : agentWrites(stage, desk, ref, count),
    end: async () => {
      await desk.end(ref.transferId, 'agent');
      await client.workflow.getHandle(workflowId).result();
      await desk.close();
    },
  };
}

interface Ref {
  readonly conversationId: string;
  readonly transferId: string;
}

async function userWrites(stage: Stage, desk: GenericDeskControl, ref: Ref, count: number): Promise<void> {
  const arrived = async (): Promise<number> => {
    const { conversations } = await desk.state();
    return (conversations[ref.conversationId]?.chat ?? []).filter(({ from }) => from === 'user').length;
  };
  const before = await arrived();
  const path = `/v1/conversations/${ref.conversationId}/user-messages`;
  await Promise.all(times(count, () => post(stage, path, { id: randomUUID(), text: TEXT })));
  await until(async () => (await arrived()) >= before + count);
}

async function agentWrites(
  { world }: Stage,
  desk: GenericDeskControl,
  ref: Ref,
  count: number,
): Promise<void> {
  const before = world.posted(ref.conversationId);
  await Promise.all(times(count, () => desk.say(ref.transferId, { messageId: randomUUID(), text: TEXT })));
  await until(() => Promise.resolve(world.posted(ref.conversationId) >= before + count));
}

async function post({ gatewayUrl, apiKey }: Stage, path: string, body: unknown): Promise<void> {
  const answer = await request(`${gatewayUrl}${path}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${apiKey}`, 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  const text = await answer.body.text();
  if (answer.statusCode !== 202) throw new Error(`${path}: ${answer.statusCode} ${text}`);
}

function times<T>(count: number, run: () => Promise<T>): Promise<T>[] {
  return Array.from({ length: count }, run);
}

/** A message that does not arrive is a fault of the benchmark or of what it measures: no number hides it. */
async function until(isTrue: () => Promise<boolean>): Promise<void> {
  const giveUpAt = Date.now() + GIVE_UP_MS;
  while (!(await isTrue())) {
    if (Date.now() > giveUpAt) throw new Error('a message has not arrived');
    await sleep(POLL_MS);
  }
}
