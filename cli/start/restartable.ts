// A child process that a story may kill and start again: only an end that nobody asked for is one.
import type { RunningProcess } from './processes';

/** See the file's comment. */
export interface Restartable {
  /** Resolves when it is ready for the first time; rejects when it never will be. */
  readonly ready: Promise<void>;
  /** Resolves with words about an end that nobody asked for. */
  readonly ended: Promise<string>;
  /** SIGKILL: nothing is finished, nothing is told. */
  kill(): Promise<void>;
  /** Starts it again; resolves when it is ready. */
  start(): Promise<void>;
  stop(): Promise<void>;
}

/** Starts it for the first time. `isReady` resolves when the process is, and rejects when it never will be. */
export function startRestartable(
  start: () => RunningProcess,
  isReady: (child: RunningProcess) => Promise<void>,
): Restartable {
  let child = start();
  let isKilled = false;
  let tellEnd: (how: string) => void = () => undefined;
  const ended = new Promise<string>((resolve) => {
    tellEnd = resolve;
  });
  const watch = (watched: RunningProcess): void =>
    void watched.ended.then((how) => {
      if (!isKilled) tellEnd(`${watched.name} ${how}`);
    });
  watch(child);
  return {
    ready: isReady(child),
    ended,
    kill: async () => {
      isKilled = true;
      process.kill(child.pid, 'SIGKILL');
      await child.ended;
    },
    start: async () => {
      isKilled = false;
      child = start();
      watch(child);
      await isReady(child);
    },
    stop: () => child.stop(),
  };
}
