import { createServer, type Server } from 'node:net';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client, Connection } from '@temporalio/client';
import { SEARCH_ATTRIBUTES } from '../../domain/search-attributes';
import { obtainDevelopmentServer } from '../../servers/development-server';
import {
  startDevelopmentServer,
  type DevelopmentServerOptions,
} from '../../servers/start-development-server';
import { fakeMachine } from './fake-tools';

describe('the development server', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'baton-dev-server-'));
  });
  afterEach(() => {
    rmSync(folder, { recursive: true, force: true });
  });
  const options = (path: string): DevelopmentServerOptions => ({
    executable: { type: 'existing-path', path },
    port: 0,
    uiPort: 0,
    databaseFile: join(folder, 'data', 'temporal.db'),
    searchAttributes: SEARCH_ATTRIBUTES,
    logFile: join(folder, 'temporal.log'),
    log: () => undefined,
  });

  it('finds a workflow again when it is started a second time on the same file', async () => {
    const { path } = await obtainDevelopmentServer({ log: () => undefined });
    const first = await startDevelopmentServer(options(path));
    const ui = await fetch(first.uiUrl ?? '');
    await onServer(first.address, (client) =>
      client.workflow.start('nobody-runs-it', { workflowId: 'kept', taskQueue: 'none', args: [] }),
    );
    await first.stop();
    const second = await startDevelopmentServer(options(path));
    const found = await onServer(second.address, (client) => client.workflow.getHandle('kept').describe());
    await second.stop();

    expect(ui.status).toBe(200);
    expect(found.status.name).toBe('RUNNING');
    expect(await first.ended).toBe('it ended with exit code 0');
  });

  it('names every busy port and the option that moves it', async () => {
    const [one, two] = [await listen(), await listen()];
    const [port, uiPort] = [portOf(one), portOf(two)];

    const start = startDevelopmentServer({ ...options('/bin/false'), port, uiPort });

    await expect(start).rejects.toMatchObject({
      code: 'ESC_SERVER_PORT_BUSY',
      message: expect.stringMatching(
        new RegExp(
          `port ${port} for the Temporal server .* --temporal-port N; port ${uiPort} for the Temporal UI .* --ui-port N`,
        ),
      ),
    });
    one.close();
    two.close();
  });

  it('fails at once with the last words of a server that ends, and names its log', async () => {
    const machine = fakeMachine();
    const path = machine.tool('temporal', 'echo "the disk is full"; exit 1');

    const error = await startDevelopmentServer(options(path)).catch((caught: unknown) => caught);

    expect(error).toMatchObject({ code: 'ESC_SERVER_NOT_STARTED' });
    expect((error as Error).message).toContain(
      'it ended with exit code 1. Last words: the disk is full. Log: ',
    );
    expect(readFileSync(join(folder, 'temporal.log'), 'utf8')).toBe('the disk is full\n');
    machine.remove();
  });
});

async function onServer<T>(address: string, work: (client: Client) => Promise<T>): Promise<T> {
  const connection = await Connection.connect({ address });
  try {
    return await work(new Client({ connection }));
  } finally {
    await connection.close();
  }
}

function listen(): Promise<Server> {
  return new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      resolve(server);
    });
  });
}

function portOf(server: Server): number {
  return (server.address() as AddressInfo).port;
}
