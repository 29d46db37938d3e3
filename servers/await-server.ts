// Waits until a Temporal server answers: its namespace is known, its search attributes are registered and a list of
// workflows works. A worker that connects earlier may be told that the namespace does not exist.
import { Connection } from '@temporalio/client';
import type { Log } from './run-command';

/** What to wait for. */
export interface AwaitServerOptions {
  readonly address: string;
  /** Default `default`. */
  readonly namespace?: string;
  readonly searchAttributes: readonly string[];
  readonly timeoutMs: number;
  /** Resolves, with words for it, when the server's process ends: then waiting is over. */
  readonly ended: Promise<string>;
  readonly log: Log;
}

const CALL_DEADLINE_MS = 2_000;
const POLL_MS = 150;
const SAY_EVERY_MS = 3_000;

/** Resolves when the server can be used. Rejects when its process ends or the time is over. */
export async function awaitServer(options: AwaitServerOptions): Promise<void> {
  const startedAt = Date.now();
  let nextWordAt = startedAt + SAY_EVERY_MS;
  let obstacle = 'it does not answer';
  const ended = options.ended.then((words) => ({ ending: words }));
  const connection = Connection.lazy({ address: options.address });
  try {
    while (Date.now() - startedAt < options.timeoutMs) {
      const look = findObstacle(connection, options).then((found) => ({ found }));
      const result = await Promise.race([look, ended]);
      if ('ending' in result) {
        // The client's own retry timer throws where nobody can catch it when the connection is closed before it ran.
        await look;
        throw new Error(result.ending);
      }
      if (result.found === undefined) return;
      obstacle = result.found;
      if (Date.now() >= nextWordAt) {
        const seconds = Math.round((Date.now() - startedAt) / 1000);
        options.log(`waiting for the Temporal server … ${seconds} s`);
        nextWordAt += SAY_EVERY_MS;
      }
      await new Promise((resolve) => setTimeout(resolve, POLL_MS));
    }
    throw new Error(`not ready after ${Math.round(options.timeoutMs / 1000)} s: ${obstacle}`);
  } finally {
    await connection.close();
  }
}

/** What still keeps the server from being used, or undefined. */
async function findObstacle(
  connection: Connection,
  options: AwaitServerOptions,
): Promise<string | undefined> {
  const namespace = options.namespace ?? 'default';
  try {
    return await connection.withDeadline(Date.now() + CALL_DEADLINE_MS, async () => {
      const registered = await connection.operatorService.listSearchAttributes({ namespace });
      const missing = options.searchAttributes.filter((name) => !(name in registered.customAttributes));
      if (missing.length > 0) return `search attributes are not registered: ${missing.join(', ')}`;
      await connection.workflowService.listWorkflowExecutions({ namespace, pageSize: 1 });
      return undefined;
    });
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}
