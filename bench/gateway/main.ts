// `npm run bench -- gateway`: how fast escalations are accepted, by the gateway and by the bare Temporal client.
import { loadavg } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { Client, Connection } from '@temporalio/client';
import { findFreePort } from '../../servers/ports';
import { createCpuMeter } from '../cpu';
import { benchEnvironment, configFile, startChild, startServer, type Closers } from '../parts';
import { COMMON_OPTIONS, DIST, markdownTable, run, say, writeResult } from '../program';
import { measureAccepting, percentile, type Accepting, type Pids } from './measure';
import { createWays, type Way } from './ways';

const USAGE = `npm run bench -- gateway [options]
  --rounds N    rounds of all ways, interleaved (7)
  --requests N  requests of each way in a round: as many with 50 in flight, a fifth with 1 (500)
  --machine X   name of the machine in the result file's name
  --no-file     write no result file`;

const IN_FLIGHT = [1, 50] as const;
/** Nothing calls out: the platforms' addresses are only read. */
const NOWHERE = {
  livepersonHost: '127.0.0.1:9',
  deskUrl: 'http://127.0.0.1:9',
  botUrl: 'http://127.0.0.1:9',
};

interface Options {
  readonly rounds: number;
  readonly requests: number;
  readonly machine: string;
  readonly writesFile: boolean;
}

/** One line of the table: medians over the rounds, ratios to the baseline of the same round. */
interface Line {
  readonly title: string;
  readonly inFlight: number;
  readonly perSecond: number;
  readonly p50: number;
  readonly p99: number;
  readonly cpuMs: Accepting['cpuMs'];
  readonly perSecondRatio: number;
  readonly p50Ratio: number;
}

async function main(): Promise<void> {
  const options = readOptions();
  if (!options) return void process.stdout.write(`${USAGE}\n`);
  const closers: Closers = [];
  try {
    const { client, gatewayUrl, pids } = await setStage(closers);
    const ways = createWays(client, gatewayUrl);
    closers.push(...ways.map((way) => () => way.close()));
    const rounds = await runRounds(ways, options, pids);
    const lines = IN_FLIGHT.flatMap((inFlight) => ways.map((way) => lineOf(way, inFlight, ways[0], rounds)));
    process.stdout.write(`${tableOf(lines)}\n`);
    if (!options.writesFile) return;
    const setup = {
      server: 'development server, in memory',
      rounds: options.rounds,
      requests: options.requests,
    };
    const machine = { name: options.machine, facts: { load: loadavg()[0] } };
    writeResult('gateway', machine, { setup, lines, rounds });
  } finally {
    for (const close of closers.reverse()) await close();
  }
}

function readOptions(): Options | undefined {
  const { values } = parseArgs({
    options: {
      rounds: { type: 'string', default: '7' },
      requests: { type: 'string', default: '500' },
      ...COMMON_OPTIONS,
    },
  });
  if (values.help) return undefined;
  const { rounds, requests, machine } = values;
  return { rounds: Number(rounds), requests: Number(requests), machine, writesFile: !values['no-file'] };
}

async function setStage(closers: Closers): Promise<{ client: Client; gatewayUrl: string; pids: Pids }> {
  const server = await startServer(
    { promptTimers: false, metricsPort: await findFreePort(), log: say },
    closers,
  );
  const connection = await Connection.connect({ address: server.address });
  closers.push(() => connection.close());
  const port = await findFreePort();
  const gateway = await startChild(
    [
      join(DIST, 'cli/main.js'),
      ...['gateway', '--config', configFile(DIST), '--port', String(port), '--host', '127.0.0.1'],
    ],
    {
      ...process.env,
      ...benchEnvironment(NOWHERE),
      TEMPORAL_ADDRESS: server.address,
      TEMPORAL_NAMESPACE: 'default',
    },
    'gateway.ready',
    closers,
  );
  const pids = { server: server.pid, gateway: gateway.pid ?? 0 };
  return { client: new Client({ connection }), gatewayUrl: `http://127.0.0.1:${port}`, pids };
}

/** Interleaved, and in turn from the front and from the back, so that all ways meet the same weather. */
async function runRounds(ways: readonly Way[], options: Options, pids: Pids): Promise<Accepting[][]> {
  const cpuSeconds = createCpuMeter();
  const rounds: Accepting[][] = [];
  for (let round = 0; round <= options.rounds; round += 1) {
    const measured: Accepting[] = [];
    for (const inFlight of IN_FLIGHT)
      for (const way of round % 2 === 0 ? ways : [...ways].reverse()) {
        const requests = inFlight === 1 ? Math.ceil(options.requests / 5) : options.requests;
        const result = await measureAccepting(way, { inFlight, requests }, pids, cpuSeconds);
        measured.push(result);
        say(
          `${round === 0 ? 'warming up' : `round ${round}`}  ${way.name} x ${inFlight}: ${result.perSecond} per s`,
        );
      }
    if (round > 0) rounds.push(measured);
  }
  return rounds;
}

function lineOf(
  way: Way,
  inFlight: number,
  baseline: Way | undefined,
  rounds: readonly (readonly Accepting[])[],
): Line {
  const of = (name: string | undefined): Accepting[] =>
    rounds.flatMap((round) => round.filter((one) => one.way === name && one.inFlight === inFlight));
  const own = of(way.name);
  const base = of(baseline?.name);
  const middle = (read: (one: Accepting, index: number) => number): number =>
    Math.round(percentile(own.map(read), 0.5) * 100) / 100;
  return {
    title: way.title,
    inFlight,
    perSecond: middle((one) => one.perSecond),
    p50: middle((one) => one.p50),
    p99: middle((one) => one.p99),
    cpuMs: {
      server: middle((one) => one.cpuMs.server),
      gateway: middle((one) => one.cpuMs.gateway),
      generator: middle((one) => one.cpuMs.generator),
    },
    perSecondRatio: middle((one, index) => one.perSecond / (base[index]?.perSecond ?? Number.NaN)),
    p50Ratio: middle((one, index) => one.p50 / (base[index]?.p50 ?? Number.NaN)),
  };
}

function tableOf(lines: readonly Line[]): string {
  const head = [
    'way',
    'in flight',
    'per second',
    'ratio',
    'p50 ms',
    'ratio',
    'p99 ms',
    'CPU ms: server, gateway, generator',
  ];
  const rows = lines.map(({ title, inFlight, perSecond, perSecondRatio, p50, p50Ratio, p99, cpuMs }) => [
    title,
    inFlight,
    perSecond,
    perSecondRatio,
    p50,
    p50Ratio,
    p99,
    Object.values(cpuMs).join(', '),
  ]);
  return markdownTable(head, rows);
}

run(main);
