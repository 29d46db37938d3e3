// Prints the story, a line for each thing that happens: for people, or as JSON objects with --json.
/** Who a line is about. */
export type Voice = 'baton' | 'user' | 'bot' | 'agent' | 'setup';

/** One line of the story. */
export interface Line {
  readonly who: Voice;
  readonly what: string;
  /** Machine-readable name of the event, where there is one. */
  readonly event?: string;
  readonly detail?: string;
}

/** Prints lines. */
export interface Narrator {
  /** A line of the story. */
  say(line: Line): void;
  /** Progress of the set-up; with --json on standard error, so that standard output is JSON only. */
  progress(text: string): void;
  /** Anything else for people only. */
  note(text: string): void;
}

const LABELS: Readonly<Record<Voice, string>> = {
  baton: 'Baton',
  user: 'User',
  bot: 'Bot',
  agent: 'Agent',
  setup: 'Setup',
};
const LABEL_WIDTH = 6;

/** Makes the narrator; times are seconds since it was made. */
export function createNarrator(json: boolean, color: boolean): Narrator {
  const startedAt = Date.now();
  const seconds = (): string => ((Date.now() - startedAt) / 1_000).toFixed(1);
  const paint = (code: number, text: string): string => (color ? `\u001b[${code}m${text}\u001b[0m` : text);
  return {
    say: (line) => {
      const text = json
        ? JSON.stringify({ at: new Date().toISOString(), ...line })
        : `  ${paint(2, `${seconds().padStart(6)} s`)}  ${paint(1, LABELS[line.who].padEnd(LABEL_WIDTH))} ${line.what}`;
      process.stdout.write(`${text}\n`);
    },
    progress: (text) => {
      (json ? process.stderr : process.stdout).write(`${paint(2, `${seconds().padStart(6)} s  ${text}`)}\n`);
    },
    note: (text) => {
      if (!json) process.stdout.write(`${text}\n`);
    },
  };
}
