// What the user does and what the platform forgets, ordered over the control API by tests and demos.
import { z } from 'zod';
import { createControlClient, operation, pollUntil } from '../../simulation/control';
import type { Operation } from '../../simulation/control';
import { faultSchema } from '../../simulation/faults';
import type { FaultOrder } from '../../simulation/faults';
import type { Reach } from './callbacks';
import { now, settingsSchema, userOf } from './world';
import type { PostedEvent, ReceivedCall, ScreenLine, User, World } from './world';

/** Everything that the platform knows. */
export interface KoreState {
  readonly users: Readonly<Record<string, User>>;
  /** Calls back, in order, refused ones too but for those whose token did not hold. */
  readonly calls: readonly ReceivedCall[];
  /** Events posted, in order of their answers. */
  readonly events: readonly PostedEvent[];
  readonly refused: number;
}

const userId = z.string().min(1);
const none = z.strictObject({});
/** Without the defaults, which a schema of partial settings would fill in. */
const changeSchema = z
  .record(z.string(), z.unknown())
  .refine((change) => settingsSchema.safeParse(change).success, 'are no settings');
const ofUser = z.strictObject({ userId });

/** The operations of the control API. */
export function controlOperations(
  { world, happenings, faults, changed }: Reach,
  connections: () => number,
): Readonly<Record<string, Operation>> {
  return {
    state: operation(none, () => stateOf(world)),
    connections: operation(none, () => ({ connections: connections() })),
    settings: operation(changeSchema, (change) => {
      world.settings = settingsSchema.parse({ ...world.settings, ...change });
      changed();
    }),
    write: operation(z.strictObject({ userId, text: z.string() }), async ({ userId: id, text }) => ({
      messageId: await happenings.userWrites(userOf(world, id), text),
    })),
    entities: operation(
      z.strictObject({ userId, entities: z.record(z.string(), z.unknown()) }),
      ({ userId: id, entities }) => {
        userOf(world, id).entities = entities;
      },
    ),
    end: operation(ofUser, async ({ userId: id }) => happenings.userEnds(userOf(world, id))),
    tell: operation(z.strictObject({ userId, eventType: z.string() }), async ({ userId: id, eventType }) =>
      happenings.tell(userOf(world, id), eventType),
    ),
    reset: operation(ofUser, ({ userId: id }) => {
      userOf(world, id).agentTransfer = false;
    }),
    takeOver: operation(ofUser, ({ userId: id }) => {
      userOf(world, id).agentTransfer = true;
    }),
    advance: operation(z.strictObject({ ms: z.number().int().positive() }), ({ ms }) => {
      world.aheadMs += ms;
    }),
    expire: operation(none, () => {
      for (const request of Object.values(world.requests)) request.expiresAt = now(world);
    }),
    settled: operation(none, () => happenings.settled()),
    fault: operation(faultSchema, (fault) => faults.order(fault)),
    clearFaults: operation(none, () => faults.clear()),
  };
}

function stateOf({ users, calls, events, refused }: World): KoreState {
  return { users, calls, events, refused };
}

/** Plays the users and the platform, from any process. */
export interface KoreControl {
  state(): Promise<KoreState>;
  connections(): Promise<number>;
  /** Where events go, and how the platform behaves. */
  settings(change: Partial<z.input<typeof settingsSchema>>): Promise<void>;
  /** Resolves with the message's id when the platform has posted it and was answered. */
  write(userId: string, text: string): Promise<string>;
  /** What the next handover brings along. */
  entities(userId: string, entities: Readonly<Record<string, unknown>>): Promise<void>;
  /** The user ends the chat. */
  end(userId: string): Promise<void>;
  /** Any `on_event`. */
  tell(userId: string, eventType: string): Promise<void>;
  /** The platform forgets that an agent has the conversation, as after 15 minutes. */
  reset(userId: string): Promise<void>;
  /** The platform believes that an agent has the conversation, as after a lost clear. */
  takeOver(userId: string): Promise<void>;
  /** The simulated clock: requests expire, conversations are reset. */
  advance(ms: number): Promise<void>;
  /** No request made so far is known any more. */
  expire(): Promise<void>;
  /** Resolves when the bot has said all that it has to say. */
  settled(): Promise<void>;
  /** What the user reads, in order. */
  screen(userId: string): Promise<readonly ScreenLine[]>;
  /** `on`: the call's name, such as `sendUserMessage`. */
  fault(order: FaultOrder): Promise<void>;
  clearFaults(): Promise<void>;
  /** Asks until the state is as wanted. @throws Error when the signal aborts first */
  until(isRight: (state: KoreState) => boolean, signal: AbortSignal): Promise<KoreState>;
  close(): Promise<void>;
}

/** `url`: the simulator's, without a path. */
export function createKoreControl(url: string): KoreControl {
  const client = createControlClient(url);
  const order = async (what: string, input: unknown = {}): Promise<void> => {
    await client.call(what, input);
  };
  const state = (): Promise<KoreState> => client.call('state');
  return {
    state,
    connections: async () => (await client.call<{ connections: number }>('connections')).connections,
    settings: (change) => order('settings', change),
    write: async (userId, text) =>
      (await client.call<{ messageId: string }>('write', { userId, text })).messageId,
    entities: (userId, entities) => order('entities', { userId, entities }),
    end: (userId) => order('end', { userId }),
    tell: (userId, eventType) => order('tell', { userId, eventType }),
    reset: (userId) => order('reset', { userId }),
    takeOver: (userId) => order('takeOver', { userId }),
    advance: (ms) => order('advance', { ms }),
    expire: () => order('expire'),
    settled: () => order('settled'),
    screen: async (userId) => (await state()).users[userId]?.screen ?? [],
    fault: (fault) => order('fault', fault),
    clearFaults: () => order('clearFaults'),
    until: (isRight, signal) => pollUntil(state, isRight, signal),
    close: () => client.close(),
  };
}
