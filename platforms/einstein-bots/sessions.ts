// Sessions with the bots of one org: begun, spoken in one message at a time, ended. What a session needs is in its
// state, so that any worker can go on with it.
import { assertNever } from '../../domain/assert-never';
import type { BotTurn, SessionEnd, ToBot } from '../../domain/bot-session';
import { BatonError } from '../../domain/errors';
import type { BotSessions, SessionStart } from '../bot-sessions';
import type { KeyedLock } from '../keyed-lock';
import type { Token } from '../salesforce/login';
import { chosen } from './choices';
import type { EndReason, RuntimeClient } from './client';
import type { EinsteinConnector } from './options';
import { isGone, sessionError, startError } from './refusal';
import type { Refused } from './refusal';
import { openState, readState } from './session-state';
import type { SessionState } from './session-state';
import { toTurn } from './turn';
import { startVariables } from './variables';

/** Asked with every request: whoever takes the conversation over gets all variables, not only the last that changed. */
const RESPONSE_OPTIONS = { variables: { include: true, onlyChanged: false }, intents: true } as const;

const END_REASONS: Readonly<Record<SessionEnd, EndReason>> = {
  user: 'UserRequest',
  transfer: 'Transfer',
  expired: 'Expiration',
  error: 'Error',
  other: 'Other',
};

/** A session that began, or why it could not. */
export type Beginning = { readonly kind: 'begun'; readonly turn: BotTurn } | Refused;

/** {@link BotSessions}, and a beginning whose refusal is a value. */
export interface EinsteinSessions extends BotSessions {
  tryBegin(start: SessionStart, signal: AbortSignal): Promise<Beginning>;
}

/** What sessions need. */
export interface SessionsDeps {
  readonly client: RuntimeClient;
  /** By the session's id: the runtime refuses a second request while it works on one (423). */
  readonly lock: KeyedLock;
  readonly connector: EinsteinConnector;
}

/** See {@link EinsteinSessions}. */
export function createSessions({ client, lock, connector }: SessionsDeps): EinsteinSessions {
  async function tryBegin(start: SessionStart, signal: AbortSignal): Promise<Beginning> {
    const answer = await client.start(start.botId, (token) => startBody(start, connector, token), signal);
    if (answer.kind === 'refused') return answer;
    const { envelope, crc } = answer;
    if (envelope.sessionId === undefined) throw withoutSession(start.botId);
    const before = { generation: 0, session: envelope.sessionId, bot: start.botId, last: 0 };
    return { kind: 'begun', turn: toTurn(envelope, { before, crc, sequence: 0 }) };
  }

  return {
    tryBegin,
    async begin(start, { signal }) {
      const beginning = await tryBegin(start, signal);
      if (beginning.kind === 'refused') throw startError(beginning);
      return beginning.turn;
    },
    async say(session, { sequence, message }, { signal }) {
      const before = openState(session);
      const body = { message: toWire(message, sequence, before), responseOptions: RESPONSE_OPTIONS };
      const answer = await lock.run(before.session, signal, () => client.message(before, body, signal));
      if (answer.kind === 'refused') throw sessionError(answer);
      return toTurn(answer.envelope, { before, crc: answer.crc, sequence });
    },
    async end(session, why, { signal }) {
      const state = readState(session);
      if (!state || state.over) return;
      const answer = await lock.run(state.session, signal, () => client.end(state, END_REASONS[why], signal));
      if (answer.kind === 'refused' && !isGone(answer)) throw sessionError(answer);
    },
  };
}

function startBody(start: SessionStart, connector: EinsteinConnector, { instanceUrl }: Token): object {
  const { text, key, origin = {} } = start;
  const referrers = [
    ...(origin.botId === undefined ? [] : [{ type: 'Salesforce:Core:Bot:Id', value: origin.botId }]),
    ...(origin.sessionId === undefined
      ? []
      : [{ type: 'Salesforce:BotRuntime:Session:Id', value: origin.sessionId }]),
  ];
  return {
    externalSessionKey: key,
    ...(text !== undefined && text !== '' && { message: { text } }),
    forceConfig: { endpoint: `${(connector.endpoint ?? instanceUrl).replace(/\/+$/, '')}/` },
    ...(connector.timeZone !== undefined && { tz: connector.timeZone }),
    variables: startVariables(start, connector),
    ...(referrers.length > 0 && { referrers }),
    responseOptions: RESPONSE_OPTIONS,
  };
}

/** A user who sees text only chooses by writing the number before a choice. */
function toWire(message: ToBot, sequenceId: number, { choices }: SessionState): object {
  switch (message.kind) {
    case 'text': {
      const choiceId = chosen(message.text, choices);
      return choiceId === undefined
        ? { type: 'text', sequenceId, text: message.text }
        : { type: 'choice', sequenceId, choiceId };
    }
    case 'choice':
      return { type: 'choice', sequenceId, choiceId: message.choiceId };
    case 'transferSucceeded':
      return { type: 'transferSucceeded', sequenceId, inReplyToMessageId: message.inReplyTo };
    case 'transferFailed':
      return {
        type: 'transferFailed',
        sequenceId,
        inReplyToMessageId: message.inReplyTo,
        reason: message.reason === 'no_agents' ? 'NoAgentAvailable' : 'Error',
        ...(message.detail !== undefined && { description: message.detail }),
      };
    default:
      return assertNever(message);
  }
}

function withoutSession(botId: string): BatonError {
  return new BatonError('ESC_PLATFORM_PROTOCOL', `the answer of bot ${botId} to a start names no session`, {
    resultUnknown: true,
  });
}
