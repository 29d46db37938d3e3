// Histories of the stage: fetched run by run, replayed against the bundle at hand, and kept in test/histories/ where
// BATON_RECORD_HISTORIES=1 asks for it. What is recorded is never overwritten.
import { existsSync, mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { Client } from '@temporalio/client';
import { historyToJSON } from '@temporalio/common/lib/proto-utils';
import type { temporal } from '@temporalio/proto';
import { Worker } from '@temporalio/worker';
import { createReplayer } from '../../cli/replay/replay-histories';
import { TEST_BUNDLE_PATH } from './global-setup';

/** A workflow's history. */
export type History = temporal.api.history.v1.IHistory;

/** Where recorded histories lie. */
export const HISTORIES = resolve(__dirname, '../histories');
const SDK_VERSION = '1.24.0';
const SCHEMA_VERSION = 1;

/** The histories of all runs of a workflow, the first run's first. */
export async function historiesOf(
  client: Client,
  workflowId: string,
  firstRunId?: string,
): Promise<History[]> {
  const histories: History[] = [];
  let runId = firstRunId;
  for (;;) {
    const history = await client.workflow.getHandle(workflowId, runId).fetchHistory();
    histories.push(history);
    const last = history.events?.at(-1)?.workflowExecutionContinuedAsNewEventAttributes;
    if (!last?.newExecutionRunId) return histories;
    runId = last.newExecutionRunId;
  }
}

/** Replays a history; throws what the SDK throws if it does not fit the workflow. */
export function replay(history: History, workflowId: string, bundlePath = TEST_BUNDLE_PATH): Promise<void> {
  return Worker.runReplayHistory({ workflowBundle: { codePath: bundlePath } }, history, workflowId);
}

/** Replays many histories on one worker; throws with what does not fit. */
export interface Replays {
  replay(history: History, workflowId: string): Promise<void>;
  close(): Promise<void>;
}

/** See {@link Replays}. */
export function openReplays(codePath = TEST_BUNDLE_PATH): Replays {
  const replayer = createReplayer({ workflowBundle: { codePath } });
  return {
    close: () => replayer.close(),
    async replay(history, workflowId) {
      const verdict = await replayer.replay({ name: workflowId, workflowId, history });
      if (verdict.kind === 'breaks')
        throw new Error(
          `${workflowId} does not replay at event ${verdict.eventId}: ${verdict.problem}: ${keepBroken(history)}`,
        );
    },
  };
}

/** Keeps a history where whoever looks for the cause finds it: the server that has it ends with the test. */
export function keepBroken(history: History | undefined): string {
  const path = join(mkdtempSync(join(tmpdir(), 'baton-broken-')), 'history.json');
  writeFileSync(path, history ? historyToJSON(history) : '');
  return path;
}

/** Keeps a history under its name, if recording is on and none of that name is there. */
export function record(name: string, history: History): void {
  if (process.env['BATON_RECORD_HISTORIES'] !== '1') return;
  mkdirSync(HISTORIES, { recursive: true });
  const file = resolve(HISTORIES, `${name}.${SDK_VERSION}.${SCHEMA_VERSION}.json`);
  if (!existsSync(file)) writeFileSync(file, `${historyToJSON(history)}\n`);
}
