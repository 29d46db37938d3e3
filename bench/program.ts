// What the programs of `npm run bench` share: options, words about progress, the table, the result file, and the end.
import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { arch, cpus } from 'node:os';
import { resolve } from 'node:path';

/** The compiled programs' folder. */
export const DIST = resolve(__dirname, '..');
const ROOT = resolve(DIST, '..');

/** Options of every program, for `parseArgs`. */
export const COMMON_OPTIONS = {
  /** Name of the machine in the result file's name. */
  machine: { type: 'string', default: `${cpus().length}-cores-${arch()}` },
  'no-file': { type: 'boolean', default: false },
  help: { type: 'boolean', default: false },
} as const;

/** Runs a program; a failure is told and ends it with 1. */
export function run(main: () => Promise<void>): void {
  main().catch((error: unknown) => {
    say(error instanceof Error ? (error.stack ?? error.message) : String(error));
    process.exitCode = 1;
  });
}

/** A line for who waits; results go elsewhere. */
export function say(line: string): void {
  process.stderr.write(`${line}\n`);
}

/** A Markdown table whose columns stand one below the other. */
export function markdownTable(
  head: readonly string[],
  rows: readonly (readonly (string | number)[])[],
): string {
  const texts = rows.map((row) => row.map(String));
  const widths = head.map((title, column) =>
    Math.max(title.length, ...texts.map((row) => row[column]?.length ?? 0)),
  );
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(' | ')} |`;
  return [line(head), line(widths.map((width) => '-'.repeat(width))), ...texts.map(line)].join('\n');
}

/**
 * Writes what was measured beside the results of other days and machines, and says where. `part` is empty for the main
 * program; `machine` has the option's name and what the program knows of the machine besides.
 */
export function writeResult(
  part: string,
  machine: { readonly name: string; readonly facts: Readonly<Record<string, string | number | undefined>> },
  result: object,
): void {
  const measuredAt = new Date().toISOString();
  const whole = {
    v: 1,
    measuredAt,
    commit: execFileSync('git', ['describe', '--always', '--dirty'], { cwd: ROOT, encoding: 'utf8' }).trim(),
    machine: {
      cpus: cpus().length,
      model: cpus()[0]?.model ?? '',
      node: process.version,
      ...machine.facts,
    },
    ...result,
  };
  const folder = resolve(ROOT, 'bench/results');
  mkdirSync(folder, { recursive: true });
  const name = [measuredAt.slice(0, 10), ...(part === '' ? [] : [part]), machine.name].join('-');
  const file = resolve(folder, `${name}.json`);
  writeFileSync(file, `${JSON.stringify(whole, undefined, 2)}\n`);
  say(`written: ${file}`);
}
