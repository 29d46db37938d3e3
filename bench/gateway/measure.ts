// Load on one way of accepting escalations, and what it shows.
import { performance } from 'node:perf_hooks';
import type { Way } from './ways';

/** One way under one load in one round. */
export interface Accepting {
  readonly way: string;
  readonly inFlight: number;
  readonly requests: number;
  readonly perSecond: number;
  /** Milliseconds. */
  readonly p50: number;
  readonly p99: number;
  /** User and system milliseconds for each request: of Temporal's server, of the gateway, of the load generator. */
  readonly cpuMs: { readonly server: number; readonly gateway: number; readonly generator: number };
}

/** Process ids to meter. */
export interface Pids {
  readonly server: number;
  readonly gateway: number;
}

/** Keeps `inFlight` requests going until there were `requests`. A request that fails ends the run. */
export async function measureAccepting(
  way: Way,
  load: { readonly inFlight: number; readonly requests: number },
  pids: Pids,
  cpuSeconds: (pid: number) => number,
): Promise<Accepting> {
  const cpu = () => ({
    server: cpuSeconds(pids.server),
    gateway: cpuSeconds(pids.gateway),
    generator: process.cpuUsage(),
  });
  const latencies: number[] = [];
  let started = 0;
  const lane = async (): Promise<void> => {
    while (started < load.requests) {
      started += 1;
      const at = performance.now();
      await way.accept();
      latencies.push(performance.now() - at);
    }
  };
  const before = cpu();
  const beganAt = performance.now();
  await Promise.all(Array.from({ length: load.inFlight }, lane));
  const tookMs = performance.now() - beganAt;
  const after = cpu();
  const each = (seconds: number): number => round((seconds * 1_000) / load.requests);
  const { user, system } = process.cpuUsage(before.generator);
  return {
    way: way.name,
    inFlight: load.inFlight,
    requests: load.requests,
    perSecond: round((load.requests * 1_000) / tookMs),
    p50: round(percentile(latencies, 0.5)),
    p99: round(percentile(latencies, 0.99)),
    cpuMs: {
      server: each(after.server - before.server),
      gateway: each(after.gateway - before.gateway),
      generator: each((user + system) / 1e6),
    },
  };
}

/** The value that a share of all is at or below. */
export function percentile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.ceil(share * sorted.length) - 1)] ?? Number.NaN;
}

function round(value: number): number {
  return Math.round(value * 100) / 100;
}
