// `npm start -- --demo certainly`, which the page of the platform names, as it stands but for its ports: a user with one
// chat on one connection, an agent, a worker that is killed between their lines, and the bot that goes on.
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
  folder = mkdtempSync(join(tmpdir(), 'baton-certainly-story-'));
  const start = runStartCommand(folder, await freeStartPorts(), ['--demo', 'certainly', '--once', '--json']);
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

it('is named by the page of the platform', () => {
  expect(read('docs/platforms/certainly.md')).toContain('`npm start -- --demo certainly`');
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

it('passes its milestones in order', () => {
  const milestones = [
    'bot.listen',
    'worker.killed',
    'worker.started',
    'bot.normal',
    'transcripts.equal',
    'demo.passed',
  ];

  expect(lines.map(({ event }) => String(event)).filter((event) => milestones.includes(event))).toEqual(
    milestones,
  );
});
