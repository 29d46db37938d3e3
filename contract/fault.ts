// What is wrong with a configuration file, where, and what to do about it.

/** A path into the file: keys and list indexes. */
export type FaultPath = readonly (string | number)[];

/** A fault before its place in the file is known. */
export interface PathFault {
  readonly path: FaultPath;
  /** The key itself is the fault, not what it holds. */
  readonly atKey?: boolean;
  readonly message: string;
  readonly remedy: string;
}

/** One fault, as `baton config check` prints it. Line and column count from 1. */
export interface Fault {
  readonly file: string;
  readonly line: number;
  readonly column: number;
  /** Such as `tenants.acme.bots.shop.connector`; empty for the whole file. */
  readonly path: string;
  readonly message: string;
  readonly remedy: string;
}

/** `tenants.acme.integrations["Agent Escalation"].furtherRungs[0]` */
export function printPath(path: FaultPath): string {
  return path
    .map((part, index) => {
      if (typeof part === 'number') return `[${part}]`;
      if (!/^[\w-]+$/.test(part)) return `[${JSON.stringify(part)}]`;
      return index === 0 ? part : `.${part}`;
    })
    .join('');
}
