// Routes of one escalation: start or ask again, read, cancel, user left, a notice once more.
import { MAX_WAIT_S } from '../../contract/http/questions';
import type { KeptAnswer } from '../../domain/kept-answer';
import type { RouteAdder } from '../http/add-route';
import type { Escalations } from '../temporal/escalations';
import { escalationUrl } from '../temporal/escalation-view';
import type { Idempotency } from '../temporal/idempotency';
import type { Prepared } from '../../temporal/take';

/** Adds the routes. */
export function addEscalationRoutes(
  routes: RouteAdder,
  escalations: Escalations,
  idempotency: Idempotency,
): void {
  routes.add('startEscalation', async ({ caller, body, headers, reply }) => {
    const { conversationId, ...asked } = body;
    const { tenant } = caller;
    const waitMs = preferredWaitMs(headers.prefer);
    const url = escalationUrl(conversationId);
    // What is refused here claims no key.
    const prepared = escalations.prepare({ tenant, conversationId }, asked);
    const answer = (): Promise<KeptAnswer> => start(escalations, prepared, waitMs);
    const key = headers['idempotency-key'];
    void reply.header('location', url);
    const given =
      key === undefined
        ? { ...(await answer()), replayed: false }
        : await idempotency.once({ tenant, key, body, waitMs, url }, answer);
    if (given.replayed) void reply.header('idempotency-replayed', 'true');
    else if (waitMs > 0) void reply.header('preference-applied', `wait=${waitMs / 1_000}`);
    return reply.code(given.status).send(given.body);
  });

  routes.add('getEscalation', ({ caller, path }) => escalations.view({ ...caller, ...path }));
  routes.add('explainEscalation', ({ caller, path }) => escalations.explain({ ...caller, ...path }));

  routes.add('cancelEscalation', async ({ caller, path, reply }) => {
    await escalations.cancel({ ...caller, ...path });
    return reply.code(202).send({ accepted: 'cancel' });
  });

  routes.add('redeliverNotice', async ({ caller, path, reply }) => {
    await escalations.redeliver({ ...caller, ...path }, path.sequence);
    return reply.code(202).send({ accepted: 'redeliver' });
  });

  routes.add('userLeft', async ({ caller, path, reply }) => {
    await escalations.userLeft({ ...caller, ...path });
    return reply.code(202).send({ accepted: 'user-left' });
  });
}

async function start(escalations: Escalations, prepared: Prepared, waitMs: number): Promise<KeptAnswer> {
  const { conversationId } = prepared.key;
  const { kind, workflowId } = await escalations.take(prepared);
  const result = waitMs > 0 ? await escalations.awaitPlacement(prepared, waitMs) : undefined;
  return {
    status: result === undefined ? 202 : 200,
    body: {
      conversationId,
      requestId: prepared.request.requestId,
      taken: kind,
      workflowId,
      url: escalationUrl(conversationId),
      ...(result !== undefined && { result }),
    },
  };
}

function preferredWaitMs(prefer: string | undefined): number {
  const seconds = /(?:^|[,;\s])wait=(\d+)/.exec(prefer ?? '')?.[1];
  return seconds === undefined ? 0 : Math.min(Number(seconds), MAX_WAIT_S) * 1_000;
}
