// The control API over HTTP: `POST /_control/<operation>` with JSON. Faults never strike it.
import { z } from 'zod';
import { CONTROL_INPUTS, controlPath } from './control-schema';
import type { ControlOperation } from './control-schema';
import { createControlOperations } from './control-operations';
import type { HttpAnswer } from './http';
import { Refusal } from './refusal';
import type { Simulation } from './simulation';

/** Answers a request under `/_control/`; inputs are the JSON body, or the query of a GET. */
export type ControlHandler = (path: string, input: unknown) => HttpAnswer;

/** See {@link ControlHandler}. */
export function createControlHandler(simulation: Simulation): ControlHandler {
  const operations = createControlOperations(simulation);
  const names = new Map(
    (Object.keys(CONTROL_INPUTS) as ControlOperation[]).map((name) => [controlPath(name), name]),
  );
  return (path, input) => {
    if (path === '/_control/health') return { status: 200, body: { status: 'ok' } };
    const name = names.get(path);
    if (name === undefined)
      return { status: 404, body: { error: 'Unknown operation', known: [...names.keys()] } };
    const parsed = CONTROL_INPUTS[name].safeParse(input ?? {});
    if (!parsed.success) return { status: 400, body: { error: z.prettifyError(parsed.error) } };
    try {
      // The schema of this very operation has just checked the input.
      const run = operations[name] as (checked: unknown) => unknown;
      return { status: 200, body: run(parsed.data) };
    } catch (error) {
      if (error instanceof Refusal) return { status: error.status, body: { error: error.message } };
      if (error instanceof z.ZodError) return { status: 400, body: { error: z.prettifyError(error) } };
      throw error;
    }
  };
}
