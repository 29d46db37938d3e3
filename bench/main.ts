// `npm run bench`: what an escalation costs on this machine, beside a bare workflow that makes the same calls.
import { release, totalmem } from 'node:os';
import { parseArgs } from 'node:util';
import { CASES, type Case } from './cases';
import { createCpuMeter } from './cpu';
import type { Counts } from './counts';
import { countAlone, measure, type Measurement } from './measure';
import { COMMON_OPTIONS, DIST, run, say, writeResult } from './program';
import { summarize, table, type CaseResult, type Result } from './report';
import { setStage, type Stage } from './stage';

const USAGE = `npm run bench -- [options]
  --rounds N        rounds of all cases, interleaved; 0: counts only (7)
  --escalations N   escalations of each case in a round (100)
  --outstanding N   how many at a time (50)
  --only NAME       only cases whose name contains NAME
  --default-timers  leave the server's timers up to a second late
  --machine NAME    name of the machine in the result file's name
  --no-file         write no result file`;

interface Options {
  readonly rounds: number;
  readonly escalations: number;
  readonly outstanding: number;
  readonly only: string;
  readonly promptTimers: boolean;
  readonly machine: string;
  readonly writesFile: boolean;
}

async function main(): Promise<void> {
  const options = readOptions();
  if (!options) return void process.stdout.write(`${USAGE}\n`);
  const cases = CASES.filter(({ name }) => name.includes(options.only));
  const { promptTimers } = options;
  const stage = await setStage({ dist: DIST, promptTimers, bare: true, log: say });
  try {
    const counts = await countAll(stage, cases);
    const rounds = await runRounds(stage, cases, options);
    const results = cases.map((kase, index) => summarize(kase, counts[index] as Counts, rounds));
    process.stdout.write(`${table(results)}\n`);
    if (!options.writesFile || rounds.length === 0) return;
    const facts = { memoryGiB: Math.round(totalmem() / 2 ** 30), kernel: release() };
    writeResult('', { name: options.machine, facts }, resultOf(options, stage, results, rounds));
  } finally {
    await stage.close();
  }
}

function readOptions(): Options | undefined {
  const { values } = parseArgs({
    options: {
      rounds: { type: 'string', default: '7' },
      escalations: { type: 'string', default: '100' },
      outstanding: { type: 'string', default: '50' },
      only: { type: 'string', default: '' },
      'default-timers': { type: 'boolean', default: false },
      ...COMMON_OPTIONS,
    },
  });
  if (values.help) return undefined;
  return {
    rounds: Number(values.rounds),
    escalations: Number(values.escalations),
    outstanding: Number(values.outstanding),
    only: values.only,
    promptTimers: !values['default-timers'],
    machine: values.machine,
    writesFile: !values['no-file'],
  };
}

/** Counts the second escalation of each case: the first one opens sessions. */
async function countAll(stage: Stage, cases: readonly Case[]): Promise<Counts[]> {
  const counts: Counts[] = [];
  for (const kase of cases) {
    await countAlone(stage, kase);
    counts.push(await countAlone(stage, kase));
  }
  return counts;
}

/**
 * Interleaved, so that what else the machine does meets all cases alike; many short rounds, because it changes within
 * seconds. A round before the first warms up.
 */
async function runRounds(stage: Stage, cases: readonly Case[], options: Options): Promise<Measurement[][]> {
  const cpuSeconds = createCpuMeter();
  const rounds: Measurement[][] = [];
  for (let round = 0; round <= options.rounds && options.rounds > 0; round += 1) {
    const measured: Measurement[] = [];
    for (const kase of rotated(cases, round)) {
      const escalations = round === 0 ? options.outstanding : options.escalations;
      const load = { escalations, outstanding: options.outstanding };
      const result = await measure(stage, kase, load, cpuSeconds);
      measured.push(result);
      const spent = `${result.serverCpuMs.toFixed(1)} + ${result.workerCpuMs.toFixed(1)} ms`;
      say(`${round === 0 ? 'warming up' : `round ${round}`}  ${kase.name}: ${spent}`);
    }
    if (round > 0) rounds.push(measured);
  }
  return rounds;
}

/** Each round begins with another pair and turns each pair round; a case and its baseline stay side by side. */
function rotated(cases: readonly Case[], round: number): Case[] {
  const start = (round * 2) % Math.max(cases.length, 1);
  const order = [...cases.slice(start), ...cases.slice(0, start)];
  return round % 2 === 0 ? order : order.reverse();
}

/** The result file, but for what {@link writeResult} adds to every one. */
function resultOf(
  { promptTimers, rounds: count, escalations, outstanding }: Options,
  { serverVersion }: Stage,
  cases: readonly CaseResult[],
  rounds: readonly (readonly Measurement[])[],
): Result {
  return {
    setup: {
      server: 'development server, in memory',
      serverVersion,
      timersPrompt: promptTimers,
      rounds: count,
      escalations,
      outstanding,
    },
    cases,
    rounds,
  };
}

run(main);
