// Routes of a conversation: who owns it, what its bot says, and its return to the bot.
import { BatonError } from '../../domain/errors';
import type { RouteAdder } from '../http/add-route';
import { maskedText } from '../masked-text';
import { nameOfBot } from '../named-bot';
import type { GatewayDeps } from '../settings';
import type { Conversations } from '../temporal/conversations';

/** Adds the routes. */
export function addConversationRoutes(
  routes: RouteAdder,
  { configuration }: GatewayDeps,
  conversations: Conversations,
): void {
  routes.add('getOwner', async ({ caller, path }) => ({
    ...path,
    ...(await conversations.owner({ ...caller, ...path })),
  }));

  routes.add('postMessage', async ({ caller, path, body }) => {
    const tenant = configuration.tenants[caller.tenant];
    if (!tenant) throw new BatonError('ESC_KEY_UNKNOWN', 'the tenant is not configured');
    const { epoch } = await conversations.say(
      { ...caller, ...path },
      {
        bot: nameOfBot(tenant, body.bot),
        epoch: body.epoch,
        message: { id: body.id, text: maskedText(tenant, body.text) },
      },
    );
    return { ...path, messageId: body.id, posted: true, epoch };
  });

  routes.add('returnConversation', async ({ caller, path, body }) => ({
    ...path,
    ...(await conversations.giveBack({ ...caller, ...path }, body)),
  }));
}
