// The HTTP half of the server: reads the body, lets a fault strike, finds the route, writes the answer.
import { createServer } from 'node:http';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { ControlHandler } from './control-routes';
import type { FaultAction } from './faults';
import type { HttpAnswer, HttpRequest, Route } from './http';
import { VENDOR_ROUTES } from './http-routes';
import { Refusal } from './refusal';
import type { Simulation } from './simulation';

/** Largest body taken, in bytes. */
const MAX_BODY_BYTES = 1_000_000;

/** The server, not yet listening. */
export function createHttpServer(simulation: Simulation, control: ControlHandler): Server {
  return createServer((request, response) => {
    serve(simulation, control, request, response).catch((error: unknown) => {
      simulation.log('http.fault', { error: error instanceof Error ? error.message : 'unknown' });
      if (response.headersSent) response.destroy();
      else write(response, { status: 500, body: { error: 'Internal error' } });
    });
  });
}

async function serve(
  simulation: Simulation,
  control: ControlHandler,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const url = new URL(request.url ?? '/', 'http://simulator');
  const text = await readBody(request);
  if (url.pathname.startsWith('/_control/')) {
    const fromQuery = Object.fromEntries(url.searchParams);
    write(response, control(url.pathname, request.method === 'GET' ? fromQuery : parseJson(text)));
    return;
  }
  const route = VENDOR_ROUTES.find((r) => r.method === request.method && r.pattern.test(url.pathname));
  simulation.counters.add(`http:${route?.name ?? 'unknown'}`);
  const action = simulation.faults.strike({
    channel: 'http',
    names: [route?.name ?? 'unknown', url.pathname],
    text,
  });
  const run = (): HttpAnswer => {
    if (route === undefined) return { status: 404, body: { error: 'Not found' } };
    const params = (route.pattern.exec(url.pathname) ?? []).slice(1);
    return handle(simulation, route, {
      simulation,
      url,
      headers: request.headers,
      body: parseJson(text),
      text,
      params,
    });
  };
  perform(response, action, run);
}

function perform(response: ServerResponse, action: FaultAction | undefined, run: () => HttpAnswer): void {
  switch (action?.kind) {
    case 'status':
      write(response, {
        status: action.status,
        body: action.body ?? { error: `Simulated status ${String(action.status)}` },
        ...(action.retryAfterSeconds === undefined
          ? {}
          : { headers: { 'retry-after': String(action.retryAfterSeconds) } }),
      });
      return;
    case 'hang':
      return;
    case 'loseAnswer':
      run();
      return;
    case 'delay':
      setTimeout(() => write(response, run()), action.ms).unref();
      return;
    case 'dropBefore':
    case 'close':
      response.destroy();
      return;
    case 'dropAfter':
      run();
      response.destroy();
      return;
    case 'loseEffect':
      write(response, { status: 200, body: {} });
      return;
    default:
      write(response, run());
  }
}

function handle(simulation: Simulation, route: Route, request: HttpRequest): HttpAnswer {
  try {
    return route.handle(request);
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    simulation.log('http.refused', { route: route.name, status: error.status, reason: error.message });
    return {
      status: error.status,
      body: { error: { message: error.message, responseStatus: error.status } },
    };
  }
}

async function readBody(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request) {
    size += (chunk as Buffer).length;
    if (size > MAX_BODY_BYTES) throw new Error('body too large');
    chunks.push(chunk as Buffer);
  }
  return Buffer.concat(chunks).toString('utf8');
}

function parseJson(text: string): unknown {
  try {
    return text === '' ? undefined : JSON.parse(text);
  } catch {
    return undefined;
  }
}

function write(response: ServerResponse, { status, body, headers }: HttpAnswer): void {
  if (response.destroyed) return;
  const text = body === undefined ? '' : JSON.stringify(body);
  response.writeHead(status, { 'content-type': 'application/json', ...headers });
  response.end(text);
}
