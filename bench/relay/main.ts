// `npm run bench -- relay`: what a relayed message costs, one by one and in bursts, beside a bare workflow.
import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { arch, cpus, loadavg } from 'node:os';
import { resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { createCpuMeter } from '../cpu';
import { countRun, type Counts } from '../counts';
import { percentile } from '../gateway/measure';
import { setStage, type Stage } from '../stage';
import { RELAY_CASES, type RelayCase } from './cases';

const USAGE = `npm run bench -- relay [options]
  --rounds N    rounds of all cases, interleaved (5)
  --messages N  messages of each case in a round (60)
  --machine X   name of the machine in the result file's name
  --no-file     write no result file`;

const DIST = resolve(__dirname, '../..');
const ROOT = resolve(DIST, '..');
/** The server writes and the worker acknowledges a little after a message has arrived. */
const SETTLE_MS = 500;

/** One case in one round, for each message. */
interface Carried {
  readonly case: string;
  readonly events: number;
  readonly workflowTasks: number;
  readonly actions: number;
  readonly historyBytes: number;
  readonly serverCpuMs: number;
  readonly workerCpuMs: number;
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      rounds: { type: 'string', default: '5' },
      messages: { type: 'string', default: '60' },
      machine: { type: 'string', default: `${cpus().length}-cores-${arch()}` },
      'no-file': { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) return void process.stdout.write(`${USAGE}\n`);
  const load = { rounds: Number(values.rounds), messages: Number(values.messages) };
  const stage = await setStage({ dist: DIST, promptTimers: false, bare: true, log: say });
  try {
    const rounds = await runRounds(stage, load);
    process.stdout.write(`${tableOf(rounds)}\n`);
    if (!values['no-file']) say(`written: ${writeResult(values.machine, load, rounds)}`);
  } finally {
    await stage.close();
  }
}

async function runRounds(
  stage: Stage,
  { rounds, messages }: { readonly rounds: number; readonly messages: number },
): Promise<Carried[][]> {
  const cpuSeconds = createCpuMeter();
  const all: Carried[][] = [];
  for (let round = 0; round <= rounds; round += 1) {
    const measured: Carried[] = [];
    for (const kase of round % 2 === 0 ? RELAY_CASES : [...RELAY_CASES].reverse()) {
      const result = await measureCase(stage, kase, messages, cpuSeconds);
      measured.push(result);
      say(
        `${round === 0 ? 'warming up' : `round ${round}`}  ${kase.name}: ${result.events} events a message`,
      );
    }
    if (round > 0) all.push(measured);
  }
  return all;
}

async function measureCase(
  stage: Stage,
  kase: RelayCase,
  messages: number,
  cpuSeconds: (pid: number) => number,
): Promise<Carried> {
  const chat = await kase.open(stage);
  await chat.send(kase.atOnce);
  await sleep(SETTLE_MS);
  const snapshot = async (): Promise<{ counts: Counts; server: number; worker: number }> => ({
    counts: await countRun(stage.client, chat.workflowId),
    server: cpuSeconds(stage.pids.server),
    worker: cpuSeconds(stage.pids[kase.worker]),
  });
  const before = await snapshot();
  for (let sent = 0; sent < messages; sent += kase.atOnce) await chat.send(kase.atOnce);
  await sleep(SETTLE_MS);
  const after = await snapshot();
  await chat.end();
  const each = (read: (one: typeof after) => number): number =>
    Math.round(((read(after) - read(before)) / messages) * 100) / 100;
  return {
    case: kase.name,
    events: each(({ counts }) => counts.events),
    workflowTasks: each(({ counts }) => counts.workflowTasks),
    actions: each(({ counts }) => counts.actions),
    historyBytes: each(({ counts }) => counts.historyBytes),
    serverCpuMs: each(({ server }) => server * 1_000),
    workerCpuMs: each(({ worker }) => worker * 1_000),
  };
}

function tableOf(rounds: readonly (readonly Carried[])[]): string {
  const head =
    '| case | at once | events | workflow tasks | actions | bytes | CPU ms, server + worker | ratio to bare |';
  const rows = RELAY_CASES.map((kase) => {
    const own = of(rounds, kase.name);
    const base = of(rounds, `bare-${kase.atOnce}`);
    const middle = (read: (one: Carried, index: number) => number): string => {
      const value = percentile(own.map(read), 0.5);
      return String(Math.round(value * 100) / 100);
    };
    const ratio = middle((one, index) => cpu(one) / cpu(base[index]));
    return [
      kase.title,
      kase.atOnce,
      middle((one) => one.events),
      middle((one) => one.workflowTasks),
      middle((one) => one.actions),
      middle((one) => one.historyBytes),
      `${middle((one) => one.serverCpuMs)} + ${middle((one) => one.workerCpuMs)}`,
      ratio,
    ].join(' | ');
  });
  return [head, '| --- | --- | --- | --- | --- | --- | --- | --- |', ...rows.map((row) => `| ${row} |`)].join(
    '\n',
  );
}

function of(rounds: readonly (readonly Carried[])[], name: string): Carried[] {
  return rounds.flatMap((round) => round.filter((one) => one.case === name));
}

function cpu(one: Carried | undefined): number {
  return one ? one.serverCpuMs + one.workerCpuMs : Number.NaN;
}

function writeResult(
  machine: string,
  load: { readonly rounds: number; readonly messages: number },
  rounds: readonly (readonly Carried[])[],
): string {
  const measuredAt = new Date().toISOString();
  const result = {
    v: 1,
    measuredAt,
    commit: execFileSync('git', ['describe', '--always', '--dirty'], { cwd: ROOT, encoding: 'utf8' }).trim(),
    machine: {
      cpus: cpus().length,
      model: cpus()[0]?.model ?? '',
      node: process.version,
      load: loadavg()[0],
    },
    setup: { server: 'development server, in memory', ...load },
    rounds,
  };
  const folder = resolve(ROOT, 'bench/results');
  mkdirSync(folder, { recursive: true });
  const file = resolve(folder, `${measuredAt.slice(0, 10)}-relay-${machine}.json`);
  writeFileSync(file, `${JSON.stringify(result, undefined, 2)}\n`);
  return file;
}

function say(line: string): void {
  process.stderr.write(`${line}\n`);
}

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
  process.exitCode = 1;
});
