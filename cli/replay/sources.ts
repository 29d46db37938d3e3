// Where histories to replay come from: files as the Temporal UI, the `temporal` command and the SDK export them, and
// the server itself.
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { Client } from '@temporalio/client';
import { historyFromJSON } from '@temporalio/common/lib/proto-utils';
import type { temporal } from '@temporalio/proto';
import { BatonError } from '../../domain/errors';

/** One history and what to call it. */
export interface HistorySource {
  /** File name, or workflow and run id. */
  readonly name: string;
  readonly workflowId: string;
  readonly history: temporal.api.history.v1.IHistory;
}

/** The histories of a file, or of every `.json` file below a folder. @throws BatonError `ESC_REPLAY_UNREADABLE` */
export function* historiesFromPath(path: string): Generator<HistorySource> {
  const files = filesAt(path);
  if (files.length === 0) throw unreadable(path, 'holds no .json file');
  for (const file of files) yield historyFromFile(file);
}

/** The histories of the workflows that a visibility query finds. */
export async function* historiesFromQuery(client: Client, query: string): AsyncGenerator<HistorySource> {
  for await (const { workflowId, runId } of client.workflow.list({ query })) {
    const history = await client.workflow.getHandle(workflowId, runId).fetchHistory();
    yield { name: `${workflowId} (run ${runId})`, workflowId, history };
  }
}

function filesAt(path: string): string[] {
  const stat = statSync(path, { throwIfNoEntry: false });
  if (!stat) throw unreadable(path, 'there is no such file or folder');
  if (stat.isFile()) return [path];
  return readdirSync(path, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.json'))
    .sort()
    .map((name) => join(path, name));
}

function historyFromFile(file: string): HistorySource {
  const history = parse(file);
  const started = history.events?.[0]?.workflowExecutionStartedEventAttributes;
  if (!started) throw unreadable(file, 'its first event is not the start of a workflow');
  return {
    name: basename(file, '.json'),
    workflowId: started.workflowId || basename(file, '.json'),
    history,
  };
}

function parse(file: string): temporal.api.history.v1.IHistory {
  try {
    return historyFromJSON(JSON.parse(readFileSync(file, 'utf8')));
  } catch (error) {
    // The message of a JSON parser quotes the text: only its kind is told.
    throw unreadable(file, error instanceof SyntaxError ? 'is not JSON' : 'is not an exported history');
  }
}

function unreadable(path: string, problem: string): BatonError {
  return new BatonError('ESC_REPLAY_UNREADABLE', `${path} ${problem}`);
}
