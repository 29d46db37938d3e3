// The vendor's HTTP: each request through the gate and past the faults to what it asks of a session.
import { randomUUID } from 'node:crypto';
import type { Faults } from '../../simulation/faults';
import type { OAuth } from '../../simulation/salesforce-oauth';
import { answer } from '../../simulation/server';
import type { SimulatorAnswer, SimulatorRequest } from '../../simulation/server';
import type { Bot } from './bot-spec';
import { admit, alone, checkCrc, sessionOf } from './gate';
import type { Holds } from './holds';
import { errorBody, Refusal } from './refusal';
import { checked, END_REASONS, messageSchema, startSchema } from './requests';
import type { RequestLog, RecordedRequest } from './request-log';
import { routeOf } from './routes';
import type { ApiRoute } from './routes';
import { endSession, startSession, takeMessage } from './sessions';
import type { Asked } from './sessions';
import { onIntrospect, onToken } from './tokens';
import type { Organisation, Session, World } from './world';

/** What the vendor works on. */
export interface Vendor {
  readonly world: World;
  /** By organisation. */
  readonly oauth: ReadonlyMap<string, OAuth>;
  readonly faults: Faults;
  readonly holds: Holds;
  /** Sessions that a request is being processed for. */
  readonly busy: Set<string>;
  readonly log: RequestLog;
  readonly changed: () => void;
  url(): string;
}

/** Answers any request that is not control. */
export async function handleVendor(vendor: Vendor, request: SimulatorRequest): Promise<SimulatorAnswer> {
  const route = routeOf(request);
  const noted = vendor.log.note(request, route);
  const outcome = await answerOf(vendor, request, route, noted);
  noted.answered = outcome.kind === 'answer' ? outcome.status : 'nothing';
  return outcome;
}

async function answerOf(
  vendor: Vendor,
  request: SimulatorRequest,
  route: ReturnType<typeof routeOf>,
  noted: RecordedRequest,
): Promise<SimulatorAnswer> {
  const { faults, world } = vendor;
  switch (route.kind) {
    case 'token':
      return faults.strike('token', () => onToken(vendor.oauth, world, request));
    case 'introspect':
      return faults.strike('introspect', () => onIntrospect(vendor.oauth, world, request));
    case 'status':
      return strike(vendor, request, ['status'], randomUUID(), () =>
        answer(200, { status: world.settings.status }),
      );
    case 'versions':
      return strike(vendor, request, ['versions'], randomUUID(), () =>
        answer(200, { versions: world.settings.versions }),
      );
    default:
      return onApi(vendor, request, route, noted);
  }
}

async function onApi(
  vendor: Vendor,
  request: SimulatorRequest,
  route: ApiRoute | { readonly kind: 'unknown' },
  noted: RecordedRequest,
): Promise<SimulatorAnswer> {
  const requestId = request.headers['x-request-id'] ?? randomUUID();
  try {
    if (route.kind === 'unknown') throw new Refusal(404);
    const organisation = admit(vendor, request, route.version);
    const session =
      route.kind === 'start' ? undefined : sessionOf(vendor.world, organisation, route.sessionId);
    return await alone(vendor.busy, session?.id, request.gone, async () => {
      const kinds = [...noted.kinds];
      await vendor.holds.pass(kinds, session?.id);
      return strike(vendor, request, kinds, requestId, () =>
        perform(vendor, { route, organisation, session, request, requestId, noted }),
      );
    });
  } catch (error) {
    return refusalOf(error, request, requestId);
  }
}

/** Runs the effect unless a fault strikes, whose status gets the body that the vendor gives with it. */
async function strike(
  { faults }: Vendor,
  request: SimulatorRequest,
  kinds: readonly string[],
  requestId: string,
  effect: () => SimulatorAnswer,
): Promise<SimulatorAnswer> {
  let isDone = false;
  const outcome = await faults.strike(kinds, () => {
    isDone = true;
    try {
      return effect();
    } catch (error) {
      return refusalOf(error, request, requestId);
    }
  });
  if (isDone || outcome.kind !== 'answer' || outcome.status < 400) return outcome;
  const body = errorBody(outcome.status, { path: request.path, requestId });
  return { ...outcome, body, headers: { ...outcome.headers, 'x-request-id': requestId } };
}

interface Deed {
  readonly route: ApiRoute;
  readonly organisation: Organisation;
  readonly session: Session | undefined;
  readonly request: SimulatorRequest;
  readonly requestId: string;
  readonly noted: RecordedRequest;
}

function perform(vendor: Vendor, deed: Deed): SimulatorAnswer {
  const { world } = vendor;
  const { route, organisation, request, requestId, noted } = deed;
  const asked: Asked = { url: vendor.url(), version: route.version };
  if (route.kind === 'start') {
    const bot = botOf(organisation, route.botId, 404);
    if (!bot.isActive) throw new Refusal(422);
    const body = checked(startSchema, bodyOf(request));
    const { session, answer: started } = startSession(world, asked, { bot, orgId: organisation.id, body });
    noted.sessionId = session.id;
    return given(vendor, session, started, { 'x-request-id': requestId, 'x-bot-mode': bot.mode });
  }
  // A request that waited finds its session as it is by now.
  const session = sessionOf(world, organisation, route.sessionId);
  const bot = botOf(organisation, session.botId, 410);
  checkCrc(world, session, request, noted);
  const headers = { 'x-request-id': requestId };
  if (route.kind === 'end') {
    const reason = END_REASONS.find((each) => each === request.headers['x-session-end-reason']);
    if (!reason) throw new Refusal(400, `X-Session-End-Reason is required: one of ${END_REASONS.join(', ')}`);
    return given(vendor, session, endSession(asked, session, bot, reason), headers);
  }
  const body = checked(messageSchema, bodyOf(request));
  if (body.message.type === 'setVariables' && /^5\.[01]\./.test(route.version))
    throw new Refusal(400, 'message.type: setVariables came with 5.2.0');
  const { isRepeat, answer: said } = takeMessage(world.settings, asked, { bot, session, body });
  noted.isRepeat = isRepeat;
  return given(vendor, session, said, headers);
}

function given(
  { changed }: Vendor,
  session: Session,
  body: object,
  headers: Record<string, string>,
): SimulatorAnswer {
  const crc = randomUUID().slice(0, 8);
  session.crcs.push(crc);
  changed();
  return answer(200, body, { ...headers, 'x-runtime-crc': crc });
}

function botOf({ bots }: Organisation, botId: string, otherwise: 404 | 410): Bot {
  const bot = bots.find(({ id }) => id === botId);
  if (!bot) throw new Refusal(otherwise);
  return bot;
}

function bodyOf({ headers, body }: SimulatorRequest): unknown {
  if (!/^application\/json\b/i.test(headers['content-type'] ?? ''))
    throw new Refusal(400, 'Content-Type must be application/json');
  try {
    return JSON.parse(body.toString('utf8'));
  } catch {
    throw new Refusal(400, 'the body is not JSON');
  }
}

function refusalOf(error: unknown, { path }: SimulatorRequest, requestId: string): SimulatorAnswer {
  const { status, message } =
    error instanceof Refusal ? error : { status: 500, message: error instanceof Error ? error.message : '' };
  return answer(status, errorBody(status, { path, requestId }, message), { 'x-request-id': requestId });
}
