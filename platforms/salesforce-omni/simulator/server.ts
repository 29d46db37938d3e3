// The simulated org as an HTTP server: the token endpoint, the core REST API, and the control API beside them.
import http from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { assertNever } from '../../../domain/assert-never';
import { ApiFault } from './api-fault';
import type { ApiAnswer, ApiCall } from './api-call';
import { partsOf, runComposite } from './composite';
import { CONTROL_INPUTS } from './control';
import type { ControlOperation } from './control';
import { createControlOperations } from './control-operations';
import type { CallKind, FaultAction } from './faults';
import { createSimulation } from './simulation';
import type { OrgSpec, Simulation } from './simulation';

/** How to start it. */
export interface SimulatorOptions {
  readonly org?: OrgSpec;
  /** @default '127.0.0.1' */
  readonly host?: string;
  /** @default 0, a free port */
  readonly port?: number;
}

/** A running simulator. */
export interface OmniSimulator {
  /** Base of the token endpoint, of the API and of control, without a trailing slash. */
  readonly url: string;
  readonly port: number;
  close(): Promise<void>;
}

interface Request {
  readonly method: string;
  readonly url: URL;
  readonly headers: http.IncomingHttpHeaders;
  readonly text: string;
}

type Outcome = (ApiAnswer & { readonly headers?: Readonly<Record<string, string>> }) | 'hang' | 'break';

const MAX_BODY_BYTES = 1 << 20;
/** Longest URL that Salesforce takes. */
const MAX_URL_BYTES = 16_384;
const JSON_TYPE = /^application\/json\b/i;

/** Starts it. */
export async function startOmniSimulator(options: SimulatorOptions = {}): Promise<OmniSimulator> {
  const counted = new Set<Socket>();
  let url = '';
  const org = createSimulation(options.org ?? {}, () => url);
  const control = createControlOperations(org, () => counted.size);
  const server = http.createServer((request, response) => {
    void respond(request, response, counted, (read) =>
      read.url.pathname.startsWith('/_control/')
        ? Promise.resolve(onControl(control, org, read))
        : onCall(org, read),
    );
  });
  const { host = '127.0.0.1', port = 0 } = options;
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, resolve);
  });
  const address = server.address() as AddressInfo;
  url = `http://${host}:${address.port}`;
  return {
    url,
    port: address.port,
    close: () =>
      new Promise((resolve) => {
        org.omni.close();
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function respond(
  request: http.IncomingMessage,
  response: http.ServerResponse,
  counted: Set<Socket>,
  handle: (request: Request) => Promise<Outcome>,
): Promise<void> {
  const url = new URL(request.url ?? '/', 'http://simulator');
  if (!url.pathname.startsWith('/_control/') && !counted.has(request.socket)) {
    counted.add(request.socket);
    request.socket.once('close', () => counted.delete(request.socket));
  }
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size <= MAX_BODY_BYTES) chunks.push(chunk);
  }
  const text = Buffer.concat(chunks).toString('utf8');
  const isTooLong = (request.url ?? '').length > MAX_URL_BYTES || size > MAX_BODY_BYTES;
  const outcome: Outcome = isTooLong
    ? { status: 414 }
    : await handle({ method: request.method ?? '', url, headers: request.headers, text }).catch(toAnswer);
  if (outcome === 'hang') return;
  if (outcome === 'break') return void request.socket.destroy();
  const { status, body, headers } = outcome;
  response.writeHead(status, {
    ...(body !== undefined && { 'content-type': 'application/json;charset=UTF-8' }),
    ...headers,
  });
  response.end(body === undefined ? '' : JSON.stringify(body));
}

function toAnswer(error: unknown): Outcome {
  if (error instanceof ApiFault) return { status: error.status, body: error.body() };
  const message = error instanceof Error ? error.message : 'unknown';
  return { status: 500, body: new ApiFault(500, 'UNKNOWN_EXCEPTION', message).body() };
}

async function onCall(org: Simulation, request: Request): Promise<Outcome> {
  const { pathname } = request.url;
  if (pathname === '/services/oauth2/token') return onToken(org, request);
  if (pathname === '/services/oauth2/revoke') {
    org.oauth.revoke(new URLSearchParams(request.text).get('token') ?? '');
    return { status: 200 };
  }
  if (/^\/services\/data\/?$/.test(pathname))
    return { status: 200, body: [{ label: "Summer '24", url: '/services/data/v61.0', version: '61.0' }] };
  const [, version, rest = ''] = /^\/services\/data\/v(\d+)\.0(\/.*)?$/.exec(pathname) ?? [];
  if (version === undefined)
    return { status: 404, body: [{ errorCode: 'NOT_FOUND', message: 'no such page' }] };
  return onData(org, request, Number(version), rest);
}

async function onToken(org: Simulation, { method, text }: Request): Promise<Outcome> {
  if (method !== 'POST')
    return { status: 400, body: { error: 'invalid_request', error_description: 'must use HTTP POST' } };
  org.calls.push({ kind: 'token', what: 'POST token', answered: true });
  return struck(org, 'token', () => org.oauth.token(new URLSearchParams(text)));
}

async function onData(org: Simulation, request: Request, version: number, rest: string): Promise<Outcome> {
  const bearer = /^(?:Bearer|OAuth) (.+)$/.exec(request.headers.authorization ?? '')?.[1];
  if (!org.oauth.isValid(bearer)) throw sessionOver();
  org.usage.used += 1;
  const headers = { 'Sforce-Limit-Info': `api-usage=${org.usage.used}/${org.usage.max}` };
  if (org.usage.used > org.usage.max)
    throw new ApiFault(403, 'REQUEST_LIMIT_EXCEEDED', 'TotalRequests Limit exceeded.');
  const segments = rest.split('/').filter(Boolean).map(decodeURIComponent);
  const body = bodyOf(request);
  const call: ApiCall = {
    method: request.method,
    segments,
    query: request.url.searchParams,
    headers: Object.fromEntries(
      Object.entries(request.headers).map(([name, value]) => [name, String(value)]),
    ),
    body,
    version,
  };
  const kind = kindOf(call);
  const noted: Simulation['calls'][number] = {
    kind,
    what: `${request.method} ${segments.slice(0, 2).join('/')}`,
    answered: false,
  };
  org.calls.push(noted);
  const outcome = await struck(org, kind, (refusePart) => {
    const isComposite = segments.length === 1 && segments[0] === 'composite' && request.method === 'POST';
    const answer = isComposite
      ? runComposite(org, call, refusePart)
      : org.records.atomically(() => org.api(call));
    org.omni.settle();
    return answer;
  });
  noted.answered = outcome !== 'hang';
  return typeof outcome === 'string' ? outcome : { ...outcome, headers: { ...headers, ...outcome.headers } };
}

/** Runs a call, or what a fault makes of it. */
async function struck(
  org: Simulation,
  kind: CallKind,
  run: (refusePart?: FaultAction & { kind: 'refusePart' }) => ApiAnswer,
): Promise<Outcome> {
  const fault = org.faults.take(kind);
  if (!fault) return caught(run);
  switch (fault.kind) {
    case 'error': {
      const { status, errorCode, message, retryAfterSeconds } = fault;
      const headers = retryAfterSeconds === undefined ? {} : { 'Retry-After': String(retryAfterSeconds) };
      return { status, body: new ApiFault(status, errorCode, message).body(), headers };
    }
    case 'expireSession':
      org.oauth.revoke();
      return toAnswer(sessionOver());
    case 'refusePart':
      return caught(() => run(fault));
    case 'hang':
      return 'hang';
    case 'lostAnswer':
      caught(run);
      return 'break';
    case 'delay':
      await sleep(fault.ms);
      return caught(run);
    default:
      return assertNever(fault);
  }
}

function caught(run: () => ApiAnswer): Outcome {
  try {
    return run();
  } catch (error) {
    return toAnswer(error);
  }
}

function sessionOver(): ApiFault {
  return new ApiFault(401, 'INVALID_SESSION_ID', 'Session expired or invalid');
}

/** What a call does, for the orders of faults. */
function kindOf({ method, segments, body }: ApiCall): CallKind {
  const parts = segments[0] === 'composite' ? (partsOf(body) ?? []) : [];
  const methods = parts.length > 0 ? parts.map((part) => part.method) : [method];
  if (methods.every((each) => each === 'GET')) return 'query';
  return methods.includes('POST') ? 'transfer' : 'change';
}

function bodyOf({ method, headers, text }: Request): unknown {
  if (method !== 'POST' && method !== 'PATCH') return undefined;
  if (!JSON_TYPE.test(headers['content-type'] ?? ''))
    throw new ApiFault(415, 'UNSUPPORTED_MEDIA_TYPE', 'Content-Type must be application/json');
  try {
    return JSON.parse(text);
  } catch {
    throw new ApiFault(400, 'JSON_PARSER_ERROR', 'Unexpected character in the body');
  }
}

function onControl(
  operations: ReturnType<typeof createControlOperations>,
  org: Simulation,
  request: Request,
): Outcome {
  const name = request.url.pathname.slice('/_control/'.length);
  if (request.method !== 'POST' || !Object.hasOwn(CONTROL_INPUTS, name))
    return { status: 404, body: { error: `no operation ${name}`, known: Object.keys(CONTROL_INPUTS) } };
  const operation = name as ControlOperation;
  const input = CONTROL_INPUTS[operation].safeParse(JSON.parse(request.text || '{}'));
  if (!input.success) return { status: 400, body: { error: z.prettifyError(input.error) } };
  // The schema of this very operation has just checked the input.
  const run = operations[operation] as (checked: unknown) => unknown;
  const body = run(input.data);
  org.omni.settle();
  return { status: 200, body };
}
