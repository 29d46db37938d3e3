// README.md's first command and the lines that it gives to paste, each run as it stands. Only ports differ.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { createServer } from 'node:net';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client, Connection } from '@temporalio/client';
import { escalationWorkflowId } from '../../domain/ids';
import { connectControl } from '../../platforms/liveperson/simulator';
import { createBotReceiverControl } from '../../platforms/webhook/simulator';
import { obtainDevelopmentServer } from '../../servers/development-server';
import { requireFreePorts } from '../../servers/ports';
import {
  freeStartPorts,
  isAlive,
  runStartCommand,
  type StartCommand,
  type StartPorts,
} from '../support/start-command';
import { until } from '../support/until';
import type { EscalationResult } from '../../workflows/steps/close';
import { blocks, read } from './markdown';

const README = read('README.md');
const TRIED = '<!-- tried by test/docs/readme.test.ts -->';
const COMMAND_TIMEOUT_MS = 20_000;
const CONNECTED = 'escalation.connected';

let folder: string;
let ports: StartPorts;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'baton-readme-'));
  ports = await freeStartPorts();
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('the two commands', () => {
  it('are scripts of the package', () => {
    const commands = blocks(README, 'sh')[0]?.match(/^npm \w+/gm);
    const { scripts } = JSON.parse(read('package.json')) as { scripts: Record<string, string> };

    expect(commands).toEqual(['npm start', 'npm test']);
    expect(scripts).toMatchObject({ start: 'node scripts/start.mjs', test: 'node scripts/test.mjs' });
  });
});

describe('npm start -- --once --json', () => {
  let start: StartCommand;
  let code: number | null;

  beforeAll(async () => {
    start = runStartCommand(folder, ports, ['--once', '--json']);
    ({ code } = await start.ended);
  }, 120_000);

  it('ends well when the escalation ended as it should', () => {
    expect([code, start.errors()]).toEqual([0, expect.stringContaining('all ready')]);
  });

  it('prints JSON objects only, each with a time and who it is about', () => {
    const lines = printedLines(start);

    expect(lines.length).toBeGreaterThan(10);
    for (const line of lines) {
      expect(line).toMatchObject({ at: expect.any(String) as string, who: expect.any(String) as string });
      expect(Number.isNaN(Date.parse(String(line['at'])))).toBe(false);
    }
  });

  it('tells the story in its order: posted, waiting, tried, no answer, fallback skill, agent joined, bot told', () => {
    const lines = printedLines(start);
    // What the bot is told on the way is told beside the story.
    const story = lines
      .filter(({ who, event, detail }) => who === 'baton' && (event !== 'bot_told' || detail === CONNECTED))
      .map(({ event }) => event);
    const milestones = [
      'planned',
      'delaying',
      'transfer_requested',
      'queued',
      'no_answer',
      'withdrawal_withdrawn',
      'transfer_requested',
      'queued',
      'connected',
      'bot_told',
      'closed',
    ];

    expect(story.filter((event) => milestones.includes(String(event)))).toEqual(milestones);
    expect(lines.filter(({ event }) => event === 'user.bot')).toHaveLength(1);
    expect(lines.filter(({ who }) => who === 'bot').map(({ event }) => event)).toEqual([
      'bot.asks',
      'escalation.accepted',
      'escalation.queued',
      'escalation.queued',
      CONNECTED,
    ]);
    expect(lines.at(-1)).toMatchObject({ event: 'demo.passed' });
  });

  it('leaves nothing running', async () => {
    await expect(requireFreePorts(wanted(ports))).resolves.toBeUndefined();
  });
});

describe('npm start', () => {
  let start: StartCommand;
  let client: Client;
  let commands: string;
  let first: readonly string[];

  beforeAll(async () => {
    const executable = await obtainDevelopmentServer({ log: () => undefined, env: process.env });
    commands = mkdtempSync(join(tmpdir(), 'baton-path-'));
    symlinkSync(executable.path, join(commands, 'temporal'));
    start = runStartCommand(folder, ports);
    await start.untilPrinted(/Running until Ctrl-C/);
    const connection = await Connection.connect({ address: `127.0.0.1:${ports.temporal}` });
    client = new Client({ connection });
    first = await escalationsOf(client);
  }, 120_000);
  afterAll(async () => {
    await client?.connection.close();
    start?.signal('SIGTERM');
    await start?.ended;
    rmSync(commands, { recursive: true, force: true });
  }, 60_000);

  it('finds the escalation of the start before', async () => {
    const [earlier = '', ...more] = first.filter((id) => !start.output().includes(encodeURIComponent(id)));

    expect(more).toEqual([]);
    expect(await resultOf(earlier)).toMatchObject({ outcome: { kind: 'connected', rung: 1 } });
  });

  it('prints links that can be opened', async () => {
    const [, workflow = ''] = /This escalation +(\S+)/.exec(start.output()) ?? [];
    const [, gateway = ''] = /The gateway +(\S+)/.exec(start.output()) ?? [];

    expect(decodeURIComponent(workflow)).toContain('/namespaces/default/workflows/escalation/demo/');
    expect((await fetch(workflow)).status).toBe(200);
    expect((await fetch(gateway)).status).toBe(200);
  });

  it('prints lines that send another escalation when they are pasted', async () => {
    const lines = /Send another:\n([\s\S]*?)\n\n/.exec(start.output())?.[1] ?? '';
    const before = await escalationsOf(client);

    const printed = bash(lines);

    expect(printed).toContain('"taken":"started"');
    const [workflowId = ''] = await until<string[]>('the new escalation', async () => {
      const news = (await escalationsOf(client)).filter((id) => !before.includes(id));
      return news.length > 0 && news;
    });
    expect(printed).toContain(workflowId.split('/').at(-1));
    expect(await resultOf(workflowId)).toMatchObject({ outcome: { kind: 'connected' } });
  });

  it('takes the curl line of README.md', async () => {
    const conversationId = await newConversation();
    const block = blocks(README, 'sh').find((each) => each.startsWith('curl ')) ?? '';
    expect(block).toContain('127.0.0.1:7300');

    const answer = bash(
      block.replace('127.0.0.1:7300', `127.0.0.1:${ports.gateway}`).replace('<conversation>', conversationId),
    );

    expect(JSON.parse(answer)).toMatchObject({ taken: 'started' });
    const { outcome } = await resultOf(escalationWorkflowId('demo', conversationId));
    expect(outcome).toMatchObject({ kind: 'connected', rung: 0 });
  });

  it('takes the signal-with-start of README.md, without the gateway, from the temporal command', async () => {
    const conversationId = await newConversation();
    const block = blocks(README.slice(README.indexOf(TRIED)), 'sh')[0] ?? '';
    expect(block).toContain('temporal workflow signal-with-start');
    expect(block).toContain('127.0.0.1:7233');

    bash(block.replace('127.0.0.1:7233', `127.0.0.1:${ports.temporal}`), { CONVERSATION: conversationId });

    const { outcome } = await resultOf(escalationWorkflowId('demo', conversationId));
    expect(outcome).toMatchObject({ kind: 'connected', rung: 0 });
    expect(await heardBy(conversationId)).toEqual(['escalation.accepted', 'escalation.queued', CONNECTED]);
  });

  it('says which ports are busy and how to choose others', async () => {
    const second = runStartCommand(folder, ports, ['--once']);

    expect(await second.ended).toEqual({ code: 1, signal: null });
    expect(second.errors()).toContain('ESC_SERVER_PORT_BUSY');
    expect(second.errors()).toContain(`port ${ports.gateway} for the gateway is used by another process`);
    expect(second.errors()).toContain('--gateway-port N');
    expect(second.errors()).not.toMatch(/^\s+at /m);
  });

  // The last: it ends what the others use.
  it('ends on Ctrl-C with everything that it started, and exit code 0', async () => {
    const started = start.descendants();
    expect(started.length).toBeGreaterThanOrEqual(4);

    start.signal('SIGINT');

    expect(await start.ended).toEqual({ code: 0, signal: null });
    expect(started.filter(isAlive)).toEqual([]);
    await expect(requireFreePorts(wanted(ports))).resolves.toBeUndefined();
  }, 60_000);

  /** Runs lines as a shell does into which they were pasted, with the `temporal` command at hand. */
  function bash(lines: string, variables: Record<string, string> = {}): string {
    return execFileSync('bash', ['-euo', 'pipefail', '-c', lines], {
      encoding: 'utf8',
      timeout: COMMAND_TIMEOUT_MS,
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { PATH: `${commands}:${process.env['PATH']}`, HOME: process.env['HOME'], ...variables },
    });
  }

  async function newConversation(): Promise<string> {
    const desk = connectControl(`http://127.0.0.1:${ports.liveperson}`);
    return (await desk.createConversation({ assignedTo: 'baton-bot' })).conversationId;
  }

  async function resultOf(workflowId: string): Promise<EscalationResult> {
    return (await client.workflow.getHandle(workflowId).result()) as EscalationResult;
  }

  async function heardBy(conversationId: string): Promise<string[]> {
    const bot = createBotReceiverControl(`http://127.0.0.1:${ports.bot}`);
    const { notices } = await bot.state();
    await bot.close();
    return notices.filter(({ data }) => data.conversationId === conversationId).map(({ type }) => type);
  }
});

describe('npm start with something wrong', () => {
  it('names a busy port although everything else is free', async () => {
    const holder = createServer().listen(0, '127.0.0.1');
    await once(holder, 'listening');
    const { port } = holder.address() as { port: number };
    const others = await freeStartPorts();

    const start = runStartCommand(folder, { ...others, gateway: port }, ['--once', '--json']);
    const end = await start.ended;
    holder.close();

    expect(end).toEqual({ code: 1, signal: null });
    expect(start.output()).toBe('');
    expect(start.errors()).toContain(`port ${port} for the gateway`);
    expect(start.errors()).toContain('->');
  });

  it('names the stories that there are when it is asked for another', async () => {
    const start = runStartCommand(folder, {}, ['--demo', 'nonsense']);

    expect(await start.ended).toEqual({ code: 1, signal: null });
    expect(start.errors()).toContain('nonsense');
    expect(start.errors()).toContain('liveperson');
    expect(start.output()).toBe('');
  });
});

function printedLines(start: StartCommand): Record<string, unknown>[] {
  return start
    .output()
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>);
}

async function escalationsOf(client: Client): Promise<string[]> {
  const ids: string[] = [];
  for await (const { workflowId } of client.workflow.list({ query: 'WorkflowType = "escalation"' }))
    ids.push(workflowId);
  return ids;
}

function wanted(ports: StartPorts): { port: number; use: string; option: string }[] {
  return Object.entries(ports).map(([use, port]) => ({ port, use, option: use }));
}
