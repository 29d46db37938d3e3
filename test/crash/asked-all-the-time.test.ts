// An escalation that somebody asks about all the time: a query may cut a workflow task in two at any moment, and what came
// of that must replay. On the development server: the time-skipping one answers queries between tasks only.
import { Client, Connection, type WorkflowHandle } from '@temporalio/client';
import { NativeConnection, Worker } from '@temporalio/worker';
import { escalationWorkflowId, transferId } from '../../domain/ids';
import type { EscalationPlan } from '../../domain/plan';
import type { DeskWord } from '../../domain/desk-event';
import { deskNewsSignal, statusQuery, userLeftSignal, userMessageSignal } from '../../workflows/messages';
import { aChatPlan, aRequest, uniqueId } from '../support/builders';
import { TEST_BUNDLE_PATH } from '../support/global-setup';
import { openReplays, type Replays } from '../support/histories';
import { startTemporal } from '../support/temporal-server';
import { createWorlds, type Script } from '../support/world';

const TENANT = 'acme';
const TASK_QUEUE = 'asked';
const TIMES = 12;

const closers: (() => Promise<void>)[] = [];
const worlds = createWorlds();
let client: Client;
let replays: Replays;

beforeAll(async () => {
  const server = await startTemporal(closers);
  const connection = await Connection.connect({ address: server.address });
  closers.push(() => connection.close());
  client = new Client({ connection });
  const native = await NativeConnection.connect({ address: server.address });
  closers.push(() => native.close());
  const worker = await Worker.create({
    connection: native,
    taskQueue: TASK_QUEUE,
    workflowBundle: { codePath: TEST_BUNDLE_PATH },
    activities: worlds.activities,
  });
  const running = worker.run();
  closers.push(async () => {
    worker.shutdown();
    await running;
  });
  replays = openReplays();
  closers.push(() => replays.close());
}, 120_000);
afterAll(async () => {
  for (const close of closers.reverse()) await close();
});

/** As plans are made today. */
function aListenedPlan(): EscalationPlan {
  const { rungs, ...plan } = aChatPlan();
  return {
    ...plan,
    v: 2,
    rungs: rungs.map((rung) => ({ ...rung, desk: { ...rung.desk, events: 'stream' } })),
  };
}

/** Some of this, each time another: what happens when is what is tried. */
const aMoment = (upToMs: number): Promise<void> =>
  new Promise((resolve) => setTimeout(resolve, Math.random() * upToMs));

/** A desk that listens until the chat is over, and takes its time with everything. */
function aSlowDesk(): Script {
  let end = (): void => undefined;
  const ended = new Promise<void>((resolve) => (end = resolve));
  return {
    plan: aListenedPlan(),
    requestTransfer: () => ({ kind: 'queued' }),
    listenToDesk: async () => {
      await ended;
      await aMoment(60);
      return {};
    },
    withdrawTransfer: async () => {
      end();
      await aMoment(200);
      return { kind: 'withdrawn' };
    },
    closeChat: () => end(),
  };
}

/** Plays it while it is asked where it stands again and again, to its end. */
async function play(story: (handle: WorkflowHandle, conversationId: string) => Promise<void>): Promise<void> {
  const conversationId = uniqueId('asked');
  worlds.open(conversationId, aSlowDesk());
  const handle = await client.workflow.start('escalation', {
    workflowId: escalationWorkflowId(TENANT, conversationId),
    taskQueue: TASK_QUEUE,
    args: [{ tenant: TENANT, conversationId, request: aRequest() }],
  });
  let isOver = false;
  const ask = async (): Promise<void> => {
    while (!isOver) {
      await handle.query(statusQuery).catch(() => undefined);
      await aMoment(10);
    }
  };
  const asking = [ask(), ask(), ask()];
  await story(handle, conversationId);
  await handle.result();
  isOver = true;
  await Promise.all(asking);
  played.push(handle);
}

const played: WorkflowHandle[] = [];

async function leaves(handle: WorkflowHandle): Promise<void> {
  await aMoment(500);
  await handle.signal(userLeftSignal);
}

async function talks(handle: WorkflowHandle, conversationId: string): Promise<void> {
  const transfer = transferId(conversationId, 'r1', 0);
  const tell = (id: string, word: DeskWord): Promise<void> =>
    handle.signal(deskNewsSignal, { transferId: transfer, news: [{ id, word }] });
  await aMoment(400);
  await tell('joined', { kind: 'connected', agentId: 'maria' });
  for (let line = 1; line <= 6; line += 1) {
    await aMoment(80);
    await handle.signal(userMessageSignal, { id: `u${line}`, text: `u${line}` });
    await aMoment(80);
    await tell(`a${line}`, { kind: 'message', message: { id: `a${line}`, text: `a${line}` } });
  }
  await leaves(handle);
}

test('ends, and leaves a history that replays', async () => {
  const stories = Array.from({ length: TIMES }, (_, index) => play(index % 2 === 0 ? leaves : talks));
  await Promise.all(stories);
  // One after the other: they share a worker.
  for (const handle of played) await replays.replay(await handle.fetchHistory(), handle.workflowId);
  expect(played).toHaveLength(TIMES);
}, 180_000);
