// Every call that is refused: one problem document, one line in the log, one count. The line has the route's template
// and the code, and nothing that the caller sent.
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { BatonError } from '../../domain/errors';
import type { PlatformLog } from '../../platforms/platform';
import type { Metrics } from '../metrics';
import { watchMethods } from './allowed-methods';
import { problemOf, sendProblem } from './problem';

/** What {@link answerRefusals} needs. */
export interface RefusalDeps {
  readonly log: PlatformLog;
  readonly metrics: Pick<Metrics, 'refused'>;
}

/** Answers whatever goes wrong on `app`. Before routes are added, since it learns their methods. */
export function answerRefusals(app: FastifyInstance, deps: RefusalDeps): void {
  const allowedMethods = watchMethods(app);
  const refuseUnknown = (request: FastifyRequest, reply: FastifyReply): Promise<void> => {
    const allowed = allowedMethods(request.url);
    if (allowed.length === 0) return refuse({ statusCode: 404 }, request, reply, deps);
    void reply.header('allow', allowed.join(', '));
    return refuse(new BatonError('ESC_METHOD_NOT_ALLOWED', allowed.join(', ')), request, reply, deps);
  };
  app.setErrorHandler((error, request, reply) => refuse(error, request, reply, deps));
  app.setNotFoundHandler(refuseUnknown);
  // Before the body is read or its type is judged: that there is no such route comes first.
  app.addHook('onRequest', async (request, reply) => {
    if (!request.is404) return;
    await refuseUnknown(request, reply);
    return reply;
  });
}

/** Logs, counts and answers one refusal. */
export async function refuse(
  error: unknown,
  request: FastifyRequest,
  reply: FastifyReply,
  { log, metrics }: RefusalDeps,
): Promise<void> {
  // Nobody is there to be told; what was cut off has been counted where it was cut.
  if (request.raw.destroyed && !request.raw.complete) return void reply.hijack();
  const { code } = problemOf(error, request.id);
  metrics.refused(code);
  const where = code === 'ESC_INTERNAL' ? { fault: nameOf(error), at: framesOf(error) } : {};
  log.warn(
    { event: 'gateway.refused', requestId: request.id, route: request.routeOptions.url, code, ...where },
    'request refused',
  );
  await sendProblem(reply, error);
}

function nameOf(error: unknown): string {
  return error instanceof Error ? error.name : typeof error;
}

/** Where an unexpected error came from, without its message: that may quote what somebody wrote. */
function framesOf(error: unknown): readonly string[] {
  const lines = error instanceof Error ? (error.stack ?? '').split('\n') : [];
  return lines.filter((line) => /^\s+at /.test(line)).map((line) => line.trim());
}
