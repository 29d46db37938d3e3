// Routes of one tenant's escalations: start or ask again, read, cancel, user left.
import { MAX_WAIT_S } from '../../contract/http/questions';
import type { RouteAdder } from '../http/add-route';
import type { Escalations } from '../temporal/escalations';

/** Adds the routes. */
export function addEscalationRoutes(routes: RouteAdder, escalations: Escalations): void {
  routes.add('startEscalation', async ({ caller, body, headers, reply }) => {
    const { conversationId, ...asked } = body;
    const key = { tenant: caller.tenant, conversationId };
    const taken = await escalations.take(key, asked);
    const waitMs = preferredWaitMs(headers.prefer);
    const ended = waitMs > 0 ? await escalations.awaitPlacement(key, asked, waitMs) : undefined;
    const url = escalationUrl(conversationId);
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

  routes.add('getEscalation', ({ caller, path }) => escalations.status({ ...caller, ...path }));
  routes.add('explainEscalation', ({ caller, path }) => escalations.explain({ ...caller, ...path }));

  routes.add('cancelEscalation', async ({ caller, path, reply }) => {
    await escalations.cancel({ ...caller, ...path });
    return reply.code(202).send({ accepted: 'cancel' });
  });

  routes.add('userLeft', async ({ caller, path, reply }) => {
    await escalations.userLeft({ ...caller, ...path });
    return reply.code(202).send({ accepted: 'user-left' });
  });
}

/** Path of an escalation. */
export function escalationUrl(conversationId: string): string {
  return `/v1/escalations/${encodeURIComponent(conversationId)}`;
}

function preferredWaitMs(prefer: string | undefined): number {
  const seconds = /(?:^|[,;\s])wait=(\d+)/.exec(prefer ?? '')?.[1];
  return seconds === undefined ? 0 : Math.min(Number(seconds), MAX_WAIT_S) * 1_000;
}
