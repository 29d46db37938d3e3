// Carries the messages of a chat between user and agent, and hears the desk while the chat lasts.
import { Context } from '@temporalio/activity';
import type { ChatState } from '../domain/chat';
import { BatonError } from '../domain/errors';
import type { DeskChat, DeskNews } from '../platforms/desk';
import type { ActivityDeps } from './deps';
import { withFaults } from './faults';
import { startHeartbeat } from './heartbeat';
import { botCall } from './messages';
import { escalationWorkflowId } from '../domain/ids';
import type { CarryInput, CarryReply, LaneReply, ListenInput, TransferCall } from './types';

type Deps = Pick<ActivityDeps, 'accounts' | 'log' | 'signalEscalation' | 'askEscalation'>;
type ToUser = CarryInput['toUser'][number];

const NOTHING: LaneReply = { taken: 0 };
const TYPING_MS = 3_000;

/** The `carry` activity. */
export function createCarry(deps: Deps) {
  return async function carry(input: CarryInput): Promise<CarryReply> {
    return withFaults(async (signal) => {
      const [sent, toUser] = await Promise.all([
        laneOf(() => toAgent(deps, input, signal)),
        laneOf(() => toTheUser(deps, input, signal)),
      ]);
      const reply = {
        toAgent: sent.reply,
        toUser: toUser.reply,
        ...(sent.chat && { chat: sent.chat }),
        ...(sent.words?.length && { words: sent.words }),
      };
      const lanes = [sent, toUser].filter(
        (_, index) => (index === 0 ? input.toAgent.messages : input.toUser).length > 0,
      );
      const [only] = lanes;
      // Nothing is lost by throwing, and the activity's own retries cost no history.
      if (only && lanes.length === 1 && only.reply.taken === 0 && only.error) throw only.error as Error;
      return reply;
    });
  };
}

/**
 * The tries of an activity all have the input of the first, and the desk may have said meanwhile that the chat stands
 * elsewhere. A local activity has one try, and could not ask: its workflow waits for it.
 */
async function withNewestChat(deps: Deps, input: CarryInput): Promise<CarryInput> {
  const { isLocal, attempt } = Context.current().info;
  if (isLocal || attempt === 1 || !input.chat) return input;
  const chat = later(input.chat, await newestChat(deps, input).catch(() => undefined));
  return { ...input, ...(chat && { chat }) };
}

function newestChat(
  { askEscalation }: Deps,
  { tenant, conversationId, transferId }: TransferCall,
): Promise<ChatState | undefined> {
  return askEscalation(escalationWorkflowId(tenant, conversationId), 'chat', transferId);
}

interface Lane {
  readonly reply: LaneReply;
  readonly chat?: ChatState;
  readonly words?: DeskNews['words'];
  readonly error?: unknown;
}

/** One direction's fault does not hold up the other. */
async function laneOf(carry: () => Promise<Lane>): Promise<Lane> {
  try {
    return await carry();
  } catch (error) {
    return { reply: { taken: 0, fault: faultOf(error) }, error };
  }
}

async function toAgent(deps: Deps, given: CarryInput, signal: AbortSignal): Promise<Lane> {
  if (given.toAgent.messages.length === 0) return { reply: NOTHING };
  const { accounts } = deps;
  const input = await withNewestChat(deps, given);
  const { chat, words, ...receipt } = await chatOf(
    accounts.desk(input.tenant, input.connector).chat,
    input.connector,
  ).send(input, { ...input.toAgent, ...(input.gapMs !== undefined && { gapMs: input.gapMs }) }, { signal });
  return { reply: receipt, ...(chat && { chat }), ...(words && { words }) };
}

async function toTheUser({ accounts }: Deps, input: CarryInput, signal: AbortSignal): Promise<Lane> {
  if (input.toUser.length === 0) return { reply: NOTHING };
  const botSide = accounts.botSide(input.tenant, input.bot);
  let taken = 0;
  for (const message of input.toUser) {
    try {
      const posted = botSide.postFromAgent
        ? await botSide.postFromAgent(input.conversationId, message, botCall(input, signal))
        : await botSide.postToUser(input.conversationId, asText(message), botCall(input, signal));
      if (posted.kind === 'gone') return { reply: { taken, gone: true } };
      taken += 1;
    } catch (error) {
      return { reply: { taken, fault: faultOf(error) }, error };
    }
  }
  return { reply: { taken } };
}

/** For a bot side that knows text only: an attachment is its link. */
function asText({ id, text, attachment }: ToUser): { readonly id: string; readonly text: string } {
  const link = attachment && `${attachment.name}: ${attachment.url}`;
  return { id, text: [text, link].filter((part) => part !== undefined).join('\n') };
}

function faultOf(error: unknown): NonNullable<LaneReply['fault']> {
  if (!(error instanceof BatonError)) return { code: 'ESC_INTERNAL', terminal: false };
  const { code, retry, retryAfterMs } = error;
  return { code, terminal: retry !== 'retryable', ...(retryAfterMs !== undefined && { retryAfterMs }) };
}

/** The `listenToDesk` activity: another worker goes on from its last heartbeat, or from where the workflow knew it. */
export function createListenToDesk(deps: Deps) {
  return async function listenToDesk(input: ListenInput): Promise<{ chat?: ChatState }> {
    return withFaults(async (signal) => {
      const { tenant, connector, conversationId, transferId } = input;
      const chat = chatOf(deps.accounts.desk(tenant, connector).chat, connector);
      if (!chat.listen)
        throw new BatonError('ESC_CONFIG_UNKNOWN_NAME', `connector ${connector} is not listened to`);
      const context = Context.current();
      // The heartbeat is held back at times: only the workflow knows all that was delivered.
      const known = context.info.attempt > 1 ? await newestChat(deps, input) : undefined;
      const heartbeat = context.info.heartbeatDetails as ChatState | undefined;
      let stands = later(later(input.chat, heartbeat), known);
      // Besides those that tell at once where the chat stands.
      const stop = startHeartbeat(context, () => stands);
      try {
        const deliver = async (news: DeskNews): Promise<void> => {
          if (news.typing !== undefined) showTyping(deps, input, news.typing);
          if (news.words.length > 0 || news.chat)
            await deps.signalEscalation(escalationWorkflowId(tenant, conversationId), 'deskNews', {
              transferId,
              connector,
              news: news.words,
              ...(news.chat && { chat: news.chat }),
            });
          stands = later(stands, news.chat);
          context.heartbeat(stands);
        };
        await chat.listen({ ...input, ...(stands && { chat: stands }) }, deliver, { signal });
        return stands ? { chat: stands } : {};
      } finally {
        stop();
      }
    });
  };
}

/** Nobody waits for it, and what fails is not tried again. */
function showTyping({ accounts }: Deps, input: ListenInput, writes: boolean): void {
  const { tenant, bot, conversationId } = input;
  const call = botCall(input, AbortSignal.timeout(TYPING_MS));
  accounts
    .botSide(tenant, bot)
    .typing?.(conversationId, writes, call)
    .catch(() => undefined);
}

/** The `closeChat` activity. */
export function createCloseChat({ accounts }: Deps) {
  return async function closeChat(input: TransferCall): Promise<void> {
    return withFaults((signal) =>
      chatOf(accounts.desk(input.tenant, input.connector).chat, input.connector).close(input, { signal }),
    );
  };
}

function chatOf(chat: DeskChat | undefined, connector: string): DeskChat {
  if (!chat) throw new BatonError('ESC_CONFIG_UNKNOWN_NAME', `connector ${connector} has no chat`);
  return chat;
}

/** The one of the greater generation; of the same the second. */
function later(one: ChatState | undefined, other: ChatState | undefined): ChatState | undefined {
  if (!one || !other) return other ?? one;
  return other.generation >= one.generation ? other : one;
}
