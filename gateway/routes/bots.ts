// What the platforms of bots call: verified by the platform's own rules over the exact bytes, done, and answered to the
// byte in the platform's own words. Nothing is answered before Temporal has what is to be done.
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { BatonError } from '../../domain/errors';
import type { BotAnswer, BotDeed } from '../../platforms/platform';
import { unlessAborted } from '../../temporal/faults';
import { createUnverifiedLimit } from '../access/unverified-limit';
import { doDeeds, type DeedDeps } from '../bots/do-deeds';
import { createFindBot, type CalledBot } from '../bots/find-bot';
import type { RouteAdder } from '../http/add-route';
import { InvalidRequest, problemOf } from '../http/problem';
import { inboundOf, keepBodiesRaw } from '../http/raw-body';
import { sendExactly } from '../http/send-exactly';
import type { GatewayDeps } from '../settings';

/** For all that one call wants done, in milliseconds: some platforms wait five seconds for the answer, and no longer. */
const DEEDS_MS = 4_000;

/** What the routes need. */
export interface BotRouteDeps extends DeedDeps, Pick<GatewayDeps, 'client' | 'platforms' | 'log'> {
  /** Adds routes to a scope of the app. */
  readonly routesOf: (scope: FastifyInstance) => RouteAdder;
}

interface BotCallPath {
  readonly tenant: string;
  readonly bot: string;
  readonly path: string;
}

/** Adds both methods, in a scope of their own: bodies are kept raw. */
export function addBotRoutes(app: FastifyInstance, deps: BotRouteDeps): void {
  const findBot = createFindBot(deps.configuration, deps.platforms);
  const unverified = createUnverifiedLimit();
  const answer = async (
    method: 'GET' | 'POST',
    path: BotCallPath,
    request: FastifyRequest,
  ): Promise<BotAnswer> => {
    const called = findBot(path.tenant, path.bot);
    const result = called?.read({
      ...inboundOf(request),
      method,
      path: `/${path.path}`,
      query: queryOf(request),
    });
    if (called && result?.unauthorized)
      deps.log.warn(
        { event: 'gateway.bot_unverified', requestId: request.id, tenant: called.tenant, bot: called.bot },
        "a call of a bot's platform was not verified",
      );
    if (!called || !result || result.unauthorized) {
      const limited = await unverified(request);
      if (limited) throw limited;
    }
    // Whose name is wrong is nobody's business.
    if (!called || !result) throw new BatonError('ESC_ROUTE_NOT_FOUND', 'there is no such address');
    return whatIsSaid(deps, called, result, request.id);
  };
  void app.register((scope) => {
    keepBodiesRaw(scope);
    const routes = deps.routesOf(scope);
    const send = async (method: 'GET' | 'POST', path: BotCallPath, reply: FastifyReply): Promise<void> =>
      sendExactly(reply, await answer(method, path, reply.request));
    routes.add('callBot', ({ path, reply }) => send('POST', path, reply));
    routes.add('askBot', ({ path, reply }) => send('GET', path, reply));
    return Promise.resolve();
  });
}

/** The platform's answer once all is done; if it cannot be, its words for that. */
async function whatIsSaid(
  deps: BotRouteDeps,
  called: CalledBot,
  { answer, deeds, failure }: ReturnType<CalledBot['read']>,
  requestId: string,
): Promise<BotAnswer> {
  try {
    await doInTime(deps, called, deeds);
    return answer;
  } catch (error) {
    if (!failure || !(error instanceof BatonError || error instanceof InvalidRequest)) throw error;
    const { tenant, bot } = called;
    const { code } = problemOf(error, requestId);
    deps.log.warn(
      { event: 'gateway.deed_refused', requestId, tenant, bot, code },
      "a bot's platform was refused",
    );
    return failure;
  }
}

/**
 * What is under way when the time is over may yet be done: the platform hears that it was not, and the same call again
 * is the same.
 * @throws BatonError `ESC_TEMPORAL_UNAVAILABLE` when the time is over; and as {@link doDeeds}
 */
async function doInTime(deps: BotRouteDeps, called: CalledBot, deeds: readonly BotDeed[]): Promise<void> {
  const time = new AbortController();
  const isOver = (): void =>
    time.abort(new BatonError('ESC_TEMPORAL_UNAVAILABLE', `not all was done within ${DEEDS_MS} ms`));
  const timer = setTimeout(isOver, DEEDS_MS);
  try {
    await unlessAborted(deps.client, time.signal, () => doDeeds(deps, called, deeds, time.signal));
  } finally {
    clearTimeout(timer);
  }
}

/** The first of each name. */
function queryOf({ query }: FastifyRequest): Record<string, string | undefined> {
  return Object.fromEntries(
    Object.entries(query as Record<string, string | string[]>).map(([name, value]) => [
      name,
      Array.isArray(value) ? value[0] : value,
    ]),
  );
}
