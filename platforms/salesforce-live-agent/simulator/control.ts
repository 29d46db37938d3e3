// The control API: plays the agents and the vendor's own troubles, orders faults, and shows what each side saw.
// `POST /_control/<operation>` with JSON; the typed client goes over HTTP from any process.
import { z } from 'zod';
import { createControlClient, operation, pollUntil } from '../../simulation/control';
import type { Operation } from '../../simulation/control';
import { faultSchema } from '../../simulation/faults';
import type { FaultOrder, Faults } from '../../simulation/faults';
import type { Vendor } from './vendor';
import { agentSchema, buttonSchema, settingsSchema, short } from './world';
import type { Agent, Chat, ChatState, Settings, World } from './world';

const ofChat = z.strictObject({ chatId: z.string() });
const ok = z.boolean();

/** A chat as the agents' side has it. */
export interface ChatView {
  readonly chatId: string;
  readonly state: ChatState;
  readonly buttonId?: string;
  /** Whom it rings or who has it. */
  readonly agentName?: string;
  readonly position: number;
  readonly request?: Readonly<Record<string, unknown>>;
  /** What the agent's console shows. */
  readonly transcript: readonly { readonly from: 'visitor' | 'agent' | 'system'; readonly text: string }[];
  /** The agents' texts that the visitor's side has acknowledged. */
  readonly visitorRead: readonly string[];
  readonly isVisitorTyping: boolean;
  /** A long poll waits. */
  readonly isPolled: boolean;
  readonly endedBy?: string;
}

/** What the simulator shows. */
export interface LiveAgentState {
  readonly settings: Settings;
  readonly chats: readonly ChatView[];
  /** Requests by resource since the start, faulted ones too. */
  readonly requests: Readonly<Record<string, number>>;
  /** Requests that arrived and whose effect or answer is still to come; polls that wait are among them. */
  readonly running: number;
  /** Open connections of clients. */
  readonly connections: number;
}

/** What the operations work on. */
export interface Controlled extends Vendor {
  readonly faults: Faults;
  readonly requests: Record<string, number>;
  running: number;
  readonly changed: () => void;
  /** Open connections that carried anything but control. */
  readonly connections: () => number;
}

/** The operations, by their names on the wire. */
export function controlOperations(controlled: Controlled): Readonly<Record<string, Operation>> {
  const { world, chats, outbox, routing, faults, changed } = controlled;
  const chatNamed = (chatId: string): Chat | undefined =>
    Object.values(world.chats).find(({ id }) => id === chatId);
  const deed = <I extends z.ZodObject>(
    input: I,
    run: (chat: Chat, input: z.output<I>) => boolean | void,
  ): Operation =>
    operation(input.extend(ofChat.shape), (parsed) => {
      const chat = chatNamed((parsed as { chatId: string }).chatId);
      return { done: chat !== undefined && run(chat, parsed as z.output<I>) !== false };
    });
  const agentOf = (id: string): Agent | undefined => world.agents[short(id)];
  const none = z.strictObject({});

  return {
    state: operation(none, () => stateOf(controlled)),
    settings: operation(z.looseObject({}), (change) => {
      world.settings = settingsSchema.parse({ ...world.settings, ...change });
      changed();
    }),
    agent: operation(agentSchema, (agent) => {
      world.agents[short(agent.id)] = agent;
      changed();
      routing.offerAll();
    }),
    button: operation(buttonSchema, (button) => {
      world.buttons[short(button.id)] = button;
      changed();
    }),
    accept: deed(z.strictObject({ agentId: z.string().optional() }), (chat, { agentId }) => {
      const agent = agentId === undefined ? routing.agentOf(chat) : agentOf(agentId);
      if (!agent || !['queued', 'ringing', 'unattended'].includes(chat.state)) return false;
      routing.accept(chat, agent);
    }),
    decline: deed(none, (chat) => {
      if (chat.state !== 'ringing') return false;
      routing.decline(chat);
    }),
    write: deed(z.strictObject({ text: z.string() }), (chat, { text }) => chats.agentWrites(chat, text)),
    type: deed(z.strictObject({ isTyping: ok }), (chat, { isTyping }) =>
      outbox.tell(chat, isTyping ? 'AgentTyping' : 'AgentNotTyping'),
    ),
    transfer: deed(z.strictObject({ agentId: z.string() }), (chat, { agentId }) => {
      const agent = agentOf(agentId);
      return agent !== undefined && chats.transfer(chat, agent);
    }),
    disconnect: deed(none, (chat) => chats.disconnect(chat)),
    end: deed(none, (chat) => chats.agentEnds(chat)),
    fail: deed(z.strictObject({ reason: z.string() }), (chat, { reason }) => chats.fail(chat, reason)),
    move: deed(none, (chat) => chats.move(chat)),
    expire: deed(none, (chat) => chats.terminate(chat, 'timeout')),
    tell: deed(z.strictObject({ type: z.string(), message: z.unknown() }), (chat, { type, message }) =>
      outbox.tell(chat, type, message),
    ),
    fault: operation(faultSchema, (fault) => faults.order(fault)),
    'clear-faults': operation(none, () => faults.clear()),
  };
}

function stateOf({ world, outbox, routing, requests, running, connections }: Controlled): LiveAgentState {
  const chats = Object.values(world.chats).map((chat): ChatView => {
    const agentName = routing.agentOf(chat)?.name;
    return {
      chatId: chat.id,
      state: chat.state,
      ...(chat.buttonId !== undefined && { buttonId: chat.buttonId }),
      ...(agentName !== undefined && { agentName }),
      position: chat.position,
      ...(chat.request && { request: chat.request }),
      transcript: chat.transcript.map(({ type, content: text }) => ({ from: sideOf(type), text })),
      visitorRead: chat.visitorRead,
      isVisitorTyping: chat.isVisitorTyping,
      isPolled: outbox.isPolled(chat),
      ...(chat.endedBy !== undefined && { endedBy: chat.endedBy }),
    };
  });
  return { settings: world.settings, chats, requests, running, connections: connections() };
}

function sideOf(type: World['chats'][string]['transcript'][number]['type']): 'visitor' | 'agent' | 'system' {
  return type === 'Agent' ? 'agent' : type === 'Chasitor' ? 'visitor' : 'system';
}

/** A deed that could not be done (another state, no such chat) throws. */
export interface LiveAgentControl {
  state(): Promise<LiveAgentState>;
  chat(chatId: string): Promise<ChatView>;
  settings(change: z.input<typeof settingsSchema>): Promise<void>;
  agent(agent: z.input<typeof agentSchema>): Promise<void>;
  button(button: z.input<typeof buttonSchema>): Promise<void>;
  /** By the agent whom it rings, or by another, also after the agent dropped out. */
  accept(chatId: string, agentId?: string): Promise<void>;
  decline(chatId: string): Promise<void>;
  write(chatId: string, text: string): Promise<void>;
  type(chatId: string, isTyping: boolean): Promise<void>;
  transfer(chatId: string, agentId: string): Promise<void>;
  /** The agent drops out; the chat lives on. */
  disconnect(chatId: string): Promise<void>;
  end(chatId: string): Promise<void>;
  /** `ChatRequestFail`, whatever came before. */
  fail(chatId: string, reason: string): Promise<void>;
  /** To another server: 503 until the client reconnects. */
  move(chatId: string): Promise<void>;
  expire(chatId: string): Promise<void>;
  /** Any message of the vendor's. */
  tell(chatId: string, type: string, message?: unknown): Promise<void>;
  /** `on`: the name of a resource, e.g. `ChatMessage`, `Messages`, `DeleteSession`. */
  fault(order: FaultOrder): Promise<void>;
  clearFaults(): Promise<void>;
  /** Asks until the chat is as wanted. @throws Error when the signal aborts first */
  until(chatId: string, isRight: (chat: ChatView) => boolean, signal: AbortSignal): Promise<ChatView>;
  close(): Promise<void>;
}

/** `url`: the simulator's, without a path. */
export function createLiveAgentControl(url: string): LiveAgentControl {
  const client = createControlClient(url);
  const tell = async (name: string, input: unknown): Promise<void> => {
    const { done } = await client.call<{ done?: boolean }>(name, input);
    if (done === false) throw new Error(`the simulator could not do it: ${name}`);
  };
  const state = (): Promise<LiveAgentState> => client.call('state');
  const chat = async (chatId: string): Promise<ChatView> => {
    const found = (await state()).chats.find((each) => each.chatId === chatId);
    if (!found) throw new Error('the simulator has no such chat');
    return found;
  };
  return {
    state,
    chat,
    settings: (change) => tell('settings', change),
    agent: (agent) => tell('agent', agent),
    button: (button) => tell('button', button),
    accept: (chatId, agentId) => tell('accept', { chatId, agentId }),
    decline: (chatId) => tell('decline', { chatId }),
    write: (chatId, text) => tell('write', { chatId, text }),
    type: (chatId, isTyping) => tell('type', { chatId, isTyping }),
    transfer: (chatId, agentId) => tell('transfer', { chatId, agentId }),
    disconnect: (chatId) => tell('disconnect', { chatId }),
    end: (chatId) => tell('end', { chatId }),
    fail: (chatId, reason) => tell('fail', { chatId, reason }),
    move: (chatId) => tell('move', { chatId }),
    expire: (chatId) => tell('expire', { chatId }),
    tell: (chatId, type, message) => tell('tell', { chatId, type, message }),
    fault: (order) => tell('fault', order),
    clearFaults: () => tell('clear-faults', {}),
    until: (chatId, isRight, signal) => pollUntil(() => chat(chatId), isRight, signal),
    close: () => client.close(),
  };
}
