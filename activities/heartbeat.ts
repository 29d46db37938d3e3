// Heartbeats of activities that wait for long: without them, nobody would notice for as long that their worker is gone.
import type { Context } from '@temporalio/activity';

/** Heartbeats come at this share of the timeout. The first one is not sent at once: a quick answer costs none. */
const HEARTBEAT_SHARE = 0.4;
/** Where an activity has no timeout of its own, as in tests. */
const DEFAULT_TIMEOUT_MS = 20_000;

/** Begins to heartbeat, each time with what `details` gives then. Gives what stops it. */
export function startHeartbeat(context: Context, details?: () => unknown): () => void {
  const timeoutMs = context.info.heartbeatTimeoutMs ?? DEFAULT_TIMEOUT_MS;
  const timer = setInterval(() => context.heartbeat(details?.()), timeoutMs * HEARTBEAT_SHARE);
  return () => clearInterval(timer);
}
