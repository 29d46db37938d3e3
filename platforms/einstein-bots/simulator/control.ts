// The control API: orders misbehaviour, ends sessions and tokens, changes what admins set up, and shows what was asked.
// `POST /_control/<operation>` with JSON; the typed client goes over HTTP from any process.
import { z } from 'zod';
import { createControlClient, operation, pollUntil } from '../../simulation/control';
import type { Operation } from '../../simulation/control';
import { faultSchema } from '../../simulation/faults';
import type { FaultOrder } from '../../simulation/faults';
import { botSchema } from './bot-spec';
import type { BotSpec } from './bot-spec';
import { credentialsOf } from './credentials';
import type { Credentials } from './credentials';
import type { HoldOrder } from './holds';
import type { RecordedRequest } from './request-log';
import type { Vendor } from './vendor';
import { appSchema, settingsSchema } from './world';
import type { Organisation, Session } from './world';

const none = z.strictObject({});
const id = z.string().min(1);

/** A session as the runtime has it. */
export interface SessionView extends Omit<Session, 'processed' | 'crcs' | 'at' | 'waiting'> {
  /** Whom the bot waits for. */
  readonly waitsFor: Session['waiting']['kind'];
}

/** What the simulator shows. */
export interface EinsteinBotsState {
  /** In the order in which they began. */
  readonly sessions: readonly SessionView[];
  /** In the order in which they came. */
  readonly requests: readonly RecordedRequest[];
  /** Requests that are held open. */
  readonly held: number;
}

/** The operations, by their names on the wire. */
export function controlOperations(
  vendor: Vendor,
  connections: () => number,
): Readonly<Record<string, Operation>> {
  const { world, faults, holds, oauth, changed } = vendor;
  const inOrg = (orgId: string, run: (organisation: Organisation) => void): { done: boolean } => {
    const organisation = world.organisations.find((each) => each.id === orgId);
    if (organisation) run(organisation);
    changed();
    return { done: organisation !== undefined };
  };
  return {
    state: operation(none, () => stateOf(vendor)),
    connections: operation(none, () => ({ connections: connections() })),
    settings: operation(z.looseObject({}), (change) => {
      const settings = settingsSchema.safeParse({ ...world.settings, ...change });
      if (settings.success) world.settings = settings.data;
      changed();
      return { done: settings.success };
    }),
    bot: operation(z.strictObject({ orgId: id, bot: botSchema }), ({ orgId, bot }) =>
      inOrg(orgId, (organisation) => {
        organisation.bots = [...organisation.bots.filter((each) => each.id !== bot.id), bot];
      }),
    ),
    app: operation(z.strictObject({ orgId: id, app: appSchema }), ({ orgId, app }) =>
      inOrg(orgId, (organisation) => {
        organisation.apps = [app, ...organisation.apps.filter((each) => each.clientId !== app.clientId)];
      }),
    ),
    credentials: operation(z.strictObject({ orgId: id }), ({ orgId }) => {
      try {
        return credentialsOf(world, orgId);
      } catch (error) {
        return { done: false, why: error instanceof Error ? error.message : '' };
      } finally {
        changed();
      }
    }),
    revokeTokens: operation(z.strictObject({ orgId: id.optional() }), ({ orgId }) => {
      for (const [each, { revoke }] of oauth) if (orgId === undefined || each === orgId) revoke();
    }),
    expire: operation(
      z.strictObject({ sessionId: id, reason: z.enum(['Expiration', 'Invalid']) }),
      ({ sessionId, reason }) => {
        const session = Object.hasOwn(world.sessions, sessionId) ? world.sessions[sessionId] : undefined;
        const isOpen = session?.ended === null;
        if (isOpen) session.ended = { by: 'runtime', reason };
        changed();
        return { done: isOpen };
      },
    ),
    hold: operation(z.strictObject({ on: z.string().optional(), sessionId: id.optional() }), (order) =>
      holds.order(order),
    ),
    release: operation(none, () => holds.release()),
    fault: operation(faultSchema, (fault) => faults.order(fault)),
    clearFaults: operation(none, () => faults.clear()),
  };
}

function stateOf({ world, log, holds }: Vendor): EinsteinBotsState {
  const sessions = Object.values(world.sessions).map(
    ({ processed: _processed, crcs: _crcs, at: _at, waiting, ...rest }) => ({
      ...rest,
      waitsFor: waiting.kind,
    }),
  );
  return { sessions, requests: log.all(), held: holds.held() };
}

/** A deed that could not be done (no such session or organisation) throws. */
export interface EinsteinBotsControl {
  state(): Promise<EinsteinBotsState>;
  /** @throws Error when there is no such session */
  session(sessionId: string): Promise<SessionView>;
  /** Open connections of clients. */
  connections(): Promise<number>;
  settings(change: z.input<typeof settingsSchema>): Promise<void>;
  /** Makes a bot, or changes the one with its id. */
  bot(orgId: string, bot: BotSpec): Promise<void>;
  /** Makes an app, or changes the one with its consumer key; it is the organisation's first from then on. */
  app(orgId: string, app: z.input<typeof appSchema>): Promise<void>;
  /** Of the organisation's first app. @throws Error when its private key was never here */
  credentials(orgId: string): Promise<Credentials>;
  /** Of one organisation, or of all: the next request is answered 401. */
  revokeTokens(orgId?: string): Promise<void>;
  /** `Expiration` (the default): 404 from now on. `Invalid`: 410. */
  expire(sessionId: string, reason?: 'Expiration' | 'Invalid'): Promise<void>;
  /** The next request that fits is not answered before {@link release}; meanwhile its session answers 423. */
  hold(order?: HoldOrder): Promise<void>;
  release(): Promise<void>;
  /**
   * `on`: token, introspect, status, versions, start, message, end, or a type of message: text, choice,
   * transferSucceeded, transferFailed, redirect, setVariables. Statuses get the vendor's error body.
   */
  fault(order: FaultOrder): Promise<void>;
  clearFaults(): Promise<void>;
  /** Asks until the state is as wanted. @throws Error when the signal aborts first */
  until(isRight: (state: EinsteinBotsState) => boolean, signal: AbortSignal): Promise<EinsteinBotsState>;
  close(): Promise<void>;
}

/** `url`: the simulator's, without a path. */
export function createEinsteinBotsControl(url: string): EinsteinBotsControl {
  const client = createControlClient(url);
  const ask = async <T>(what: string, input: unknown = {}): Promise<T> => {
    const answer = await client.call<T & { readonly done?: boolean }>(what, input);
    if (answer.done === false) throw new Error(`the simulator could not do it: ${what}`);
    return answer;
  };
  const tell = async (what: string, input?: unknown): Promise<void> => void (await ask(what, input));
  const state = (): Promise<EinsteinBotsState> => client.call('state');
  return {
    state,
    async session(sessionId) {
      const found = (await state()).sessions.find((each) => each.id === sessionId);
      if (!found) throw new Error('the simulator has no such session');
      return found;
    },
    connections: async () => (await client.call<{ connections: number }>('connections')).connections,
    settings: (change) => tell('settings', change),
    bot: (orgId, bot) => tell('bot', { orgId, bot }),
    app: (orgId, app) => tell('app', { orgId, app }),
    credentials: (orgId) => ask('credentials', { orgId }),
    revokeTokens: (orgId) => tell('revokeTokens', { ...(orgId !== undefined && { orgId }) }),
    expire: (sessionId, reason = 'Expiration') => tell('expire', { sessionId, reason }),
    hold: (order = {}) => tell('hold', order),
    release: () => tell('release'),
    fault: (order) => tell('fault', order),
    clearFaults: () => tell('clearFaults'),
    until: (isRight, signal) => pollUntil(state, isRight, signal),
    close: () => client.close(),
  };
}
