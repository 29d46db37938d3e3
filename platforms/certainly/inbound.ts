// What Certainly posts below the bot's address: `/claim` and `/messages`. Verified and read, nothing else: its webhooks
// wait for the answer, and five seconds only (Webhook Builder, default), so that all work comes after it.
import type { BotConfiguration } from '../../domain/configuration';
import type { BotAnswer, BotInboundResult, BotRequest } from '../platform';
import { challengeOf, isAuthorized } from './authorization';
import { readClaim } from './claim';
import { bodyOf, type Body } from './fields';
import { readBot, type CertainlyOptions } from './options';
import { readUserMessages } from './user-messages';

type Read = (options: CertainlyOptions, body: Body, at: number) => BotInboundResult;

const ROUTES: Readonly<Record<string, Read>> = { '/claim': claim, '/messages': messages };

/** @throws BatonError `ESC_PLAN_MISCONFIGURED` for a bot at fault */
export function readInbound(bot: BotConfiguration, _: unknown, request: BotRequest): BotInboundResult {
  const options = readBot(bot);
  const { webhooks } = options;
  const path = request.path.replace(/(?<=.)\/$/, '');
  const read = Object.hasOwn(ROUTES, path) ? ROUTES[path] : undefined;
  if (!read) return refused(404, 'there is no such path');
  if (request.method !== 'POST') return refused(405, 'only POST is taken', { allow: 'POST' });
  if (!isAuthorized(webhooks, request.headers['authorization'])) {
    const headers = { 'www-authenticate': challengeOf(webhooks) };
    return { ...refused(401, 'the webhook could not be verified', headers), unauthorized: true };
  }
  const body = bodyOf(request.body);
  if (!body) return refused(400, 'the body is not a JSON object');
  return read(options, body, request.receivedAt);
}

function claim(options: CertainlyOptions, body: Body, at: number): BotInboundResult {
  const claimed = readClaim(options, body, at);
  if (claimed.kind === 'unusable') return refused(422, claimed.why);
  const { conversationId, request } = claimed;
  return {
    answer: answer(200, { claimed: true }),
    deeds: [{ kind: 'escalate', conversationId, request }],
    failure: answer(503, { claimed: false }),
  };
}

function messages(options: CertainlyOptions, body: Body, at: number): BotInboundResult {
  const said = readUserMessages(options, body, at);
  if (said.kind === 'unusable') return refused(422, said.why);
  if (said.kind === 'passed') return { answer: answer(200, { taken: false }), deeds: [] };
  const { conversationId } = said;
  return {
    answer: answer(200, { taken: true }),
    deeds: said.messages.map((message) => ({ kind: 'userMessage', conversationId, message })),
    failure: answer(503, { taken: false }),
  };
}

function refused(
  status: number,
  error: string,
  headers: Readonly<Record<string, string>> = {},
): BotInboundResult {
  return { answer: answer(status, { error }, headers), deeds: [] };
}

function answer(status: number, body: unknown, headers: Readonly<Record<string, string>> = {}): BotAnswer {
  return { status, headers: { 'content-type': 'application/json', ...headers }, body: JSON.stringify(body) };
}
