// Does what a bot's platform wants done, one after the other: their order is the platform's.
import { conversationIdSchema } from '../../contract/request';
import { assertNever } from '../../domain/assert-never';
import { checkChatMessage } from '../../domain/chat-guards';
import type { Configuration, TenantConfiguration } from '../../domain/configuration';
import { BatonError } from '../../domain/errors';
import { checkRequest } from '../../domain/guards';
import type { Checked } from '../../domain/shapes';
import type { UserMessage } from '../../domain/user-message';
import type { BotDeed } from '../../platforms/platform';
import type { Passages } from '../../temporal/passages';
import { InvalidRequest } from '../http/problem';
import { maskedAndCut } from '../masked-text';
import type { DeedFate, Metrics } from '../metrics';
import type { Escalations } from '../temporal/escalations';
import type { Typing } from '../typing';
import type { CalledBot } from './find-bot';

/** What it takes. */
export interface DeedDeps {
  readonly configuration: Configuration;
  readonly escalations: Pick<Escalations, 'prepare' | 'take' | 'userMessage' | 'userLeft'>;
  readonly passages: Passages;
  readonly typing: Pick<Typing, 'toAgent'>;
  readonly metrics: Pick<Metrics, 'deed'>;
}

type Whose = Pick<CalledBot, 'tenant' | 'bot' | 'platform'>;

/**
 * Does all of them; none is begun after `signal` aborts.
 * @throws BatonError and InvalidRequest at the first that cannot be done; sent again, those before it are the same
 */
export async function doDeeds(
  deps: DeedDeps,
  whose: Whose,
  deeds: readonly BotDeed[],
  signal: AbortSignal,
): Promise<void> {
  for (const deed of deeds) {
    signal.throwIfAborted();
    const fate = await doDeed(deps, whose, deed).catch((error: unknown) => {
      deps.metrics.deed(whose.platform, deed.kind, 'refused');
      throw error;
    });
    deps.metrics.deed(whose.platform, deed.kind, fate);
  }
}

async function doDeed(deps: DeedDeps, { tenant, bot }: Whose, deed: BotDeed): Promise<DeedFate> {
  const { escalations, passages, typing } = deps;
  const { conversationId } = deed;
  // Temporal may not even take what can be no id.
  if (!conversationIdSchema.safeParse(conversationId).success) throw invalid('the conversation has no id');
  const key = { tenant, conversationId };
  switch (deed.kind) {
    case 'escalate':
      await escalations.take(escalations.prepare(key, sound(checkRequest(deed.request))));
      return 'taken';
    case 'userMessage':
      return giveMessage(deps, { tenant, bot }, deed);
    case 'userLeft':
      return isThere('ESC_ESCALATION_NOT_FOUND', () => escalations.userLeft(key));
    case 'typing':
      typing.toAgent(key, deed.writes);
      return 'taken';
    case 'passOn':
      await passages.passOn(key, { id: deed.id, bot, items: deed.items });
      return 'taken';
    default:
      return assertNever(deed);
  }
}

async function giveMessage(
  { configuration, escalations, passages }: DeedDeps,
  { tenant, bot }: Pick<Whose, 'tenant' | 'bot'>,
  { conversationId, message, state, otherwise, ifTaken }: Extract<BotDeed, { kind: 'userMessage' }>,
): Promise<DeedFate> {
  const key = { tenant, conversationId };
  const { text, ...rest } = sound(checkChatMessage(message));
  const given: UserMessage = {
    ...rest,
    ...(text !== undefined && { text: maskedAndCut(tenantOf(configuration, tenant), text) }),
    ...(state && { botState: state }),
    ...(otherwise && { otherwise: { ...otherwise, bot } }),
    ...(ifTaken && { ifTaken: { ...ifTaken, bot } }),
  };
  const fate = await isThere('ESC_NO_HANDOFF', () => escalations.userMessage(key, given));
  if (fate === 'taken' || !given.otherwise) return fate;
  await passages.passOn(key, given.otherwise);
  return 'passed_on';
}

/** Whether there is an escalation to take it. */
async function isThere(
  none: 'ESC_NO_HANDOFF' | 'ESC_ESCALATION_NOT_FOUND',
  give: () => Promise<void>,
): Promise<'taken' | 'unmatched'> {
  try {
    await give();
    return 'taken';
  } catch (error) {
    if (error instanceof BatonError && error.code === none) return 'unmatched';
    throw error;
  }
}

function sound<T>(checked: Checked<T>): T {
  if (checked.ok) return checked.value;
  throw invalid(checked.problem);
}

function invalid(detail: string): InvalidRequest {
  return new InvalidRequest([{ pointer: '', detail }]);
}

function tenantOf({ tenants }: Configuration, name: string): TenantConfiguration {
  const tenant = tenants[name];
  if (!tenant) throw new BatonError('ESC_KEY_UNKNOWN', 'the tenant is not configured');
  return tenant;
}
