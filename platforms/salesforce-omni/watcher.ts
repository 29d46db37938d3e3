// Watches the work of many Cases with one question at a time: however many users wait, a worker asks Salesforce once
// per interval for each hundred of them, since calls count against a daily quota.
import { BatonError } from '../../domain/errors';
import type { PlatformLog } from '../platform';
import type { Rest } from './rest';
import { CASES_AT_ONCE, readWork } from './work';
import type { Work } from './work';

/** See the file's comment. */
export interface Watcher {
  /**
   * Resolves with what `look` makes of the Case's work as soon as that is something. The first look is after an interval.
   *
   * @throws BatonError what cannot be mended by waiting; `ESC_PLATFORM_TIMEOUT` when the signal aborts
   */
  watch<T>(caseId: string, look: (work: Work) => T | undefined, signal: AbortSignal): Promise<T>;
  close(): void;
}

/** What a watcher asks with. */
export interface WatcherDeps {
  readonly rest: Rest;
  readonly log: PlatformLog;
  readonly pollIntervalMs: number;
}

const LONGEST_BACKOFF_MS = 30_000;

interface Watch {
  readonly caseId: string;
  look(work: Work): void;
  fail(error: unknown): void;
}

/** See {@link Watcher}. */
export function createWatcher({ rest, log, pollIntervalMs }: WatcherDeps): Watcher {
  const watches = new Set<Watch>();
  const closing = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  let failures = 0;

  function schedule(ms: number): void {
    if (timer !== undefined || watches.size === 0 || closing.signal.aborted) return;
    timer = setTimeout(() => void poll(), ms).unref();
  }

  async function poll(): Promise<void> {
    let waitMs = pollIntervalMs;
    try {
      await readAll([...watches]);
      failures = 0;
    } catch (error) {
      failures += 1;
      waitMs = onFailure(error);
    }
    timer = undefined;
    schedule(waitMs);
  }

  async function readAll(current: readonly Watch[]): Promise<void> {
    const ids = [...new Set(current.map(({ caseId }) => caseId))];
    for (let from = 0; from < ids.length; from += CASES_AT_ONCE) {
      const found = await readWork(rest, ids.slice(from, from + CASES_AT_ONCE), closing.signal);
      for (const watch of current) {
        const work = found.get(watch.caseId);
        if (work) watch.look(work);
      }
    }
  }

  /** What may pass is tried again, ever more slowly; what will not ends every watch. */
  function onFailure(error: unknown): number {
    const known = error instanceof BatonError ? error : undefined;
    if (closing.signal.aborted) return 0;
    log.warn({ event: 'salesforce.poll_failed', code: known?.code ?? 'unknown', failures }, 'a poll failed');
    if (known?.retry !== 'retryable') for (const watch of [...watches]) watch.fail(error);
    const backoffMs = Math.min(pollIntervalMs * 2 ** Math.min(failures, 10), LONGEST_BACKOFF_MS);
    return Math.max(backoffMs, known?.retryAfterMs ?? 0);
  }

  return {
    watch(caseId, look, signal) {
      return new Promise((resolve, reject) => {
        const leave = (): void => {
          watches.delete(watch);
          signal.removeEventListener('abort', giveUp);
        };
        const giveUp = (): void =>
          watch.fail(
            new BatonError('ESC_PLATFORM_TIMEOUT', 'the watch was given up', { cause: signal.reason }),
          );
        const watch: Watch = {
          caseId,
          look(work) {
            const news = look(work);
            if (news === undefined || !watches.has(watch)) return;
            leave();
            resolve(news);
          },
          fail(error) {
            leave();
            reject(error instanceof Error ? error : new Error('a poll failed'));
          },
        };
        watches.add(watch);
        signal.addEventListener('abort', giveUp, { once: true });
        if (signal.aborted || closing.signal.aborted) giveUp();
        schedule(pollIntervalMs);
      });
    },
    close() {
      closing.abort();
      clearTimeout(timer);
      for (const watch of [...watches])
        watch.fail(new BatonError('ESC_PLATFORM_TIMEOUT', 'the desk was closed during a watch'));
    },
  };
}
