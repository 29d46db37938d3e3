// Kore.ai's simulated platform with Baton's two halves at work and a small Baton between them: it has a conversation as
// open from its handover on until told otherwise, and carries out at once what a workflow would.
import type { BotConfiguration } from '../../../domain/configuration';
import type { BotState } from '../../../domain/bot-state';
import type { ChatMessage } from '../../../domain/chat';
import type { EscalationRequest } from '../../../domain/request';
import {
  createKoreControl,
  startKoreSimulator,
  type KoreControl,
  type WorldSpec,
} from '../../../platforms/kore/simulator';
import type { BotCall, BotSide, PassedItem } from '../../../platforms/bot-side';
import type { BotDeed, PlatformContext } from '../../../platforms/platform';
import { answerText, serve } from '../../../platforms/simulation/server';
import { aKoreBot, BOT_ID, botSide } from './builders';

const CALL_MS = 30_000;

/** What became of a conversation. */
export interface StagedConversation {
  readonly requests: EscalationRequest[];
  /** An escalation has it. */
  open: boolean;
  readonly toAgent: ChatMessage[];
  userLeft: boolean;
  state?: BotState;
}

/** The platform, and what Baton has heard from it. */
export interface KoreStage {
  readonly control: KoreControl;
  readonly url: string;
  /** A bot side; the stage closes it. */
  open(options?: Readonly<Record<string, unknown>>): BotSide;
  bot(options?: Readonly<Record<string, unknown>>): BotConfiguration;
  conversation(userId: string): StagedConversation;
  conversationId(userId: string): string;
  /** A call with the newest state. */
  call(userId: string): BotCall;
  /** What the user reads that is not the user's own, in order. */
  userReads(userId: string): Promise<readonly string[]>;
  /** The agent sessions that were started and cleared, in order. */
  sessions(): Promise<readonly string[]>;
  readonly logged: readonly unknown[];
  close(): Promise<void>;
}

/** Opens it; `settings` are the platform's. */
export async function openKoreStage(settings: WorldSpec = {}, context?: PlatformContext): Promise<KoreStage> {
  const simulator = await startKoreSimulator({ settings });
  const control = createKoreControl(simulator.url);
  const conversations = new Map<string, StagedConversation>();
  const passages = new Set<string>();
  const sides: BotSide[] = [];
  const logged: unknown[] = [];
  const log = (fields: Record<string, unknown>, message: string): void => void logged.push([message, fields]);

  const bot = (options: Readonly<Record<string, unknown>> = {}): BotConfiguration =>
    aKoreBot({ host: simulator.url, ...options }, { allowPrivateNetwork: true });
  const create = (options?: Readonly<Record<string, unknown>>): BotSide =>
    botSide.createBotSide(
      bot(options),
      undefined,
      context ?? { tenant: 'acme', name: 'bot', log: { debug: log, info: log, warn: log } },
    );
  const open = (options?: Readonly<Record<string, unknown>>): BotSide => {
    const side = create(options);
    sides.push(side);
    return side;
  };
  const conversation = (id: string): StagedConversation => {
    const known = conversations.get(id) ?? { requests: [], open: false, toAgent: [], userLeft: false };
    conversations.set(id, known);
    return known;
  };

  async function passOn(conversationId: string, id: string, items: readonly PassedItem[]): Promise<void> {
    if (passages.has(`${conversationId}/${id}`)) return;
    passages.add(`${conversationId}/${id}`);
    // One of its own, so that the connections of those under test can be counted.
    const side = create();
    for (const item of items)
      await side.passOn?.(conversationId, item, { signal: AbortSignal.timeout(CALL_MS) });
    await side.close();
  }

  async function carryOut(deed: BotDeed): Promise<void> {
    const found = conversation(deed.conversationId);
    switch (deed.kind) {
      case 'escalate':
        found.open = true;
        if (found.requests.some(({ requestId }) => requestId === deed.request.requestId)) return;
        found.requests.push(deed.request);
        if (deed.request.botState) found.state = deed.request.botState;
        return;
      case 'userMessage': {
        if (deed.state) found.state = deed.state;
        const next = found.open ? deed.ifTaken : deed.otherwise;
        if (found.open && !found.toAgent.some(({ id }) => id === deed.message.id))
          found.toAgent.push(deed.message);
        if (next) await passOn(deed.conversationId, next.id, next.items);
        return;
      }
      case 'userLeft':
        found.userLeft = true;
        return;
      case 'typing':
        return;
      case 'passOn':
        return passOn(deed.conversationId, deed.id, deed.items);
    }
  }

  const baton = await serve({}, async ({ method, path, headers, body }) => {
    const request = { method: method as 'POST', path, query: {}, headers, body, receivedAt: Date.now() };
    const { answer, deeds } = botSide.readInbound!(bot(), undefined, request);
    for (const deed of deeds) await carryOut(deed);
    return {
      ...answerText(answer.status, answer.body ?? ''),
      ...(answer.headers && { headers: answer.headers }),
    };
  });
  await control.settings({ callbackUrl: baton.url });

  const conversationId = (userId: string): string => `${userId}@${BOT_ID}`;
  return {
    control,
    url: simulator.url,
    open,
    bot,
    conversation: (userId) => conversation(conversationId(userId)),
    conversationId,
    call: (userId) => {
      const { state } = conversation(conversationId(userId));
      return { signal: AbortSignal.timeout(CALL_MS), ...(state && { state }) };
    },
    userReads: async (userId) =>
      (await control.screen(userId)).filter(({ from }) => from === 'bot').map(({ text }) => text),
    sessions: async () =>
      (await control.state()).calls
        .filter(({ operation }) => operation.endsWith('AgentSession'))
        .map(({ operation, status }) => (status === 200 ? operation : `${operation}: ${status}`)),
    logged,
    async close() {
      await Promise.all(sides.map((side) => side.close()));
      await control.close();
      await baton.close();
      await simulator.close();
    },
  };
}
