// Typing indicators: worth a best effort and no history. The gateway passes them on itself, to a platform that shows
// them; nobody waits for it, and what fails is not tried again.
import type { ChatState } from '../domain/chat';
import type { Explanation } from '../domain/explain';
import { escalationWorkflowId } from '../domain/ids';
import type { NoticeLog } from '../domain/notice';
import type { BotSide } from '../platforms/bot-side';
import type { Desk, TransferRef } from '../platforms/desk';
import type { GatewayDeps } from './settings';
import { withTemporal } from '../temporal/faults';
import type { EscalationKey } from '../temporal/runs';

/** What a conversation's workflow says of its two sides is believed this long. */
const KNOWN_MS = 30_000;
const MOST_KNOWN = 10_000;
const CALL_MS = 3_000;
/** More than any escalation has: only the bot's name is wanted. */
const NO_NOTICES = 1_000_000;

/** Passes typing on. */
export interface Typing {
  /** The agent has begun or stopped to write. */
  toUser(key: EscalationKey, writes: boolean): void;
  /** The user has. */
  toAgent(key: EscalationKey, writes: boolean): void;
}

/** What it needs. */
export interface TypingDeps extends Pick<GatewayDeps, 'client'> {
  readonly accounts: {
    botSide(tenant: string, bot: string): Pick<BotSide, 'typing'>;
    desk(tenant: string, connector: string): Pick<Desk, 'chat'>;
  };
}

/** See the file's comment. */
export function createTyping({ client, accounts }: TypingDeps): Typing {
  const ask = <T>({ tenant, conversationId }: EscalationKey, query: string, ...args: unknown[]): Promise<T> =>
    withTemporal(client, () =>
      client.workflow
        .getHandle(escalationWorkflowId(tenant, conversationId))
        .query<T, unknown[]>(query, ...args),
    );
  const botOf = remembered(async (key) => (await ask<NoticeLog>(key, 'notices', NO_NOTICES)).bot);
  const chatOf = remembered((key) => openChat(ask, key));
  const call = (): { signal: AbortSignal } => ({ signal: AbortSignal.timeout(CALL_MS) });

  async function showUser(key: EscalationKey, writes: boolean): Promise<void> {
    const bot = await botOf(key);
    if (bot !== undefined)
      await accounts.botSide(key.tenant, bot).typing?.(key.conversationId, writes, call());
  }

  async function showAgent(key: EscalationKey, writes: boolean): Promise<void> {
    const chat = await chatOf(key);
    if (chat) await accounts.desk(key.tenant, chat.connector).chat?.typing?.(chat.ref, writes, call());
  }

  return {
    toUser: (key, writes) => void showUser(key, writes).catch(() => undefined),
    toAgent: (key, writes) => void showAgent(key, writes).catch(() => undefined),
  };
}

interface OpenChat {
  readonly connector: string;
  readonly ref: TransferRef;
}

/** The chat that a human has joined, if there is one. */
async function openChat(
  ask: <T>(key: EscalationKey, query: string, ...args: unknown[]) => Promise<T>,
  key: EscalationKey,
): Promise<OpenChat | undefined> {
  const { status, transfers } = await ask<Explanation>(key, 'explain');
  const joined = transfers.find(({ standing }) => standing === 'connected');
  if (status.phase !== 'connected' || !joined) return undefined;
  const { connector, transferId, target } = joined;
  const chat = await ask<ChatState | undefined>(key, 'chat', transferId);
  return {
    connector,
    ref: { conversationId: key.conversationId, transferId, target, ...(chat && { chat }) },
  };
}

/** Asks once in a while; what could not be answered counts as nothing. */
function remembered<T>(
  find: (key: EscalationKey) => Promise<T | undefined>,
): (key: EscalationKey) => Promise<T | undefined> {
  const known = new Map<string, { readonly value: Promise<T | undefined>; readonly until: number }>();
  return (key) => {
    const id = escalationWorkflowId(key.tenant, key.conversationId);
    const earlier = known.get(id);
    if (earlier && earlier.until > Date.now()) return earlier.value;
    const value = find(key).catch(() => undefined);
    known.delete(id);
    known.set(id, { value, until: Date.now() + KNOWN_MS });
    for (const [oldest] of known) {
      if (known.size <= MOST_KNOWN) break;
      known.delete(oldest);
    }
    return value;
  };
}
