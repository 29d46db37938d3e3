// The Connector API, as far as a consumer needs it to open a conversation and to speak: application token,
// consumer token, open, send. Its webhooks are not served.
import { createHash } from 'node:crypto';
import { z } from 'zod';
import { consumerSays } from './consumer';
import { openConversation } from './conversation-state';
import type { HttpAnswer, HttpRequest, Route } from './http';
import { accountOf } from './http';
import { demand } from './refusal';
import { UNASSIGNED_SKILL } from './routing';
import type { Account } from './world';

const consumerSchema = z.object({ ext_consumer_id: z.string().min(1) });
const openSchema = z.tuple([
  z.looseObject({
    kind: z.literal('req'),
    id: z.string(),
    type: z.literal('userprofile.SetUserProfile'),
    body: z.looseObject({ firstName: z.string().optional() }),
  }),
  z.looseObject({
    kind: z.literal('req'),
    id: z.string(),
    type: z.literal('cm.ConsumerRequestConversation'),
    body: z.looseObject({
      brandId: z.string(),
      channelType: z.literal('MESSAGING'),
      skillId: z.string().default(UNASSIGNED_SKILL),
    }),
  }),
]);
const sendSchema = z.looseObject({
  kind: z.literal('req'),
  id: z.string(),
  type: z.literal('ms.PublishEvent'),
  body: z.object({
    dialogId: z.string(),
    event: z.looseObject({
      type: z.literal('ContentEvent'),
      contentType: z.literal('text/plain'),
      message: z.string(),
    }),
  }),
});

/** Routes of `sentinel`, `idp` and the consumer's half of `asyncMessagingEnt`. */
export const CONNECTOR_ROUTES: readonly Route[] = [
  {
    name: 'connector-app-token',
    method: 'POST',
    pattern: /^\/sentinel\/api\/account\/([^/]+)\/app\/token$/,
    handle: appToken,
  },
  {
    name: 'connector-signup',
    method: 'POST',
    pattern: /^\/api\/account\/([^/]+)\/signup$/,
    handle: signup,
  },
  {
    name: 'connector-consumer',
    method: 'POST',
    pattern: /^\/api\/account\/([^/]+)\/consumer$/,
    handle: consumerToken,
  },
  {
    name: 'connector-open',
    method: 'POST',
    pattern: /^\/api\/account\/([^/]+)\/messaging\/consumer\/conversation$/,
    handle: open,
  },
  {
    name: 'connector-send',
    method: 'POST',
    pattern: /^\/api\/account\/([^/]+)\/messaging\/consumer\/conversation\/send$/,
    handle: send,
  },
];

function appToken(request: HttpRequest): HttpAnswer {
  const account = accountOf(request);
  const form = new URLSearchParams(request.text);
  demand(request.url.searchParams.get('grant_type') === 'client_credentials', 400, 'Bad request');
  const known = Object.values(account.users).some(
    ({ credentials }) =>
      credentials.appKey !== undefined &&
      credentials.appKey === form.get('client_id') &&
      credentials.secret === form.get('client_secret'),
  );
  demand(known, 401, 'Client is not known');
  const access_token = request.simulation.consumers.issueApp(account.id);
  return { status: 200, body: { access_token, token_type: 'Bearer' } };
}

function signup(request: HttpRequest): HttpAnswer {
  const account = accountOf(request);
  const jwt = request.simulation.consumers.issueConsumer(account.id, crypto.randomUUID());
  return { status: 200, body: { jwt } };
}

function consumerToken(request: HttpRequest): HttpAnswer {
  const account = accountOf(request);
  const refused = refuseApp(request, account);
  if (refused !== undefined) return refused;
  const parsed = consumerSchema.safeParse(request.body);
  if (!parsed.success) return refusal(400, 'ext_consumer_id is missing', 40001);
  // The same outside id is the same consumer.
  const digest = createHash('sha256').update(`${account.id}/${parsed.data.ext_consumer_id}`).digest('hex');
  return { status: 201, body: { token: request.simulation.consumers.issueConsumer(account.id, digest) } };
}

function open(request: HttpRequest): HttpAnswer {
  const account = accountOf(request);
  const caller = consumerOf(request, account);
  if (typeof caller !== 'string') return caller;
  const parsed = openSchema.safeParse(request.body);
  if (!parsed.success) return refusal(400, 'Body is not valid', 40001);
  const [profile, ask] = parsed.data;
  const { brandId, skillId } = ask.body;
  const knowsSkill = skillId === UNASSIGNED_SKILL || account.skills[skillId] !== undefined;
  if (brandId !== account.id || !knowsSkill) return refusal(400, 'Brand or skill is not valid', 40001);
  const consumerName = profile.body.firstName ?? 'Visitor';
  const conversation = openConversation(account, { consumerId: caller, consumerName, skillId });
  request.simulation.notifier.conversationChanged(account, conversation);
  request.simulation.routing.queue(account, conversation);
  return {
    status: 200,
    body: [
      { code: 'OK', body: { msg: 'OK User Profile set successfully' }, reqId: profile.id },
      { code: 'OK', body: { conversationId: conversation.id }, reqId: ask.id },
    ],
  };
}

function send(request: HttpRequest): HttpAnswer {
  const account = accountOf(request);
  const caller = consumerOf(request, account);
  if (typeof caller !== 'string') return caller;
  const parsed = sendSchema.safeParse(request.body);
  if (!parsed.success) return refusal(400, 'Body is not valid', 40001);
  const { dialogId, event } = parsed.data.body;
  const conversation = account.conversations[dialogId];
  const mine = conversation?.consumerId === caller && conversation.state === 'OPEN';
  if (conversation === undefined || !mine) return refusal(400, 'Dialog is not open', 40001);
  const sequence = consumerSays(request.simulation, account, conversation, event.message);
  // A string here, a number on the agent socket (LivePerson Send API notes).
  return { status: 200, body: { reqId: parsed.data.id, code: 'OK', body: { sequence } } };
}

function refuseApp({ simulation, headers }: HttpRequest, account: Account): HttpAnswer | undefined {
  const token = headers.authorization?.replace(/^Bearer /, '');
  if (token === undefined) return refusal(401, 'AppJWT is missing', 40104);
  return simulation.consumers.isApp(account.id, token)
    ? undefined
    : refusal(401, 'AppJWT is not valid', 40102);
}

/** The consumer's id, or why not. */
function consumerOf(request: HttpRequest, account: Account): string | HttpAnswer {
  const refused = refuseApp(request, account);
  if (refused !== undefined) return refused;
  const token = request.headers['x-lp-on-behalf'];
  if (typeof token !== 'string') return refusal(401, 'ConsumerJWS is missing', 40105);
  return (
    request.simulation.consumers.consumer(account.id, token) ??
    refusal(401, 'ConsumerJWS is not valid', 40103)
  );
}

function refusal(status: number, title: string, errorCode: number): HttpAnswer {
  const body = { title, details: title, errorCode };
  return { status, body: { kind: 'resp', code: status, type: '.ReqBody$ErrorResp', body } };
}
