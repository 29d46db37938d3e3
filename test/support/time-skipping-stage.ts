// A stage on the time-skipping server: one worker, one conversation per scene. At the end of each scene its history
// is replayed against the same bundle; with BATON_RECORD_HISTORIES=1 it is also kept in test/histories/, never
// overwriting what is there.
import { existsSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import type { WorkflowHandle } from '@temporalio/client';
import { historyToJSON } from '@temporalio/common/lib/proto-utils';
import { TestWorkflowEnvironment } from '@temporalio/testing';
import { DefaultLogger, Runtime, Worker } from '@temporalio/worker';
import { escalationWorkflowId } from '../../domain/ids';
import type { EscalationRequest } from '../../domain/request';
import { SEARCH_ATTRIBUTES } from '../../domain/search-attributes';
import { obtainTimeSkippingServer } from '../../servers/time-skipping-server';
import type { escalation } from '../../workflows';
import { deskEventSignal, escalateSignal } from '../../workflows/messages';
import { aRequest, uniqueId } from './builders';
import { TEST_BUNDLE_PATH } from './global-setup';
import { createWorlds, type Script, type World } from './world';

const SDK_VERSION = '1.24.0';
const HISTORIES = resolve(__dirname, '../histories');
const INDEXED_VALUE_TYPES = { KEYWORD: 2, INT: 3, BOOL: 5 } as const;
const TASK_QUEUE = 'stage';

/** The conversation at hand. */
export interface Scene {
  readonly env: TestWorkflowEnvironment;
  readonly handle: WorkflowHandle<typeof escalation>;
  readonly conversationId: string;
  readonly world: World;
  /** Asks again, as the bot would. */
  ask(request: EscalationRequest): Promise<void>;
  /** An event of the desk about a rung of a request. */
  deskSays(
    requestId: string,
    rung: number,
    event: Parameters<typeof signalOf>[3],
    id?: string,
  ): Promise<void>;
  /** Runs the world for a while. */
  pass(ms: number): Promise<void>;
  /** Waits, without passing time, until something is so. */
  until(what: () => boolean | Promise<boolean>): Promise<void>;
}

/** Options of one scene. */
export interface SceneOptions extends Script {
  /** File name of the recorded history. */
  readonly record?: string;
  /** Default: a request `r1`. Null: started without one. */
  readonly request?: EscalationRequest | null;
}

/** A stage for one test file. */
export interface Stage {
  play<T>(options: SceneOptions, story: (scene: Scene) => Promise<T>): Promise<T>;
  close(): Promise<void>;
}

/** Builds the stage; call in `beforeAll`. */
export async function createStage(): Promise<Stage> {
  Runtime.install({ logger: new DefaultLogger('ERROR') });
  const executable = await obtainTimeSkippingServer({ log: () => undefined, env: process.env });
  const env = await TestWorkflowEnvironment.createTimeSkipping({ server: { executable } });
  await env.connection.operatorService.addSearchAttributes({
    namespace: 'default',
    searchAttributes: Object.fromEntries(
      Object.entries(SEARCH_ATTRIBUTES).map(([name, type]) => [name, INDEXED_VALUE_TYPES[type]]),
    ),
  });
  const worlds = createWorlds();
  const worker = await Worker.create({
    connection: env.nativeConnection,
    taskQueue: TASK_QUEUE,
    workflowBundle: { codePath: TEST_BUNDLE_PATH },
    activities: worlds.activities,
  });
  const running = worker.run();
  return {
    play: async (options, story) => {
      const conversationId = uniqueId('conv');
      const scene = await openScene(env, worlds.open(conversationId, options), conversationId, options);
      const told = await story(scene);
      await replay(scene, options.record);
      return told;
    },
    close: async () => {
      worker.shutdown();
      await running;
      await env.teardown();
    },
  };
}

async function openScene(
  env: TestWorkflowEnvironment,
  world: World,
  conversationId: string,
  options: SceneOptions,
): Promise<Scene> {
  const request = options.request === null ? undefined : (options.request ?? aRequest());
  const handle = await env.client.workflow.start<typeof escalation>('escalation', {
    workflowId: escalationWorkflowId('acme', conversationId),
    taskQueue: TASK_QUEUE,
    args: [{ tenant: 'acme', conversationId, ...(request && { request }) }],
  });
  return {
    env,
    handle,
    conversationId,
    world,
    ask: (next) => handle.signal(escalateSignal, next),
    deskSays: (requestId, rung, event, id) =>
      handle.signal(deskEventSignal, signalOf(conversationId, requestId, rung, event, id)),
    pass: (ms) => env.sleep(ms),
    until: (what) => until(what),
  };
}

function signalOf(
  conversationId: string,
  requestId: string,
  rung: number,
  event: import('../../domain/desk-event').DeskEvent,
  id: string = uniqueId('event'),
): import('../../domain/desk-event').DeskEventSignal {
  return { id, transferId: `${conversationId}/${requestId}/${rung}`, event };
}

async function until(what: () => boolean | Promise<boolean>): Promise<void> {
  for (let tries = 0; tries < 400; tries += 1) {
    if (await what()) return;
    await new Promise((resolveLater) => setTimeout(resolveLater, 25));
  }
  throw new Error(`waited 10 s in vain for: ${what.toString()}`);
}

async function replay(scene: Scene, record: string | undefined): Promise<void> {
  const history = await scene.handle.fetchHistory();
  await Worker.runReplayHistory(
    { workflowBundle: { codePath: TEST_BUNDLE_PATH } },
    history,
    scene.handle.workflowId,
  );
  if (record === undefined || process.env['BATON_RECORD_HISTORIES'] !== '1') return;
  const file = resolve(HISTORIES, `${record}.${SDK_VERSION}.1.json`);
  if (!existsSync(file)) writeFileSync(file, `${historyToJSON(history)}\n`);
}
