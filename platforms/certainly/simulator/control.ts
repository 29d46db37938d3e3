// The control API: settings, modules, faults, and what the platform knows. Users come over their own WebSocket.
import { z } from 'zod';
import { createControlClient, operation, pollUntil } from '../../simulation/control';
import type { Operation } from '../../simulation/control';
import { faultSchema } from '../../simulation/faults';
import type { FaultOrder, Faults } from '../../simulation/faults';
import type { Conversations } from './conversations';
import type { Resource } from './vendor';
import { moduleSchema, settingsSchema } from './world';
import type { SentWebhook, Settings, User, World } from './world';

/** A user as the platform knows them. */
export interface UserView extends User {
  /** Sockets that are open now. */
  readonly sockets: number;
}

/** What the simulator shows. */
export interface CertainlyState {
  readonly settings: Settings;
  readonly users: readonly UserView[];
  /** Requests since the start, those with faults too. */
  readonly requests: Readonly<Partial<Record<Resource, number>>>;
  /** Webhooks that were answered or given up, in that order. */
  readonly webhooks: readonly SentWebhook[];
  /** Open connections but those of control. */
  readonly connections: number;
}

/** What the operations work on. */
export interface Controlled {
  readonly world: World;
  readonly conversations: Conversations;
  readonly faults: Faults;
  readonly requests: Partial<Record<Resource, number>>;
  readonly sockets: (user: User) => number;
  readonly connections: () => number;
}

/** The operations, by their names on the wire. */
export function controlOperations(controlled: Controlled): Readonly<Record<string, Operation>> {
  const { world, conversations, faults } = controlled;
  const none = z.strictObject({});
  const ofUser = z.strictObject({ userId: z.string() });
  return {
    state: operation(none, (): CertainlyState => stateOf(controlled)),
    settings: operation(z.looseObject({}), (change) => {
      world.settings = settingsSchema.parse({ ...world.settings, ...change });
    }),
    module: operation(moduleSchema, (module) => void world.modules.set(module.id, module)),
    'claim-again': operation(ofUser, ({ userId }) => {
      const user = world.users.get(userId);
      if (user) conversations.claimAgain(user);
      return { done: user !== undefined };
    }),
    'forget-user': operation(ofUser, ({ userId }) => {
      const user = world.users.get(userId);
      if (user) user.isForgotten = true;
      return { done: user !== undefined };
    }),
    fault: operation(faultSchema, (fault) => faults.order(fault)),
    'clear-faults': operation(none, () => faults.clear()),
  };
}

function stateOf({ world, requests, sockets, connections }: Controlled): CertainlyState {
  const users = [...world.users.values()].map((user) => ({ ...user, sockets: sockets(user) }));
  const { settings, webhooks } = world;
  return { settings, users, requests, webhooks, connections: connections() };
}

/** Tells the simulated Certainly what to do, from any process. */
export interface CertainlyControl {
  state(): Promise<CertainlyState>;
  /** @throws Error for a user whom the platform does not know */
  user(userId: string): Promise<UserView>;
  settings(change: z.input<typeof settingsSchema>): Promise<void>;
  /** Adds a module, or puts it in the place of one with the same id. */
  module(module: z.input<typeof moduleSchema>): Promise<void>;
  /** Sends the claim of the user's module once more. */
  claimAgain(userId: string): Promise<void>;
  /** The platform no longer knows the user: everything about them is answered with 404. */
  forgetUser(userId: string): Promise<void>;
  /** `on`: `handover`, `message`, `takeover` or `config`; absent: any. */
  fault(order: FaultOrder): Promise<void>;
  clearFaults(): Promise<void>;
  /** Asks until the user is as wanted. @default 10 s */
  until(userId: string, isRight: (user: UserView) => boolean, signal?: AbortSignal): Promise<UserView>;
  close(): Promise<void>;
}

/** `url`: the simulator's, without a path. */
export function createCertainlyControl(url: string): CertainlyControl {
  const client = createControlClient(url);
  const tell = async (name: string, input: unknown = {}): Promise<void> => {
    const { done } = await client.call<{ done?: boolean }>(name, input);
    if (done === false) throw new Error(`the simulator could not do it: ${name}`);
  };
  const state = (): Promise<CertainlyState> => client.call('state');
  const find = async (userId: string): Promise<UserView | undefined> =>
    (await state()).users.find(({ id }) => id === userId);
  const user = async (userId: string): Promise<UserView> => {
    const found = await find(userId);
    if (!found) throw new Error('the simulator has no such user');
    return found;
  };
  return {
    state,
    user,
    settings: (change) => tell('settings', change),
    module: (module) => tell('module', module),
    claimAgain: (userId) => tell('claim-again', { userId }),
    forgetUser: (userId) => tell('forget-user', { userId }),
    fault: (order) => tell('fault', order),
    clearFaults: () => tell('clear-faults'),
    until: (userId, isRight, signal = AbortSignal.timeout(30_000)) =>
      pollUntil(() => user(userId), isRight, signal),
    close: () => client.close(),
  };
}
