// What a run found: medians over its rounds, ratios within a round, as JSON and as a table.
import type { Counts } from './counts';
import type { Case } from './cases';
import type { Measurement } from './measure';
import { markdownTable } from './program';

/** What the result file has besides when, of what and where it was measured. */
export interface Result {
  readonly setup: Readonly<Record<string, string | number | boolean>>;
  readonly cases: readonly CaseResult[];
  /** Every round as measured. */
  readonly rounds: readonly (readonly Measurement[])[];
}

/** One line of the table. */
export interface CaseResult {
  readonly name: string;
  readonly title: string;
  readonly calls: readonly string[];
  /** One escalation at a time. */
  readonly alone: Counts;
  /** Medians over the rounds. */
  readonly median: {
    readonly serverCpuMs: number;
    readonly workerCpuMs: number;
    readonly perSecond: number;
    readonly serverActions: number;
    readonly serverRequests: number;
    readonly serverPersistence: number;
  };
  /** Server and worker CPU divided by the baseline's of the same round. */
  readonly cpuRatio?: { readonly to: string; readonly median: number; readonly rounds: readonly number[] };
}

/** One line for a case. */
export function summarize(
  kase: Case,
  alone: Counts,
  rounds: readonly (readonly Measurement[])[],
): CaseResult {
  const of = (name: string): Measurement[] =>
    rounds.flatMap((round) => round.filter((measurement) => measurement.case === name));
  const own = of(kase.name);
  const middle = (read: (measurement: Measurement) => number): number => round2(median(own.map(read)));
  const base = kase.baseline === undefined ? [] : of(kase.baseline);
  const ratios = own.map((measurement, index) => round2(cpu(measurement) / cpu(base[index])));
  return {
    name: kase.name,
    title: kase.title,
    calls: kase.calls,
    alone,
    median: {
      serverCpuMs: middle((m) => m.serverCpuMs),
      workerCpuMs: middle((m) => m.workerCpuMs),
      perSecond: middle((m) => m.perSecond),
      serverActions: middle((m) => m.server.actions),
      serverRequests: middle((m) => m.server.requests),
      serverPersistence: middle((m) => m.server.persistence),
    },
    ...(kase.baseline !== undefined &&
      base.length > 0 && {
        cpuRatio: { to: kase.baseline, median: round2(median(ratios)), rounds: ratios },
      }),
  };
}

/** The table for people. */
export function table(cases: readonly CaseResult[]): string {
  const head = [
    'case',
    'events',
    'WFT',
    'actions',
    'bytes',
    'server metric',
    'calls to server',
    'CPU ms server + worker',
    'ratio (rounds)',
    'per s',
  ];
  const rows = cases.map(({ title, alone, median: m, cpuRatio }) => [
    title,
    alone.events,
    alone.workflowTasks,
    alone.actions,
    alone.historyBytes,
    m.serverActions,
    m.serverRequests,
    `${m.serverCpuMs} + ${m.workerCpuMs}`,
    cpuRatio ? `${cpuRatio.median} (${cpuRatio.rounds.join(', ')})` : '',
    m.perSecond,
  ]);
  return markdownTable(head, rows);
}

function cpu(measurement: Measurement | undefined): number {
  return measurement ? measurement.serverCpuMs + measurement.workerCpuMs : Number.NaN;
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  const upper = sorted[middle] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? Number.NaN) + upper) / 2;
}

/** Without rounds there is nothing but counts: NaN, which JSON writes as null. */
function round2(value: number): number {
  return Math.round(value * 100) / 100;
}
