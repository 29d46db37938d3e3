// What `baton config check FILE` prints, and how it exits.
import type { Fault } from './fault';
import { loadConfiguration, type LoadOptions } from './load-configuration';

/** The text to print and the exit code: 0 if the file can be used, 1 if not. Warnings do not fail the check. */
export interface CheckReport {
  readonly exitCode: 0 | 1;
  readonly lines: readonly string[];
}

/** Loads a file and reports on it, a line for each fault. */
export function checkConfiguration(path: string, options: LoadOptions): CheckReport {
  const loaded = loadConfiguration(path, options);
  if (!loaded.ok) {
    const count = loaded.faults.length === 1 ? '1 fault' : `${loaded.faults.length} faults`;
    return { exitCode: 1, lines: [...loaded.faults.map(printFault), `${path}: ${count}`] };
  }
  const warnings = loaded.warnings.map((warning) =>
    printFault({ ...warning, message: `warning: ${warning.message}` }),
  );
  const { tenants } = loaded.configuration;
  const integrations = Object.values(tenants).flatMap((tenant) => Object.keys(tenant.integrations));
  const summary = `${path}: fine (tenants: ${Object.keys(tenants).length}, integrations: ${integrations.length}, hash ${loaded.hash.slice(0, 12)})`;
  return { exitCode: 0, lines: [...warnings, summary] };
}

/** `file:line:column  path  message  -> remedy` */
export function printFault({ file, line, column, path, message, remedy }: Fault): string {
  return [`${file}:${line}:${column}`, path, message, `-> ${remedy}`]
    .filter((part) => part !== '')
    .join('  ');
}
