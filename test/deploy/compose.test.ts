// docker-compose.yml, the files that it mounts, and the Dockerfile. No container engine is at hand, so the file is
// checked against the Compose Specification's own schema, and its promises one by one.
import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Script } from 'node:vm';
import Ajv2020 from 'ajv/dist/2020';
import addFormats from 'ajv-formats';
import { SEARCH_ATTRIBUTES } from '../../domain/search-attributes';
import { inRepository, readCompose, textOf, type ComposeService } from './compose-file';

const SCHEMA_PATH = join(__dirname, 'compose-spec.schema.json');
/** They run once and end; every other service runs for ever. */
const ONE_SHOTS = ['temporal-schema', 'temporal-namespace'];

const compose = readCompose();
const services = Object.entries(compose.services);
const longRunning = services.filter(([name]) => !ONE_SHOTS.includes(name));

function service(name: string): ComposeService {
  const found = compose.services[name];
  if (found === undefined) throw new Error(`docker-compose.yml has no service ${name}`);
  return found;
}

describe('docker-compose.yml', () => {
  const validate = addFormats(new Ajv2020({ strict: false, allErrors: true })).compile(
    JSON.parse(readFileSync(SCHEMA_PATH, 'utf8')) as object,
  );

  it('follows the schema of the Compose Specification', () => {
    validate(compose);

    expect(validate.errors ?? []).toEqual([]);
  });

  it('would not follow it with a misspelt key or a wrong type', () => {
    const worker = service('worker');

    expect(validate({ ...compose, services: { worker: { ...worker, healthchek: {} } } })).toBe(false);
    expect(validate({ ...compose, services: { worker: { ...worker, depends_on: 7 } } })).toBe(false);
    expect(
      validate({
        ...compose,
        services: { worker: { ...worker, depends_on: { temporal: { condition: 'soon' } } } },
      }),
    ).toBe(false);
  });

  it('has PostgreSQL, a Temporal server, its set-up, its UI, the gateway and workers', () => {
    expect(Object.keys(compose.services).sort()).toEqual([
      'gateway',
      'postgresql',
      'temporal',
      'temporal-namespace',
      'temporal-schema',
      'temporal-ui',
      'worker',
    ]);
    expect(service('temporal').image).toMatch(/^temporalio\/server:/);
    expect(textOf('docker-compose.yml')).not.toMatch(/auto-setup|start-dev/);
  });

  it.each(services)('pins the image of %s to a full version', (_name, { image }) => {
    expect(image).toMatch(/^[\w/.-]+:v?\d+\.\d+[\w.-]*$/);
  });

  it('sets the schema up with the tools of the very server that uses it', () => {
    const version = (name: string): string | undefined =>
      /:(\d+\.\d+\.\d+)/.exec(service(name).image ?? '')?.[1];

    expect(version('temporal-schema')).toBe(version('temporal'));
    expect(version('temporal-namespace')).toBe(version('temporal'));
  });

  it.each(longRunning)('checks the health of %s and restarts it', (_name, { healthcheck, restart }) => {
    expect(healthcheck?.test[0]).toMatch(/^CMD(-SHELL)?$/);
    expect(healthcheck?.test.length).toBeGreaterThan(1);
    expect(restart).toBe('unless-stopped');
  });

  it.each(ONE_SHOTS)('runs %s once, again only when it failed', (name) => {
    expect(service(name).restart).toMatch(/^on-failure/);
  });

  it('waits for what exists, in a way that it can be waited for', () => {
    for (const [name, { depends_on: dependsOn = {} }] of services) {
      for (const [other, { condition }] of Object.entries(dependsOn)) {
        expect([name, other, Object.hasOwn(compose.services, other)]).toEqual([name, other, true]);
        const possible = ONE_SHOTS.includes(other) ? 'service_completed_successfully' : 'service_healthy';
        expect([name, other, condition]).toEqual([name, other, possible]);
      }
    }
    expect(Object.keys(service('temporal').depends_on ?? {})).toContain('temporal-schema');
    for (const name of ['gateway', 'worker']) {
      expect(Object.keys(service(name).depends_on ?? {}).sort()).toEqual(['temporal', 'temporal-namespace']);
    }
  });

  it('lets workers be scaled: no name and no port of their own on the machine', () => {
    const worker = service('worker');

    expect(worker.container_name).toBeUndefined();
    expect(worker.ports).toBeUndefined();
    expect(worker.expose).toEqual(['9465']);
    expect(services.filter(([, { container_name: name }]) => name !== undefined)).toEqual([]);
  });

  it('publishes the gateway to the network and the rest to this machine alone', () => {
    for (const [name, { ports = [] }] of services) {
      for (const port of ports) {
        if (name !== 'gateway')
          expect([name, port]).toEqual([name, expect.stringMatching(/^127\.0\.0\.1:\d+:\d+$/)]);
      }
    }
    expect(service('gateway').ports).toEqual(['8080:8080']);
    expect(service('postgresql').ports).toBeUndefined();
  });

  it('keeps the database in a volume and away from everything but Temporal', () => {
    const mounts = (service('postgresql').volumes ?? []).map((volume) =>
      typeof volume === 'string' ? (volume.split(':')[0] ?? '') : volume.source,
    );

    expect(mounts.filter((mount) => Object.hasOwn(compose.volumes, mount))).toHaveLength(1);
    const inReach = services
      .filter(([, { networks = [] }]) => networks.includes('temporal'))
      .map(([name]) => name);
    expect(inReach.sort()).toEqual(['postgresql', 'temporal', 'temporal-schema']);
    for (const [, { networks = [] }] of services) {
      for (const network of networks) expect(Object.keys(compose.networks)).toContain(network);
    }
  });

  it.each(['gateway', 'worker'])(
    'starts %s with its command, its configuration and how to reach Temporal',
    (name) => {
      const { command, environment, volumes } = service(name);

      expect(command).toEqual(['node', 'dist/cli/main.js', name, '--config', '/etc/baton/baton.yaml']);
      expect(environment).toMatchObject({
        TEMPORAL_ADDRESS: 'temporal:7233',
        TEMPORAL_NAMESPACE: 'default',
        BATON_CONFIG: '/etc/baton/baton.yaml',
        NODE_OPTIONS: expect.stringMatching(/^--max-old-space-size=\d+$/) as string,
      });
      expect(volumes).toEqual([
        expect.objectContaining({ source: './baton.yaml', target: '/etc/baton/baton.yaml', read_only: true }),
        expect.objectContaining({ source: './secrets', target: '/etc/baton/secrets', read_only: true }),
      ]);
    },
  );

  it.each([
    ['gateway', 'http://127.0.0.1:8080/readyz'],
    ['worker', 'http://127.0.0.1:9465/readyz'],
  ])('asks %s itself whether it is ready', (name, url) => {
    const [kind, command, flag, script] = service(name).healthcheck?.test ?? [];

    expect([kind, command, flag]).toEqual(['CMD', 'node', '-e']);
    expect(script).toContain(`fetch('${url}')`);
    expect(() => new Script(script ?? ')')).not.toThrow();
  });

  it('has no secret in it and asks for those that it needs', () => {
    expect(() => readCompose({})).toThrow('POSTGRES_PASSWORD is not set');
    for (const [, { environment = {} }] of services) {
      for (const [name, value] of Object.entries(environment)) {
        if (/PASSWORD|PWD|SECRET|KEY/.test(name)) expect([name, value]).toEqual([name, 'secret']);
      }
    }
    for (const name of ['gateway', 'worker']) {
      expect(service(name).env_file).toEqual([{ path: './baton.env', required: true }]);
      expect(Object.values(service(name).environment ?? {})).not.toContain('secret');
    }
  });

  it('has an example for every variable that it reads, and for every secret of the example configuration', () => {
    const namesIn = (text: string): string[] =>
      [...text.matchAll(/^#?([A-Z_]+)=/gm)].map(([, name = '']) => name).sort();
    const read = [...textOf('docker-compose.yml').matchAll(/\$\{([A-Z_]+):/g)].map(([, name = '']) => name);
    const configuration = textOf('baton.example.yaml').replace(/#.*$/gm, '');
    const secrets = [...configuration.matchAll(/\$\{env:([A-Z_]+)\}/g)].map(([, name = '']) => name);

    expect(namesIn(textOf('.env.example'))).toEqual([...new Set(read)].sort());
    expect(secrets.length).toBeGreaterThan(0);
    expect(namesIn(textOf('baton.env.example'))).toEqual(expect.arrayContaining(secrets));
    expect(textOf('.gitignore').split('\n')).toEqual(
      expect.arrayContaining(['.env', 'baton.env', '/secrets/']),
    );
  });

  it('keeps closed escalations for three days at least', () => {
    const [, hours] =
      /^(\d+)h$/.exec(service('temporal-namespace').environment?.['TEMPORAL_RETENTION'] ?? '') ?? [];

    expect(Number(hours)).toBeGreaterThanOrEqual(72);
  });
});

describe('the set-up scripts', () => {
  it.each(['temporal-schema', 'temporal-namespace'])(
    'of %s exist, are mounted, and are valid shell',
    (name) => {
      const { volumes = [], command = [] } = service(name);
      const script = `ops/temporal/${(command[0] ?? '').replace('/ops/', '')}`;

      expect(volumes).toEqual(['./ops/temporal:/ops:ro']);
      expect(existsSync(inRepository(script))).toBe(true);
      expect(statSync(inRepository(script)).mode & 0o111).not.toBe(0);
      execFileSync('/bin/sh', ['-n', inRepository(script)]);
    },
  );

  it('register exactly the search attributes that the workflows use', () => {
    const listed = textOf('ops/temporal/setup-namespace.sh').matchAll(/^ +(Baton\w+) (\w+)$/gm);

    expect(Object.fromEntries([...listed].map(([, name, type]) => [name, type?.toUpperCase()]))).toEqual(
      SEARCH_ATTRIBUTES,
    );
  });

  /** Runs a script with tools that only write down how they were called. */
  function record(
    script: string,
    tools: Readonly<Record<string, string>>,
    environment: Record<string, string>,
  ): string[] {
    const folder = mkdtempSync(join(tmpdir(), 'baton-ops-'));
    try {
      const log = join(folder, 'calls');
      writeFileSync(log, '');
      for (const [name, body] of Object.entries(tools)) {
        writeFileSync(join(folder, name), `#!/bin/sh\necho "${name} $*" >>'${log}'\n${body}\n`, {
          mode: 0o755,
        });
      }
      execFileSync('/bin/sh', [inRepository(script)], {
        env: { PATH: `${folder}:/usr/bin:/bin`, ...environment },
        stdio: 'pipe',
      });
      return readFileSync(log, 'utf8').trim().split('\n');
    } finally {
      rmSync(folder, { recursive: true });
    }
  }

  it('create both databases and bring both schemas up to date', () => {
    const calls = record(
      'ops/temporal/setup-schema.sh',
      { 'temporal-sql-tool': '' },
      service('temporal-schema').environment ?? {},
    );

    const connection =
      'temporal-sql-tool --plugin postgres12 --endpoint postgresql --port 5432 --user temporal --database';
    expect(calls).toEqual([
      `${connection} temporal create`,
      `${connection} temporal setup-schema -v 0.0`,
      `${connection} temporal update-schema --schema-name postgresql/v12/temporal`,
      `${connection} temporal_visibility create`,
      `${connection} temporal_visibility setup-schema -v 0.0`,
      `${connection} temporal_visibility update-schema --schema-name postgresql/v12/visibility`,
    ]);
    expect(calls.join()).not.toContain('secret');
  });

  it('stop at the first step that fails', () => {
    const run = (): string[] =>
      record(
        'ops/temporal/setup-schema.sh',
        { 'temporal-sql-tool': 'exit 1' },
        service('temporal-schema').environment ?? {},
      );

    expect(run).toThrow();
  });

  it('create the namespace and only those search attributes that are missing', () => {
    const calls = record(
      'ops/temporal/setup-namespace.sh',
      {
        temporal: `case "$*" in
          *'namespace describe'*) exit 1 ;;
          *'search-attribute list'*) printf 'BatonTenant Keyword\\nBatonAttempt Int\\nBatonPhaseOld Keyword\\n' ;;
        esac`,
      },
      service('temporal-namespace').environment ?? {},
    );

    expect(calls).toContain(
      'temporal operator namespace create --namespace default --retention 168h --description Baton: one workflow per escalation',
    );
    const created = calls.flatMap((call) => /search-attribute create --name (\w+)/.exec(call)?.[1] ?? []);
    expect(created.sort()).toEqual(
      Object.keys(SEARCH_ATTRIBUTES)
        .filter((name) => name !== 'BatonTenant' && name !== 'BatonAttempt')
        .sort(),
    );
  });
});

describe('the Dockerfile', () => {
  const dockerfile = textOf('Dockerfile');
  const instructions = dockerfile
    .replace(/\\\n/g, ' ')
    .split('\n')
    .filter((line) => /^[A-Z]+ /.test(line));

  it('builds in one stage and runs in another, both on a pinned Debian slim with Node 24', () => {
    expect(instructions.filter((line) => line.startsWith('FROM'))).toEqual([
      'FROM ${NODE_IMAGE} AS build',
      'FROM ${NODE_IMAGE} AS runtime',
    ]);
    expect(instructions[0]).toMatch(/^ARG NODE_IMAGE=node:24\.\d+\.\d+-\w+-slim$/);
  });

  it('runs as nobody special, with roots of trust, a bounded heap and a health check', () => {
    const runtime = instructions.slice(instructions.indexOf('FROM ${NODE_IMAGE} AS runtime'));
    const user = runtime.findIndex((line) => line.startsWith('USER node'));

    expect(user).toBeGreaterThan(0);
    expect(runtime.slice(user).some((line) => /^(RUN|COPY|ADD)/.test(line))).toBe(false);
    expect(runtime.join('\n')).toMatch(/ca-certificates/);
    expect(runtime.join('\n')).toMatch(/--max-old-space-size=\d+/);
    expect(runtime.some((line) => line.startsWith('HEALTHCHECK'))).toBe(true);
    expect(runtime.some((line) => line.startsWith('COPY --from=build /app/dist'))).toBe(true);
  });

  it('runs the command of the worker when told nothing else', () => {
    const last = instructions.at(-1) ?? '';

    expect(JSON.parse(last.replace(/^CMD /, ''))).toEqual(service('worker').command);
  });

  it('copies nothing that was built, obtained or configured on this machine', () => {
    const ignored = textOf('.dockerignore').split('\n');

    expect(ignored).toEqual(
      expect.arrayContaining([
        'node_modules',
        'dist',
        '.git',
        '.baton',
        '.env*',
        '*.env',
        'baton.yaml',
        'secrets',
      ]),
    );
    for (const needed of ['package.json', 'package-lock.json', '.npmrc', 'scripts', 'domain', 'cli']) {
      expect(ignored).not.toContain(needed);
    }
  });
});
