// What a BotKit server calls: verified by its token, refused once the request has expired, and then done to the user.
import { z } from 'zod';
import type { Faults } from '../../simulation/faults';
import { answer } from '../../simulation/server';
import type { SimulatorAnswer, SimulatorRequest } from '../../simulation/server';
import { verifyJwt } from '../json-web-token';
import type { Happenings } from './events';
import {
  isWithAgent,
  now,
  showLine,
  type PlatformRequest,
  type ScreenLine,
  type User,
  type World,
} from './world';

const ROUTE = /^\/api\/botsdk\/stream\/([^/]+)\/([A-Za-z]+)(?:\/([^/]+))?$/;
/** Calls that a conversation can do without: known, and without effect here. */
const IDLE: readonly string[] = ['skipUserMessage', 'skipBotMessage', 'resetBot', 'clearConversationSession'];

const bodySchema = z.looseObject({
  __payloadClass: z.string().optional(),
  message: z.string().default(''),
  overrideMessagePayload: z.object({ isTemplate: z.boolean(), body: z.string() }).optional(),
});
const templateSchema = z.object({
  payload: z.object({
    template_type: z.literal('live_agent'),
    text: z.string(),
    agent_name: z.string().optional(),
  }),
});

/** What a call can reach. */
export interface Reach {
  readonly world: World;
  readonly happenings: Happenings;
  readonly faults: Faults;
  readonly changed: () => void;
}

/** Answers one call back. */
export async function takeCall(reach: Reach, request: SimulatorRequest): Promise<SimulatorAnswer> {
  const { world, faults, changed } = reach;
  const { settings } = world;
  const [, botId, operation = '', requestId = ''] = ROUTE.exec(request.path) ?? [];
  const claims = verifyJwt(request.headers.auth ?? '', [settings.clientSecret], now(world) - world.aheadMs);
  if (botId !== settings.botId || claims?.appId !== settings.appId || typeof claims.exp !== 'number') {
    world.refused += 1;
    return answer(401, { errors: [{ msg: 'Unauthorized', code: 'UNAUTHORIZED' }] });
  }
  if (operation === 'getMessages' && request.method === 'GET')
    return faults.strike(operation, () => listMessages(world, request));
  if (request.method !== 'POST') return answer(404);
  const body = bodySchema.safeParse(JSON.parse(request.body.toString('utf8') || 'null'));
  if (!body.success) return answer(400, { errors: [{ msg: 'Malformed JSON', code: 'BAD_REQUEST' }] });
  return faults.strike(operation, () => {
    const known = world.requests[requestId];
    const status = perform(reach, operation, known, body.data);
    const { __payloadClass, message } = body.data;
    world.calls.push({
      operation,
      requestId,
      userId: known?.userId ?? '',
      status,
      at: now(world),
      ...(__payloadClass !== undefined && { payloadClass: __payloadClass }),
      ...(message !== '' && { message }),
    });
    changed();
    return answer(
      status,
      status === 200 ? { status: 'ok' } : { errors: [{ msg: 'Not done', code: status }] },
    );
  });
}

/** Does it and gives the status. */
function perform(
  { world, happenings }: Reach,
  operation: string,
  request: PlatformRequest | undefined,
  body: z.output<typeof bodySchema>,
): number {
  const user = request && world.users[request.userId];
  if (!request || !user || request.expiresAt <= now(world)) return world.settings.expiredStatus;
  switch (operation) {
    case 'sendUserMessage':
    case 'sendAlertMessage':
      showLine(world, user, lineOf(body));
      return 200;
    case 'sendBotMessage':
      happenings.botHears(user, request, body.message);
      return 200;
    case 'startAgentSession':
      user.agentTransfer = true;
      user.lastActivity = now(world);
      return 200;
    case 'clearAgentSession':
      user.agentTransfer = false;
      return 200;
    case 'extendcallid':
      request.expiresAt = now(world) + world.settings.requestLifeMs;
      return 200;
    default:
      return IDLE.includes(operation) ? 200 : 404;
  }
}

function lineOf({
  message,
  overrideMessagePayload,
}: z.output<typeof bodySchema>): Omit<ScreenLine, 'id' | 'at'> {
  if (!overrideMessagePayload?.isTemplate)
    return { from: 'bot', text: overrideMessagePayload?.body ?? message };
  const template = templateSchema.safeParse(JSON.parse(overrideMessagePayload.body));
  if (!template.success) return { from: 'bot', text: overrideMessagePayload.body };
  const { text, agent_name: agentName } = template.data.payload;
  return { from: 'bot', text, ...(agentName !== undefined && { agentName }) };
}

/** Newest first; with a body, the platform calls the JSON malformed (field). */
function listMessages(world: World, { query, body }: SimulatorRequest): SimulatorAnswer {
  if (body.length > 0) return answer(400, { errors: [{ msg: 'Malformed JSON', code: 'BAD_REQUEST' }] });
  const user: User | undefined = world.users[query.get('userId') ?? ''];
  const skip = Number(query.get('skip') ?? 0);
  const limit = Number(query.get('limit') ?? 20);
  const lines = (user?.screen ?? []).toReversed().slice(skip, skip + limit);
  if (user) isWithAgent(world, user);
  return answer(200, {
    messages: lines.map(({ id, from, text, at }) => ({
      _id: id,
      type: from === 'user' ? 'incoming' : 'outgoing',
      components: [{ cT: 'text', data: { text } }],
      createdOn: new Date(at).toISOString(),
      createdBy: from === 'user' ? user?.id : world.settings.botId,
    })),
  });
}
