// One at a time for each key, in order of asking, within this process.
import { untilAborted } from './until-aborted';

/** See the file's comment. */
export interface KeyedLock {
  /**
   * Does the work when those before it with the same key have ended.
   *
   * @throws BatonError `ESC_PLATFORM_TIMEOUT` when the signal aborts first; the work was not begun
   */
  run<T>(key: string, signal: AbortSignal, work: () => Promise<T>): Promise<T>;
}

/** See {@link KeyedLock}. */
export function createKeyedLock(): KeyedLock {
  const tails = new Map<string, Promise<void>>();
  return {
    async run(key, signal, work) {
      const before = tails.get(key) ?? Promise.resolve();
      let release = (): void => undefined;
      const mine = new Promise<void>((resolve) => {
        release = resolve;
      });
      // Who gives up waiting lets nobody pass who has to wait for the one before.
      const tail = before.then(() => mine);
      tails.set(key, tail);
      void tail.then(() => {
        if (tails.get(key) === tail) tails.delete(key);
      });
      try {
        await untilAborted(before, signal, 'an earlier call was not over within the time of this one');
        return await work();
      } finally {
        release();
      }
    },
  };
}
