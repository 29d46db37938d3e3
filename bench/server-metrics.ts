// The Temporal server's own counters, read from its Prometheus endpoint.
import { request } from 'undici';

/** Counters of the whole server since it started. */
export interface ServerCounters {
  /** What the server itself calls actions. */
  readonly actions: number;
  /** Calls of its frontend, long polls included. */
  readonly requests: number;
  /** Calls of its database layer. */
  readonly persistence: number;
}

/** Reads the counters at `http://127.0.0.1:<port>/metrics`. */
export async function readServerCounters(port: number): Promise<ServerCounters> {
  const { body } = await request(`http://127.0.0.1:${port}/metrics`, { signal: AbortSignal.timeout(5_000) });
  const lines = (await body.text()).split('\n');
  return {
    actions: sum(lines, 'action'),
    requests: sum(lines, 'service_requests', 'service_name="frontend"'),
    persistence: sum(lines, 'persistence_requests'),
  };
}

/** The difference for each of `count` escalations. */
export function perEscalation(before: ServerCounters, after: ServerCounters, count: number): ServerCounters {
  return {
    actions: (after.actions - before.actions) / count,
    requests: (after.requests - before.requests) / count,
    persistence: (after.persistence - before.persistence) / count,
  };
}

function sum(lines: readonly string[], name: string, label = ''): number {
  return lines
    .filter((line) => line.startsWith(`${name}{`) && line.includes(label))
    .reduce((total, line) => total + Number(line.slice(line.lastIndexOf(' ') + 1)), 0);
}
