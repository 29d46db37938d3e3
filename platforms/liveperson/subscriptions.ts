// Keeps the conversation store fed: two subscriptions on each new socket, one for all open conversations of the
// account and one for the connector's own, which a full account-wide snapshot might leave out.
import { BatonError } from '../../domain/errors';
import type { Scope } from './conversations';
import type { ConversationStore } from './conversation-store';
import type { Connection } from './connection';
import { parseValue } from '../parse-body';
import type { SessionObserver } from './session';
import { conversationChangesSchema, subscriptionSchema } from './wire';

/** What the observer needs. */
export interface SubscriptionDeps {
  readonly store: ConversationStore;
  readonly account: string;
  readonly requestMs: number;
  /** How long to wait for a snapshot that may never come: with nothing open there is none. */
  readonly snapshotGraceMs: number;
}

const CHANGED = '.ams.aam.ExConversationChangeNotification';
/** A snapshot comes in parts; it is over after this much silence. */
const QUIET_MS = 100;

/** See the file's comment. */
export interface Subscriptions extends SessionObserver {
  /** Subscribes anew on the same socket, for a fresh snapshot. Callers at the same time share it. */
  resync(connection: Connection): Promise<void>;
}

/** See {@link Subscriptions}. */
export function createSubscriptions(deps: SubscriptionDeps): Subscriptions {
  const { store } = deps;
  let scopes = new Map<string, Scope>();
  let early: { readonly subscriptionId: string; readonly body: unknown }[] | undefined;
  let sawAccount = false;
  let quiet: NodeJS.Timeout | undefined;
  let grace: NodeJS.Timeout | undefined;
  let settled = true;
  let renewing: Promise<void> | undefined;

  function settle(): void {
    clearTimeout(quiet);
    clearTimeout(grace);
    if (settled) return;
    settled = true;
    store.settle(sawAccount);
  }

  function notified(type: string, body: unknown): void {
    if (type !== CHANGED) return;
    const read = conversationChangesSchema.safeParse(body);
    if (!read.success) return;
    const { subscriptionId, changes } = read.data;
    const scope = scopes.get(subscriptionId);
    // Notifications may overtake the answer that names their subscription.
    if (!scope) return void early?.push({ subscriptionId, body });
    store.apply(scope, changes);
    if (scope !== 'account' || settled) return;
    sawAccount = true;
    clearTimeout(quiet);
    quiet = setTimeout(settle, QUIET_MS).unref();
  }

  async function opened(connection: Connection): Promise<void> {
    const { own } = connection.token;
    store.begin(own);
    scopes = new Map();
    early = [];
    sawAccount = false;
    settled = false;
    const [ownId, accountId] = await Promise.all([
      subscribe(connection, deps, { convState: ['OPEN'], agentIds: [own.oldId] }),
      subscribe(connection, deps, { convState: ['OPEN'] }),
    ]);
    scopes.set(ownId, 'own').set(accountId, 'account');
    grace = setTimeout(settle, deps.snapshotGraceMs).unref();
    const kept = early;
    early = undefined;
    for (const { body } of kept) notified(CHANGED, body);
  }

  async function renew(connection: Connection): Promise<void> {
    const replaced = [...scopes.keys()];
    try {
      await opened(connection);
    } catch (error) {
      // Half subscribed is blind: the next socket begins anew.
      connection.close();
      throw error;
    }
    for (const subscriptionId of replaced) {
      const request = { type: '.ams.aam.UnsubscribeExConversations', body: { subscriptionId } };
      // A subscription that stays costs only notifications, which nobody reads.
      connection.request(request, AbortSignal.timeout(deps.requestMs)).catch(() => undefined);
    }
  }

  return {
    notified,
    opened,
    resync(connection) {
      renewing ??= renew(connection).finally(() => {
        renewing = undefined;
      });
      return renewing;
    },
    closed() {
      clearTimeout(quiet);
      clearTimeout(grace);
      settled = true;
      store.end();
    },
  };
}

async function subscribe(
  connection: Connection,
  deps: SubscriptionDeps,
  filter: Record<string, unknown>,
): Promise<string> {
  const body = { brandId: deps.account, minLastUpdatedTime: 0, ...filter };
  const type = '.ams.aam.SubscribeExConversations';
  const answer = await connection.request({ type, body }, AbortSignal.timeout(deps.requestMs));
  if (answer.code === 401) throw new BatonError('ESC_PLATFORM_UNAUTHORIZED', type);
  if (answer.code === 429) throw new BatonError('ESC_PLATFORM_RATE_LIMITED', type, { retryAfterMs: 1_000 });
  if (answer.code >= 500)
    throw new BatonError('ESC_PLATFORM_ERROR', `${type} was answered with ${answer.code}`);
  if (answer.code > 399) {
    const scope = 'agentIds' in filter ? 'its own conversations' : 'all conversations of the account';
    const detail = `the bot user may not subscribe to ${scope} (${answer.code}); give its profile the permission`;
    throw new BatonError('ESC_PLATFORM_REJECTED', detail);
  }
  return parseValue(subscriptionSchema, answer.body, type).subscriptionId;
}
