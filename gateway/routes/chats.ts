// What the user writes while a human is on the way, or there.
import type { ChatMessage } from '../../domain/chat';
import { BatonError } from '../../domain/errors';
import type { RouteAdder } from '../http/add-route';
import { maskedText } from '../masked-text';
import type { GatewayDeps } from '../settings';
import type { Escalations } from '../temporal/escalations';
import type { Typing } from '../typing';

/** Adds the routes. */
export function addChatRoutes(
  routes: RouteAdder,
  { configuration }: GatewayDeps,
  escalations: Escalations,
  typing: Typing,
): void {
  routes.add('postUserMessage', async ({ caller, path, body, reply }) => {
    const tenant = configuration.tenants[caller.tenant];
    if (!tenant) throw new BatonError('ESC_KEY_UNKNOWN', 'the tenant is not configured');
    const { text, ...rest } = body;
    const message: ChatMessage = { ...rest, ...(text !== undefined && { text: maskedText(tenant, text) }) };
    await escalations.userMessage({ ...caller, ...path }, message);
    return reply.code(202).send({ accepted: 'user-message' });
  });

  routes.add('postTyping', async ({ caller, path, body, reply }) => {
    typing.toAgent({ ...caller, ...path }, body.writes);
    return reply.code(202).send({ accepted: 'typing' });
  });
}
