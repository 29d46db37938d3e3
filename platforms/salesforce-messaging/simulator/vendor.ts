// The vendor's HTTP: tokens, conversations, entries, business hours and the stream, with what it refuses.
import { createPublicKey, randomUUID, verify } from 'node:crypto';
import type { Faults } from '../../simulation/faults';
import { answer } from '../../simulation/server';
import type { SimulatorAnswer, SimulatorRequest } from '../../simulation/server';
import type { Conversations } from './conversations';
import { render } from './streams';
import type { Streams } from './streams';
import type { Conversation, World } from './world';

/** What the vendor works on. */
export interface Vendor {
  readonly world: World;
  readonly conversations: Conversations;
  readonly streams: Streams;
  readonly faults: Faults;
  readonly requests: Record<string, number>;
  readonly changed: () => void;
}

const API = '/iamessage/api/v2';
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;
const MINUTE_MS = 60_000;

type Json = Readonly<Record<string, unknown>>;

/** Answers any request that is not control. */
export async function handleVendor(vendor: Vendor, request: SimulatorRequest): Promise<SimulatorAnswer> {
  const found = routeOf(vendor, request);
  if (!found) return refuse(404, 'NOT_FOUND');
  const { name, run } = found;
  vendor.requests[name] = (vendor.requests[name] ?? 0) + 1;
  return vendor.faults.strike(name, run);
}

interface Found {
  readonly name: string;
  readonly run: () => SimulatorAnswer;
}

function routeOf(vendor: Vendor, request: SimulatorRequest): Found | undefined {
  const { method, path } = request;
  const body = jsonOf(request);
  const key = `${method} ${path.replace(API, '')}`;
  if (key === 'POST /authorization/unauthenticated/access-token')
    return { name: 'token', run: () => guestToken(vendor, body) };
  if (key === 'POST /authorization/authenticated/access-token')
    return { name: 'token', run: () => verifiedToken(vendor, body) };
  if (key === 'GET /authorization/continuation-access-token')
    return {
      name: 'continuation',
      run: () => withUser(vendor, request, (subject) => tokenFor(vendor, subject)),
    };
  if (key === 'GET /embeddedservice/v1/businesshours')
    return {
      name: 'hours',
      run: () => answer(200, { businessHoursInfo: { businessHours: vendor.world.settings.hours } }),
    };
  if (key === 'GET /eventrouter/v1/sse') return { name: 'stream', run: () => openStream(vendor, request) };
  if (key === 'POST /conversation')
    return {
      name: 'create',
      run: () => withUser(vendor, request, (subject) => create(vendor, subject, body)),
    };
  const [, id = '', rest = ''] = /^\/conversation\/([^/]+)(.*)$/.exec(path.replace(API, '')) ?? [];
  const deed = id === '' ? undefined : DEEDS[`${method} ${rest}`];
  return (
    deed && {
      name: deed.name,
      run: () =>
        withConversation(vendor, request, id, (conversation) =>
          deed.run(vendor, conversation, body, request),
        ),
    }
  );
}

interface Deed {
  readonly name: string;
  run(vendor: Vendor, conversation: Conversation, body: Json, request: SimulatorRequest): SimulatorAnswer;
}

const DEEDS: Readonly<Record<string, Deed>> = {
  'GET ': { name: 'status', run: (_vendor, { id, agents }) => answer(200, statusOf(id, agents.length > 0)) },
  'DELETE ': {
    name: 'close',
    run: ({ conversations }, conversation) => {
      conversations.userCloses(conversation);
      return answer(204);
    },
  },
  'DELETE /session': {
    name: 'endSession',
    run: ({ conversations }, conversation) => {
      conversations.endSession(conversation);
      return answer(204);
    },
  },
  'POST /message': { name: 'message', run: onMessage },
  'POST /entry': {
    name: 'typing',
    run: ({ changed }, conversation, { entryType }) => {
      conversation.isUserTyping = entryType === 'TypingStartedIndicator';
      changed();
      return answer(202);
    },
  },
  'POST /acknowledge-entries': { name: 'receipts', run: onReceipts },
  'GET /entries': { name: 'entries', run: onEntries },
};

function statusOf(conversationId: string, isRouted: boolean): Json {
  return { conversationId, routingStatus: isRouted ? 'ROUTED' : 'NEEDS_ROUTING' };
}

function guestToken(vendor: Vendor, body: Json): SimulatorAnswer {
  return refusedDeployment(vendor, body) ?? tokenFor(vendor, `v2/iamessage/UNAUTH/NA/uid:${randomUUID()}`);
}

function verifiedToken(vendor: Vendor, body: Json): SimulatorAnswer {
  const refusal = refusedDeployment(vendor, body);
  if (refusal) return refusal;
  const sub = believed(vendor.world, String(body.customerIdentityToken));
  // A JWT that is not believed makes a stranger of the user, and says nothing.
  return tokenFor(
    vendor,
    sub === undefined ? `v2/iamessage/ANON/NA/uid:${randomUUID()}` : `v2/iamessage/AUTH/Keys/uid:${sub}`,
  );
}

function believed({ settings }: World, jwt: string): string | undefined {
  const [header = '', claims = '', signature = ''] = jwt.split('.');
  const { kid } = decode(header);
  const key = typeof kid === 'string' ? settings.keys[kid] : undefined;
  if (key === undefined) return undefined;
  const signed = Buffer.from(`${header}.${claims}`);
  if (!verify('sha256', signed, createPublicKey(key), Buffer.from(signature, 'base64url'))) return undefined;
  const { sub, exp } = decode(claims);
  return typeof exp === 'number' && exp * 1000 > Date.now() && typeof sub === 'string' ? sub : undefined;
}

function decode(part: string): Json {
  try {
    return JSON.parse(Buffer.from(part, 'base64url').toString('utf8')) as Json;
  } catch {
    return {};
  }
}

function refusedDeployment({ world }: Vendor, { orgId, esDeveloperName }: Json): SimulatorAnswer | undefined {
  const { orgId: org, deployment } = world.settings;
  const isRight = String(orgId).slice(0, 15) === org.slice(0, 15) && esDeveloperName === deployment;
  return isRight ? undefined : refuse(400, 'INVALID_DEPLOYMENT');
}

function tokenFor({ world, changed }: Vendor, subject: string): SimulatorAnswer {
  const expiresAt = Date.now() + world.settings.tokenLifeMs;
  const parts = [{ alg: 'RS256' }, { sub: subject, exp: expiresAt / 1000, jti: randomUUID() }, {}];
  const accessToken = parts.map((part) => Buffer.from(JSON.stringify(part)).toString('base64url')).join('.');
  world.tokens[accessToken] = { subject, expiresAt };
  changed();
  return answer(200, {
    accessToken,
    lastEventId: String(world.lastEvent),
    context: { deviceId: randomUUID(), endUser: { appType: 'iamessage', role: 'EndUser', subject } },
  });
}

function withUser(
  { world }: Vendor,
  { headers }: SimulatorRequest,
  run: (subject: string) => SimulatorAnswer,
): SimulatorAnswer {
  const token = world.tokens[/^Bearer (.+)$/.exec(headers.authorization ?? '')?.[1] ?? ''];
  return token && token.expiresAt > Date.now() ? run(token.subject) : refuse(401, 'UNAUTHORIZED');
}

function withConversation(
  vendor: Vendor,
  request: SimulatorRequest,
  id: string,
  run: (conversation: Conversation) => SimulatorAnswer,
): SimulatorAnswer {
  return withUser(vendor, request, (subject) => {
    const conversation = vendor.world.conversations[id];
    return conversation?.subject === subject ? run(conversation) : refuse(404, 'NOT_FOUND');
  });
}

function openStream(vendor: Vendor, request: SimulatorRequest): SimulatorAnswer {
  const { 'x-org-id': org, 'last-event-id': last } = request.headers;
  if (org?.slice(0, 15) !== vendor.world.settings.orgId.slice(0, 15)) return refuse(400, 'MISSING_ORG');
  if (last === undefined) return refuse(400, 'MISSING_LAST_EVENT_ID');
  return withUser(vendor, request, (subject) => vendor.streams.open(subject, last, request.gone));
}

function create(vendor: Vendor, subject: string, body: Json): SimulatorAnswer {
  const { world, conversations } = vendor;
  const { conversationId: id, routingAttributes = {} } = body;
  if (typeof id !== 'string' || !UUID.test(id))
    return refuse(400, 'Specify the conversationId in UUID format. The UUID must be in lowercase.');
  const known = world.conversations[id];
  if (known && known.subject !== subject) return refuse(403, 'FORBIDDEN');
  const { attributes } = world.settings;
  const kept = Object.entries(routingAttributes as Record<string, string>).filter(
    ([name]) => !attributes || attributes.includes(name),
  );
  if (!known || !world.settings.dedupes) conversations.create(id, subject, Object.fromEntries(kept));
  return { kind: 'answer', status: 201, text: '', headers: { 'content-length': '0' } };
}

function onMessage(vendor: Vendor, conversation: Conversation, body: Json): SimulatorAnswer {
  const { world, conversations } = vendor;
  const { id, staticContent } = (body.message ?? {}) as { id?: string; staticContent?: Json };
  if (id === undefined || !staticContent || body.esDeveloperName !== world.settings.deployment)
    return refuse(400, 'BAD_REQUEST');
  const isOpen = conversation.status === 'waiting' || conversation.status === 'active';
  if (conversation.status === 'closed') return refuse(404, 'NOT_FOUND');
  if (!isOpen && body.isNewMessagingSession !== true) return refuse(417, 'NO_OPEN_SESSION');
  if (body.isNewMessagingSession === true && (!body.routingAttributes || !body.language))
    return refuse(400, 'BAD_REQUEST');
  const now = Date.now();
  conversation.inbound = conversation.inbound.filter((at) => at > now - MINUTE_MS);
  if (conversation.inbound.length >= world.settings.perMinute) {
    const [oldest = now] = conversation.inbound;
    const seconds = Math.max(1, Math.ceil((oldest + MINUTE_MS - now) / 1000));
    return answer(429, { errorCode: 'TOO_MANY_REQUESTS' }, { 'retry-after': String(seconds) });
  }
  conversation.inbound.push(now);
  if (!isOpen) conversations.reopen(conversation);
  const isKnown = conversation.entries.some(({ identifier }) => identifier === id);
  if (!isKnown || !world.settings.dedupes) conversations.userWrites(conversation, id, staticContent);
  return answer(202, { conversationEntries: [{ id, clientTimestamp: now }] });
}

function onReceipts(vendor: Vendor, conversation: Conversation, body: Json): SimulatorAnswer {
  const acks = (body.acks ?? []) as { entryType?: string; conversationEntryId?: string }[];
  for (const { entryType, conversationEntryId = '' } of acks) {
    const list = entryType === 'Read' ? conversation.read : conversation.delivered;
    if (!list.includes(conversationEntryId)) list.push(conversationEntryId);
  }
  vendor.changed();
  return answer(202);
}

function onEntries(
  { world }: Vendor,
  { entries }: Conversation,
  _body: Json,
  { query }: SimulatorRequest,
): SimulatorAnswer {
  const limit = Math.min(Number(query.get('limit') ?? 20), 50);
  const from = Number(query.get('startTimestamp') ?? 0);
  const to = Number(query.get('endTimestamp') ?? Infinity);
  const types = query.get('entryTypeFilter')?.split(',');
  const found = entries.filter(
    ({ transcriptedTimestamp: at, entryType }) =>
      at >= from && at <= to && (!types || types.includes(entryType)),
  );
  const page = query.get('direction') === 'FromStart' ? found.slice(0, limit) : found.slice(-limit).reverse();
  return answer(200, { conversationEntries: page.map((entry) => render(entry, world.settings.listPayload)) });
}

function refuse(status: number, message: string): SimulatorAnswer {
  return answer(status, { message, errorCode: String(status) });
}

function jsonOf({ body }: SimulatorRequest): Json {
  try {
    const value: unknown = JSON.parse(body.toString('utf8') || '{}');
    return typeof value === 'object' && value !== null ? (value as Json) : {};
  } catch {
    return {};
  }
}
