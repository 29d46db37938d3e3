// The org's flows: their names, which the action asks for, by the ids that a bot's escalate message may have instead.
// An id of a version stands for its flow, since only the active version can be run by name.
import type { Verdict } from '../verdict';
import { verdict } from '../verdict';
import { isId, toId18 } from '../salesforce/ids';
import type { Rest } from './rest';
import { quoted } from './soql';
import { flowRow, flowVersionRow } from './wire';

/** See the file's comment. */
export interface Flows {
  /** The name to run it by; a name is taken as it is. Undefined: no flow has this id. */
  nameOf(idOrName: string, signal: AbortSignal): Promise<string | undefined>;
  /** Whether it is there and has an active version, asked anew. */
  isThere(idOrName: string, signal: AbortSignal): Promise<Verdict>;
}

interface Flow {
  readonly name: string;
  readonly isActive: boolean;
}

const KEPT_MS = 10 * 60_000;
const VERSION = '301';
const NAMESPACED = /__/;
const FIELDS = ['ApiName', 'NamespacePrefix', 'ActiveVersionId'];

/** See {@link Flows}. */
export function createFlows(rest: Rest): Flows {
  const kept = new Map<string, { readonly name: string; readonly until: number }>();

  async function find(idOrName: string, signal: AbortSignal): Promise<Flow | undefined> {
    const flow = await (idOrName.startsWith(VERSION) ? byVersion : byFlow)(rest, idOrName, signal);
    if (!flow) return undefined;
    const { ApiName, NamespacePrefix, ActiveVersionId } = flow;
    return {
      name: NamespacePrefix ? `${NamespacePrefix}__${ApiName}` : ApiName,
      isActive: Boolean(ActiveVersionId),
    };
  }

  return {
    async nameOf(idOrName, signal) {
      if (!isId(idOrName)) return idOrName;
      const id = toId18(idOrName);
      const known = kept.get(id);
      if (known && known.until > Date.now()) return known.name;
      const flow = await find(id, signal);
      if (flow) kept.set(id, { name: flow.name, until: Date.now() + KEPT_MS });
      return flow?.name;
    },
    async isThere(idOrName, signal) {
      // How a package's flow is found by its name is not documented.
      if (NAMESPACED.test(idOrName)) return 'unknown';
      const flow = await find(isId(idOrName) ? toId18(idOrName) : idOrName, signal);
      return verdict(flow?.isActive === true);
    },
  };
}

async function byFlow(rest: Rest, idOrName: string, signal: AbortSignal) {
  const field = isId(idOrName) ? 'DurableId' : 'ApiName';
  const soql = `SELECT ${FIELDS.join(', ')} FROM FlowDefinitionView WHERE ${field} = ${quoted(idOrName)}`;
  return (await rest.query(soql, flowRow, signal))[0];
}

async function byVersion(rest: Rest, id: string, signal: AbortSignal) {
  const fields = FIELDS.map((field) => `FlowDefinitionView.${field}`).join(', ');
  const soql = `SELECT ${fields} FROM FlowVersionView WHERE DurableId = ${quoted(id)}`;
  return (await rest.query(soql, flowVersionRow, signal))[0]?.FlowDefinitionView;
}
