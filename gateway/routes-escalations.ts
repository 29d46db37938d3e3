// Routes of one tenant's escalations: start or ask again, read, cancel, user left.
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { conversationIdSchema } from '../contract/request';
import { BatonError } from '../domain/errors';
import { readEscalationPost } from './read-request';
import type { Authenticate } from './auth';
import type { EscalationKey, Escalations } from './escalations';

/** Longest `Prefer: wait`, in seconds. */
const MAX_WAIT_S = 60;

interface ById {
  Params: { conversationId: string };
}

/** Adds the routes. */
export function addEscalationRoutes(
  app: FastifyInstance,
  escalations: Escalations,
  authenticate: Authenticate,
): void {
  const keyOf = (request: FastifyRequest<ById>): EscalationKey => {
    const tenant = authenticate(request.headers.authorization);
    const id = conversationIdSchema.safeParse(request.params.conversationId);
    // What can be no id names no escalation; a database may even choke on it.
    if (!id.success) throw new BatonError('ESC_ESCALATION_NOT_FOUND', 'this is no conversation id');
    return { tenant, conversationId: id.data };
  };

  app.post('/v1/escalations', async (request, reply) => {
    const tenant = authenticate(request.headers.authorization);
    const { conversationId, ...asked } = readEscalationPost(request.body);
    const key = { tenant, conversationId };
    const taken = await escalations.take(key, asked);
    const waitMs = preferredWaitMs(request.headers['prefer']);
    const ended = waitMs > 0 ? await escalations.awaitPlacement(key, asked, waitMs) : undefined;
    const url = `/v1/escalations/${encodeURIComponent(conversationId)}`;
    void reply.header('location', url);
    if (waitMs > 0) void reply.header('preference-applied', `wait=${waitMs / 1_000}`);
    return reply.code(ended === undefined ? 202 : 200).send({
      conversationId,
      requestId: asked.requestId,
      taken: taken.kind,
      workflowId: taken.workflowId,
      url,
      ...(ended !== undefined && { result: ended }),
    });
  });

  app.get<ById>('/v1/escalations/:conversationId', (request) => escalations.status(keyOf(request)));
  app.get<ById>('/v1/escalations/:conversationId/explain', (request) => escalations.explain(keyOf(request)));

  app.post<ById>('/v1/escalations/:conversationId/cancel', async (request, reply) => {
    await escalations.cancel(keyOf(request));
    return reply.code(202).send({ accepted: 'cancel' });
  });

  app.post<ById>('/v1/escalations/:conversationId/user-left', async (request, reply) => {
    await escalations.userLeft(keyOf(request));
    return reply.code(202).send({ accepted: 'user-left' });
  });
}

function preferredWaitMs(prefer: string | string[] | undefined): number {
  const seconds = /(?:^|[,;\s])wait=(\d+)/.exec(String(prefer ?? ''))?.[1];
  return seconds === undefined ? 0 : Math.min(Number(seconds), MAX_WAIT_S) * 1_000;
}
