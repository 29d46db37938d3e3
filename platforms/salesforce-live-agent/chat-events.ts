// What a poll says, in typed and nearly neutral words. Types that Baton does not know are left out; a type that it
// knows in a shape that it does not is told as such, so that nothing disappears without a word.
import { z } from 'zod';
import { baseUrlOf, switchServerSchema } from './wire';
import type { WireMessage } from './wire';

/** An agent as the visitor sees one. */
export interface ChatAgent {
  readonly name: string;
  readonly id?: string;
}

/** One line of a chat, as the platform kept it. */
export interface TranscriptLine {
  /** `system`: a note of the platform, such as a transfer. */
  readonly from: 'agent' | 'visitor' | 'system';
  readonly name?: string;
  readonly text: string;
  /** Epoch milliseconds. */
  readonly at?: number;
}

/** Place in the queue. Both are left out when the platform does not know (position 0, waiting time -1). */
export interface QueuePlace {
  readonly position?: number;
  readonly waitMs?: number;
}

/** One event of a chat. */
export type ChatEvent =
  /** Routed or queued; nobody has accepted. */
  | ({ readonly kind: 'requestSucceeded' } & QueuePlace)
  | ({ readonly kind: 'queueUpdate' } & QueuePlace)
  /** An agent accepted. */
  | { readonly kind: 'established'; readonly agent: ChatAgent }
  /** There is no agent. Comes before an agent accepted, or in the middle of a chat. `Unavailable`: none online. */
  | { readonly kind: 'requestFailed'; readonly reason: string }
  | { readonly kind: 'message'; readonly agent: ChatAgent; readonly text: string }
  | { readonly kind: 'typing'; readonly isTyping: boolean }
  | { readonly kind: 'transferred'; readonly agent: ChatAgent }
  /** The agent is gone and the chat is not: another may accept. */
  | { readonly kind: 'agentDisconnected' }
  | { readonly kind: 'ended'; readonly by: 'agent' | 'visitor' | 'system'; readonly reason: string }
  /** After a resync: everything that was said. */
  | { readonly kind: 'sessionData'; readonly transcript: readonly TranscriptLine[] }
  /** The chat's calls go elsewhere from now on; the session of the result says so already. */
  | { readonly kind: 'switchServer'; readonly baseUrl: string }
  /** A known type in an unknown shape. */
  | { readonly kind: 'unreadable'; readonly type: string };

const agentSchema = z
  .object({ name: z.string().catch(''), userId: z.string().optional().catch(undefined) })
  .transform(({ name, userId }): ChatAgent => ({ name, ...(userId !== undefined && { id: userId }) }));

const place = (position: number | undefined, seconds: number | undefined): QueuePlace => ({
  ...(position !== undefined && position > 0 && { position }),
  ...(seconds !== undefined && seconds >= 0 && { waitMs: seconds * 1000 }),
});
const count = z.number().optional().catch(undefined);
const reason = z.object({ reason: z.string().catch('') });

const lineSchema = z
  .object({
    type: z.string(),
    name: z.string().optional().catch(undefined),
    content: z.string().catch(''),
    timestamp: z.number().optional().catch(undefined),
  })
  .transform(({ type, name, content, timestamp }): TranscriptLine => ({
    from: type === 'Agent' ? 'agent' : type === 'Chasitor' ? 'visitor' : 'system',
    text: content,
    ...(name !== undefined && { name }),
    ...(timestamp !== undefined && { at: timestamp }),
  }));

/** How each type is read. */
const READERS: Readonly<Record<string, z.ZodType<ChatEvent>>> = {
  ChatRequestSuccess: z
    .object({ queuePosition: count, estimatedWaitTime: count })
    .transform((m): ChatEvent => ({
      kind: 'requestSucceeded',
      ...place(m.queuePosition, m.estimatedWaitTime),
    })),
  QueueUpdate: z
    .object({ position: count, estimatedWaitTime: count })
    .transform((m): ChatEvent => ({ kind: 'queueUpdate', ...place(m.position, m.estimatedWaitTime) })),
  ChatEstablished: agentSchema.transform((agent): ChatEvent => ({ kind: 'established', agent })),
  ChatTransferred: agentSchema.transform((agent): ChatEvent => ({ kind: 'transferred', agent })),
  ChatRequestFail: reason.transform((m): ChatEvent => ({ kind: 'requestFailed', reason: m.reason })),
  ChatMessage: z
    .object({ name: z.string().catch(''), text: z.string(), agentId: z.string().optional().catch(undefined) })
    .transform(({ name, text, agentId }): ChatEvent => ({
      kind: 'message',
      agent: { name, ...(agentId !== undefined && { id: agentId }) },
      text,
    })),
  AgentTyping: z.unknown().transform((): ChatEvent => ({ kind: 'typing', isTyping: true })),
  AgentNotTyping: z.unknown().transform((): ChatEvent => ({ kind: 'typing', isTyping: false })),
  AgentDisconnect: z.unknown().transform((): ChatEvent => ({ kind: 'agentDisconnected' })),
  ChatEnded: reason.transform((m): ChatEvent => ({ kind: 'ended', by: endedBy(m.reason), reason: m.reason })),
  ChasitorSessionData: z
    .object({ chatMessages: z.array(lineSchema).nullish() })
    .transform(({ chatMessages }): ChatEvent => ({ kind: 'sessionData', transcript: chatMessages ?? [] })),
  SwitchServer: switchServerSchema.transform(({ newUrl }): ChatEvent => ({
    kind: 'switchServer',
    baseUrl: baseUrlOf(newUrl),
  })),
};

/** The events of one answer, in its order but for typing: see {@link settleTyping}. */
export function readEvents(messages: readonly WireMessage[]): readonly ChatEvent[] {
  return settleTyping(messages.flatMap(readEvent));
}

function readEvent({ type, message }: WireMessage): readonly ChatEvent[] {
  const reader = Object.hasOwn(READERS, type) ? READERS[type] : undefined;
  if (!reader) return [];
  const read = reader.safeParse(message ?? {});
  return [read.success ? read.data : { kind: 'unreadable', type }];
}

/**
 * Within one answer "not typing" may come before the "typing" that it ends (field). So of an answer with both,
 * only "not typing" is kept; the worst that it can cost is one indicator.
 */
function settleTyping(events: readonly ChatEvent[]): readonly ChatEvent[] {
  const last = events.findLastIndex((event) => event.kind === 'typing');
  if (last < 0) return events;
  const isTyping = events.every((event) => event.kind !== 'typing' || event.isTyping);
  return events.flatMap((event, index): readonly ChatEvent[] =>
    event.kind !== 'typing' ? [event] : index === last ? [{ kind: 'typing', isTyping }] : [],
  );
}

/** The guide names `agent` and `client`; whatever else ends a chat was neither of them. */
function endedBy(why: string): 'agent' | 'visitor' | 'system' {
  return why === 'agent' ? 'agent' : why === 'client' ? 'visitor' : 'system';
}
