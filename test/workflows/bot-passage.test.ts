// What a bot's platform wants done after its answer: in order, each once, and nothing for ever.
import { ApplicationFailure } from '@temporalio/common';
import { TestWorkflowEnvironment } from '@temporalio/testing';
import { DefaultLogger, Runtime, Worker } from '@temporalio/worker';
import type { PassOnInput } from '../../activities/types';
import type { PassageInput, PassOn } from '../../domain/passage';
import { obtainTimeSkippingServer } from '../../servers/time-skipping-server';
import type { botPassage } from '../../workflows';
import { passOnSignal } from '../../workflows/messages';
import { uniqueId } from '../support/builders';
import { TEST_BUNDLE_PATH } from '../support/global-setup';
import { historiesOf, record as recordHistory, replay } from '../support/histories';

const TASK_QUEUE = 'passages';

/** What a conversation's platform is asked for, and how it takes that. */
interface Platform {
  readonly asked: string[];
  take(item: string): Promise<void> | void;
}

let env: TestWorkflowEnvironment;
let worker: Worker;
let running: Promise<void>;
const platforms = new Map<string, Platform>();

beforeAll(async () => {
  Runtime.install({ logger: new DefaultLogger('ERROR') });
  const executable = await obtainTimeSkippingServer({ log: () => undefined, env: process.env });
  env = await TestWorkflowEnvironment.createTimeSkipping({ server: { executable } });
  worker = await Worker.create({
    connection: env.nativeConnection,
    taskQueue: TASK_QUEUE,
    workflowBundle: { codePath: TEST_BUNDLE_PATH },
    activities: {
      async passOn({ conversationId, bot, item }: PassOnInput): Promise<void> {
        const platform = platforms.get(conversationId)!;
        platform.asked.push(`${bot} ${String(item['say'])}`);
        await platform.take(String(item['say']));
      },
    },
  });
  running = worker.run();
}, 60_000);
afterAll(async () => {
  worker?.shutdown();
  await running;
  await env?.teardown();
});

/** Passes on what is signalled, and resolves with what the platform was asked for. */
async function passage(
  signals: readonly unknown[],
  {
    take = () => undefined,
    record,
    ...input
  }: Partial<Platform> & { record?: string } & Pick<PassageInput, 'eventsPerRun'> = {},
) {
  const conversationId = uniqueId('passage');
  const asked: string[] = [];
  platforms.set(conversationId, { asked, take });
  const [first, ...others] = signals;
  const handle = await env.client.workflow.signalWithStart<typeof botPassage, [PassOn]>('botPassage', {
    workflowId: conversationId,
    taskQueue: TASK_QUEUE,
    args: [{ tenant: 'acme', conversationId, ...input }],
    signal: passOnSignal,
    signalArgs: [first as PassOn],
  });
  for (const each of others) await handle.signal(passOnSignal, each as never);
  const result = await handle.result();
  const runs = await historiesOf(env.client, conversationId, handle.signaledRunId);
  for (const [index, history] of runs.entries()) {
    await replay(history, conversationId);
    if (record !== undefined) recordHistory(index === 0 ? record : `${record}-run-${index + 1}`, history);
  }
  return { asked, result, runs };
}

const say = (id: string, ...words: string[]) => ({
  id,
  bot: 'kore',
  items: words.map((word) => ({ say: word })),
});
const refused = (): never => {
  throw ApplicationFailure.nonRetryable('refused', 'ESC_PLATFORM_REJECTED');
};

it('passes on everything once, in the order in which it came', async () => {
  const signals = [say('m1', 'a', 'b'), say('m2', 'c'), say('m1', 'a', 'b'), say('m3'), say('m4', 'd')];

  const { asked, result } = await passage(signals, { record: 'passage-in-order' });

  expect(asked).toEqual(['kore a', 'kore b', 'kore c', 'kore d']);
  expect(result).toEqual({ passedOn: 4, dropped: 0 });
});

it('tries again what fails, and keeps the order meanwhile', async () => {
  let failures = 3;
  const take = (item: string): void => {
    if (item === 'a' && failures-- > 0) throw new Error('down');
  };

  const { asked, result } = await passage([say('m1', 'a'), say('m2', 'b')], {
    take,
    record: 'passage-retried',
  });

  expect(asked).toEqual(['kore a', 'kore a', 'kore a', 'kore a', 'kore b']);
  expect(result).toEqual({ passedOn: 2, dropped: 0 });
});

it('gives up after ten minutes what cannot be passed on, and goes on with what came later', async () => {
  const take = (item: string): void => {
    if (item === 'a') throw new Error('down');
  };

  const { asked, result } = await passage([say('m1', 'a', 'b'), say('m2', 'c')], {
    take,
    record: 'passage-given-up',
  });

  expect(asked.slice(-2)).toEqual(['kore b', 'kore c']);
  expect(asked.filter((each) => each === 'kore a').length).toBeGreaterThan(10);
  expect(result).toEqual({ passedOn: 2, dropped: 1 });
});

it('gives up at once what is refused', async () => {
  const { asked, result } = await passage([say('m1', 'a'), say('m2', 'b')], {
    take: (item) => (item === 'a' ? refused() : undefined),
  });

  expect(asked).toEqual(['kore a', 'kore b']);
  expect(result).toEqual({ passedOn: 1, dropped: 1 });
});

it('takes what is no signal of its kind for none', async () => {
  const { asked, result } = await passage([
    undefined,
    'nonsense',
    { id: '', bot: 'kore', items: [] },
    { id: 'm', items: [{ say: 'x' }] },
    { id: 'm', bot: 'kore', items: ['x'] },
    say('m', 'a'),
  ]);

  expect(asked).toEqual(['kore a']);
  expect(result).toEqual({ passedOn: 1, dropped: 0 });
});

it('goes on as another run before its history is long, and loses and repeats nothing', async () => {
  const words = Array.from({ length: 30 }, (_, index) => `w${index}`);
  const signals = [...words.map((word, index) => say(`m${index}`, word)), say('m0', 'again')];

  const { asked, result, runs } = await passage(signals, { eventsPerRun: 60, record: 'passage-long' });

  expect(runs.length).toBeGreaterThan(1);
  expect(asked).toEqual(words.map((word) => `kore ${word}`));
  expect(result).toEqual({ passedOn: 30, dropped: 0 });
});

it('shows where it stands, without a word of what is passed on', async () => {
  const conversationId = uniqueId('passage');
  platforms.set(conversationId, { asked: [], take: refused });
  const handle = await env.client.workflow.signalWithStart<typeof botPassage, [PassOn]>('botPassage', {
    workflowId: conversationId,
    taskQueue: TASK_QUEUE,
    args: [{ tenant: 'acme', conversationId }],
    signal: passOnSignal,
    signalArgs: [say('m1', 'my secret')],
  });
  await handle.result();

  const shown = await handle.query<{ currentDetails?: string }>('__temporal_workflow_metadata');

  const details = JSON.stringify(shown);
  expect(details).toMatch(/\*\*Passed on\*\* 0, waiting: 0, dropped: 1/);
  expect(details).toMatch(/m1, item 1: ESC_PLATFORM_REJECTED/);
  expect(details).not.toContain('secret');
});
