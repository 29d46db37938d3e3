// `npm run bench -- relay`: what a relayed message costs, one by one and in bursts, beside a bare workflow.
import { loadavg } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { createCpuMeter } from '../cpu';
import { countRun, type Counts } from '../counts';
import { percentile } from '../gateway/measure';
import { COMMON_OPTIONS, DIST, markdownTable, run, say, writeResult } from '../program';
import { setStage, type Stage } from '../stage';
import { RELAY_CASES, type RelayCase } from './cases';

const USAGE = `npm run bench -- relay [options]
  --rounds N    rounds of all cases, interleaved (5)
  --messages N  messages of each case in a round (60)
  --machine X   name of the machine in the result file's name
  --no-file     write no result file`;

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
      ...COMMON_OPTIONS,
    },
  });
  if (values.help) return void process.stdout.write(`${USAGE}\n`);
  const load = { rounds: Number(values.rounds), messages: Number(values.messages) };
  const stage = await setStage({ dist: DIST, promptTimers: false, bare: true, log: say });
  try {
    const rounds = await runRounds(stage, load);
    process.stdout.write(`${tableOf(rounds)}\n`);
    if (values['no-file']) return;
    const machine = { name: values.machine, facts: { load: loadavg()[0] } };
    writeResult('relay', machine, { setup: { server: 'development server, in memory', ...load }, rounds });
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
  const head = [
    'case',
    'at once',
    'events',
    'workflow tasks',
    'actions',
    'bytes',
    'CPU ms, server + worker',
    'ratio to bare',
  ];
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
    ];
  });
  return markdownTable(head, rows);
}

function of(rounds: readonly (readonly Carried[])[], name: string): Carried[] {
  return rounds.flatMap((round) => round.filter((one) => one.case === name));
}

function cpu(one: Carried | undefined): number {
  return one ? one.serverCpuMs + one.workerCpuMs : Number.NaN;
}

run(main);
