// Typing indicators: worth a best effort and no history. The gateway passes them on itself, to a platform that shows
// them; nobody waits for it, and what fails is not tried again.
import type { BotSide } from '../platforms/bot-side';
import type { NoticeLog } from '../domain/notice';
import { escalationWorkflowId } from '../domain/ids';
import type { GatewayDeps } from './settings';
import { withTemporal } from './temporal/faults';
import type { EscalationKey } from './temporal/runs';

/** A conversation's bot is asked for once in this time. */
const KNOWN_MS = 60_000;
const MOST_KNOWN = 10_000;
const CALL_MS = 3_000;
/** More than any escalation has: only the bot's name is wanted. */
const NO_NOTICES = 1_000_000;

/** Passes typing on. */
export interface Typing {
  /** The agent has begun or stopped to write. */
  toUser(key: EscalationKey, writes: boolean): void;
}

/** What it needs. */
export interface TypingDeps extends Pick<GatewayDeps, 'client'> {
  readonly accounts: { botSide(tenant: string, bot: string): Pick<BotSide, 'typing'> };
}

/** See the file's comment. */
export function createTyping({ client, accounts }: TypingDeps): Typing {
  const bots = new Map<string, { readonly bot: Promise<string | undefined>; readonly until: number }>();

  function botOf({ tenant, conversationId }: EscalationKey): Promise<string | undefined> {
    const workflowId = escalationWorkflowId(tenant, conversationId);
    const known = bots.get(workflowId);
    if (known && known.until > Date.now()) return known.bot;
    const bot = withTemporal(client, () =>
      client.workflow.getHandle(workflowId).query<NoticeLog, [number]>('notices', NO_NOTICES),
    ).then(
      (log) => log.bot,
      () => undefined,
    );
    bots.delete(workflowId);
    bots.set(workflowId, { bot, until: Date.now() + KNOWN_MS });
    for (const [oldest] of bots) {
      if (bots.size <= MOST_KNOWN) break;
      bots.delete(oldest);
    }
    return bot;
  }

  async function show(key: EscalationKey, writes: boolean): Promise<void> {
    const bot = await botOf(key);
    if (bot === undefined) return;
    const call = { signal: AbortSignal.timeout(CALL_MS) };
    await accounts.botSide(key.tenant, bot).typing?.(key.conversationId, writes, call);
  }

  return { toUser: (key, writes) => void show(key, writes).catch(() => undefined) };
}
