// The vendor's HTTP: which resource takes which method and headers, and the status of everything that is wrong.
import { z } from 'zod';
import { answer, answerText } from '../../simulation/server';
import type { SimulatorAnswer, SimulatorRequest } from '../../simulation/server';
import type { Chats } from './chats';
import type { Outbox } from './outbox';
import type { Routing } from './routing';
import { short } from './world';
import type { Chat, World } from './world';

/** What the resources need. */
export interface Vendor {
  readonly world: World;
  readonly chats: Chats;
  readonly outbox: Outbox;
  readonly routing: Routing;
}

type Answer = SimulatorAnswer | Promise<SimulatorAnswer>;

/** One resource. Faults and counters call it by its name. */
export interface Resource {
  readonly name: string;
  readonly method: 'GET' | 'POST' | 'DELETE';
  readonly pattern: RegExp;
  handle(vendor: Vendor, request: SimulatorRequest): Answer;
}

const OK = answerText(200, 'OK');
const CLOSED: readonly Chat['state'][] = ['failed', 'ended', 'gone'];

const textSchema = z.object({ text: z.string() });
const endSchema = z.object({ reason: z.string().min(1) });
const initSchema = z.looseObject({
  organizationId: z.string(),
  deploymentId: z.string(),
  sessionId: z.string(),
  visitorName: z.string(),
  language: z.string(),
  screenResolution: z.string(),
  userAgent: z.string(),
  prechatDetails: z.array(z.unknown()),
  prechatEntities: z.array(z.unknown()),
  receiveQueueUpdates: z.boolean(),
  isPost: z.boolean(),
});
const nounsSchema = z.object({
  nouns: z.array(z.object({ prefix: z.string(), noun: z.string(), object: z.unknown() })),
});

/** What each noun of the visitor does; undefined: its body is wrong. */
const NOUNS: Readonly<Record<string, (vendor: Vendor, chat: Chat, body: unknown) => true | undefined>> = {
  ChasitorInit({ chats }, chat, body) {
    const read = initSchema.safeParse(body);
    if (!read.success || read.data.sessionId !== chat.id || chat.state !== 'session') return undefined;
    chats.init(chat, read.data);
    return true;
  },
  ChatMessage({ chats }, chat, body) {
    const read = textSchema.safeParse(body);
    if (!read.success) return undefined;
    chats.visitorWrites(chat, read.data.text);
    return true;
  },
  ChatEnd({ chats }, chat, body) {
    if (!endSchema.safeParse(body).success) return undefined;
    chats.visitorEnds(chat);
    return true;
  },
  ChasitorTyping(_, chat) {
    chat.isVisitorTyping = true;
    return true;
  },
  ChasitorNotTyping(_, chat) {
    chat.isVisitorTyping = false;
    return true;
  },
};

/** What every call of a chat must have; an answer when it has not. */
function chatOf({ world }: Vendor, { headers }: SimulatorRequest): Chat | SimulatorAnswer {
  const key = headers['x-liveagent-session-key'];
  const chat = key === undefined ? undefined : world.chats[key];
  if (!chat || (chat.state === 'gone' && chat.endedBy !== 'duplicatePoll'))
    return answerText(403, 'Session required but was invalid or not found');
  return chat;
}

function post(name: string): Resource {
  const pattern = new RegExp(`^/chat/rest/Chasitor/${name}$`);
  return {
    name,
    method: 'POST',
    pattern,
    handle: (vendor, request) => numbered(vendor, request, [{ noun: name, object: json(request) ?? {} }]),
  };
}

/** A POST with a number: checked, done once, and counted. */
function numbered(
  vendor: Vendor,
  request: SimulatorRequest,
  nouns: readonly { readonly noun: string; readonly object?: unknown }[],
): SimulatorAnswer {
  const chat = chatOf(vendor, request);
  if ('kind' in chat) return chat;
  if (request.headers['x-liveagent-affinity'] !== chat.affinity)
    return answerText(503, 'Invalid Affinity Token');
  if (chat.needsResync && nouns.some(({ noun }) => noun !== 'ChatEnd'))
    return answerText(503, 'The session is being resynchronised');
  const header = request.headers['x-liveagent-sequence'];
  const sequence = header === undefined ? undefined : Number(header);
  if (sequence !== undefined && !Number.isInteger(sequence)) return answerText(400, 'Bad sequence');
  if (sequence !== undefined && sequence !== chat.taken + 1) {
    if (sequence === chat.taken && vendor.world.settings.repeats === 'ok') return OK;
    return answerText(409, `Out of sync Ack. Expected ${sequence}. Actual ${chat.taken}`);
  }
  if (CLOSED.includes(chat.state)) return answerText(403, 'The chat is over');
  for (const { noun, object } of nouns) {
    const isFirst = noun === 'ChasitorInit';
    const act = Object.hasOwn(NOUNS, noun) ? NOUNS[noun] : undefined;
    if (!act || isFirst !== (chat.state === 'session') || !act(vendor, chat, object))
      return answerText(400, `${noun} is not valid`);
  }
  if (sequence !== undefined) chat.taken = sequence;
  return OK;
}

/** All resources. What is not here is 404. */
const RESOURCES: readonly Resource[] = [
  {
    name: 'SessionId',
    method: 'GET',
    pattern: /^\/chat\/rest\/System\/SessionId$/,
    handle({ world, chats }) {
      const { id, key, affinity: affinityToken } = chats.open();
      return answer(200, { id, key, affinityToken, clientPollTimeout: world.settings.clientPollTimeout });
    },
  },
  {
    name: 'DeleteSession',
    method: 'DELETE',
    pattern: /^\/chat\/rest\/System\/SessionId\/([^/]+)$/,
    handle({ world, chats }, { path, headers }) {
      const chat = world.chats[decodeURIComponent(path.split('/').at(-1) ?? '')];
      if (!chat || chat.state === 'gone') return answerText(403, 'Session is not valid');
      if (headers['x-liveagent-affinity'] !== chat.affinity) return answerText(503, 'Invalid Affinity Token');
      chats.terminate(chat, 'client');
      return OK;
    },
  },
  {
    name: 'Messages',
    method: 'GET',
    pattern: /^\/chat\/rest\/System\/Messages$/,
    handle(vendor, request) {
      const chat = chatOf(vendor, request);
      if ('kind' in chat) return chat;
      const ack = Number(request.query.get('ack') ?? -1);
      if (!Number.isInteger(ack)) return answerText(400, 'Bad ack');
      return vendor.outbox.poll(chat, ack, request.headers['x-liveagent-affinity'], request.gone);
    },
  },
  ...Object.keys(NOUNS).map(post),
  {
    name: 'MultiNoun',
    method: 'POST',
    pattern: /^\/chat\/rest\/System\/MultiNoun$/,
    handle(vendor, request) {
      const read = nounsSchema.safeParse(json(request));
      return read.success ? numbered(vendor, request, read.data.nouns) : answerText(400, 'Bad nouns');
    },
  },
  {
    name: 'ReconnectSession',
    method: 'GET',
    pattern: /^\/chat\/rest\/System\/ReconnectSession$/,
    handle(vendor, request) {
      const chat = chatOf(vendor, request);
      if ('kind' in chat) return chat;
      if (request.headers['x-liveagent-affinity'] !== 'null') return answerText(400, 'Affinity must be null');
      if (!chat.isMoved && vendor.world.settings.unmoved === 'refused')
        return answerText(405, 'Method not allowed');
      vendor.chats.reconnect(chat, Number(request.query.get('ReconnectSession.offset') ?? 0));
      const message = { resetSequence: true, affinityToken: chat.affinity };
      return answer(200, { messages: [{ type: 'ReconnectSession', message }] });
    },
  },
  {
    name: 'ChasitorResyncState',
    method: 'POST',
    pattern: /^\/chat\/rest\/Chasitor\/ChasitorResyncState$/,
    handle(vendor, request) {
      const chat = chatOf(vendor, request);
      if ('kind' in chat) return chat;
      if (request.headers['x-liveagent-affinity'] !== chat.affinity)
        return answerText(503, 'Invalid Affinity Token');
      chat.needsResync = false;
      chat.isMoved = false;
      return OK;
    },
  },
  {
    name: 'Availability',
    method: 'GET',
    pattern: /^\/chat\/rest\/Visitor\/Availability$/,
    handle({ world, routing }, { query }) {
      const elsewhere = switchServer(world);
      if (elsewhere) return elsewhere;
      const ids = (query.get('Availability.ids') ?? '').replace(/^\[|\]$/g, '').split(',');
      if (ids.some((id) => id.length !== 15)) return answerText(400, 'Ids have 15 characters');
      const results = ids.map((id) => ({
        id,
        // What is not available has no member at all, as the vendor answers.
        ...(routing.isAvailable(id) && {
          isAvailable: true,
          estimatedWaitTime: world.buttons[short(id)]?.estimatedWaitTime ?? -1,
        }),
      }));
      return answer(200, { messages: [{ type: 'Availability', message: { results } }] });
    },
  },
];

/** The resources of a path: none, or one for each method. */
export function resourcesAt(path: string): readonly Resource[] {
  return RESOURCES.filter(({ pattern }) => pattern.test(path));
}

function switchServer({ settings: { newUrl } }: World): SimulatorAnswer | undefined {
  if (newUrl === null) return undefined;
  return answer(200, { messages: [{ type: 'SwitchServer', message: { newUrl } }] });
}

/** True when there is a body and it is not JSON. */
export function isBadJson(request: SimulatorRequest): boolean {
  return request.body.length > 0 && json(request) === undefined;
}

function json({ body }: SimulatorRequest): unknown {
  try {
    return body.length > 0 ? JSON.parse(body.toString('utf8')) : {};
  } catch {
    return undefined;
  }
}
