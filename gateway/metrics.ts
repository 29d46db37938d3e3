// What the gateway counts, for Prometheus. Labels are routes, codes and names of platforms: never a tenant, an id or
// anything that a caller chose.
import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';

/** What became of a platform's event. `unmatched`: no open escalation takes it. */
export type EventFate = 'taken' | 'duplicate' | 'unmatched';

/** What became of what a bot's platform wants done. `unmatched`: no open escalation takes it; then it may be passed on. */
export type DeedFate = 'taken' | 'passed_on' | 'unmatched';

/** One gateway's counters. */
export interface Metrics {
  /** A call that was answered. `route` is its template. */
  answered(call: {
    readonly method: string;
    readonly route: string;
    readonly status: number;
    readonly seconds: number;
  }): void;
  /** A problem by its code. */
  refused(code: string): void;
  /** Events of platforms. */
  event(platform: string, fate: EventFate): void;
  /** What a bot's platform wants done. */
  deed(platform: string, kind: string, fate: DeedFate | 'refused'): void;
  /** An event stream was opened, or closed. */
  streams(change: 1 | -1): void;
  /** The text format, and its content type. */
  text(): Promise<string>;
  readonly contentType: string;
}

/** Makes the counters of one gateway. */
export function createMetrics(): Metrics {
  const registry = new Registry();
  const registers = [registry];
  collectDefaultMetrics({ register: registry });
  const requests = new Histogram({
    name: 'baton_gateway_request_seconds',
    help: 'Time to answer a call.',
    labelNames: ['method', 'route', 'status'],
    buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60],
    registers,
  });
  const problems = new Counter({
    name: 'baton_gateway_problems_total',
    help: 'Calls answered with a problem, by its code.',
    labelNames: ['code'],
    registers,
  });
  const events = new Counter({
    name: 'baton_gateway_platform_events_total',
    help: 'Events that platforms sent, by what became of them.',
    labelNames: ['platform', 'fate'],
    registers,
  });
  const deeds = new Counter({
    name: 'baton_gateway_bot_deeds_total',
    help: "What bots' platforms want done, by what became of it.",
    labelNames: ['platform', 'deed', 'fate'],
    registers,
  });
  const open = new Gauge({
    name: 'baton_gateway_event_streams',
    help: 'Event streams that are open.',
    registers,
  });
  return {
    answered: ({ method, route, status, seconds }) =>
      requests.observe({ method, route, status: String(status) }, seconds),
    refused: (code) => problems.inc({ code }),
    event: (platform, fate) => events.inc({ platform, fate }),
    deed: (platform, deed, fate) => deeds.inc({ platform, deed, fate }),
    streams: (change) => open.inc(change),
    text: () => registry.metrics(),
    contentType: registry.contentType,
  };
}
