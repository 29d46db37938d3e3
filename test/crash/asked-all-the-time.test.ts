// An escalation that somebody asks about all the time: a query may cut a workflow task in two at any moment, and what came
// of that must replay. On the development server: the time-skipping one answers queries between tasks only.
import { Client, Connection, type WorkflowHandle } from '@temporalio/client';
import { NativeConnection, Worker } from '@temporalio/worker';
import { untilNotBusy } from '../../gateway/temporal/updates';
import { escalationWorkflowId, transferId } from '../../domain/ids';
import type { EscalationPlan } from '../../domain/plan';
import type { EscalationStatus } from '../../domain/status';
import type { DeskWord } from '../../domain/desk-event';
import {
  deskNewsSignal,
  escalateAndWaitUpdate,
  escalateSignal,
  returnedUpdate,
  sayUpdate,
  statusQuery,
  userLeftSignal,
  userMessageSignal,
} from '../../workflows/messages';
import { aChatPlan, aRequest, uniqueId } from '../support/builders';
import { TEST_BUNDLE_PATH } from '../support/global-setup';
import { openReplays, type Replays } from '../support/histories';
import { startTemporal } from '../support/temporal-server';
import { until } from '../support/until';
import { carryAll, createWorlds, type Script } from '../support/world';

const TENANT = 'acme';
const TASK_QUEUE = 'asked';
/** Of each story: of as many the desk is listened to as speaks by itself. */
const TIMES = 2;
/** A question may stay unanswered: one that comes when the workflow ends, or while the machine is busy. */
const ANSWER_MS = 3_000;

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
    shutdownForceTime: '2s',
  });
  const running = worker.run();
  closers.push(async () => {
    worker.shutdown();
    // A question that came as its workflow ended stays with the worker, which cannot be let go of then.
    await running.catch(() => undefined);
  });
  replays = openReplays();
  closers.push(() => replays.close());
}, 120_000);
afterAll(async () => {
  for (const close of closers.reverse()) await close();
});

/** For a desk that is listened to, or for one that speaks by itself. */
function aPlanFor(isListened: boolean): EscalationPlan {
  const plan = aChatPlan();
  if (!isListened) return plan;
  return {
    ...plan,
    rungs: plan.rungs.map((rung) => ({ ...rung, desk: { ...rung.desk, events: 'stream' } })),
  };
}

/** Some of this, each time another: what happens when is what is tried. */
const aMoment = (upToMs: number): Promise<void> =>
  new Promise((resolve) => setTimeout(resolve, Math.random() * upToMs));

/** Desk, user and bot take their time with everything. The first attempts are declined; a desk is listened to until the end. */
function aSlowWorld(isListened: boolean, declines: number): Script {
  let asked = 0;
  let end = (): void => undefined;
  const ended = new Promise<void>((resolve) => (end = resolve));
  const slowly = (): Promise<void> => aMoment(60);
  return {
    plan: aPlanFor(isListened),
    requestTransfer: async () => {
      await slowly();
      asked += 1;
      return asked > declines ? { kind: 'queued' } : { kind: 'declined', reason: 'no_agents' };
    },
    postToUser: async () => {
      await slowly();
      return { kind: 'posted' };
    },
    carry: async (input, world) => {
      await slowly();
      return carryAll(input, world);
    },
    deliverNotice: slowly,
    listenToDesk: async () => {
      await ended;
      await slowly();
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

/** One escalation that is asked where it stands again and again. */
interface Asked {
  readonly handle: WorkflowHandle;
  status(): Promise<EscalationStatus>;
  /** Until the desk is being asked. */
  asksDesk(requestId: string): Promise<void>;
  /** What the desk of an attempt says. */
  deskSays(requestId: string, ...words: readonly DeskWord[]): Promise<void>;
}

/** A story, and how often it is declined first. */
interface Story {
  readonly declines?: number;
  play(asked: Asked): Promise<void>;
}

const played: WorkflowHandle[] = [];

/** Plays it to its end. */
async function play({ declines = 0, play: tell }: Story, isListened: boolean): Promise<void> {
  const conversationId = uniqueId('asked');
  const world = worlds.open(conversationId, aSlowWorld(isListened, declines));
  const handle = await client.workflow.start('escalation', {
    workflowId: escalationWorkflowId(TENANT, conversationId),
    taskQueue: TASK_QUEUE,
    args: [{ tenant: TENANT, conversationId, request: aRequest() }],
  });
  played.push(handle);
  const question = (): Promise<EscalationStatus | undefined> =>
    client.withDeadline(Date.now() + ANSWER_MS, () => handle.query(statusQuery)).catch(() => undefined);
  let isOver = false;
  const ask = async (): Promise<void> => {
    while (!isOver) {
      await question();
      await aMoment(10);
    }
  };
  const asking = [ask(), ask(), ask()];
  let said = 0;
  const asked: Asked = {
    handle,
    status: () => until('an answer', question),
    asksDesk: async (requestId) => {
      const id = transferId(conversationId, requestId, 0);
      await until(`the transfer ${id}`, () => world.transfers.some((sent) => sent.transferId === id));
    },
    deskSays: (requestId, ...words) => {
      const news = words.map((word) => ({ id: `w${(said += 1)}`, word }));
      return handle.signal(deskNewsSignal, { transferId: transferId(conversationId, requestId, 0), news });
    },
  };
  try {
    await tell(asked);
    await handle.result();
  } finally {
    isOver = true;
    await Promise.all(asking);
  }
}

const notBusy = <T>(update: () => Promise<T>): Promise<T> => untilNotBusy(update, Date.now() + 30_000);
const CONNECTED: DeskWord = { kind: 'connected', agentId: 'maria' };
const line = (text: string): DeskWord => ({ kind: 'message', message: { id: text, text } });
const leave = ({ handle }: Asked): Promise<void> => handle.signal(userLeftSignal);

async function talk({ handle, asksDesk, deskSays }: Asked, requestId = 'r1'): Promise<void> {
  await asksDesk(requestId);
  await aMoment(200);
  await deskSays(requestId, CONNECTED);
  for (let at = 1; at <= 6; at += 1) {
    await aMoment(80);
    await handle.signal(userMessageSignal, { id: `u${at}`, text: `u${at}` });
    await aMoment(80);
    await deskSays(requestId, line(`a${at}`));
  }
}

/** The bot has its say so often, under the epoch of the moment, if it may. */
async function botSays({ handle, status }: Asked, times: number): Promise<void> {
  for (let at = 1; at <= times; at += 1) {
    const message = { id: `b${at}`, text: `b${at}` };
    await status()
      .then(({ epoch }) => handle.executeUpdate(sayUpdate, { args: [{ bot: 'shop-bot', epoch, message }] }))
      .catch(() => undefined);
    await aMoment(40);
  }
}

const STORIES: Readonly<Record<string, Story>> = {
  'the user leaves': {
    play: async (asked) => {
      await aMoment(500);
      await leave(asked);
    },
  },
  'the user leaves after a talk': {
    play: async (asked) => {
      await talk(asked);
      await aMoment(500);
      await leave(asked);
    },
  },
  'the agent ends a talk with their last line': {
    play: async (asked) => {
      await talk(asked);
      await asked.deskSays('r1', line('goodbye'));
      await aMoment(40);
      await asked.deskSays('r1', { kind: 'ended', by: 'agent' });
    },
  },
  'the agent gives the conversation back': {
    play: async (asked) => {
      await talk(asked);
      const { epoch } = await until('the agent to own it', async () => {
        const now = await asked.status();
        return now.owner === 'agent' && now;
      });
      await asked.deskSays('r1', line('goodbye'));
      await aMoment(40);
      await notBusy(() => asked.handle.executeUpdate(returnedUpdate, { args: [{ epoch }] }));
    },
  },
  'somebody waits for the answer': {
    play: async (asked) => {
      await aMoment(150);
      const answered = notBusy(() =>
        asked.handle.executeUpdate(escalateAndWaitUpdate, { args: [aRequest()] }),
      );
      await asked.asksDesk('r1');
      await aMoment(150);
      await asked.deskSays('r1', CONNECTED);
      await answered;
      await leave(asked);
    },
  },
  'the bot says something between two attempts': {
    declines: 1,
    play: async (asked) => {
      await until('the bot to be told', async () => (await asked.status()).phase === 'awaiting_bot');
      const saying = botSays(asked, 10);
      await aMoment(300);
      await asked.handle.signal(escalateSignal, aRequest({ requestId: 'r2' }));
      await talk(asked, 'r2');
      await leave(asked);
      await saying;
    },
  },
};

test('each of them ends, and leaves a history that replays', async () => {
  const stories = Object.values(STORIES).flatMap((story) =>
    Array.from({ length: TIMES }, (_, index) => play(story, index % 2 === 0)),
  );
  const told = await Promise.allSettled(stories);
  expect(told.filter(({ status }) => status === 'rejected')).toEqual([]);
  // One after the other: they share a worker.
  for (const handle of played) await replays.replay(await handle.fetchHistory(), handle.workflowId);
  expect(played).toHaveLength(stories.length);
}, 180_000);
