// The bots of one org as a desk: to hand off to a bot is to begin a session with it, and it is there with its answer.
import type { ConnectorConfiguration } from '../../domain/configuration';
import type { Call, Desk, DeskCapabilities, TransferAnswer, TransferRef, TransferRequest } from '../desk';
import { createHttpClient, createRateLimiter } from '../http';
import { createKeyedLock } from '../keyed-lock';
import type { PlatformContext } from '../platform';
import { uuidOf } from '../salesforce/ids';
import { createLogin } from '../salesforce/login';
import { orUnknown, verdict } from '../verdict';
import { createEinsteinChat, EINSTEIN_CHAT } from './chat';
import { createRuntimeClient } from './client';
import { readConnector } from './options';
import type { Refused } from './refusal';
import { readState } from './session-state';
import { createSessions } from './sessions';
import type { EinsteinSessions } from './sessions';
import { variablesOf } from './variables';

/** What the bots of an org can do as a desk. Nothing is listened to: a bot speaks only when it is spoken to. */
export const EINSTEIN_CAPABILITIES: DeskCapabilities = {
  targets: ['bot'],
  carriesMessage: false,
  events: 'webhook',
  confirmsConnection: true,
  settlesUnknownBy: 'no_effect',
  chat: EINSTEIN_CHAT,
};

/** Without it the login may give no session to a bot (Einstein Bots API, get started). */
const SCOPE = 'chatbot_api';
const BOT_ID = /^0Xx[A-Za-z0-9]{12}(?:[A-Za-z0-9]{3})?$/;

/** Whether an id is one of a bot (`BotDefinition`). */
export function isValidTargetId(kind: string, id: string): boolean {
  return kind === 'bot' && BOT_ID.test(id);
}

/** @throws BatonError `ESC_PLAN_MISCONFIGURED` for a connector at fault. */
export function createEinsteinDesk(configuration: ConnectorConfiguration, context: PlatformContext): Desk {
  const connector = readConnector(configuration);
  const { log } = context;
  const http = createHttpClient(connector);
  const login = createLogin({ http, connector, scope: SCOPE });
  const limiter = createRateLimiter(connector.rateLimit);
  const client = createRuntimeClient({ http, login, limiter, connector, log });
  const sessions = createSessions({ client, connector, lock: createKeyedLock() });
  return {
    capabilities: EINSTEIN_CAPABILITIES,
    async check(_target, { signal }) {
      const up = await orUnknown(async () => verdict(await client.isUp(signal)));
      return { exists: 'unknown', available: up === 'no' ? 'no' : 'unknown' };
    },
    requestTransfer: (request, call) => requestTransfer(sessions, context, request, call),
    async lookUp({ chat }) {
      const state = readState(chat);
      return state && !state.over
        ? { kind: 'connected', agentId: state.bot, chat: state }
        : { kind: 'absent' };
    },
    async withdraw({ chat }, call) {
      if (chat) await sessions.end(chat, 'other', call);
      return { kind: 'withdrawn' };
    },
    chat: createEinsteinChat(sessions, log),
    sessions,
    async warmUp({ signal }) {
      await login.token(signal);
    },
    async close() {
      login.close();
      await http.close();
    },
  };
}

/** The key of a transfer's session: a repeat begins another one with the same key, and the older is left to expire. */
export function sessionKey(tenant: string, { transferId }: Pick<TransferRef, 'transferId'>): string {
  return uuidOf('einstein-bots', tenant, transferId);
}

async function requestTransfer(
  sessions: EinsteinSessions,
  { tenant }: PlatformContext,
  request: TransferRequest,
  call: Call,
): Promise<TransferAnswer> {
  const before = readState(request.chat);
  if (before) return { kind: 'connected', agentId: before.bot, chat: before };
  const { context = {}, target } = request;
  const beginning = await sessions.tryBegin(
    {
      botId: target.id,
      key: sessionKey(tenant, request),
      variables: variablesOf(context),
      ...(context.userMessage !== undefined && { text: context.userMessage }),
      ...(context.intent !== undefined && { intent: context.intent }),
      ...(context.origin && { origin: context.origin }),
    },
    call.signal,
  );
  if (beginning.kind === 'refused') return declinedBy(beginning);
  const { session, said, ended, escalates, variables, intents } = beginning.turn;
  if (ended)
    return { kind: 'declined', reason: 'rejected', detail: `the bot ended at once: ${ended.reason}` };
  const handsOn = escalates && { escalates, ...(variables && { variables }), ...(intents && { intents }) };
  return { kind: 'connected', agentId: target.id, chat: session, said, ...(handsOn && { handsOn }) };
}

/** A wrong bot, org or version of a bot is the target's fault (404, 422); what is not available may be later (410). */
function declinedBy({ status, detail }: Refused): TransferAnswer {
  if (status === 404 || status === 422) return { kind: 'declined', reason: 'invalid_target', detail };
  return { kind: 'declined', reason: status === 410 ? 'no_agents' : 'rejected', detail };
}
