// `npm start -- --demo relay`, which README.md names, as it stands but for its ports: two people in processes of their
// own, a worker that is killed between their lines, and transcripts that are equal.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DIALOGUE, type Side } from '../../cli/start/actors/dialogue';
import { freeStartPorts, runStartCommand } from '../support/start-command';
import { read } from './markdown';

type Told = Readonly<Record<string, unknown>>;

let folder: string;
let code: number | null;
let errors: string;
let lines: readonly Told[];

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'baton-relay-story-'));
  const start = runStartCommand(folder, await freeStartPorts(), ['--demo', 'relay', '--once', '--json']);
  ({ code } = await start.ended);
  errors = start.errors();
  lines = start
    .output()
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Told);
}, 150_000);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function saidBy(side: Side): string[] {
  return DIALOGUE.filter(({ from }) => from === side).map(({ text }) => text);
}

function told(event: string): unknown[] {
  return lines.filter((line) => line['event'] === event).map(({ detail }) => detail);
}

function placeOf(event: string): number {
  return lines.findIndex((line) => line['event'] === event);
}

it('is named by README.md', () => {
  expect(read('README.md')).toContain('`npm start -- --demo relay`');
});

it('ends well, and says so', () => {
  expect([code, errors]).toEqual([0, expect.stringContaining('all ready')]);
  expect(lines.at(-1)).toMatchObject({ event: 'demo.passed' });
});

it('tells what each side writes and reads: exactly what the other wrote, in its order', () => {
  expect(told('user.wrote')).toEqual(saidBy('user'));
  expect(told('agent.read')).toEqual(saidBy('user'));
  expect(told('agent.wrote')).toEqual(saidBy('agent'));
  expect(told('user.read')).toEqual(saidBy('agent'));
});

it('kills the worker and starts another while both write', () => {
  const outage = lines.slice(placeOf('worker.killed'), placeOf('worker.started')).map(({ event }) => event);

  expect(outage).toEqual(expect.arrayContaining(['user.wrote', 'agent.wrote']));
});

it('passes its milestones in order', () => {
  const milestones = [
    'bot.asks',
    'escalation.connected',
    'worker.killed',
    'worker.started',
    'escalation.returned',
    'transcripts.equal',
    'demo.passed',
  ];

  expect(lines.map(({ event }) => String(event)).filter((event) => milestones.includes(event))).toEqual(
    milestones,
  );
});
