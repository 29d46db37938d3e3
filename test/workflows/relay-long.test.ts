// A chat of ten thousand messages: through several runs, workers that come and go, and calls whose answers are
// lost, each side reads exactly what the other has sent. On the development server, whose histories are the real thing.
import { Client, Connection, type WorkflowHandleWithFirstExecutionRunId } from '@temporalio/client';
import type { temporal } from '@temporalio/proto';
import { DefaultLogger, NativeConnection, Runtime, Worker } from '@temporalio/worker';
import { escalationWorkflowId, transferId } from '../../domain/ids';
import type { escalation } from '../../workflows';
import { deskNewsSignal, userMessageSignal } from '../../workflows/messages';
import { aChatPlan, aRequest, uniqueId } from '../support/builders';
import { closeAll, type Closers } from '../support/closers';
import { aFault } from '../support/faults';
import { TEST_BUNDLE_PATH } from '../support/global-setup';
import { historiesOf, record, replay } from '../support/histories';
import { ids } from '../support/relay-scene';
import { startTemporal } from '../support/temporal-server';
import { until } from '../support/until';
import { agentTakes, carryAll, createWorlds, type Script, type World } from '../support/world';

/** One signal each, one after another. */
const OF_THE_USER = 1_000;
/** Many in one signal. */
const OF_THE_AGENT = 9_000;
const TASK_QUEUE = 'relay-long';
const TENANT = 'acme';
/** What may wait on its way: a sender of flesh and blood waits for answers too. */
const AHEAD = 500;
const AGENT_BATCH = 30;
/** Four of the relay, with the last of what led to it or the first of what follows. */
const CALLS_A_TASK = 8;

const worlds = createWorlds();
const closers: Closers = [];
let client: Client;
let workers: NativeConnection;

beforeAll(async () => {
  Runtime.install({ logger: new DefaultLogger('ERROR') });
  const { address } = await startTemporal(closers);
  const connection = await Connection.connect({ address });
  closers.push(() => connection.close());
  workers = await NativeConnection.connect({ address });
  closers.push(() => workers.close());
  client = new Client({ connection });
}, 120_000);
afterAll(() => closeAll(closers));

interface RunningWorker {
  stop(): Promise<void>;
}

async function startWorker(): Promise<RunningWorker> {
  const worker = await Worker.create({
    connection: workers,
    taskQueue: TASK_QUEUE,
    workflowBundle: { codePath: TEST_BUNDLE_PATH },
    activities: worlds.activities,
    shutdownGraceTime: 0,
  });
  const running = worker.run();
  return {
    stop: async () => {
      worker.shutdown();
      await running;
    },
  };
}

interface LongChat {
  readonly conversationId: string;
  readonly handle: WorkflowHandleWithFirstExecutionRunId<typeof escalation>;
  readonly world: World;
  userWrites(id: string): Promise<void>;
  agentWrites(messageIds: readonly string[]): Promise<void>;
  agentEnds(): Promise<void>;
}

type Carry = NonNullable<Script['carry']>;

/** Every now and then a call or its answer is lost. */
function losingSome(): Carry {
  let calls = 0;
  return (input, world) => {
    calls += 1;
    if (calls % 101 === 0) throw aFault('ESC_PLATFORM_UNREACHABLE');
    const reply = carryAll(input, world);
    if (calls % 103 === 0) throw aFault('ESC_PLATFORM_TIMEOUT', { resultUnknown: true });
    return reply;
  };
}

async function openChat(eventsPerRun: number, carry: Carry): Promise<LongChat> {
  const conversationId = uniqueId('long');
  const world = worlds.open(conversationId, {
    plan: aChatPlan({ limits: { eventsPerRun } }),
    requestTransfer: () => ({ kind: 'connected', agentId: 'maria' }),
    carry,
  });
  const handle = await client.workflow.start<typeof escalation>('escalation', {
    workflowId: escalationWorkflowId(TENANT, conversationId),
    taskQueue: TASK_QUEUE,
    args: [{ tenant: TENANT, conversationId, request: aRequest() }],
  });
  const transfer = transferId(conversationId, 'r1', 0);
  const tell = (news: readonly { id: string; word: object }[]): Promise<void> =>
    handle.signal(deskNewsSignal, { transferId: transfer, news } as never);
  return {
    conversationId,
    handle,
    world,
    userWrites: (id) => handle.signal(userMessageSignal, { id, text: id }),
    agentWrites: (messageIds) =>
      tell(messageIds.map((id) => ({ id, word: { kind: 'message', message: { id, text: id } } }))),
    agentEnds: () => tell([{ id: 'end', word: { kind: 'ended', by: 'agent' } }]),
  };
}

async function writeAll({ userWrites, world }: LongChat, messageIds: readonly string[]): Promise<void> {
  for (const [index, id] of messageIds.entries()) {
    if (index % 50 === 0)
      await until('the agent to read on', () => world.agentGot.length > index - AHEAD, SLOW);
    await userWrites(id);
  }
}

async function answerAll({ agentWrites, world }: LongChat, messageIds: readonly string[]): Promise<void> {
  for (let index = 0; index < messageIds.length; index += AGENT_BATCH) {
    await until('the user to read on', () => world.userGot.length > index - AHEAD, SLOW);
    await agentWrites(messageIds.slice(index, index + AGENT_BATCH));
  }
}

const SLOW = { timeoutMs: 120_000 };

test('each side reads all of it, once and in order, however many runs and workers it takes', async () => {
  const sentByUser = ids('u', OF_THE_USER);
  const sentByAgent = ids('a', OF_THE_AGENT);
  let worker = await startWorker();
  const chat = await openChat(500, losingSome());
  const { world } = chat;
  await until('the human', () => world.notices.length > 0, SLOW);

  const written = Promise.all([writeAll(chat, sentByUser), answerAll(chat, sentByAgent)]);
  for (const share of [0.2, 0.5, 0.8]) {
    await until(`${share} of it`, () => world.agentGot.length > share * OF_THE_USER, SLOW);
    await worker.stop();
    worker = await startWorker();
  }
  await written;
  await until(
    'the last message',
    () => world.agentGot.length + world.userGot.length >= OF_THE_USER + OF_THE_AGENT,
    SLOW,
  );
  await chat.agentEnds();
  const { returned, epoch } = await chat.handle.result();
  await worker.stop();

  expect(world.agentGot.map(({ id }) => id)).toEqual(sentByUser);
  expect(world.agentGot.map(({ number }) => number)).toEqual(sentByUser.map((_, index) => index + 1));
  expect(world.userGot.map(({ id }) => id)).toEqual(sentByAgent);
  expect(returned).toMatchObject({ by: 'agent', reason: 'left' });
  expect(epoch).toBe(3);
  const { transcript = [], transcriptOmitted = 0 } = world.notices.at(-1) ?? {};
  expect(transcript.length + transcriptOmitted).toBe(OF_THE_USER + OF_THE_AGENT);
  expect(world.notices.map(({ type }) => type)).toEqual(['escalation.connected', 'escalation.returned']);

  const runs = await historiesOf(client, chat.handle.workflowId, chat.handle.firstExecutionRunId);
  // How many depends on how much goes in one batch.
  expect(runs.length).toBeGreaterThan(1);
  for (const history of runs) await replay(history, chat.handle.workflowId);
}, 300_000);

test('while one message follows another it ends its workflow tasks, and goes on in its next run', async () => {
  const sent = ids('u', 350);
  let worker = await startWorker();
  const chat = await openChat(100, (input, own) => ({
    toAgent: agentTakes(input, own, 1),
    toUser: { taken: 0 },
  }));
  const { world } = chat;
  await until('the human', () => world.notices.length > 0, SLOW);

  await worker.stop();
  for (const id of sent) await chat.userWrites(id);
  worker = await startWorker();
  await until('the last message', () => world.agentGot.length === sent.length, SLOW);
  await chat.agentEnds();
  await chat.handle.result();
  await worker.stop();

  expect(world.agentGot.map(({ id }) => id)).toEqual(sent);
  const runs = await historiesOf(client, chat.handle.workflowId, chat.handle.firstExecutionRunId);
  expect(runs.length).toBeGreaterThan(1);
  expect(Math.max(...runs.flatMap(callsOfEachTask))).toBeLessThanOrEqual(CALLS_A_TASK);
  for (const history of runs) await replay(history, chat.handle.workflowId);
  const last = runs.at(-1);
  if (last) record('relay-without-a-pause', last);
}, 300_000);

/** How many local calls each workflow task wrote down. */
function callsOfEachTask({ events }: temporal.api.history.v1.IHistory): number[] {
  const calls = new Map<string, number>();
  for (const { markerRecordedEventAttributes: marker } of events ?? []) {
    if (marker?.markerName !== 'core_local_activity') continue;
    const task = String(marker.workflowTaskCompletedEventId);
    calls.set(task, (calls.get(task) ?? 0) + 1);
  }
  return [...calls.values()];
}
