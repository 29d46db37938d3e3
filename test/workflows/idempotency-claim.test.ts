// The claim of an idempotency key, as the gateway starts it.
import { TestWorkflowEnvironment } from '@temporalio/testing';
import { DefaultLogger, Runtime, Worker } from '@temporalio/worker';
import { obtainTimeSkippingServer } from '../../servers/time-skipping-server';
import type { idempotencyClaim } from '../../workflows';
import { answeredSignal } from '../../workflows/messages';
import { uniqueId } from '../support/builders';
import { TEST_BUNDLE_PATH } from '../support/global-setup';
import { record as recordHistory, replay } from '../support/histories';

const TASK_QUEUE = 'claims';
const answer = { status: 202, body: { taken: 'started' } };

let env: TestWorkflowEnvironment;
let worker: Worker;
let running: Promise<void>;

beforeAll(async () => {
  Runtime.install({ logger: new DefaultLogger('ERROR') });
  const executable = await obtainTimeSkippingServer({ log: () => undefined, env: process.env });
  env = await TestWorkflowEnvironment.createTimeSkipping({ server: { executable } });
  worker = await Worker.create({
    connection: env.nativeConnection,
    taskQueue: TASK_QUEUE,
    workflowBundle: { codePath: TEST_BUNDLE_PATH },
  });
  running = worker.run();
}, 60_000);
afterAll(async () => {
  worker?.shutdown();
  await running;
  await env?.teardown();
});

async function claim({ record, told }: { record: string; told: readonly unknown[] }): Promise<unknown> {
  const handle = await env.client.workflow.start<typeof idempotencyClaim>('idempotencyClaim', {
    workflowId: uniqueId('claim'),
    taskQueue: TASK_QUEUE,
    startDelay: 120_000,
  });
  for (const each of told) await handle.signal(answeredSignal, each as typeof answer);
  const result = await handle.result();
  const history = await handle.fetchHistory();
  await replay(history, handle.workflowId);
  recordHistory(record, history);
  return result;
}

it('completes with the first answer, and takes what is no answer for none', async () => {
  const told = ['nonsense', { status: 'fine' }, answer, { ...answer, status: 200 }];

  expect(await claim({ record: 'idempotency-claim-answered', told })).toEqual(answer);
});

it('completes without one that never came', async () => {
  expect(await claim({ record: 'idempotency-claim-unanswered', told: [] })).toBeUndefined();
});
