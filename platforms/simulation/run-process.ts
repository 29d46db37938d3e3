// A simulator as a process of its own: prints one JSON line when it listens, and stops cleanly on SIGINT and SIGTERM.
import { parseArgs } from 'node:util';

/** What every simulator takes: `--port N`, `--host H`, and perhaps `--state FILE` or another file. */
export interface ProcessValues {
  readonly port?: number;
  readonly host?: string;
  /** Path of the file that `fileOption` names. */
  readonly file?: string;
}

/** How a simulator is started. */
export interface SimulatorProcess {
  /** Stands in front of what went wrong. */
  readonly name: string;
  /** @default state */
  readonly fileOption?: string;
  start(
    values: ProcessValues,
    print: (line: Readonly<Record<string, unknown>>) => void,
  ): Promise<{ readonly url: string; close(): Promise<void> }>;
}

/** Runs it until a signal; exits with 1 if it cannot be started. */
export function runSimulator(simulated: SimulatorProcess): void {
  run(simulated).catch((error: unknown) => {
    process.stderr.write(
      `${simulated.name} simulator: ${error instanceof Error ? error.message : String(error)}\n`,
    );
    process.exit(1);
  });
}

async function run({ fileOption = 'state', start }: SimulatorProcess): Promise<void> {
  const { values } = parseArgs({
    options: { port: { type: 'string' }, host: { type: 'string' }, [fileOption]: { type: 'string' } },
  });
  const { port, host, [fileOption]: file } = values as Readonly<Record<string, string | undefined>>;
  const print = (line: Readonly<Record<string, unknown>>): void =>
    void process.stdout.write(`${JSON.stringify(line)}\n`);
  const simulator = await start(
    {
      ...(port !== undefined && { port: Number(port) }),
      ...(host !== undefined && { host }),
      ...(file !== undefined && { file }),
    },
    print,
  );
  print({ event: 'listening', url: simulator.url });
  const stop = (): void => void simulator.close().then(() => process.exit(0));
  process.once('SIGINT', stop);
  process.once('SIGTERM', stop);
}
