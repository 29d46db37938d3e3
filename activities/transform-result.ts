// Runs the integration's result mapping over the desk's raw answer. Never fails the escalation.
import type { ActivityDeps } from './deps';
import { withFaults } from './faults';
import { withinLimit } from './payload-limit';
import type { TransformInput, TransformReply } from './types';

const OK = 200;

/** The `transformResult` activity. */
export function createTransformResult(deps: Pick<ActivityDeps, 'transformer'>) {
  return async function transformResult(input: TransformInput): Promise<TransformReply> {
    return withFaults(async () => {
      const { tenant: _tenant, ...rest } = input;
      const { data, error } = await deps.transformer.transform({ ...rest, status: statusOf(input.raw) });
      const reply = { data, ...(error && { error: `${error.code}: ${error.message}` }) };
      return withinLimit(reply, 'the transformed result');
    });
  };
}

/** The platform's own code where its answer has one, as LivePerson's does. */
function statusOf(raw: unknown): number {
  const code = typeof raw === 'object' && raw !== null && 'code' in raw ? raw.code : undefined;
  return typeof code === 'number' ? code : OK;
}
