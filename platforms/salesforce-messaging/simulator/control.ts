// The control API: plays the agents and the platform's own troubles, orders faults, and shows what each side saw.
// `POST /_control/<operation>` with JSON; the typed client goes over HTTP from any process.
import { z } from 'zod';
import { createControlClient, operation, pollUntil } from '../../simulation/control';
import type { Operation } from '../../simulation/control';
import { faultSchema } from '../../simulation/faults';
import type { FaultOrder } from '../../simulation/faults';
import type { Ending } from './conversations';
import type { Vendor } from './vendor';
import { placeSchema, settingsSchema } from './world';
import type { Conversation, World } from './world';

const ofConversation = z.strictObject({ conversationId: z.string() });
const none = z.strictObject({});
const name = z.string().min(1);

/** A conversation as the agents' side has it. */
export interface ConversationView extends Pick<
  Conversation,
  'id' | 'subject' | 'status' | 'attributes' | 'creates' | 'sessions' | 'delivered' | 'read' | 'isUserTyping'
> {
  /** Subjects of the agents who are there. */
  readonly agents: readonly string[];
  /** What the agent's console shows. */
  readonly transcript: readonly {
    readonly id: string;
    readonly from: 'user' | 'agent';
    readonly text: string;
  }[];
}

/** What the simulator shows. */
export interface MessagingState {
  readonly conversations: readonly ConversationView[];
  /** Requests by kind since the start, faulted ones too. */
  readonly requests: Readonly<Record<string, number>>;
  readonly streams: { readonly open: number; readonly ever: number };
}

/** The operations, by their names on the wire. */
export function controlOperations(
  vendor: Vendor,
  connections: () => number,
): Readonly<Record<string, Operation>> {
  const { world, conversations, streams, faults, changed } = vendor;
  const deed = <I extends z.ZodObject>(
    input: I,
    run: (conversation: Conversation, input: z.output<I>) => boolean | void,
  ): Operation =>
    operation(input.extend(ofConversation.shape), (parsed) => {
      const conversation = world.conversations[(parsed as { conversationId: string }).conversationId];
      const done = conversation !== undefined && run(conversation, parsed as z.output<I>) !== false;
      return { done };
    });

  return {
    state: operation(none, () => stateOf(vendor)),
    connections: operation(none, () => ({ connections: connections() })),
    settings: operation(z.looseObject({}), (change) => {
      world.settings = settingsSchema.parse({ ...world.settings, ...change });
      changed();
    }),
    place: operation(placeSchema, (place) => {
      world.places[place.name] = place;
      changed();
    }),
    accept: deed(z.strictObject({ name }), (conversation, input) =>
      conversations.accept(conversation, input.name),
    ),
    write: deed(z.strictObject({ text: z.string() }), (conversation, { text }) =>
      conversations.agentWrites(conversation, { formatType: 'Text', text }),
    ),
    send: deed(z.strictObject({ content: z.looseObject({}) }), (conversation, { content }) =>
      conversations.agentWrites(conversation, content),
    ),
    type: deed(z.strictObject({ isTyping: z.boolean() }), (conversation, { isTyping }) =>
      conversations.agentTypes(conversation, isTyping),
    ),
    leave: deed(none, (conversation) => conversations.leave(conversation)),
    handOver: deed(z.strictObject({ name }), (conversation, input) => {
      const left = conversations.leave(conversation);
      return conversations.accept(conversation, input.name) && left;
    }),
    end: deed(
      z.strictObject({ ending: z.enum(['whole', 'removedOnly', 'statusOnly']).default('whole') }),
      (conversation, { ending }) => conversations.agentEnds(conversation, ending),
    ),
    lapse: deed(none, (conversation) => {
      conversation.status = 'lapsed';
    }),
    tell: deed(
      z.strictObject({ entryType: name, payload: z.looseObject({}), isKept: z.boolean().default(true) }),
      (conversation, { entryType, payload, isKept }) =>
        conversations.tell(conversation, entryType, payload, isKept),
    ),
    expireTokens: operation(none, () => {
      world.tokens = {};
    }),
    cutStreams: operation(none, () => streams.cut()),
    silence: operation(none, () => streams.silence()),
    loseEvents: operation(z.strictObject({ count: z.number().int().positive() }), ({ count }) =>
      streams.lose(count),
    ),
    fault: operation(faultSchema, (fault) => faults.order(fault)),
    clearFaults: operation(none, () => faults.clear()),
  };
}

function stateOf({ world, requests, streams }: Vendor): MessagingState {
  return { conversations: viewsOf(world), requests, streams: streams.counts() };
}

function viewsOf({ conversations }: World): readonly ConversationView[] {
  return Object.values(conversations).map(({ entries, agents, inbound: _inbound, ...rest }) => ({
    ...rest,
    agents: agents.map(({ subject }) => subject),
    transcript: entries
      .filter(({ entryType }) => entryType === 'Message')
      .map(({ identifier: id, sender, entryPayload }) => ({
        id,
        from: sender.role === 'EndUser' ? 'user' : 'agent',
        text: textOf(entryPayload),
      })),
  }));
}

function textOf(payload: Readonly<Record<string, unknown>>): string {
  const { staticContent } = payload.abstractMessage as { staticContent: { text?: string } };
  return staticContent.text ?? '';
}

/** A deed that could not be done (another state, no such conversation) throws. */
export interface MessagingControl {
  state(): Promise<MessagingState>;
  /** @throws Error when there is no such conversation */
  conversation(conversationId: string): Promise<ConversationView>;
  connections(): Promise<number>;
  settings(change: z.input<typeof settingsSchema>): Promise<void>;
  place(place: z.input<typeof placeSchema>): Promise<void>;
  /** Gives the agent's subject. */
  accept(conversationId: string, name: string): Promise<string>;
  write(conversationId: string, text: string): Promise<void>;
  /** Any `staticContent`. */
  send(conversationId: string, content: Readonly<Record<string, unknown>>): Promise<void>;
  type(conversationId: string, isTyping: boolean): Promise<void>;
  /** The agent goes; the session stays. */
  leave(conversationId: string): Promise<void>;
  /** A warm transfer: one goes, another comes. */
  handOver(conversationId: string, name: string): Promise<void>;
  end(conversationId: string, ending?: Ending): Promise<void>;
  /** The session is gone and nobody is told: messages are answered 417. */
  lapse(conversationId: string): Promise<void>;
  /** Any entry; `isKept: false`: only the stream has it. */
  tell(
    conversationId: string,
    entryType: string,
    payload: Readonly<Record<string, unknown>>,
    isKept?: boolean,
  ): Promise<void>;
  expireTokens(): Promise<void>;
  cutStreams(): Promise<void>;
  /** Open streams say nothing any more, and stay open. */
  silence(): Promise<void>;
  loseEvents(count: number): Promise<void>;
  /** `on`: token, continuation, create, message, entries, typing, receipts, close, endSession, status, hours, stream. */
  fault(order: FaultOrder): Promise<void>;
  clearFaults(): Promise<void>;
  /** Asks until the state is as wanted. @throws Error when the signal aborts first */
  until(isRight: (state: MessagingState) => boolean, signal: AbortSignal): Promise<MessagingState>;
  close(): Promise<void>;
}

/** `url`: the simulator's, without a path. */
export function createMessagingControl(url: string): MessagingControl {
  const client = createControlClient(url);
  const tell = async (what: string, input: unknown = {}): Promise<void> => {
    const { done } = await client.call<{ done?: boolean }>(what, input);
    if (done === false) throw new Error(`the simulator could not do it: ${what}`);
  };
  const state = (): Promise<MessagingState> => client.call('state');
  return {
    state,
    async conversation(conversationId) {
      const found = (await state()).conversations.find(({ id }) => id === conversationId);
      if (!found) throw new Error('the simulator has no such conversation');
      return found;
    },
    connections: async () => (await client.call<{ connections: number }>('connections')).connections,
    settings: (change) => tell('settings', change),
    place: (place) => tell('place', place),
    async accept(conversationId, agent) {
      await tell('accept', { conversationId, name: agent });
      return `agent-${agent.toLowerCase()}`;
    },
    write: (conversationId, text) => tell('write', { conversationId, text }),
    send: (conversationId, content) => tell('send', { conversationId, content }),
    type: (conversationId, isTyping) => tell('type', { conversationId, isTyping }),
    leave: (conversationId) => tell('leave', { conversationId }),
    handOver: (conversationId, agent) => tell('handOver', { conversationId, name: agent }),
    end: (conversationId, ending = 'whole') => tell('end', { conversationId, ending }),
    lapse: (conversationId) => tell('lapse', { conversationId }),
    tell: (conversationId, entryType, payload, isKept = true) =>
      tell('tell', { conversationId, entryType, payload, isKept }),
    expireTokens: () => tell('expireTokens'),
    cutStreams: () => tell('cutStreams'),
    silence: () => tell('silence'),
    loseEvents: (count) => tell('loseEvents', { count }),
    fault: (order) => tell('fault', order),
    clearFaults: () => tell('clearFaults'),
    until: (isRight, signal) => pollUntil(state, isRight, signal),
    close: () => client.close(),
  };
}
