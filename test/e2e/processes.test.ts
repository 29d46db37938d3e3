// Worker and gateway as an operator meets them: they wait with a message for Temporal, and when they cannot work they
// end with a code and say why and what to do, without a stack trace.
import { writeFileSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createScenarios } from '../support/scenario';
import { startSystem, type System } from '../support/system';
import { SYSTEM_SECRETS } from '../support/system-configuration';

const STACK_TRACE = /^\s+at .+:\d+:\d+\)?$/m;

let system: System;
let folder: string;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'baton-processes-'));
  system = await startSystem({ processes: [] });
}, 120_000);
afterAll(async () => {
  await system?.close();
  rmSync(folder, { recursive: true });
});

function badConfiguration(): string {
  const file = join(folder, 'bad.yaml');
  writeFileSync(
    file,
    'tenants:\n  acme:\n    apiKeys: { backend: "${env:BATON_NO_SUCH_VARIABLE}" }\n    colour: green\n',
  );
  return file;
}

/** A port that is taken until the callback's promise is settled. */
async function withBusyPort<T>(use: (port: number) => Promise<T>): Promise<T> {
  const server = createServer();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  try {
    return await use((server.address() as AddressInfo).port);
  } finally {
    server.close();
  }
}

describe('without Temporal', () => {
  beforeAll(() => system.temporal.kill());
  afterAll(() => system.temporal.restart());

  it('a worker gives up in the end, with the address and what to do', async () => {
    const worker = system.baton('worker', ['--health-port', '0'], { BATON_CONNECT_TIMEOUT_S: '2' });

    const { code } = await worker.ended;

    expect(code).toBe(1);
    expect(worker.output()).toContain('ESC_TEMPORAL_UNAVAILABLE');
    expect(worker.output()).toContain(system.temporal.address);
    expect(worker.output()).toContain('->');
    expect(worker.output()).not.toMatch(STACK_TRACE);
  });

  it('a gateway listens, says that it is not ready and waits, and ends cleanly', async () => {
    const gateway = await system.startGateway();

    const ready = await system.gateway.call('GET', '/readyz');
    await gateway.untilLogged('gateway.waiting');
    const end = await gateway.terminate();

    expect(ready.status).toBe(503);
    expect(end.code).toBe(0);
  });
});

it('a worker that is there before Temporal says that it waits, then works', async () => {
  await system.temporal.kill();
  const worker = system.baton('worker', ['--health-port', '0']);
  const waiting = await worker.untilLogged('worker.waiting');
  await system.temporal.restart();
  await worker.untilLogged('worker.ready');
  await system.startGateway();
  const scenarios = createScenarios(system);
  const scenario = await scenarios.open();

  await scenario.ask();
  const { outcome } = await scenario.ended();
  const [end] = await Promise.all([worker.terminate(), system.gatewayProcess().terminate()]);

  expect(waiting).toMatchObject({ address: system.temporal.address });
  expect(outcome).toMatchObject({ kind: 'connected' });
  expect(end.code).toBe(0);
  expect(worker.output()).not.toMatch(STACK_TRACE);
  await scenarios.replay();
});

it.each(['worker', 'gateway'] as const)(
  'a %s with a bad configuration names every fault at once',
  async (command) => {
    const child = system.baton(command, ['--config', badConfiguration()]);

    const { code } = await child.ended;

    expect(code).toBe(1);
    for (const word of ['bad.yaml:3', 'BATON_NO_SUCH_VARIABLE', 'bad.yaml:4', 'colour'])
      expect(child.output()).toContain(word);
    expect(child.output()).not.toMatch(STACK_TRACE);
  },
);

it.each([
  ['gateway', '--port'],
  ['worker', '--health-port'],
] as const)('a %s whose port is taken names the port and the option %s', async (command, option) => {
  const { code, output, port } = await withBusyPort(async (busy) => {
    const host = command === 'gateway' ? ['--host', '127.0.0.1'] : [];
    const child = system.baton(command, [option, String(busy), ...host]);
    const end = await child.ended;
    return { code: end.code, output: child.output(), port: busy };
  });

  expect(code).toBe(1);
  expect(output).toContain('ESC_SERVER_PORT_BUSY');
  expect(output).toContain(String(port));
  expect(output).toContain(option);
  expect(output).not.toMatch(STACK_TRACE);
});

it('no process writes a secret of its configuration to its log', async () => {
  const worker = await system.startWorker();
  const gateway = await system.startGateway();
  const scenarios = createScenarios(system);
  const scenario = await scenarios.open();
  await scenario.ask();
  await system.gateway.call('POST', '/v1/escalations', { body: '{' });
  await scenario.ended();
  await Promise.all([worker.terminate(), gateway.terminate()]);

  for (const secret of Object.values(SYSTEM_SECRETS)) {
    expect(worker.output()).not.toContain(secret);
    expect(gateway.output()).not.toContain(secret);
  }
});
