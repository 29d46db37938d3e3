// The commands, environments and health checks that docker-compose.yml gives gateway and worker, run natively. No
// container engine is at hand; what differs is only what a container would give: the address of Temporal, the path
// of the configuration, and ports of their own.
import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { cpSync, mkdtempSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SEARCH_ATTRIBUTES } from '../../domain/search-attributes';
import { obtainDevelopmentServer } from '../../servers/development-server';
import { findFreePort } from '../../servers/ports';
import {
  startDevelopmentServer,
  type RunningDevelopmentServer,
} from '../../servers/start-development-server';
import { requireBuild } from '../support/real-process';
import { until } from '../support/until';
import { inRepository, readCompose, textOf, type ComposeService } from './compose-file';

const COMPOSE_CONFIG = '/etc/baton/baton.yaml';
const PORTS = { gateway: '8080', worker: '9465' } as const;
const PORT_VARIABLES = { gateway: 'BATON_PORT', worker: 'BATON_HEALTH_PORT' } as const;
const HEALTHCHECK_TIMEOUT_MS = 10_000;
const WEBHOOK_SECRET = 'whsec_bmF0aXZlLXRlc3Qtb25seS1zZWNyZXQtMDEyMzQ1';

type Name = keyof typeof PORTS;

let folder: string;
let config: string;
let temporal: RunningDevelopmentServer;
const children: ChildProcess[] = [];

beforeAll(async () => {
  requireBuild();
  folder = mkdtempSync(join(tmpdir(), 'baton-native-'));
  config = join(folder, 'baton.yaml');
  cpSync(inRepository('baton.example.yaml'), config);
  // What the second mount of the file holds.
  mkdirSync(join(folder, 'secrets'));
  writeFileSync(join(folder, 'secrets/night-desk'), `${WEBHOOK_SECRET}\n`);
  temporal = await startDevelopmentServer({
    executable: await obtainDevelopmentServer({ log: () => undefined, env: process.env }),
    port: 0,
    searchAttributes: SEARCH_ATTRIBUTES,
    logFile: join(folder, 'temporal.log'),
    log: () => undefined,
  });
}, 120_000);
afterAll(async () => {
  for (const child of children) child.kill('SIGKILL');
  await temporal?.stop();
  rmSync(folder, { recursive: true, force: true });
});

describe.each<Name>(['gateway', 'worker'])('%s as docker-compose.yml runs it', (name) => {
  it('becomes ready by its own health check, and ends with code 0 on SIGTERM', async () => {
    const service = serviceOf(name);
    const port = String(await findFreePort());

    expect(runHealthcheck(name, service, port)).toBe(1);
    const child = run(name, service, port);
    await until(`${name} to be ready`, () => {
      if (child.exitCode !== null) throw new Error(`${name} ended with ${child.exitCode}`);
      return runHealthcheck(name, service, port) === 0;
    });

    child.kill('SIGTERM');
    expect(await once(child, 'exit')).toEqual([0, null]);
    expect(runHealthcheck(name, service, port)).toBe(1);
  });
});

function serviceOf(name: Name): ComposeService {
  const service = readCompose().services[name];
  if (!service) throw new Error(`docker-compose.yml has no service ${name}`);
  return service;
}

function run(name: Name, { command = [], environment = {} }: ComposeService, port: string): ChildProcess {
  expect(command[0]).toBe('node');
  expect(environment['TEMPORAL_ADDRESS']).toBe('temporal:7233');
  expect(command).toContain(COMPOSE_CONFIG);
  const native = (text: string): string => (text === COMPOSE_CONFIG ? config : text);
  const variables = Object.entries(environment).map(([key, value]) => [key, native(value)]);
  const child = spawn(process.execPath, command.slice(1).map(native), {
    // The image's working directory holds the same dist/.
    cwd: inRepository(''),
    stdio: 'ignore',
    env: {
      PATH: process.env['PATH'],
      ...secrets(),
      ...(Object.fromEntries(variables) as Record<string, string>),
      TEMPORAL_ADDRESS: temporal.address,
      [PORT_VARIABLES[name]]: port,
    },
  });
  children.push(child);
  return child;
}

/** The exit code of the health check's own script. */
function runHealthcheck(name: Name, { healthcheck }: ComposeService, port: string): number | null {
  const [, , ...args] = healthcheck?.test ?? [];
  const native = args.map((arg) => arg.replace(`127.0.0.1:${PORTS[name]}/`, `127.0.0.1:${port}/`));
  expect(native).not.toEqual(args);
  return spawnSync(process.execPath, native, { timeout: HEALTHCHECK_TIMEOUT_MS }).status;
}

/** Of the form that its name says; two hashes of keys must differ. */
function valueOf(name: string, index: number): string {
  if (name.endsWith('_HASH')) return `sha256:${String(index).padStart(64, '0')}`;
  if (name.endsWith('SEALING_KEYS')) return `k1:${Buffer.alloc(32, 7).toString('base64')}`;
  return name.endsWith('_SECRET') ? WEBHOOK_SECRET : `${name}-of-the-native-test`;
}

/** A value for every line of baton.env.example, which the file names as the source of secrets. */
function secrets(): Record<string, string> {
  const names = [...textOf('baton.env.example').matchAll(/^([A-Z_]+)=/gm)].map(([, name = '']) => name);
  return Object.fromEntries(names.map((name, index) => [name, valueOf(name, index)]));
}
