// Everything that the simulator was asked, for tests and demos. Tokens and assertions are left out.
import type { SimulatorRequest } from '../../simulation/server';
import { claimsOf } from './tokens';
import type { Route } from './routes';

/** A request as it is remembered. */
export interface RecordedRequest {
  /** Epoch milliseconds, when it came. */
  readonly at: number;
  readonly method: string;
  readonly path: string;
  /** Lower-case names; without `authorization`. */
  readonly headers: Readonly<Record<string, string | undefined>>;
  /** JSON read; of a token request what it claims; the text where it is neither. */
  readonly body: unknown;
  /** What it is to faults and holds: such as `message` and `transferFailed`. */
  readonly kinds: readonly string[];
  /** Of a start: once it has one. */
  sessionId?: string;
  /** Whether `X-Runtime-CRC` is that of the session's last answer, an older one's, or neither. */
  crc?: 'absent' | 'right' | 'stale' | 'wrong';
  /** The message was processed before. */
  isRepeat?: boolean;
  /** The status; `waiting`: not yet, `nothing`: it was left without. */
  answered: number | 'waiting' | 'nothing';
}

/** See the file's comment. */
export interface RequestLog {
  note(request: SimulatorRequest, route: Route): RecordedRequest;
  all(): readonly RecordedRequest[];
}

/** An empty one. */
export function createRequestLog(): RequestLog {
  const requests: RecordedRequest[] = [];
  return {
    note(request, route) {
      const { authorization: _authorization, ...headers } = request.headers;
      const body = readBody(request, route);
      const recorded: RecordedRequest = {
        at: Date.now(),
        method: request.method,
        path: request.path,
        headers,
        body,
        kinds: kindsOf(route, body),
        ...('sessionId' in route && { sessionId: route.sessionId }),
        answered: 'waiting',
      };
      requests.push(recorded);
      return recorded;
    },
    all: () => requests,
  };
}

function kindsOf(route: Route, body: unknown): readonly string[] {
  const type = (body as { message?: { type?: unknown } } | null)?.message?.type;
  return route.kind === 'message' && typeof type === 'string' ? [route.kind, type] : [route.kind];
}

function readBody({ body }: SimulatorRequest, { kind }: Route): unknown {
  const text = body.toString('utf8');
  if (kind === 'introspect') return {};
  if (kind === 'token') return claimsOf(new URLSearchParams(text));
  try {
    return text === '' ? null : (JSON.parse(text) as unknown);
  } catch {
    return text;
  }
}
