// Watches the header in which every answer says how much of the org's daily quota is spent: an org that has none
// left takes no transfer until the next day, and somebody should know before.
import type { PlatformLog } from '../platform';

const WARN_FROM = 0.8;
const STEP = 0.05;

/** Reads one header after the other. */
export type NoteUsage = (header: string | undefined) => void;

/** Warns at 80 % and again at every further 5 %; once each, until usage has fallen. */
export function createUsageWatch(log: PlatformLog, org: string): NoteUsage {
  let warnedAt = 0;
  return (header) => {
    const usage = readUsage(header);
    if (!usage) return;
    const { used, max } = usage;
    const step = Math.floor(used / max / STEP + 1e-9);
    if (step > warnedAt && used >= max * WARN_FROM)
      log.warn({ event: 'salesforce.quota', org, used, max }, 'the daily quota of API calls is nearly spent');
    warnedAt = used >= max * WARN_FROM ? step : 0;
  };
}

/** `Sforce-Limit-Info: api-usage=10018/100000; …`: calls of the last 24 hours (REST API notes). */
export function readUsage(
  header: string | undefined,
): { readonly used: number; readonly max: number } | undefined {
  const [, used, max] = /(?:^|[\s;,])api-usage=(\d+)\/(\d+)/.exec(header ?? '') ?? [];
  return Number(max) > 0 ? { used: Number(used), max: Number(max) } : undefined;
}
