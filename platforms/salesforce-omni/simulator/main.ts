// The simulator as a process of its own: `main.js [--port N] [--host H] [--org FILE]`, the file a JSON of OrgSpec.
// Prints one JSON line when it listens, and stops cleanly on SIGINT and SIGTERM.
import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { startOmniSimulator } from './server';
import type { OrgSpec } from './simulation';

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: { port: { type: 'string' }, host: { type: 'string' }, org: { type: 'string' } },
  });
  const simulator = await startOmniSimulator({
    ...(values.port === undefined ? {} : { port: Number(values.port) }),
    ...(values.host === undefined ? {} : { host: values.host }),
    ...(values.org === undefined ? {} : { org: JSON.parse(readFileSync(values.org, 'utf8')) as OrgSpec }),
  });
  process.stdout.write(`${JSON.stringify({ event: 'listening', url: simulator.url })}\n`);
  const stop = (): void => void simulator.close().then(() => process.exit(0));
  process.once('SIGINT', stop);
  process.once('SIGTERM', stop);
}

main().catch((error: unknown) => {
  process.stderr.write(`salesforce simulator: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(1);
});
