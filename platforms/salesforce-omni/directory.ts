// Finds ids by the names that a configuration may use instead. Names hardly ever change owners; what was not found is
// asked for again.
import { toId18, isId } from '../salesforce/ids';
import type { Rest } from './rest';
import { quoted } from './soql';
import { idRow } from './wire';

/** What a name can be of. */
export type Named = 'queue' | 'skill' | 'agent' | 'serviceChannel' | 'routingConfiguration';

/** See the file's comment. */
export interface Directory {
  /** The id; an id is taken as it is. Undefined: nothing of that name. */
  resolve(kind: Named, idOrName: string, signal: AbortSignal): Promise<string | undefined>;
  /** Whether it is there, asked anew. */
  exists(kind: Named, idOrName: string, signal: AbortSignal): Promise<boolean>;
}

const KEPT_MS = 10 * 60_000;

const TABLES: Readonly<Record<Named, { from: string; name: string; and?: string }>> = {
  queue: { from: 'Group', name: 'DeveloperName', and: "Type = 'Queue'" },
  skill: { from: 'Skill', name: 'DeveloperName' },
  agent: { from: 'User', name: 'Username', and: 'IsActive = true' },
  serviceChannel: { from: 'ServiceChannel', name: 'DeveloperName' },
  routingConfiguration: { from: 'QueueRoutingConfig', name: 'DeveloperName' },
};

/** See {@link Directory}. */
export function createDirectory(rest: Rest): Directory {
  const kept = new Map<string, { readonly id: string; readonly until: number }>();

  async function find(kind: Named, idOrName: string, signal: AbortSignal): Promise<string | undefined> {
    const { from, name, and } = TABLES[kind];
    const field = isId(idOrName) ? 'Id' : name;
    const condition = `${field} = ${quoted(idOrName)}${and === undefined ? '' : ` AND ${and}`}`;
    const [row] = await rest.query(`SELECT Id FROM ${from} WHERE ${condition}`, idRow, signal);
    return row && toId18(row.Id);
  }

  return {
    async resolve(kind, idOrName, signal) {
      if (isId(idOrName)) return toId18(idOrName);
      const key = `${kind} ${idOrName}`;
      const known = kept.get(key);
      if (known && known.until > Date.now()) return known.id;
      const id = await find(kind, idOrName, signal);
      if (id === undefined) kept.delete(key);
      else kept.set(key, { id, until: Date.now() + KEPT_MS });
      return id;
    },
    exists: async (kind, idOrName, signal) => (await find(kind, idOrName, signal)) !== undefined,
  };
}
