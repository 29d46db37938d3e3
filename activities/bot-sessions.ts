// Speaks to bots in the user's place, and asks for the escalation when one of them wants it.
import type { BotTurn, Receiver } from '../domain/bot-session';
import type { SessionPlan } from '../domain/bot-session-state';
import { BatonError } from '../domain/errors';
import { maskTurn } from '../domain/mask-turn';
import { DEFAULT_FAILURE_MESSAGE } from '../domain/plan';
import type { BotSessions } from '../platforms/bot-sessions';
import { readSessionOptions } from '../platforms/session-options';
import { botOf, tenantOf } from './accounts';
import type { ActivityDeps } from './deps';
import { withFaults } from './faults';
import { withinLimit } from './payload-limit';
import type {
  AskForEscalationInput,
  BeginSessionInput,
  ConversationKey,
  EndSessionInput,
  PlanSessionInput,
  SayToBotInput,
  SessionActivities,
} from './session-types';

type Deps = Pick<ActivityDeps, 'configuration' | 'platforms' | 'accounts' | 'takeRequest' | 'askForReceiver'>;

/** The activities of the workflow `botSession`. */
export function createSessionActivities(deps: Deps): SessionActivities {
  const sessionsOf = ({ tenant, connector }: { tenant: string; connector: string }): BotSessions => {
    const { sessions } = deps.accounts.desk(tenant, connector);
    if (!sessions) throw new BatonError('ESC_CONFIG_UNKNOWN_NAME', `connector ${connector} has no bots`);
    return sessions;
  };
  const kept = (tenant: string, turn: BotTurn): BotTurn =>
    withinLimit(maskTurn(tenantOf(deps.configuration, tenant), turn), "the bot's answer");
  return {
    async planSession(input: PlanSessionInput): Promise<SessionPlan> {
      return withFaults(async () => Promise.resolve(planOf(deps, input)));
    },
    async beginSession({ start, ...account }: BeginSessionInput): Promise<BotTurn> {
      return withFaults(async (signal) =>
        kept(account.tenant, await sessionsOf(account).begin(start, { signal })),
      );
    },
    async sayToBot({ session, sequence, message, ...account }: SayToBotInput): Promise<BotTurn> {
      return withFaults(async (signal) =>
        kept(account.tenant, await sessionsOf(account).say(session, { sequence, message }, { signal })),
      );
    },
    async endSession({ session, why, ...account }: EndSessionInput): Promise<void> {
      return withFaults((signal) => sessionsOf(account).end(session, why, { signal }));
    },
    async readReceiver(key: ConversationKey): Promise<Receiver | null> {
      return withFaults(async () => (await deps.askForReceiver(key)) ?? null);
    },
    async askForEscalation({ request, ...key }: AskForEscalationInput) {
      return withFaults(() => deps.takeRequest(key, request));
    },
  };
}

function planOf(deps: Deps, { tenant, bot: name }: PlanSessionInput): SessionPlan {
  const bot = botOf(deps, tenant, name);
  const sessions = deps.platforms[bot.platform]?.botSide?.sessions;
  if (!sessions || bot.connector === undefined)
    throw new BatonError('ESC_CONFIG_UNKNOWN_NAME', `bot ${name} is none that Baton speaks to`);
  const { onError, reasonVariable, ...options } = readSessionOptions(bot);
  return {
    connector: bot.connector,
    entryBotId: sessions.entryBotId(bot),
    integration: options.integration,
    onError: onError ?? options.integration,
    maxHops: options.maxHops,
    ...(reasonVariable !== undefined && { reasonVariable }),
    userRequestIntents: options.userRequestIntents,
    defaultResponse: bot.defaultResponse ?? DEFAULT_FAILURE_MESSAGE,
  };
}
