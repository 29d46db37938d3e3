// The flows of the simulated org, as data: what each takes, what it gives, and whether it makes a Case. What they were
// given is kept for who looks.
import { z } from 'zod';
import type { Records, SimulatedRecord } from './records';

const variable = z.string().regex(/^[A-Za-z]\w{0,79}$/);
const value = z.union([z.string(), z.number(), z.boolean(), z.null()]);

/** An autolaunched flow. */
export const flowSchema = z.strictObject({
  name: z.string().regex(/^[A-Za-z]\w{0,79}$/),
  namespace: z.string().optional(),
  active: z.boolean().default(true),
  /** Input variables, and whether the flow fails without. */
  inputs: z.record(variable, z.enum(['required', 'optional'])).default({
    Baton_Conversation_Id: 'required',
    Baton_Transfer_Id: 'required',
    Baton_Intent: 'optional',
    Baton_User_Message: 'optional',
    Baton_Summary: 'optional',
  }),
  /** Output variables and their values. */
  outputs: z.record(variable, value).default({}),
  /** Makes a Case owned by this queue, by developer name, and gives its id in `output`. */
  makesCase: z
    .strictObject({
      queue: z.string(),
      output: variable.optional(),
      /** Field of Case, and the input whose value it gets. */
      fields: z.record(z.string(), variable).default({}),
    })
    .optional(),
  /** It fails with this code; nothing that it did stays. */
  failsWith: z.string().optional(),
});

/** See {@link flowSchema}. */
export type FlowSpec = z.input<typeof flowSchema>;
/** A flow of the org. */
export type Flow = z.output<typeof flowSchema>;

/** What a flow was given. */
export interface FlowRun {
  readonly name: string;
  readonly inputs: Readonly<Record<string, unknown>>;
}

/** See the file's comment. */
export interface Flows {
  set(spec: FlowSpec): { readonly flowId: string; readonly versionId: string };
  /** The flow that can be run by this name. */
  runnable(name: string): Flow | undefined;
  readonly runs: FlowRun[];
}

/** See {@link Flows}. */
export function createFlows(records: Records): Flows {
  const flows = new Map<string, { readonly flow: Flow; readonly id: string }>();
  const nameOf = ({ name, namespace }: Flow): string =>
    namespace === undefined ? name : `${namespace}__${name}`;

  /** A new version of the flow, which takes the place of the one before. */
  function addVersion(definition: SimulatedRecord, active: boolean): SimulatedRecord {
    const before = records
      .all('FlowVersionView')
      .filter((each) => each['FlowDefinitionViewId'] === definition.Id);
    for (const { Id } of before) records.change('FlowVersionView', Id, { Status: 'Obsolete' });
    const version = records.put('FlowVersionView', {
      FlowDefinitionViewId: definition.Id,
      VersionNumber: before.length + 1,
      Status: active ? 'Active' : 'Draft',
    });
    const ActiveVersionId = active ? version.Id : null;
    records.change('FlowDefinitionView', definition.Id, { DurableId: definition.Id, ActiveVersionId });
    return records.change('FlowVersionView', version.Id, { DurableId: version.Id });
  }

  return {
    runs: [],
    set(spec) {
      const flow = flowSchema.parse(spec);
      const { name: ApiName, namespace: NamespacePrefix = null } = flow;
      const id =
        flows.get(nameOf(flow))?.id ?? records.put('FlowDefinitionView', { ApiName, NamespacePrefix }).Id;
      const definition = records.change('FlowDefinitionView', id, {});
      flows.set(nameOf(flow), { flow, id });
      return { flowId: id, versionId: addVersion(definition, flow.active).Id };
    },
    runnable(name) {
      const flow = flows.get(name)?.flow;
      return flow?.active === true ? flow : undefined;
    },
  };
}
