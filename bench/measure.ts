// Runs escalations of one case and measures what they cost: counts from histories, CPU from the kernel.
import { loadavg } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Case } from './cases';
import { countRun, type Counts } from './counts';
import { perEscalation, readServerCounters, type ServerCounters } from './server-metrics';
import type { Stage } from './stage';

/** One case in one round. Everything is for each escalation, unless it says otherwise. */
export interface Measurement {
  readonly case: string;
  readonly escalations: number;
  readonly serverCpuMs: number;
  readonly workerCpuMs: number;
  /** Escalations per second, bound by delays and by what else the machine does. */
  readonly perSecond: number;
  /** The server's own counters. */
  readonly server: ServerCounters;
  /** Least and greatest of a sample of histories. */
  readonly counts: { readonly least: Counts; readonly greatest: Counts };
  /** Of the whole machine, over one minute, when the case ended. */
  readonly loadAverage: number;
}

/** How much to run. */
export interface Load {
  readonly escalations: number;
  readonly outstanding: number;
}

const SAMPLE = 20;
const GIVE_UP_MS = 120_000;
const POLL_MS = 100;
/** The server writes its visibility records and the worker acknowledges a little after the last completion. */
const SETTLE_MS = 500;

/** Keeps `outstanding` escalations going until all have ended. */
export async function measure(
  stage: Stage,
  kase: Case,
  load: Load,
  cpuSeconds: (pid: number) => number,
): Promise<Measurement> {
  const snapshot = async () => ({
    at: Date.now(),
    server: cpuSeconds(stage.pids.server),
    worker: cpuSeconds(stage.pids[kase.worker]),
    counters: await readServerCounters(stage.metricsPort),
  });
  const before = await snapshot();
  const workflowIds = await runAll(stage, kase, load);
  const endedAt = Date.now();
  await untilClosed(stage, kase);
  const after = await snapshot();
  const sample = everyNth(workflowIds, Math.ceil(workflowIds.length / SAMPLE));
  const counts = await Promise.all(sample.map((workflowId) => countRun(stage.client, workflowId)));
  const each = (seconds: number): number => (seconds * 1_000) / load.escalations;
  return {
    case: kase.name,
    escalations: load.escalations,
    serverCpuMs: each(after.server - before.server),
    workerCpuMs: each(after.worker - before.worker),
    perSecond: (load.escalations * 1_000) / (endedAt - before.at),
    server: perEscalation(before.counters, after.counters, load.escalations),
    counts: { least: extreme(counts, Math.min), greatest: extreme(counts, Math.max) },
    loadAverage: loadavg()[0] ?? 0,
  };
}

/** The exact counts of one escalation that runs alone. */
export async function countAlone(stage: Stage, kase: Case): Promise<Counts> {
  const { workflowId } = await within(kase.run(stage), kase.name);
  await stage.client.workflow.getHandle(workflowId).result();
  return countRun(stage.client, workflowId);
}

async function runAll(stage: Stage, kase: Case, load: Load): Promise<string[]> {
  const workflowIds: string[] = [];
  let started = 0;
  const lane = async (): Promise<void> => {
    while (started < load.escalations) {
      started += 1;
      const { workflowId } = await within(kase.run(stage), kase.name);
      workflowIds.push(workflowId);
    }
  };
  await Promise.all(Array.from({ length: load.outstanding }, lane));
  return workflowIds;
}

/** An escalation that is not heard of is a fault of the benchmark or of what it measures: no number hides it. */
async function within<T>(work: Promise<T>, what: string): Promise<T> {
  const abort = new AbortController();
  const late = sleep(GIVE_UP_MS, undefined, { signal: abort.signal }).then(() => {
    throw new Error(`${what}: its bot has heard nothing for ${GIVE_UP_MS / 1_000} s`);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    abort.abort();
    late.catch(() => undefined);
  }
}

async function untilClosed({ client }: Stage, { name, workflowType }: Case): Promise<void> {
  const query = `WorkflowType = '${workflowType}' AND ExecutionStatus = 'Running'`;
  const giveUpAt = Date.now() + GIVE_UP_MS;
  for (;;) {
    const { count } = await client.workflow.count(query);
    if (count === 0) break;
    if (Date.now() > giveUpAt) throw new Error(`${name}: ${count} workflows do not end`);
    await sleep(POLL_MS);
  }
  await sleep(SETTLE_MS);
}

function everyNth<T>(all: readonly T[], n: number): T[] {
  return all.filter((_one, index) => index % n === 0);
}

function extreme(all: readonly Counts[], pick: (...values: number[]) => number): Counts {
  const of = (key: keyof Counts): number => pick(...all.map((counts) => counts[key]));
  return {
    events: of('events'),
    workflowTasks: of('workflowTasks'),
    actions: of('actions'),
    historyBytes: of('historyBytes'),
  };
}
