// Runs one flow by the action for flows: checks what it is given, makes its Case, gives its outputs.
import { z } from 'zod';
import { ok } from './api-call';
import type { ApiAnswer, ApiDeps } from './api-call';
import { ApiFault, notFound } from './api-fault';
import type { Flow } from './flows';
import type { SimulatedRecord } from './records';

const bodySchema = z.strictObject({ inputs: z.array(z.record(z.string(), z.unknown())).length(1) });

/** Answers `POST /actions/custom/flow/{name}`; what goes wrong within the flow is in the answer. @throws ApiFault */
export function runFlow(
  { flows, records }: ApiDeps,
  name: string,
  body: unknown,
  makeCase: (fields: Readonly<Record<string, unknown>>) => SimulatedRecord,
): ApiAnswer {
  const flow = flows.runnable(name);
  if (!flow) throw notFound();
  const read = bodySchema.safeParse(body);
  const given = read.success ? read.data.inputs[0] : undefined;
  if (!given) return failed(name, 'INVALID_INPUT', 'one input is needed');
  const misfit = misfitOf(flow, given);
  if (misfit !== undefined) return failed(name, 'INVALID_INPUT', misfit);
  flows.runs.push({ name, inputs: given });
  if (flow.failsWith !== undefined) return failed(name, flow.failsWith, 'An unhandled fault has occurred');
  const { makesCase } = flow;
  const outputs: Record<string, unknown> = { ...flow.outputs };
  if (makesCase) {
    const owner = records.all('Group').find(({ DeveloperName }) => DeveloperName === makesCase.queue);
    const fields = Object.entries(makesCase.fields).map(([field, input]): readonly [string, unknown] => [
      field,
      given[input] ?? null,
    ]);
    try {
      const made = makeCase({ OwnerId: owner?.Id, ...Object.fromEntries<unknown>(fields) });
      if (makesCase.output !== undefined) outputs[makesCase.output] = made.Id;
    } catch (error) {
      if (!(error instanceof ApiFault)) throw error;
      return failed(name, error.errorCode, error.message);
    }
  }
  const outputValues = { Flow__InterviewStatus: 'Finished', ...outputs };
  return ok([{ actionName: name, errors: null, isSuccess: true, outputValues }]);
}

function misfitOf({ inputs }: Flow, given: Readonly<Record<string, unknown>>): string | undefined {
  for (const [input, value] of Object.entries(given)) {
    if (inputs[input] === undefined) return `the flow has no input ${input}`;
    if (typeof value !== 'string') return `${input} is a text`;
  }
  const missing = Object.entries(inputs).find(
    ([input, need]) => need === 'required' && given[input] === undefined,
  );
  return missing && `${missing[0]} is missing`;
}

function failed(actionName: string, statusCode: string, message: string): ApiAnswer {
  const errors = [{ statusCode, message, fields: [] }];
  return { status: 400, body: [{ actionName, errors, isSuccess: false, outputValues: null }] };
}
