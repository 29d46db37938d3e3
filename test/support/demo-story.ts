// `npm start -- --demo NAME --once` as it stands but for its ports, and what it told.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freeStartPorts, runStartCommand } from './start-command';

/** One line of a story. */
export type Told = Readonly<Record<string, unknown>>;

/** How a story went. */
export interface DemoStory {
  readonly code: number | null;
  /** Standard error. */
  readonly errors: string;
  readonly lines: readonly Told[];
  /** Details of the lines about an event, in order. */
  told(event: string): readonly unknown[];
  /** The events of these names, in the order in which they were told. */
  eventsAmong(names: readonly string[]): readonly string[];
}

/** Plays a story to its end. */
export async function playDemo(name: string): Promise<DemoStory> {
  const folder = mkdtempSync(join(tmpdir(), `baton-${name}-`));
  try {
    const start = runStartCommand(folder, await freeStartPorts(), ['--demo', name, '--once', '--json']);
    const { code } = await start.ended;
    const lines = start
      .output()
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as Told);
    return {
      code,
      errors: start.errors(),
      lines,
      told: (event) => lines.filter((line) => line['event'] === event).map(({ detail }) => detail),
      eventsAmong: (names) =>
        lines.map(({ event }) => String(event)).filter((event) => names.includes(event)),
    };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
