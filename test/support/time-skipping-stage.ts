// A stage on the time-skipping server: one worker, one conversation per scene. At the end of each scene its promises
// are checked, and its history is replayed against the same bundle; see histories.ts for what is kept.
import { WorkflowFailedError } from '@temporalio/client';
import { TestWorkflowEnvironment } from '@temporalio/testing';
import { DefaultLogger, Runtime, Worker } from '@temporalio/worker';
import type { Continued, EscalationRequest } from '../../domain/request';
import { SEARCH_ATTRIBUTES } from '../../domain/search-attributes';
import { obtainTimeSkippingServer } from '../../servers/time-skipping-server';
import { aRequest, uniqueId } from './builders';
import { TEST_BUNDLE_PATH } from './global-setup';
import { historiesOf, openReplays, record, type Replays } from './histories';
import { brokenPromises, type Ending } from './promises';
import { openScene, TASK_QUEUE, type Scene } from './scene';
import { createWorlds, type Script } from './world';

export type { Scene } from './scene';

const INDEXED_VALUE_TYPES = { KEYWORD: 2, INT: 3, BOOL: 5 } as const;

/** Options of one scene. */
export interface SceneOptions extends Script {
  /** File name of the recorded history. */
  readonly record?: string;
  /** Default: a request `r1`. Null: started without one. */
  readonly request?: EscalationRequest | null;
  /** The run is started to say something, after what an earlier run left. */
  readonly speaking?: Continued;
  /** The texts of the scene's plan, where it has others than the builder's. */
  readonly texts?: NonNullable<Ending['texts']>;
}

/** A stage for one test file. */
export interface Stage {
  play<T>(options: SceneOptions, story: (scene: Scene) => Promise<T>): Promise<T>;
  close(): Promise<void>;
}

/** Builds the stage; call in `beforeAll`. */
export async function createStage(): Promise<Stage> {
  installRuntime();
  const executable = await obtainTimeSkippingServer({ log: () => undefined, env: process.env });
  const env = await TestWorkflowEnvironment.createTimeSkipping({ server: { executable } });
  await registerSearchAttributes(env);
  const worlds = createWorlds();
  const worker = await Worker.create({
    connection: env.nativeConnection,
    taskQueue: TASK_QUEUE,
    workflowBundle: { codePath: TEST_BUNDLE_PATH },
    activities: worlds.activities,
  });
  const running = worker.run();
  const replays = openReplays();
  return {
    play: async (options, story) => {
      const conversationId = uniqueId('conv');
      const scene = await openScene(
        env,
        worlds.open(conversationId, options),
        conversationId,
        inputOf(options),
      );
      const told = await story(scene);
      await checkPromises(scene, options);
      await replayScene(scene, options.record, replays);
      return told;
    },
    close: async () => {
      await replays.close();
      worker.shutdown();
      await running;
      await env.teardown();
    },
  };
}

function inputOf({ request, speaking }: SceneOptions): Parameters<typeof openScene>[3] {
  if (speaking) return { speaking: true, continued: speaking };
  return request === null ? {} : { request: request ?? aRequest() };
}

/** A stage of its own for one scene: where workflows outlive others, this server's time stands still afterwards. */
export async function playAlone<T>(options: SceneOptions, story: (scene: Scene) => Promise<T>): Promise<T> {
  const stage = await createStage();
  try {
    return await stage.play(options, story);
  } finally {
    await stage.close();
  }
}

/** Once for each file; a second stage in it finds the runtime there. */
export function installRuntime(): void {
  try {
    Runtime.install({ logger: new DefaultLogger('ERROR') });
  } catch {
    // A second stage in the same file: the runtime is there.
  }
}

/** The server knows none of Baton's by itself. */
export async function registerSearchAttributes(env: TestWorkflowEnvironment): Promise<void> {
  await env.connection.operatorService.addSearchAttributes({
    namespace: 'default',
    searchAttributes: Object.fromEntries(
      Object.entries(SEARCH_ATTRIBUTES).map(([name, type]) => [name, INDEXED_VALUE_TYPES[type]]),
    ),
  });
}

/** A workflow that failed made no promise that it could keep: what it was started with was not usable. */
async function checkPromises(scene: Scene, { texts }: SceneOptions): Promise<void> {
  const { status } = await scene.handle.describe();
  if (status.name === 'FAILED') return;
  const outcome = await scene.handle.result().then(
    (result) => result.outcome,
    (error: unknown) => {
      if (error instanceof WorkflowFailedError && status.name === 'CANCELLED') return undefined;
      throw error;
    },
  );
  const broken = brokenPromises(scene.world, { outcome, ...(texts && { texts }) });
  if (broken.length > 0) throw new Error(`broken promises: ${broken.join('; ')}`);
}

async function replayScene(scene: Scene, name: string | undefined, { replay }: Replays): Promise<void> {
  const { handle, env } = scene;
  const runs = await historiesOf(env.client, handle.workflowId, handle.firstExecutionRunId);
  for (const [index, history] of runs.entries()) {
    await replay(history, handle.workflowId);
    if (name !== undefined) record(index === 0 ? name : `${name}-run-${index + 1}`, history);
  }
  for (const outbox of scene.outboxes) {
    const history = await outbox.fetchHistory();
    await replay(history, outbox.workflowId);
    if (name !== undefined) record(`${name}-outbox`, history);
  }
}
