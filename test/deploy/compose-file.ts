// Reads docker-compose.yml as Compose does, as far as the tests need it: anchors and merges resolved, `${NAME:-x}`
// and `${NAME:?x}` filled in.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';

/** One service, as far as the tests look at it. */
export interface ComposeService {
  readonly image?: string;
  readonly build?: unknown;
  readonly container_name?: string;
  readonly command?: readonly string[];
  readonly entrypoint?: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  readonly env_file?: readonly { readonly path: string; readonly required?: boolean }[];
  readonly ports?: readonly string[];
  readonly expose?: readonly string[];
  readonly volumes?: readonly (
    string | { readonly source: string; readonly target: string; readonly read_only?: boolean }
  )[];
  readonly networks?: readonly string[];
  readonly restart?: string;
  readonly depends_on?: Readonly<Record<string, { readonly condition: string }>>;
  readonly healthcheck?: { readonly test: readonly string[] };
}

/** The file. */
export interface ComposeFile {
  readonly services: Readonly<Record<string, ComposeService>>;
  readonly volumes: Readonly<Record<string, unknown>>;
  readonly networks: Readonly<Record<string, unknown>>;
}

/** Path of a file of the repository. */
export function inRepository(path: string): string {
  return join(__dirname, '../..', path);
}

/** The text of a file of the repository. */
export function textOf(path: string): string {
  return readFileSync(inRepository(path), 'utf8');
}

/** Fills `${NAME:-default}` and `${NAME:?message}` from the variables. @throws Error if a needed one is missing */
export function interpolate(text: string, variables: Readonly<Record<string, string>>): string {
  return text.replace(
    /\$\{(\w+)(?::([-?])([^}]*))?\}/g,
    (_all, name: string, mode?: string, rest?: string) => {
      const value = variables[name];
      if (value !== undefined && value !== '') return value;
      if (mode === '-') return rest ?? '';
      throw new Error(`${name} is not set: ${rest ?? ''}`);
    },
  );
}

/** The file with its variables filled. */
export function readCompose(
  variables: Readonly<Record<string, string>> = { POSTGRES_PASSWORD: 'secret' },
): ComposeFile {
  const withoutComments = textOf('docker-compose.yml').replace(/^\s*#.*$/gm, '');
  return parse(interpolate(withoutComments, variables), { merge: true }) as ComposeFile;
}
