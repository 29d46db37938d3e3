// The event stream of an escalation: its notices from the first, or from where a reader was, to the last. Nothing is
// remembered between two connections; the event's id says which run and which notice it was.
import type { FastifyReply } from 'fastify';
import { DEFAULT_GATEWAY } from '../../contract/gateway';
import { BatonError } from '../../domain/errors';
import { escalationWorkflowId } from '../../domain/ids';
import type { NoticeRecord } from '../../domain/notice';
import { noticeEnvelope } from '../../platforms/webhook/notice-envelope';
import type { RouteAdder } from '../http/add-route';
import { createEventStream, whenClosed, type EventStream } from '../http/event-stream';
import type { Metrics } from '../metrics';
import type { GatewayDeps } from '../settings';
import { escalationRun } from '../temporal/escalation-run';
import { withTemporal } from '../../temporal/faults';
import { followNotices, noticesAfter, type FollowedRun } from '../temporal/follow-notices';
import { nextRunOf } from '../temporal/next-run';
import type { EscalationKey } from '../../temporal/runs';

/** A stream ends after this long, so that its reader shows its key or token again. */
const MAX_STREAM_MS = 3_600_000;
const TOO_MANY_RETRY_MS = 10_000;

/** Where a reader is: after a notice of a run. */
interface Position extends FollowedRun {
  readonly after: number;
  readonly isOpen: boolean;
}

/** Adds `GET /v1/escalations/{conversationId}/events`. */
export function addEventRoutes(routes: RouteAdder, deps: GatewayDeps, metrics: Metrics): void {
  const { maxStreams } = deps.configuration.gateway ?? DEFAULT_GATEWAY;
  const seats = createSeats(maxStreams, metrics);
  const ends = new Set<() => void>();
  // One listener for all of them: a signal with many is taken for a leak.
  deps.stop?.addEventListener('abort', () => ends.forEach((end) => end()));
  routes.add('streamEvents', async ({ caller, path, headers, reply }) => {
    const lastEvent = readEventId(headers['last-event-id']);
    const free = seats.take(`${caller.tenant}/${caller.key}`);
    whenClosed(reply, free);
    const position = await find(deps, { tenant: caller.tenant, ...path }, lastEvent);
    if (position.isOpen) return stream({ ...deps, ends }, reply, follow(deps, position), position);
    const { records, complete } = await noticesAfter(deps, position, position.after);
    if (!complete && (await nextRunOf(deps.client, position)) !== undefined)
      return stream({ ...deps, ends }, reply, follow(deps, position), position);
    if (records.length === 0) return reply.code(204).send();
    return stream({ ...deps, ends }, reply, () => only(records), position);
  });
}

type Source = (signal: AbortSignal) => AsyncIterable<readonly NoticeRecord[] | 'waiting'>;

function follow(deps: GatewayDeps, position: Position): Source {
  return (signal) => followNotices(deps, position, position.after, signal);
}

async function* only(records: readonly NoticeRecord[]): AsyncGenerator<readonly NoticeRecord[], void, void> {
  yield Promise.resolve(records);
}

interface StreamDeps extends Pick<GatewayDeps, 'log' | 'stop'> {
  /** What ends each open stream. */
  readonly ends: Set<() => void>;
}

function stream(deps: StreamDeps, reply: FastifyReply, source: Source, { runId }: FollowedRun): FastifyReply {
  const cut = (): void =>
    deps.log.info(
      { event: 'gateway.stream_cut', requestId: reply.request.id },
      'the reader of a stream does not read',
    );
  const events = createEventStream(reply, cut);
  const over = new AbortController();
  const end = (): void => over.abort();
  const timer = setTimeout(end, MAX_STREAM_MS);
  events.gone.addEventListener('abort', end);
  deps.ends.add(end);
  if (deps.stop?.aborted) end();
  void pass(source(over.signal), events, runId)
    .catch((error: unknown) => {
      const code = error instanceof BatonError ? error.code : 'ESC_INTERNAL';
      const fault = error instanceof Error ? error.name : typeof error;
      deps.log.warn(
        { event: 'gateway.stream_failed', requestId: reply.request.id, code, fault },
        'a stream was ended by a fault',
      );
    })
    .finally(() => {
      clearTimeout(timer);
      deps.ends.delete(end);
      events.end();
    });
  return reply.send(events.body);
}

async function pass(source: ReturnType<Source>, events: EventStream, runId: string): Promise<void> {
  for await (const records of source) {
    if (records === 'waiting') {
      events.say('waiting');
      continue;
    }
    events.say('ping');
    for (const { notice } of records)
      events.send({ id: `${runId}/${notice.sequence}`, type: notice.type, data: noticeEnvelope(notice) });
  }
}

/** Where the reader goes on: in the run that it has read if that is one of this conversation, else at the start. */
async function find(
  deps: GatewayDeps,
  key: EscalationKey,
  lastEvent: { readonly runId: string; readonly sequence: number } | undefined,
): Promise<Position> {
  const workflowId = escalationWorkflowId(key.tenant, key.conversationId);
  if (lastEvent) {
    const { runId, sequence } = lastEvent;
    const status = await statusOf(deps, { workflowId, runId });
    if (status !== undefined) return { workflowId, runId, after: sequence, isOpen: status === 'RUNNING' };
  }
  const { runId, isOpen } = await escalationRun(deps, key);
  return { workflowId, runId, after: 0, isOpen };
}

async function statusOf(
  { client }: GatewayDeps,
  { workflowId, runId }: FollowedRun,
): Promise<string | undefined> {
  try {
    const handle = client.workflow.getHandle(workflowId, runId);
    return (await withTemporal(client, () => handle.describe())).status.name;
  } catch (error) {
    if (error instanceof BatonError && error.code === 'ESC_ESCALATION_NOT_FOUND') return undefined;
    throw error;
  }
}

/** Of the form that the route's schema wants. */
function readEventId(
  header: string | undefined,
): { readonly runId: string; readonly sequence: number } | undefined {
  if (header === undefined || header === '') return undefined;
  const [runId = '', sequence] = header.split('/');
  return { runId, sequence: Number(sequence) };
}

interface Seats {
  /** @returns what frees it @throws BatonError `ESC_TOO_MANY_STREAMS` */
  take(key: string): () => void;
}

/** So many streams for each key. */
function createSeats(maxStreams: number, metrics: Metrics): Seats {
  const taken = new Map<string, number>();
  return {
    take(key) {
      const others = taken.get(key) ?? 0;
      if (others >= maxStreams) {
        const detail = `this key holds ${maxStreams} already`;
        throw new BatonError('ESC_TOO_MANY_STREAMS', detail, { retryAfterMs: TOO_MANY_RETRY_MS });
      }
      taken.set(key, others + 1);
      metrics.streams(1);
      return () => {
        metrics.streams(-1);
        const left = (taken.get(key) ?? 1) - 1;
        if (left === 0) taken.delete(key);
        else taken.set(key, left);
      };
    },
  };
}
