// Reads a stream of events ahead, so that what comes while something else is waited for is not lost.
import { readEnvelope } from './wire';
import type { Entry } from './wire';

/** Entries of one conversation, as its stream brings them. */
export interface EntryQueue {
  /** Resolves when something is there, the stream has ended, or the time is over. @throws when the signal aborts */
  wait(ms: number, signal: AbortSignal): Promise<'news' | 'end' | 'time'>;
  take(): { readonly entries: readonly Entry[]; readonly event?: string };
  isEmpty(): boolean;
  error(): Error | undefined;
}

/** Begins to read at once; events of other conversations of the same user are passed over. */
export function createEntryQueue(
  events: AsyncIterable<{ readonly data: string; readonly id?: string | undefined }>,
  conversation: string,
): EntryQueue {
  let entries: Entry[] = [];
  let last: string | undefined;
  let ended = false;
  let failure: Error | undefined;
  let wake: () => void = () => undefined;
  const read = async (): Promise<void> => {
    try {
      for await (const { data, id } of events) {
        if (id !== undefined && id !== '') last = id;
        const envelope = readEnvelope(data);
        if (envelope?.conversation !== conversation) continue;
        entries.push(envelope.entry);
        wake();
      }
    } catch (error) {
      failure = error as Error;
    }
    ended = true;
    wake();
  };
  void read();
  return {
    wait(ms, signal) {
      return new Promise((resolve, reject) => {
        const finish = (how: 'news' | 'end' | 'time'): void => {
          clearTimeout(timer);
          signal.removeEventListener('abort', abort);
          wake = () => undefined;
          resolve(how);
        };
        const abort = (): void => {
          clearTimeout(timer);
          wake = () => undefined;
          reject(signal.reason as Error);
        };
        const look = (): void => {
          if (entries.length > 0) finish('news');
          else if (ended) finish('end');
        };
        const timer = setTimeout(() => finish('time'), Math.min(Math.max(ms, 0), 2_147_483_647));
        if (signal.aborted) return abort();
        signal.addEventListener('abort', abort, { once: true });
        wake = look;
        look();
      });
    },
    take() {
      const taken = { entries, ...(last !== undefined && { event: last }) };
      entries = [];
      last = undefined;
      return taken;
    },
    isEmpty: () => entries.length === 0,
    error: () => failure,
  };
}
