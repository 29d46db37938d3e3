// Encryption and masking with real processes: what Temporal and the logs get to see, how keys are rotated while
// escalations run, and the Temporal CLI through the codec server.
import { execFile } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { promisify } from 'node:util';
import { Client, type WorkflowFailedError } from '@temporalio/client';
import { DefaultLogger, Runtime, Worker } from '@temporalio/worker';
import { dataConverterFor } from '../../codec';
import type { EncryptionConfiguration } from '../../domain/configuration';
import { transferId } from '../../domain/ids';
import { aKey, anEncryption } from '../support/encryption';
import { BUILT_BUNDLE } from '../support/real-process';
import { createScenarios, textOf, type Scenario } from '../support/scenario';
import { startSystem, type System } from '../support/system';
import { TENANT } from '../support/system-configuration';
import { until } from '../support/until';

const run = promisify(execFile);
const ENCRYPTED_BUNDLE = resolve(dirname(BUILT_BUNDLE), 'workflow-bundle-encrypted.js');
const CANARY = 'canary-7f3a';
const CARD = '4111 1111 1111 1111';
const EMAIL = 'ada@canary.example';
const PHONE = '+49 30 1234567';
const TOKEN = 'token-of-the-codec-server';
const KEYS = { k1: aKey(1), k2: aKey(2), other: aKey(3) } as const;
type KeyId = keyof typeof KEYS;

let system: System;
let client: Client;

beforeAll(async () => {
  Runtime.install({ logger: new DefaultLogger('ERROR') });
  system = await startSystem({ processes: [], limits: { responseTimeout: '60s' } });
}, 120_000);
afterAll(() => system?.close());

/** Writes the configuration of the processes that start from now on; the first key is active. None: not encrypted. */
function configure(...ids: KeyId[]): void {
  const file = JSON.parse(readFileSync(system.configFile, 'utf8'));
  const folder = dirname(system.configFile);
  for (const id of ids) writeFileSync(`${folder}/${id}`, KEYS[id]);
  writeFileSync(`${folder}/token`, TOKEN);
  const keys = Object.fromEntries(ids.map((id) => [id, `\${file:${id}}`]));
  const codecServer = { token: '${file:token}', uiOrigin: 'http://localhost:8233' };
  file.encryption = ids.length === 0 ? undefined : { activeKey: ids[0], keys, codecServer };
  file.tenants[TENANT].masking = { cardNumbers: true, emails: true, phones: true };
  writeFileSync(system.configFile, JSON.stringify(file));
}

/** Restarts worker and gateway with what is configured now. */
async function restart(...ids: KeyId[]): Promise<void> {
  configure(...ids);
  await Promise.all([stop('worker'), stop('gatewayProcess')]);
  await Promise.all([system.startWorker(), system.startGateway()]);
}

async function stop(which: 'worker' | 'gatewayProcess'): Promise<void> {
  let running;
  try {
    running = system[which]();
  } catch {
    return;
  }
  if (running.isRunning()) await running.terminate();
}

/** A scenario that is read with these keys. */
function open(...ids: KeyId[]): Scenario {
  client = clientOf(encryptionOf(...ids));
  return createScenarios({ ...system, client }).openElsewhere();
}

function encryptionOf(...ids: KeyId[]): EncryptionConfiguration {
  return anEncryption(Object.fromEntries(ids.map((id) => [id, KEYS[id]])));
}

function clientOf(encryption?: EncryptionConfiguration): Client {
  const { connection } = system.client;
  return new Client({
    connection,
    namespace: 'default',
    ...dataConverterFor(encryption ? { encryption } : {}, 'default'),
  });
}

async function askDesk(scenario: Scenario): Promise<void> {
  await system.desk.setTarget({ kind: 'skill', id: 'night', behaviour: { kind: 'silent' } });
  await scenario.ask({
    integration: 'to-desk',
    variables: { skillId: 'night', firstName: CANARY, card: CARD, email: EMAIL },
    lastMessages: [{ id: 'm1', text: `${CANARY}: call ${PHONE}` }],
    userMessage: `${CANARY} ${CARD}`,
  });
  await scenario.untilTold('queued');
}

async function accept({ conversationId }: Scenario): Promise<void> {
  await system.desk.accept(transferId(conversationId, 'r1', 0));
}

/** What is stored, as a client without keys sees it. */
async function stored(workflowId: string): Promise<string> {
  const { workflow, workflowService } = system.client;
  const { events } = await workflow.getHandle(workflowId).fetchHistory();
  const described = await workflowService.describeWorkflowExecution({
    namespace: 'default',
    execution: { workflowId },
  });
  return [events, described].flatMap((each) => [JSON.stringify(each), textOf(each)]).join('\n');
}

/** The `temporal` command's own view. */
async function cli(...args: string[]): Promise<string> {
  const { executable, address } = system.temporal;
  const { stdout } = await run(executable, [...args, '--address', address, '--namespace', 'default'], {
    maxBuffer: 64 * 1024 * 1024,
    env: { PATH: process.env['PATH'], HOME: process.env['HOME'] },
  });
  // Payloads are base64 there: what they hold is added in clear.
  const inside = stdout
    .match(/"[A-Za-z0-9+/]{8,}={0,2}"/g)
    ?.map((text) => Buffer.from(text.slice(1, -1), 'base64'));
  return [stdout, ...(inside ?? [])].map(String).join('\n');
}

/** Every failure in a history, wherever it is. */
function failuresIn(value: unknown): Record<string, unknown>[] {
  if (typeof value !== 'object' || value === null) return [];
  const inner = Object.values(value).flatMap(failuresIn);
  return 'message' in value && 'source' in value ? [value, ...inner] : inner;
}

describe('an escalation with encryption and masking', () => {
  beforeAll(() => restart('k1'), 120_000);

  it('leaves nothing readable in Temporal, and nothing at all of what is masked', async () => {
    await system.desk.fault({ kind: 'status', status: 503, on: 'transfer.requested' });
    const scenario = open('k1');
    await askDesk(scenario);
    await accept(scenario);
    const { outcome } = await scenario.ended();

    expect(outcome).toMatchObject({ kind: 'connected' });
    const { workflowId } = scenario;
    const shown = await cli('workflow', 'show', '--workflow-id', workflowId, '-o', 'json');
    const described = await cli('workflow', 'describe', '--workflow-id', workflowId, '-o', 'json');
    const logs = system.worker().output() + system.gatewayProcess().output();
    for (const secret of [CANARY, CARD, EMAIL, PHONE]) {
      for (const place of [shown, described, logs, await stored(workflowId)])
        expect(place).not.toContain(secret);
    }

    // Whoever has the key reads the text, and finds masks in it where the card and the addresses were.
    const { events } = await client.workflow.getHandle(workflowId).fetchHistory();
    const codec = client.options.loadedDataConverter.payloadCodecs[0];
    const read = textOf(await codec?.decode(payloadsIn(events)));
    expect(read).toContain(`${CANARY}: call [phone]`);
    expect(read).toContain(`${CANARY} [card number]`);
    expect(read).toContain('[e-mail]');
    for (const secret of [CARD, EMAIL, PHONE]) expect(read).not.toContain(secret);
  });

  it('reaches the user unencrypted and masked', async () => {
    const scenario = open('k1');
    await askDesk(scenario);
    await accept(scenario);
    await scenario.ended();

    const { transcripts } = await system.bot.state();
    expect(transcripts[scenario.conversationId]?.map(({ text }) => text)).toEqual([
      `${CANARY}: call [phone]`,
    ]);
    expect(await scenario.noticeTypes()).toEqual(['escalation.connected']);
  });

  it('hides messages and stack traces of failures', async () => {
    await system.desk.fault({ kind: 'status', status: 400, on: 'transfer.requested' });
    const scenario = open('k1');
    await system.desk.setTarget({ kind: 'skill', id: 'night', behaviour: { kind: 'silent' } });
    await scenario.ask({ integration: 'to-desk', variables: { skillId: 'night' } });
    await scenario.untilNotices(1);
    await scenario.cancel();
    await scenario.ended();

    const { events } = await system.client.workflow.getHandle(scenario.workflowId).fetchHistory();
    const failures = failuresIn(events);
    expect(failures.length).toBeGreaterThan(0);
    for (const failure of failures) {
      expect(failure).toMatchObject({ message: 'Encoded failure', stackTrace: '' });
      expect(textOf(failure['encodedAttributes'])).toContain('binary/encrypted');
    }
  });

  it("hides the workflow's own failure, which its caller reads with the key", async () => {
    const workflowId = `escalation/${TENANT}/unusable`;
    const handle = await clientOf(encryptionOf('k1')).workflow.start('escalation', {
      workflowId,
      taskQueue: 'baton',
      args: [{}],
    });

    const error = (await handle.result().catch((thrown: unknown) => thrown)) as WorkflowFailedError;

    expect(error.cause?.message).toBe('tenant or conversationId is missing');
    expect(await stored(workflowId)).not.toContain('conversationId is missing');
  });

  it('is masked by the plan where the request came by a signal past the gateway', async () => {
    await system.desk.setTarget({ kind: 'skill', id: 'night', behaviour: { kind: 'accepts', afterMs: 50 } });
    const scenario = open('k1');
    await client.workflow.start('escalation', {
      workflowId: scenario.workflowId,
      taskQueue: 'baton',
      args: [
        {
          tenant: TENANT,
          conversationId: scenario.conversationId,
          request: {
            requestId: 'r1',
            integration: 'to-desk',
            variables: { skillId: 'night', firstName: EMAIL },
            lastMessages: [{ id: 'm1', text: PHONE }],
          },
        },
      ],
    });
    await scenario.ended();

    const { transcripts } = await system.bot.state();
    expect(transcripts[scenario.conversationId]?.map(({ text }) => text)).toEqual(['[phone]']);
    const { conversations } = await system.desk.state();
    expect(JSON.stringify(conversations[scenario.conversationId])).toContain('Hold on [e-mail]');
  });

  it('replays with the key, in either bundle', async () => {
    const scenario = open('k1');
    await askDesk(scenario);
    await accept(scenario);
    await scenario.ended();
    const history = await client.workflow.getHandle(scenario.workflowId).fetchHistory();
    const replay = (codePath: string, ...ids: KeyId[]) =>
      Worker.runReplayHistory(
        {
          workflowBundle: { codePath },
          ...dataConverterFor({ encryption: encryptionOf(...ids) }, 'default'),
        },
        history,
        scenario.workflowId,
      );

    await replay(ENCRYPTED_BUNDLE, 'k1');
    await replay(BUILT_BUNDLE, 'k1');
    await expect(replay(ENCRYPTED_BUNDLE, 'k2')).rejects.toThrow();
  });

  it('is shown by the temporal command through the codec server', async () => {
    const scenario = open('k1');
    await askDesk(scenario);
    await accept(scenario);
    await scenario.ended();
    const gateway = system.baton('gateway', ['--port', '0', '--codec-port', '0', '--host', '127.0.0.1']);
    const { port } = await gateway.untilLogged('codec.ready');
    const codec = ['--codec-endpoint', `http://127.0.0.1:${String(port)}/codec`];
    const login = ['--codec-auth', `Bearer ${TOKEN}`];

    const shown = await cli(
      ...['workflow', 'show', '--workflow-id', scenario.workflowId, '-o', 'json'],
      ...codec,
      ...login,
    );
    await gateway.terminate();

    expect(shown).toContain(CANARY);
    expect(gateway.output()).toContain('"keys":["k1"]');
    expect(gateway.output()).not.toContain(CANARY);
  });
});

describe('the rotation of a key', () => {
  it('takes two phases, and finishes what was begun before it', async () => {
    await restart('k1');
    const scenario = open('k2', 'k1');
    await askDesk(scenario);

    await restart('k1', 'k2');
    await scenario.untilTold('queued');
    await restart('k2', 'k1');
    await accept(scenario);
    const { outcome } = await scenario.ended();

    expect(outcome).toMatchObject({ kind: 'connected' });
    const { events } = await system.client.workflow.getHandle(scenario.workflowId).fetchHistory();
    const [first, ...later] = payloadsIn(events).map(keyOf);
    expect(first).toBe('k1');
    expect(later).toContain('k2');
    expect(later.at(-1)).toBe('k2');
  });

  it.each<[string, KeyId[], string]>([
    ['with other keys', ['other'], 'The key of an encrypted payload is not known here: key k2'],
    ['without any', [], 'Unknown encoding: binary/encrypted'],
  ])('freezes what a worker %s meets, and the key heals it', async (_what, keys, problem) => {
    await restart('k2');
    const scenario = open('k2', 'other');
    await askDesk(scenario);
    await stop('worker');
    configure(...keys);
    const stranger = await system.startWorker();

    await accept(scenario);
    const failed = await until('a workflow task that fails', async () => {
      const { events } = await system.client.workflow.getHandle(scenario.workflowId).fetchHistory();
      return events?.find((event) => event.workflowTaskFailedEventAttributes);
    });
    const { status } = await client.workflow.getHandle(scenario.workflowId).describe();
    await stranger.terminate();
    configure('k2', ...keys);
    await system.startWorker();
    const { outcome } = await scenario.ended();

    const codec = clientOf(encryptionOf('other')).options.loadedDataConverter.payloadCodecs[0];
    const why = textOf([failed, await codec?.decode(payloadsIn(failed))]);
    expect(why).toContain(problem);
    expect(status.name).toBe('RUNNING');
    expect(outcome).toMatchObject({ kind: 'connected' });
  });

  it('is not needed to turn encryption on: what runs goes on', async () => {
    await restart();
    const scenario = open('k1');
    await askDesk(scenario);

    await restart('k1');
    await accept(scenario);
    const { outcome } = await scenario.ended();

    expect(outcome).toMatchObject({ kind: 'connected' });
    const { events } = await system.client.workflow.getHandle(scenario.workflowId).fetchHistory();
    const keys = payloadsIn(events).map(keyOf);
    expect(keys[0]).toBe('');
    expect(keys.at(-1)).toBe('k1');
  });
});

interface StoredPayload {
  readonly metadata?: Record<string, Uint8Array> | null;
  readonly data?: Uint8Array | null;
}

/** Payloads of a history but for search attributes, which are never encrypted, in order. */
function payloadsIn(value: unknown): StoredPayload[] {
  if (typeof value !== 'object' || value === null || value instanceof Uint8Array) return [];
  if ('metadata' in value && 'data' in value) return [value as StoredPayload];
  return Object.entries(value).flatMap(([name, member]) =>
    name === 'searchAttributes' ? [] : payloadsIn(member),
  );
}

function keyOf({ metadata }: StoredPayload): string {
  return Buffer.from(metadata?.['encryption-key-id'] ?? []).toString();
}
