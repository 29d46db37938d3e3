// The control API: what a test or a demo may do to the simulated org, over HTTP, so that another process can as well.
import { request } from 'undici';
import { z } from 'zod';
import { faultSchema } from './faults';
import { flowSchema } from './flows';
import type { FlowRun } from './flows';
import type { SimulatedRecord } from './records';
import { agentSchema, queueSchema } from './org';

const caseRef = z.strictObject({ caseId: z.string() });
const none = z.strictObject({});

/** Operations by name, with what each takes. */
export const CONTROL_INPUTS = {
  /** Makes or changes an agent. */
  setAgent: agentSchema,
  setQueue: queueSchema,
  setSkill: z.strictObject({ name: z.string() }),
  /** Makes or changes a flow. */
  setFlow: flowSchema,
  setPresence: z.strictObject({
    username: z.string(),
    presence: z.enum(['online', 'away', 'busy', 'offline']),
  }),
  /** The agent who is asked opens the work. */
  accept: caseRef,
  decline: caseRef,
  /** A supervisor takes the work away. */
  cancel: caseRef,
  /** The agent is done. */
  finish: caseRef,
  /** Somebody sets the Case's status, as in the console. */
  setStatus: z.strictObject({ caseId: z.string(), status: z.string() }),
  /** What flows were given, in order. */
  flowRuns: none,
  records: z.strictObject({ object: z.string() }),
  /** Every record of an object that was ever made. */
  ever: z.strictObject({ object: z.string() }),
  fault: faultSchema,
  clearFaults: none,
  /** Ends every session. */
  revokeTokens: none,
  usage: z.strictObject({ used: z.number().int(), max: z.number().int().positive() }),
  settings: z.strictObject({
    keepsPendingWhileOffered: z.boolean().optional(),
    endsOfferOnDelete: z.boolean().optional(),
    secondMs: z.number().positive().optional(),
    /** Developer name of the queue that assignment rules send Cases to. */
    assignedQueue: z.string().optional(),
    queryPageSize: z.number().int().positive().optional(),
  }),
  /** Calls so far and whether their work is done, open connections, and tokens given. */
  traffic: none,
} as const;

/** Names of the operations. */
export type ControlOperation = keyof typeof CONTROL_INPUTS;

/** What each operation gives; those that are not named give nothing. */
export interface ControlOutputs {
  readonly setAgent: { readonly userId: string };
  readonly setQueue: { readonly queueId: string };
  readonly setSkill: { readonly skillId: string };
  readonly setFlow: { readonly flowId: string; readonly versionId: string };
  readonly flowRuns: { readonly runs: readonly FlowRun[] };
  readonly accept: { readonly userId?: string };
  readonly decline: { readonly userId?: string };
  readonly cancel: { readonly userId?: string };
  readonly finish: { readonly userId?: string };
  readonly records: { readonly records: readonly SimulatedRecord[] };
  readonly ever: { readonly records: readonly SimulatedRecord[] };
  readonly traffic: {
    readonly calls: readonly { readonly kind: string; readonly what: string; readonly answered: boolean }[];
    readonly connections: number;
    readonly tokens: number;
  };
}

/** The output of an operation. */
export type ControlOutput<K extends ControlOperation> = K extends keyof ControlOutputs
  ? ControlOutputs[K]
  : object;

/** The operations from the other side. */
export type OmniControl = {
  readonly [K in ControlOperation]: (
    ...input: Record<never, never> extends z.input<(typeof CONTROL_INPUTS)[K]>
      ? [input?: z.input<(typeof CONTROL_INPUTS)[K]>]
      : [input: z.input<(typeof CONTROL_INPUTS)[K]>]
  ) => Promise<ControlOutput<K>>;
};

const DEADLINE_MS = 30_000;

/** The control API of the simulator at `url`, its base. */
export function connectControl(url: string): OmniControl {
  const operations = Object.keys(CONTROL_INPUTS).map((name) => [
    name,
    (input: unknown = {}): Promise<unknown> => call(url, name, input),
  ]);
  return Object.fromEntries(operations) as OmniControl;
}

async function call(url: string, name: string, input: unknown): Promise<unknown> {
  const { statusCode, body } = await request(`${url}/_control/${name}`, {
    method: 'POST',
    body: JSON.stringify(input),
    signal: AbortSignal.timeout(DEADLINE_MS),
  });
  const answer: unknown = await body.json();
  if (statusCode !== 200) throw new Error(`${name}: ${JSON.stringify(answer)}`);
  return answer;
}
