// Runs schemathesis over an OpenAPI document and reads what it found.
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import type { Python } from '../support/python';

const CONFIGURATION = join(__dirname, 'schemathesis.toml');
const KEPT_OUTPUT = 60_000;

/** What to run it on. */
export interface SchemathesisRun {
  readonly python: Python;
  /** The OpenAPI document. From a URL schemathesis would leave out the operation that this is the URL of. */
  readonly document: object;
  readonly baseUrl: string;
  readonly env: Readonly<Record<string, string>>;
  readonly args: readonly string[];
  readonly timeoutMs: number;
}

/** What it found. */
export interface SchemathesisResult {
  /** 0 if it found nothing. */
  readonly code: number | null;
  /** Operations that were tried at least once: method and path. */
  readonly operations: readonly string[];
  /** For a human reader: the failures, each with the call as curl. */
  readonly report: string;
}

/** Resolves when it has ended, or was ended because it took too long. */
export async function runSchemathesis(run: SchemathesisRun): Promise<SchemathesisResult> {
  const folder = mkdtempSync(join(tmpdir(), 'baton-schemathesis-'));
  try {
    const [junit, document] = [join(folder, 'junit.xml'), join(folder, 'openapi.json')];
    writeFileSync(document, JSON.stringify(run.document));
    const { code, output } = await runToEnd(run, folder, [
      ...['-m', 'schemathesis.cli', '--config-file', CONFIGURATION, 'run', document],
      ...['--url', run.baseUrl, '--no-color', '--report', 'junit', '--report-junit-path', junit],
      ...run.args,
    ]);
    return { code, operations: operationsOf(readIfThere(junit)), report: output };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function runToEnd(
  { python, env, timeoutMs }: SchemathesisRun,
  cwd: string,
  args: readonly string[],
): Promise<{ code: number | null; output: string }> {
  const child = spawn(python.command, [...args], {
    cwd,
    env: {
      ...process.env,
      ...python.env,
      ...env,
      PYTHONPATH: pythonPath(python),
      PYTHONDONTWRITEBYTECODE: '1',
    },
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: timeoutMs,
    killSignal: 'SIGKILL',
  });
  let output = '';
  const keep = (chunk: Buffer): void => {
    output = (output + chunk.toString()).slice(-KEPT_OUTPUT);
  };
  child.stdout.on('data', keep);
  child.stderr.on('data', keep);
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', resolve);
  });
  return { code, output: code === null ? `${output}\nended after ${timeoutMs / 1_000} s` : output };
}

/** With this folder, for the hooks that the configuration names. */
function pythonPath({ env }: Python): string {
  return [__dirname, env['PYTHONPATH'] ?? ''].filter((part) => part !== '').join(delimiter);
}

function operationsOf(junit: string): readonly string[] {
  return [...junit.matchAll(/<testcase[^>]* name="((?:GET|POST) [^"]+)"/g)].map(([, name = '']) => name);
}

function readIfThere(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
