// The typed client of the control API. In process or from another one, it goes over HTTP: there is one
// implementation of every operation, in the server.
import { request } from 'undici';
import type { LivePersonControl } from './control-schema';
import { CONTROL_INPUTS, controlPath } from './control-schema';

/** Total time of one operation. */
const DEADLINE_MS = 30_000;

/** The simulator refused a control operation, or is not there. */
export class ControlError extends Error {
  override readonly name = 'ControlError';
}

/** The control API of the simulator at `url` (its base, e.g. `http://127.0.0.1:4800`). */
export function connectControl(url: string): LivePersonControl {
  const operations = Object.keys(CONTROL_INPUTS).map((operation) => [
    operation,
    (input: unknown = {}): Promise<unknown> => call(url, operation, input),
  ]);
  return Object.fromEntries(operations) as LivePersonControl;
}

async function call(url: string, operation: string, input: unknown): Promise<unknown> {
  const { statusCode, body } = await request(new URL(controlPath(operation), url), {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(input),
    signal: AbortSignal.timeout(DEADLINE_MS),
  });
  const answer: unknown = await body.json();
  if (statusCode === 200) return answer;
  throw new ControlError(`${operation}: ${JSON.stringify(answer)}`);
}
