// The control API of simulators: `POST /_control/<operation>` with JSON in, JSON out, so that a test or a demo
// in another process can use it as well as one in the same.
import { z } from 'zod';
import { createHttpClient } from '../http';
import { answer } from './server';
import type { SimulatorAnswer, SimulatorRequest } from './server';

/** One operation: what it takes, and what it does. */
export interface Operation {
  readonly input: z.ZodType;
  run(input: never): unknown;
}

/** Makes an operation whose input is checked. */
export function operation<S extends z.ZodType>(input: S, run: (input: z.output<S>) => unknown): Operation {
  return { input, run };
}

/** Answers a request under `/_control/`. */
export function handleControl(
  operations: Readonly<Record<string, Operation>>,
  request: SimulatorRequest,
): SimulatorAnswer {
  const name = request.path.slice('/_control/'.length);
  const found = Object.hasOwn(operations, name) ? operations[name] : undefined;
  if (!found || request.method !== 'POST') return answer(404, { error: `no operation ${name}` });
  const input = found.input.safeParse(fromJson(request.body));
  if (!input.success) return answer(400, { error: z.prettifyError(input.error) });
  return answer(200, found.run(input.data as never) ?? {});
}

/** Calls operations from the other side. */
export interface ControlClient {
  call<T>(operation: string, input?: unknown): Promise<T>;
  close(): Promise<void>;
}

/** `url`: of the simulator, without `/_control`. */
export function createControlClient(url: string): ControlClient {
  const http = createHttpClient({ allowPrivateNetwork: true, connectMs: 2_000, requestMs: 10_000 });
  return {
    async call<T>(name: string, input: unknown = {}) {
      const { status, body } = await http.request({
        method: 'POST',
        url: `${url}/_control/${name}`,
        body: JSON.stringify(input),
      });
      if (status !== 200) throw new Error(`the simulator answered HTTP ${status} to ${name}: ${body}`);
      return JSON.parse(body) as T;
    },
    close: () => http.close(),
  };
}

/** Asks for the state until it is as wanted. @throws Error when the signal aborts first. */
export async function pollUntil<S>(
  state: () => Promise<S>,
  isRight: (state: S) => boolean,
  signal: AbortSignal,
): Promise<S> {
  for (;;) {
    const now = await state();
    if (isRight(now)) return now;
    if (signal.aborted) throw new Error(`the simulator never came to it: ${JSON.stringify(now)}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

function fromJson(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString('utf8') || '{}');
  } catch {
    return undefined;
  }
}
