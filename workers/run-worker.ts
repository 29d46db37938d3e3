// One worker process: connects, polls, drains when it is stopped, and fails loudly when it can no longer work.
import { resolve } from 'node:path';
import { Client, Connection } from '@temporalio/client';
import { Worker, type NativeConnection, type WorkerOptions } from '@temporalio/worker';
import { createActivities } from '../activities';
import { createAccounts } from '../activities/accounts';
import { createTransformer } from '../activities/transform';
import type { ActivityDeps } from '../activities/deps';
import { dataConverterFor } from '../codec';
import { BatonError } from '../domain/errors';
import type { ChatState } from '../domain/chat';
import type { Notice } from '../domain/notice';
import { TASK_QUEUE } from '../domain/task-queue';
import { PLATFORMS } from '../platforms';
import { bundleBuildId } from './build-id';
import { connectToTemporal } from './connect';
import { createEscalationAccess } from './escalation-access';
import { serveHealth } from './health';
import { registerSearchAttributes } from './search-attributes';
import type { WorkerSettings } from './settings';

/** The bundle that the build made of workflows/. */
const WORKFLOW_BUNDLE = resolve(__dirname, '../workflow-bundle.js');
/** The same with the failure converter, for workers that encrypt. */
const ENCRYPTED_BUNDLE = resolve(__dirname, '../workflow-bundle-encrypted.js');
const SIGNAL_DEADLINE_MS = 10_000;
/**
 * An answer may take ten seconds where the worker that knew the workflow was killed. A call has fifteen for all it does,
 * can do without the answer, and asks again with its next try.
 */
const QUESTION_DEADLINE_MS = 2_000;
const REGISTER_DEADLINE_MS = 15_000;

/**
 * How a worker is tuned. A waiting escalation on a watched desk holds one activity slot, hence the many slots;
 * the sticky timeout is what every escalation of a crashed worker waits before another one takes it.
 */
const TUNING = {
  maxConcurrentActivityTaskExecutions: 2_000,
  maxConcurrentLocalActivityExecutions: 200,
  stickyQueueScheduleToStartTimeout: '2s',
  shutdownGraceTime: '10s',
  shutdownForceTime: '20s',
} as const satisfies Partial<WorkerOptions>;

/** Runs until `settings.stop` aborts. @throws BatonError when it cannot start or can no longer work */
export async function runWorker(settings: WorkerSettings): Promise<void> {
  const closers: (() => Promise<void>)[] = [];
  let worker: Worker | undefined;
  try {
    // First of all: a worker that waits for Temporal is alive, and a port that is taken is told at once.
    await openHealth(settings, closers, () => worker?.getState() ?? 'CONNECTING');
    const connection = await connectToTemporal(settings);
    closers.push(() => connection.close());
    worker = await createWorker(settings, connection, closers);
    await poll(settings, worker);
  } catch (error) {
    if (error instanceof BatonError) throw error;
    throw new BatonError('ESC_WORKER_FAILED', error instanceof Error ? error.message : String(error), {
      cause: error,
    });
  } finally {
    // What uses the connection was opened after it and must be closed before it.
    for (const close of closers.reverse()) await close();
  }
}

async function openHealth(
  settings: WorkerSettings,
  closers: (() => Promise<void>)[],
  state: () => string,
): Promise<void> {
  if (settings.healthPort === undefined) return;
  const host = settings.healthHost ?? '0.0.0.0';
  const health = await serveHealth({ port: settings.healthPort, host, state });
  closers.push(() => health.close());
}

async function poll(settings: WorkerSettings, worker: Worker): Promise<void> {
  const running = worker.run();
  const stop = (): void => {
    if (worker.getState() === 'RUNNING') worker.shutdown();
  };
  settings.stop.addEventListener('abort', stop, { once: true });
  if (settings.stop.aborted) stop();
  settings.log.info(
    { event: 'worker.ready', taskQueue: TASK_QUEUE, namespace: settings.namespace },
    'worker polls',
  );
  settings.onReady?.();
  await running;
  settings.log.info({ event: 'worker.stopped' }, 'worker has stopped');
}

async function createWorker(
  settings: WorkerSettings,
  connection: NativeConnection,
  closers: (() => Promise<void>)[],
): Promise<Worker> {
  const client = await openClient(settings, closers);
  const added = await client.connection.withDeadline(Date.now() + REGISTER_DEADLINE_MS, () =>
    registerSearchAttributes(client.connection.operatorService, settings.namespace),
  );
  if (added.length > 0)
    settings.log.info({ event: 'worker.search_attributes_added', added }, 'registered search attributes');
  const deps = createDeps(settings, client);
  closers.push(
    () => deps.accounts.close(),
    () => deps.transformer.close(),
  );
  // Not waited for: a vendor that is down must not keep the worker from the escalations on other desks.
  void deps.accounts.warmUp();
  const codePath = settings.configuration.encryption ? ENCRYPTED_BUNDLE : WORKFLOW_BUNDLE;
  return Worker.create({
    connection,
    namespace: settings.namespace,
    taskQueue: TASK_QUEUE,
    workflowBundle: { codePath },
    ...dataConverterFor(settings.configuration, settings.namespace),
    activities: createActivities(deps),
    ...TUNING,
    ...(settings.deployment
      ? {
          workerDeploymentOptions: {
            version: { deploymentName: settings.deployment.name, buildId: settings.deployment.buildId },
            useWorkerVersioning: true,
            defaultVersioningBehavior: 'PINNED',
          },
        }
      : { buildId: bundleBuildId(codePath) }),
  });
}

/** Signals to bots go over a client of their own, because the worker's connection serves polling. */
async function openClient(
  settings: WorkerSettings,
  closers: (() => Promise<void>)[],
): Promise<Client & { readonly connection: Connection }> {
  const connection = await Connection.connect(settings.connection);
  closers.push(() => connection.close());
  const { configuration, namespace } = settings;
  return new Client({ connection, namespace, ...dataConverterFor(configuration, namespace) }) as Client & {
    readonly connection: Connection;
  };
}

function createDeps(settings: WorkerSettings, client: Client): ActivityDeps {
  const { configuration, log } = settings;
  return {
    configuration,
    platforms: PLATFORMS,
    accounts: createAccounts({ configuration, platforms: PLATFORMS, log }),
    transformer: createTransformer({}),
    signalBot: (workflowId: string, signal: string, notice: Notice) =>
      client.connection.withDeadline(Date.now() + SIGNAL_DEADLINE_MS, () =>
        client.workflow.getHandle(workflowId).signal(signal, notice),
      ),
    signalEscalation: (workflowId, signal, news) =>
      client.connection.withDeadline(Date.now() + SIGNAL_DEADLINE_MS, () =>
        client.workflow.getHandle(workflowId).signal(signal, news),
      ),
    askEscalation: (workflowId, query, transferId) =>
      client.connection.withDeadline(Date.now() + QUESTION_DEADLINE_MS, () =>
        client.workflow
          .getHandle(workflowId)
          .query<ChatState | null | undefined, [string]>(query, transferId)
          .then((chat) => chat ?? undefined),
      ),
    ...createEscalationAccess({ configuration, platforms: PLATFORMS, client }),
    log,
  };
}
