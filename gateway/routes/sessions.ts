// Users of bots that Baton speaks to in their place: a client hands a session over, or Baton keeps it from the first
// message on.
import type { BotSidePlatform } from '../../platforms/platform';
import type { BotConfiguration, TenantConfiguration } from '../../domain/configuration';
import { checkHandedOver, checkUserSays } from '../../domain/bot-session-guards';
import type { HandedOver, UserSays } from '../../domain/bot-session-messages';
import { BatonError } from '../../domain/errors';
import { createMask } from '../../domain/mask';
import type { Checked } from '../../domain/shapes';
import { maskTypedVariable } from '../../domain/typed-variables';
import type { RouteAdder } from '../http/add-route';
import { InvalidRequest } from '../http/problem';
import { maskedText } from '../masked-text';
import { maskedHandover } from '../masked-turn';
import { nameOfBot } from '../named-bot';
import type { GatewayDeps } from '../settings';
import { escalationUrl } from '../temporal/escalation-view';
import { sessionUrl, sessionViewOf } from '../temporal/session-view';
import type { Sessions } from '../temporal/sessions';

interface SessionBot {
  readonly tenant: TenantConfiguration;
  readonly name: string;
  readonly bot: BotConfiguration;
  readonly sessions: NonNullable<BotSidePlatform['sessions']>;
}

/** Adds the routes. */
export function addSessionRoutes(
  routes: RouteAdder,
  deps: Pick<GatewayDeps, 'configuration' | 'platforms'>,
  sessions: Sessions,
): void {
  routes.add('triggerEinsteinBots', async ({ caller, body, reply }) => {
    const { conversationId, bot: asked, ...handed } = body;
    const bot = sessionBotOf(deps, caller.tenant, asked);
    await sessions.handedOver({ ...caller, conversationId }, bot.name, handoverOf(bot, handed));
    const urls = { url: escalationUrl(conversationId), sessionUrl: sessionUrl(conversationId) };
    return reply.code(202).send({ conversationId, ...urls });
  });

  routes.add('sendSessionMessage', async ({ caller, path, body, reply }) => {
    const { bot: asked, ...said } = body;
    const { name, tenant } = sessionBotOf(deps, caller.tenant, asked);
    await sessions.userSays({ ...caller, ...path }, name, maskedWords(tenant, said));
    return reply.code(202).send({ accepted: 'message' });
  });

  routes.add('getSession', async ({ caller, path }) =>
    sessionViewOf(await sessions.status({ ...caller, ...path })),
  );

  routes.add('endSession', async ({ caller, path, reply }) => {
    await sessions.end({ ...caller, ...path });
    return reply.code(202).send({ accepted: 'end' });
  });
}

/** @throws BatonError `ESC_CONFIG_UNKNOWN_NAME`, `ESC_BOT_WITHOUT_SESSIONS` */
function sessionBotOf(
  { configuration, platforms }: Pick<GatewayDeps, 'configuration' | 'platforms'>,
  tenantName: string,
  asked: string | undefined,
): SessionBot {
  const tenant = configuration.tenants[tenantName];
  if (!tenant) throw new BatonError('ESC_KEY_UNKNOWN', 'the tenant is not configured');
  const name = nameOfBot(tenant, asked);
  const bot = tenant.bots[name];
  const sessions = bot && platforms[bot.platform]?.botSide?.sessions;
  if (!sessions) throw new BatonError('ESC_BOT_WITHOUT_SESSIONS', `bot ${name}`);
  return { tenant, name, bot, sessions };
}

/** What the bot's platform reads in what was handed over. */
function handoverOf(
  { tenant, bot, sessions }: SessionBot,
  { transcript, ...handed }: Readonly<Record<string, unknown>> & Pick<HandedOver, 'transcript'>,
): HandedOver {
  const read = sessions.readTrigger(bot, handed);
  if (read.kind === 'invalid') throw new InvalidRequest(read.faults);
  const { kind: _, ...rest } = read;
  if (!rest.turn.escalates)
    throw new InvalidRequest([
      { pointer: '/response', detail: 'has no escalate message: there is nothing to do' },
    ]);
  return sound(checkHandedOver(maskedHandover(tenant, { ...rest, ...(transcript && { transcript }) })));
}

function maskedWords(tenant: TenantConfiguration, { text, variables, ...rest }: UserSays): UserSays {
  const mask = tenant.masking ? createMask(tenant.masking) : (same: string): string => same;
  return sound(
    checkUserSays({
      ...rest,
      ...(text !== undefined && { text: maskedText(tenant, text) }),
      ...(variables && { variables: variables.map((each) => maskTypedVariable(each, mask)) }),
    }),
  );
}

/** What the workflow could not read must not be taken. */
function sound<T>(checked: Checked<T>): T {
  if (checked.ok) return checked.value;
  throw new InvalidRequest([{ pointer: '', detail: checked.problem }]);
}
