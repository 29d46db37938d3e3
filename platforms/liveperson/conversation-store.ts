// The conversations as the socket's subscriptions tell them, for one connector. What was learned on an earlier
// socket is forgotten, as changes were missed in between; only "closed" stays true.
import { applyChange, emptyView } from './conversations';
import type { ConversationView, Entry, Scope } from './conversations';
import type { OwnUser } from './ids';
import { gaveUp } from './until-aborted';
import type { ConversationChange } from './wire';

/** The first snapshot of a subscription holds no more than this (LivePerson agent messaging notes). */
export const SNAPSHOT_LIMIT = 1000;
/** Closed conversations remembered, so that a late reader learns who closed it. */
const CLOSED_KEPT = 5000;

/** See the file's comment. */
export interface ConversationStore {
  get(conversationId: string): ConversationView | undefined;
  /** Whoever the last socket was opened for. */
  own(): OwnUser | undefined;
  /**
   * What it means that a conversation is not there: `loading` while snapshots come in, `notOpen` when the
   * account-wide snapshot was whole, else `unknown`.
   */
  absence(): 'loading' | 'notOpen' | 'unknown';
  /** A new socket: forget what may have changed. */
  begin(own: OwnUser): void;
  apply(scope: Scope, changes: readonly ConversationChange[]): void;
  /** Both snapshots are in; `sawSnapshot`: the account-wide one held something. */
  settle(sawSnapshot: boolean): void;
  /** The socket is gone. */
  end(): void;
  /** Writes down what an acknowledged request did, until the notification comes. */
  assume(conversationId: string, change: (view: ConversationView) => ConversationView): void;
  /** Calls back at the first `true` of `until`, checked now and after each change. Rejects when the signal aborts. */
  waitUntil(until: () => boolean, signal: AbortSignal): Promise<void>;
}

/** See {@link ConversationStore}. */
export function createConversationStore(): ConversationStore {
  const open = new Map<string, Entry>();
  const closed = new Map<string, Entry>();
  const listeners = new Set<() => void>();
  let absence: ReturnType<ConversationStore['absence']> = 'loading';
  let user: OwnUser | undefined;

  function changed(): void {
    for (const listener of [...listeners]) listener();
  }

  function put(entry: Entry): void {
    const { conversationId } = entry.view;
    open.delete(conversationId);
    closed.delete(conversationId);
    (entry.view.open ? open : closed).set(conversationId, entry);
    const [oldest] = closed.keys();
    if (closed.size > CLOSED_KEPT && oldest !== undefined) closed.delete(oldest);
  }

  const find = (id: string): Entry | undefined => open.get(id) ?? closed.get(id);

  return {
    get: (id) => find(id)?.view,
    own: () => user,
    absence: () => absence,
    begin(own) {
      user = own;
      open.clear();
      absence = 'loading';
    },
    apply(scope, changes) {
      if (!user) return;
      for (const change of changes) {
        const next = applyChange(find(change.result.convId), scope, change, user);
        if (next) put(next);
      }
      changed();
    },
    settle(sawSnapshot) {
      absence = sawSnapshot && open.size < SNAPSHOT_LIMIT ? 'notOpen' : 'unknown';
      changed();
    },
    end() {
      absence = 'loading';
      open.clear();
      changed();
    },
    assume(id, change) {
      const entry = find(id) ?? { view: emptyView(id), ts: 0, applied: [] };
      put({ ...entry, view: change(entry.view) });
      changed();
    },
    waitUntil: (until, signal) =>
      new Promise((resolve, reject) => {
        const stop = (): void => {
          listeners.delete(check);
          signal.removeEventListener('abort', onAbort);
        };
        const onAbort = (): void => {
          stop();
          reject(gaveUp(signal));
        };
        const check = (): void => {
          if (!until()) return;
          stop();
          resolve();
        };
        if (signal.aborted) return reject(gaveUp(signal));
        signal.addEventListener('abort', onAbort, { once: true });
        listeners.add(check);
        check();
      }),
  };
}
