// A simulated desk that speaks the generic wire format of ../README.md: signed commands and questions in, signed
// events out, and a control API to play its agents and to make it misbehave.
import { z } from 'zod';
import { parseJson } from '../wire';
import { isSecret, verifyWebhook } from '../signing';
import { createControlClient, handleControl, operation, pollUntil } from '../../simulation/control';
import type { Operation } from '../../simulation/control';
import { DeskWorld, targetSchema, wireTarget } from './desk-world';
import type { SimulatedConversation, SimulatedTransfer, TargetOrder } from './desk-world';
import { createEventSender, eventModeSchema } from './event-sender';
import type { Callback, EventModeOrder, EventSender, SentEvent } from './event-sender';
import { createFaults, faultSchema } from '../../simulation/faults';
import type { FaultOrder, Faults } from '../../simulation/faults';
import { answer, serve } from '../../simulation/server';
import type { ListenOptions, SimulatorAnswer, SimulatorRequest } from '../../simulation/server';

const ref = { conversationId: z.string().min(1), transferId: z.string().min(1), target: wireTarget };
const chatRef = { conversationId: z.string().min(1), transferId: z.string().min(1) };
const incoming = z.discriminatedUnion('type', [
  z.object({
    type: z.literal('transfer.requested'),
    timestamp: z.iso.datetime(),
    data: z.object({ ...ref, message: z.object({ id: z.string(), text: z.string() }).optional() }),
  }),
  z.object({ type: z.literal('transfer.withdrawn'), timestamp: z.iso.datetime(), data: z.object(ref) }),
  z.object({ type: z.literal('transfer.lookup'), timestamp: z.iso.datetime(), data: z.object(ref) }),
  z.object({
    type: z.literal('chat.message'),
    timestamp: z.iso.datetime(),
    data: z.object({
      ...chatRef,
      messageId: z.string(),
      number: z.number().int().positive(),
      text: z.string().optional(),
      attachment: z.object({ url: z.string(), name: z.string(), mediaType: z.string() }).optional(),
    }),
  }),
  z.object({ type: z.literal('chat.closed'), timestamp: z.iso.datetime(), data: z.object(chatRef) }),
  z.object({
    type: z.literal('chat.typing'),
    timestamp: z.iso.datetime(),
    data: z.object({ ...chatRef, writes: z.boolean() }),
  }),
  z.object({
    type: z.literal('target.check'),
    timestamp: z.iso.datetime(),
    data: z.object({ target: wireTarget }),
  }),
]);
type Incoming = z.infer<typeof incoming>;

/** How to start the desk. */
export interface GenericDeskOptions extends ListenOptions {
  /** `whsec_…`, shared with the connector. */
  readonly secret: string;
  /** Where events go; may be set later by {@link GenericDeskControl.setCallback}. */
  readonly callback?: Callback;
  readonly targets?: readonly TargetOrder[];
}

/** A running desk. */
export interface GenericDesk {
  /** For the connector's `options.url`. */
  readonly url: string;
  /** For {@link createGenericDeskControl}. */
  readonly controlUrl: string;
  close(): Promise<void>;
}

/** Everything that the desk knows. */
export interface GenericDeskState {
  readonly transfers: readonly SimulatedTransfer[];
  readonly conversations: Readonly<Record<string, SimulatedConversation>>;
  readonly events: readonly SentEvent[];
  /** Verified requests in order of arrival; `repeated`: its webhook-id had come before. */
  readonly requests: readonly { readonly id: string; readonly type: string; readonly repeated: boolean }[];
  /** Requests whose signature did not hold. */
  readonly refused: number;
  /** Open connections but those of control. */
  readonly connections: number;
}

interface Desk {
  readonly world: DeskWorld;
  readonly events: EventSender;
  readonly faults: Faults;
  readonly requests: { id: string; type: string; repeated: boolean }[];
  refused: number;
}

/** Starts the desk. @throws RangeError for a secret that is none. */
export async function startGenericDesk(options: GenericDeskOptions): Promise<GenericDesk> {
  if (!isSecret(options.secret)) throw new RangeError('the secret must be whsec_ and base64');
  const events = createEventSender(options.callback);
  const world = new DeskWorld((type, { conversationId, transferId }, more) =>
    events.send(type, { conversationId, transferId, ...more }),
  );
  for (const target of options.targets ?? []) world.setTarget(targetSchema.parse(target));
  const desk: Desk = { world, events, faults: createFaults(), requests: [], refused: 0 };
  const operations = controlOperations(desk, () => server.connections());
  const server = await serve(options, async (request) => {
    if (request.path.startsWith('/_control/')) return handleControl(operations, request);
    if (request.path !== '/desk' || request.method !== 'POST') return answer(404, { error: 'not found' });
    return take(desk, options.secret, request);
  });
  return {
    url: `${server.url}/desk`,
    controlUrl: server.url,
    close: async () => {
      world.close();
      await Promise.all([events.close(), server.close()]);
    },
  };
}

async function take(desk: Desk, secret: string, request: SimulatorRequest): Promise<SimulatorAnswer> {
  const { headers, body } = request;
  const verification = verifyWebhook({ headers, body, secrets: [secret], now: Date.now() });
  if (verification.kind === 'refused') {
    desk.refused += 1;
    return answer(401, { error: 'bad signature' });
  }
  const parsed = parseJson(body.toString('utf8'), incoming);
  if (parsed.kind === 'misfit') return answer(400, { error: parsed.member });
  const { id } = verification;
  const { type } = parsed.value;
  desk.requests.push({ id, type, repeated: desk.requests.some((earlier) => earlier.id === id) });
  return desk.faults.strike(type, () => answer(200, carryOut(desk.world, parsed.value)));
}

function carryOut(world: DeskWorld, { type, data }: Incoming): unknown {
  switch (type) {
    case 'transfer.requested':
      return world.request(data);
    case 'transfer.withdrawn':
      return world.withdraw(data.transferId);
    case 'transfer.lookup':
      return world.lookUp(data.transferId);
    case 'target.check':
      return world.check(data.target);
    case 'chat.message':
      return world.hear(data);
    case 'chat.closed':
      return world.closeChat(data.conversationId, data.transferId);
    case 'chat.typing':
      world.conversation(data.conversationId).userWrites = data.writes;
      return {};
  }
}

function controlOperations(desk: Desk, connections: () => number): Readonly<Record<string, Operation>> {
  const { world, events, faults } = desk;
  const transferId = z.string();
  return {
    'set-target': operation(targetSchema, (target) => world.setTarget(target)),
    accept: operation(
      z.object({ transferId, agentId: z.string().optional(), force: z.boolean().optional() }),
      (input) => ({ agentId: world.accept(input.transferId, input.agentId, input.force) }),
    ),
    decline: operation(
      z.object({
        transferId,
        reason: z.enum(['no_agents', 'closed_hours', 'rejected', 'invalid_target']),
      }),
      (input) => ({ done: world.decline(input.transferId, input.reason) }),
    ),
    position: operation(
      z.object({ transferId, position: z.number().int(), waitMs: z.number().optional() }),
      ({ transferId: id, ...more }) => {
        const transfer = world.transfers.get(id);
        if (transfer) events.send('transfer.position', { ...namesOf(transfer), ...more });
      },
    ),
    say: operation(
      z.object({
        transferId,
        messageId: z.string(),
        text: z.string().optional(),
        agentName: z.string().optional(),
      }),
      ({ transferId: of, ...line }) => ({ done: world.say(of, line) }),
    ),
    note: operation(
      z.object({
        transferId,
        type: z.enum(['chat.typing', 'chat.agentChanged', 'chat.agentLeft']),
        more: z.record(z.string(), z.unknown()).default({}),
      }),
      (input) => ({ done: world.note(input.transferId, input.type, input.more) }),
    ),
    'refuse-attachments': operation(z.object({ refuse: z.boolean() }), ({ refuse }) => {
      world.refusesAttachments = refuse;
    }),
    'user-leaves': operation(z.object({ conversationId: z.string() }), (input) =>
      world.userLeaves(input.conversationId),
    ),
    end: operation(z.object({ transferId, by: z.enum(['agent', 'user', 'system']) }), (input) => ({
      done: world.end(input.transferId, input.by),
    })),
    fault: operation(faultSchema, (fault) => faults.order(fault)),
    'clear-faults': operation(z.object({}), () => faults.clear()),
    'event-mode': operation(eventModeSchema, (mode) => events.setMode(mode)),
    callback: operation(z.object({ url: z.string(), secret: z.string() }), (to) => events.setCallback(to)),
    state: operation(z.object({}), () => ({
      transfers: [...world.transfers.values()],
      conversations: Object.fromEntries(world.conversations),
      events: events.log.map(({ id, type, transferId: of, statuses }) => ({
        id,
        type,
        transferId: of,
        statuses,
      })),
      requests: desk.requests,
      refused: desk.refused,
      connections: connections(),
    })),
  };
}

function namesOf({ conversationId, transferId }: SimulatedTransfer) {
  return { conversationId, transferId };
}

/** Plays the desk's agents and users, from any process. */
export interface GenericDeskControl {
  setTarget(target: TargetOrder): Promise<void>;
  /** An agent accepts; undefined if the desk did not let them. `force`: it does, whatever was withdrawn. */
  accept(transferId: string, options?: { agentId?: string; force?: boolean }): Promise<string | undefined>;
  decline(transferId: string, reason: string): Promise<boolean>;
  position(transferId: string, position: number, waitMs?: number): Promise<void>;
  /** An agent writes; false if there is no chat. */
  say(
    transferId: string,
    line: { readonly messageId: string; readonly text?: string; readonly agentName?: string },
  ): Promise<boolean>;
  /** Tells an indicator, another agent, or that the agent is gone. */
  note(
    transferId: string,
    type: 'chat.typing' | 'chat.agentChanged' | 'chat.agentLeft',
    more?: Readonly<Record<string, unknown>>,
  ): Promise<boolean>;
  refuseAttachments(refuse: boolean): Promise<void>;
  userLeaves(conversationId: string): Promise<void>;
  end(transferId: string, by: 'agent' | 'user' | 'system'): Promise<boolean>;
  fault(fault: FaultOrder): Promise<void>;
  clearFaults(): Promise<void>;
  setEventMode(mode: EventModeOrder): Promise<void>;
  setCallback(callback: Callback): Promise<void>;
  state(): Promise<GenericDeskState>;
  /** Polls until the state is as wanted. @default 10 s */
  until(isRight: (state: GenericDeskState) => boolean, signal?: AbortSignal): Promise<GenericDeskState>;
  close(): Promise<void>;
}

/** `controlUrl`: of {@link GenericDesk}. */
export function createGenericDeskControl(controlUrl: string): GenericDeskControl {
  const client = createControlClient(controlUrl);
  const state = (): Promise<GenericDeskState> => client.call('state');
  const tell = async (name: string, input?: unknown): Promise<void> => {
    await client.call(name, input);
  };
  return {
    setTarget: (target) => tell('set-target', target),
    accept: async (transferId, options) =>
      (await client.call<{ agentId?: string }>('accept', { transferId, ...options })).agentId,
    decline: async (transferId, reason) =>
      (await client.call<{ done: boolean }>('decline', { transferId, reason })).done,
    position: (transferId, position, waitMs) => tell('position', { transferId, position, waitMs }),
    say: async (transferId, line) =>
      (await client.call<{ done: boolean }>('say', { transferId, ...line })).done,
    note: async (transferId, type, more) =>
      (await client.call<{ done: boolean }>('note', { transferId, type, more })).done,
    refuseAttachments: (refuse) => tell('refuse-attachments', { refuse }),
    userLeaves: (conversationId) => tell('user-leaves', { conversationId }),
    end: async (transferId, by) => (await client.call<{ done: boolean }>('end', { transferId, by })).done,
    fault: (fault) => tell('fault', fault),
    clearFaults: () => tell('clear-faults'),
    setEventMode: (mode) => tell('event-mode', mode),
    setCallback: (callback) => tell('callback', callback),
    state,
    until: (isRight, signal = AbortSignal.timeout(30_000)) => pollUntil(state, isRight, signal),
    close: () => client.close(),
  };
}
