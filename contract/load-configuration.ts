// Reads baton.yaml: text, references, schema, names, platforms. Every fault that can be found is found in one go
// and shown at its line. The only place, with scripts/ and cli/, that is given the environment.
import { createHash } from 'node:crypto';
import { readFileSync, statSync } from 'node:fs';
import { dirname, resolve as resolvePath } from 'node:path';
import type { Configuration } from '../domain/configuration';
import { checkAccess } from './check-access';
import { checkPlatforms, type PlatformChecks } from './check-platforms';
import { checkReferences } from './check-references';
import { configurationSchema } from './configuration';
import { describeIssue } from './describe-issue';
import { doubts } from './doubts';
import { printPath, type Fault, type PathFault } from './fault';
import type { Reference, Resolved, ResolveReference } from './secret';
import { readYaml, type YamlSource } from './yaml-source';

/** Largest configuration file, in bytes. */
export const MAX_FILE_BYTES = 1_048_576;
/** Largest file that a `${file:…}` leads to, in bytes. */
export const MAX_REFERENCED_BYTES = 65_536;

/** What loading needs besides the file. */
export interface LoadOptions {
  /** The environment that `${env:NAME}` reads. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** The platforms' own checks; absent: what only platforms know is not checked. */
  readonly platforms?: PlatformChecks;
  /** Syntax errors of a Transform Result Script; absent: scripts are not looked at. */
  readonly checkScript?: (source: string) => readonly { readonly line: number; readonly message: string }[];
}

/** A configuration, deeply frozen, or everything that is wrong with it. */
export type LoadedConfiguration =
  | {
      readonly ok: true;
      readonly configuration: Configuration;
      /** Hex SHA-256 of what is configured, without secrets: tells whether two processes read the same. */
      readonly hash: string;
      /** What is allowed and yet probably not meant. */
      readonly warnings: readonly Fault[];
    }
  | { readonly ok: false; readonly faults: readonly Fault[] };

/** Loads the file at `path`; `${file:…}` is relative to its folder. Never throws for what is in it. */
export function loadConfiguration(path: string, options: LoadOptions): LoadedConfiguration {
  const read = readLimited(path, MAX_FILE_BYTES);
  if (!read.ok)
    return { ok: false, faults: [{ file: path, line: 1, column: 1, path: '', ...withoutOk(read) }] };
  return readConfiguration(read.value, { ...options, file: path });
}

/** The same for a text that is at hand. `file` names it in faults. */
export function readConfiguration(
  text: string,
  { file, env, platforms, checkScript }: LoadOptions & { readonly file: string },
): LoadedConfiguration {
  const source = readYaml(text);
  const place = (fault: PathFault): Fault => placed(fault, file, source);
  const resolve = resolver(env, dirname(file));
  const yamlFaults = source.faults.map((fault) => ({ file, path: '', ...fault }));
  if (source.value === undefined) return { ok: false, faults: yamlFaults };
  if (source.value === null) return { ok: false, faults: [...yamlFaults, place(EMPTY)] };

  const read = configurationSchema(resolve).safeParse(source.value);
  const platform = platforms && checkPlatforms(source.value, resolve, platforms);
  const found = [
    ...(read.success ? checkAccess(read.data) : read.error.issues.flatMap((issue) => describeIssue(issue))),
    ...checkReferences(source.value),
    ...(platform?.faults ?? []),
    ...(read.success && checkScript ? checkScripts(read.data, checkScript) : []),
  ];
  const faults = [...yamlFaults, ...found.map(place)];
  if (!read.success || faults.length > 0) return { ok: false, faults: inOrder(faults) };
  return {
    ok: true,
    configuration: freeze(read.data),
    hash: createHash('sha256').update(canonical(read.data)).digest('hex'),
    warnings: inOrder([...(platform?.warnings ?? []), ...doubts(read.data)].map(place)),
  };
}

function checkScripts(
  { tenants }: Configuration,
  checkScript: NonNullable<LoadOptions['checkScript']>,
): PathFault[] {
  return Object.entries(tenants).flatMap(([tenant, { integrations }]) =>
    Object.entries(integrations).flatMap(([name, { transformResultScript }]) =>
      checkScript(transformResultScript ?? '').map(({ line, message }) => ({
        path: ['tenants', tenant, 'integrations', name, 'transformResultScript'],
        message: `line ${line} of the script: ${message}`,
        remedy: 'Mend the script.',
      })),
    ),
  );
}

const EMPTY: PathFault = {
  path: [],
  message: 'the file is empty',
  remedy: 'Start from baton.example.yaml.',
};

function resolver(env: LoadOptions['env'], folder: string): ResolveReference {
  return ({ kind, name }: Reference): Resolved => {
    if (kind === 'file') return referenced(resolvePath(folder, name));
    const value = env[name];
    return value !== undefined && value !== ''
      ? { ok: true, value }
      : {
          ok: false,
          message: `environment variable ${name} is not set`,
          remedy: `Set ${name} before the start.`,
        };
  };
}

/** Without the line end that editors and secret mounts add. */
function referenced(path: string): Resolved {
  const read = readLimited(path, MAX_REFERENCED_BYTES);
  if (!read.ok) return read;
  const value = read.value.replace(/\r?\n$/, '');
  return value === ''
    ? { ok: false, message: `the file ${path} is empty`, remedy: 'Put the value in it.' }
    : { ok: true, value };
}

function readLimited(path: string, maxBytes: number): Resolved {
  try {
    if (statSync(path).size > maxBytes)
      return { ok: false, message: `${path} is too large`, remedy: `${maxBytes} bytes are the most.` };
    return { ok: true, value: readFileSync(path, 'utf8') };
  } catch (error) {
    const { code = 'unreadable' } = error as NodeJS.ErrnoException;
    return {
      ok: false,
      message: `${path} cannot be read (${code})`,
      remedy: 'Check that the file is there and that this user may read it.',
    };
  }
}

function withoutOk({ message, remedy }: Extract<Resolved, { ok: false }>): {
  message: string;
  remedy: string;
} {
  return { message, remedy };
}

function placed({ path, atKey, message, remedy }: PathFault, file: string, source: YamlSource): Fault {
  return { file, ...source.locate(path, atKey), path: printPath(path), message, remedy };
}

/** In the order of the file; the same sentence at the same place only once. */
function inOrder(faults: readonly Fault[]): readonly Fault[] {
  const unique = new Map(
    faults.map((fault) => [`${fault.line}:${fault.column}:${fault.path}:${fault.message}`, fault]),
  );
  return [...unique.values()].sort((a, b) => a.line - b.line || a.column - b.column);
}

/** JSON with sorted keys; secrets print as `[secret]`. */
function canonical(value: unknown): string {
  return JSON.stringify(value, (_, member: unknown) =>
    typeof member === 'object' && member !== null && !Array.isArray(member)
      ? Object.fromEntries(Object.entries(member).sort(([a], [b]) => (a < b ? -1 : 1)))
      : member,
  );
}

function freeze<T>(value: T): T {
  if (typeof value !== 'object' || value === null) return value;
  for (const member of Object.values(value)) freeze(member);
  return Object.freeze(value);
}
