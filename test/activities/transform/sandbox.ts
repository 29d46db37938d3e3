// Shared by the transform tests: an input, a run of a script, and a check that there is a compiled runner. The
// runner is a real process, so it comes from dist/, which `npm test` builds first.
import { existsSync } from 'node:fs';
import {
  createTransformer,
  type Transformer,
  type TransformInput,
  type TransformOutput,
} from '../../../activities/transform';
import { defaultRunnerPath } from '../../../activities/transform/runner-process';

/** Long enough for a good script on a machine that is busy with everything else. */
export const PATIENT = { deadlineMs: 5_000, killAfterMs: 10_000, queueWaitMs: 30_000, startMs: 30_000 };

/** Fails with what to do when the runner was never compiled. */
export function requireCompiledRunner(): void {
  const path = defaultRunnerPath();
  if (!existsSync(path)) throw new Error(`${path} is missing: run "npm run build" first`);
}

/** An input of the integration Orders with the response data variable Order. */
export function anInput(changes: Partial<TransformInput> = {}): TransformInput {
  return {
    integration: 'Orders',
    mapping: { responseVariable: 'Order' },
    raw: { id: 'A-1', items: [{ title: 'one' }, { title: 'two' }] },
    status: 200,
    variables: { city: 'Utrecht', count: 3, vip: true, empty: null },
    conversationId: 'conversation-1',
    now: 1_700_000_000_000,
    seed: 'escalation/1/transform',
    ...changes,
  };
}

/** Runs one script on it. */
export function runScript(
  transformer: Transformer,
  script: string,
  changes: Partial<TransformInput> = {},
): Promise<TransformOutput> {
  return transformer.transform(anInput({ mapping: { responseVariable: 'Order', script }, ...changes }));
}

/** A transformer that waits for slow machines. */
export function aPatientTransformer(): Transformer {
  return createTransformer({ limits: PATIENT });
}

/** True while a process of this id exists. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

/** Waits until the condition holds; fails after ten seconds. */
export async function until(condition: () => boolean): Promise<void> {
  for (let tries = 0; tries < 1_000; tries += 1) {
    if (condition()) return;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  throw new Error('the condition did not come true within ten seconds');
}
