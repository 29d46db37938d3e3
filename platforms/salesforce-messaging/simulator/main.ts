// The simulator as a process of its own: `main.js [--port N] [--host H] [--state FILE]`. Prints one JSON line when it
// listens, and stops cleanly on SIGINT and SIGTERM.
import { parseArgs } from 'node:util';
import { startMessagingSimulator } from './server';

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: { port: { type: 'string' }, host: { type: 'string' }, state: { type: 'string' } },
  });
  const simulator = await startMessagingSimulator({
    ...(values.port === undefined ? {} : { port: Number(values.port) }),
    ...(values.host === undefined ? {} : { host: values.host }),
    ...(values.state === undefined ? {} : { stateFile: values.state }),
  });
  process.stdout.write(`${JSON.stringify({ event: 'listening', url: simulator.url })}\n`);
  const stop = (): void => void simulator.close().then(() => process.exit(0));
  process.once('SIGINT', stop);
  process.once('SIGTERM', stop);
}

main().catch((error: unknown) => {
  process.stderr.write(`messaging simulator: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(1);
});
