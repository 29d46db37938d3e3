// Calls of the gateway over HTTP: each with a deadline, tried again where that helps. All of Baton's calls can be
// repeated, because the ids in them make the same call the same request.
import { isToken, type Settings } from './options';
import { BatonProblem, problemOfAnswer, unreachable, unreadable } from './problem';
import { pause, withDeadline } from './waiting';

const MAX_TRIES = 5;
const FIRST_WAIT_MS = 250;
const MAX_WAIT_MS = 5_000;
const TOO_EARLY = new Set<string>(['ESC_IDEMPOTENCY_IN_PROGRESS']);
/** Given by what stands between. Baton's own 502 and 504 are told to the caller. */
const BETWEEN = new Set([502, 504]);

/** One call. */
export interface Call {
  readonly method: 'GET' | 'POST';
  /** From `/v1` on. */
  readonly path: string;
  readonly query?: Readonly<Record<string, string | number | undefined>>;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
  readonly signal?: AbortSignal;
  /** How much longer than others the gateway may take, in milliseconds. */
  readonly extraMs?: number;
}

/** Sends calls. */
export interface Transport {
  /** The JSON of the answer. @throws BatonProblem */
  json<T>(call: Call): Promise<T>;
  /** One try of a call whose answer is a stream: `signal` ends it too. @throws BatonProblem */
  open(call: Call & { readonly signal: AbortSignal }): Promise<Response>;
}

/** Calls with these settings. */
export function createTransport(settings: Settings): Transport {
  return {
    json: <T>(call: Call) => withTries<T>(settings, call),
    open: (call) =>
      // The deadline is for the head of the answer only: a stream may last.
      withDeadline(settings.tryTimeoutMs, call.signal, async (signal) => {
        const answer = await send(settings, call, signal);
        if (!answer.ok) throw problemOfAnswer(answer, await read(answer, signal));
        return answer;
      }),
  };
}

async function withTries<T>(settings: Settings, call: Call): Promise<T> {
  const deadlineAt = Date.now() + settings.timeoutMs + (call.extraMs ?? 0);
  for (let tries = 1; ; tries += 1) {
    const leftMs = deadlineAt - Date.now();
    const tryMs = Math.max(1, Math.min(leftMs, settings.tryTimeoutMs + (call.extraMs ?? 0)));
    try {
      return await withDeadline(tryMs, call.signal, (signal) => once<T>(settings, call, signal));
    } catch (error) {
      call.signal?.throwIfAborted();
      if (!(error instanceof BatonProblem) || !isWorthAnother(error) || tries >= MAX_TRIES) throw error;
      const waitMs = waitBefore(tries, error);
      if (Date.now() + waitMs >= deadlineAt) throw error;
      await pause(waitMs, call.signal);
    }
  }
}

/** How long to wait before another try: what the gateway asks for, or a little more each time. */
export function waitBefore(tries: number, problem?: BatonProblem): number {
  const growing = Math.min(MAX_WAIT_MS, FIRST_WAIT_MS * 2 ** (tries - 1));
  return Math.max(problem?.retryAfterMs ?? 0, growing * (0.5 + Math.random() / 2));
}

/** Whether the same call may get another answer soon. */
export function isWorthAnother({ status, code }: BatonProblem): boolean {
  if (status === 0 || status === 429 || status === 503) return true;
  return TOO_EARLY.has(code) || (code === 'ESC_GATEWAY_UNREADABLE' && BETWEEN.has(status));
}

async function once<T>(settings: Settings, call: Call, signal: AbortSignal): Promise<T> {
  const answer = await send(settings, call, signal);
  const text = await read(answer, signal);
  if (!answer.ok) throw problemOfAnswer(answer, text);
  try {
    return JSON.parse(text) as T;
  } catch {
    throw unreadable(answer.status);
  }
}

async function send(settings: Settings, call: Call, signal: AbortSignal): Promise<Response> {
  const token = await unlessAborted(settings.token, signal);
  if (!isToken(token)) throw new TypeError('the token is not one printable word');
  const init = {
    method: call.method,
    headers: {
      authorization: `Bearer ${token}`,
      accept: 'application/json',
      ...(call.body !== undefined && { 'content-type': 'application/json' }),
      ...call.headers,
    },
    ...(call.body !== undefined && { body: JSON.stringify(call.body) }),
    // Baton redirects nobody; the key goes where it was told to go.
    redirect: 'manual' as const,
    signal,
  };
  return answered(settings.fetch(urlOf(settings, call), init), signal);
}

/** Whoever makes the tokens must not hold up a call for ever. What it throws is the caller's own. */
function unlessAborted(make: Settings['token'], signal: AbortSignal): Promise<string> {
  return new Promise((resolve, reject) => {
    signal.addEventListener('abort', () => reject(unreachable('no token in time')), { once: true });
    Promise.resolve().then(make).then(resolve, reject);
  });
}

function read(answer: Response, signal: AbortSignal): Promise<string> {
  return answered(answer.text(), signal);
}

async function answered<T>(coming: Promise<T>, signal: AbortSignal): Promise<T> {
  try {
    return await coming;
  } catch (error) {
    throw unreachable(signal.aborted ? 'no answer in time' : codeOf(error));
  }
}

function urlOf({ baseUrl }: Settings, { path, query = {} }: Call): string {
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) if (value !== undefined) search.set(name, String(value));
  return `${baseUrl}${path}${search.size === 0 ? '' : `?${search.toString()}`}`;
}

/** Such as `ECONNREFUSED`; the message of a network library may quote what was sent. */
function codeOf(error: unknown): string {
  const { cause, code } = (error ?? {}) as { cause?: { code?: unknown }; code?: unknown };
  const found = cause?.code ?? code;
  return typeof found === 'string' ? found : 'the connection failed';
}
