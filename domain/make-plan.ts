// Turns a request and the configuration into the plan of one attempt. Pure: the same arguments give the same
// plan, and the clock and the platforms come in as `env`. A value that a bot sent can make a target invalid;
// it can never make this throw.
import type { TypedVariable } from './bot-session';
import type { IntegrationConfiguration, TenantConfiguration } from './configuration';
import { BatonError } from './errors';
import { makeLadder } from './make-ladder';
import { own, type PlanEnvironment, type Planning } from './make-rung';
import {
  BLANK_MESSAGE,
  DEFAULT_FAILURE_MESSAGE,
  DEFAULT_RELAY,
  type EscalationPlan,
  type PlannedBotSide,
  type RelayPlan,
  type ResultMapping,
  type Rung,
  type TransferContext,
} from './plan';
import type { EscalationRequest } from './request';
import { fillText } from './template';

/** Longest filled Message to User, in UTF-16 units; the rest is cut off. */
export const MAX_TRANSFER_MESSAGE_LENGTH = 8_000;
/** Longest interaction delay, whatever count of messages a bot names. */
export const MAX_INTERACTION_DELAY_MS = 600_000;

/**
 * The plan of one attempt.
 * @throws BatonError `ESC_PLAN_UNKNOWN_INTEGRATION` if the tenant has no such integration
 * @throws BatonError `ESC_PLAN_MISCONFIGURED` if its bot or connector is missing, which the check of the file prevents
 */
export function makePlan(
  tenant: TenantConfiguration,
  request: EscalationRequest,
  env: PlanEnvironment,
): EscalationPlan {
  const planning = begin(tenant, request, env);
  const { rungs, leftOut, problem } = makeLadder(planning);
  const common = commonParts(planning, rungs);
  if (problem) return { ...common, interactionDelayMs: 0, rungs, problem };
  const message = transferMessage(planning);
  return {
    ...common,
    ...(message !== undefined && { transferMessage: message }),
    interactionDelayMs: interactionDelay(planning),
    rungs,
    ...(rungs.some(({ chat }) => chat) && { relay: relayPlan(planning.integration) }),
    ...(leftOut.length > 0 && { leftOut }),
  };
}

function begin(tenant: TenantConfiguration, request: EscalationRequest, env: PlanEnvironment): Planning {
  const name = request.integration;
  const integration = own(tenant.integrations, name);
  if (!integration)
    throw new BatonError('ESC_PLAN_UNKNOWN_INTEGRATION', `integration ${printable(name)} is not configured`);
  const bot = own(tenant.bots, integration.bot);
  if (!bot)
    throw new BatonError('ESC_PLAN_MISCONFIGURED', `integration ${name} has no bot ${integration.bot}`);
  const botSide = env.botSideOf?.(bot.platform) ?? {};
  return { tenant, name, integration, bot, request, variables: request.variables ?? {}, env, botSide };
}

/** What a plan holds whether or not a transfer can be tried. */
function commonParts(
  planning: Planning,
  rungs: readonly Rung[],
): Omit<EscalationPlan, 'interactionDelayMs' | 'rungs'> {
  const { integration, bot, request } = planning;
  const failureMessage = bot.defaultResponse ?? DEFAULT_FAILURE_MESSAGE;
  const toBot = rungs.some(({ target }) => target.kind === 'bot');
  const context = transferContext(integration, request, toBot);
  const result = resultMapping(integration);
  return {
    v: 3,
    integration: planning.name,
    bot: integration.bot,
    ...noticesOf(planning),
    ...botSideOf(planning),
    ...(request.lastMessages?.length && {
      lastMessages: request.lastMessages.map(({ id, text }) => ({ id, text })),
    }),
    ...(context && { context }),
    ...(result && { result }),
    fallbackMessage: bot.fallbackMessage ?? failureMessage,
    failureMessage,
    retryWindowMs: bot.retryWindowMs,
  };
}

/** A platform's own words tell of progress only what the platform has to know. */
function noticesOf({
  bot: { notices },
  botSide,
}: Planning): Pick<EscalationPlan, 'noticesInOwnWords' | 'progress'> {
  const progress = notices.kind === 'platform' ? botSide.ownProgress : notices.progress;
  return {
    ...(notices.kind === 'platform' && { noticesInOwnWords: true }),
    ...(progress?.length && { progress }),
  };
}

function botSideOf({ bot: { notices }, botSide }: Planning): { readonly botSide?: PlannedBotSide } {
  const { extendEveryMs, readsTranscript, ownProgress, keepsSessions } = botSide;
  const wants: PlannedBotSide = {
    ...(extendEveryMs !== undefined && { extendEveryMs }),
    ...(readsTranscript && { readsTranscript }),
    ...(notices.kind === 'platform' && ownProgress?.includes('accepted') && { tellsFirst: true }),
    ...(notices.kind === 'platform' && keepsSessions && { answersFailures: true }),
  };
  return Object.keys(wants).length > 0 ? { botSide: wants } : {};
}

function relayPlan({ relay }: IntegrationConfiguration): RelayPlan {
  if (!relay) return DEFAULT_RELAY;
  const { variables: _shown, ...rest } = relay;
  return rest;
}

/** Undefined for `BLANK_MESSAGE`, and for a text of which the variables left nothing. */
function transferMessage({ integration, variables }: Planning): string | undefined {
  if (integration.messageToUser.trim() === BLANK_MESSAGE) return undefined;
  const text = fillText(integration.messageToUser, variables);
  if (text.trim() === '') return undefined;
  return text.length > MAX_TRANSFER_MESSAGE_LENGTH ? cut(text) : text;
}

/** Never through the middle of a surrogate pair. */
function cut(text: string): string {
  const kept = text.slice(0, MAX_TRANSFER_MESSAGE_LENGTH);
  return /[\uD800-\uDBFF]$/.test(kept) ? kept.slice(0, -1) : kept;
}

/**
 * Zero when the bot handed over its last messages: each is acknowledged before the transfer, so that no delay
 * has to be guessed. Otherwise the configured milliseconds, or those per message times the messages sent.
 */
function interactionDelay({ integration, request }: Planning): number {
  const delay = integration.interactionDelay;
  if (request.lastMessages?.length) return 0;
  if (delay.kind === 'fixed') return Math.min(delay.ms, MAX_INTERACTION_DELAY_MS);
  const said = request.precedingMessages;
  const count = typeof said === 'number' && Number.isInteger(said) && said >= 0 ? said : delay.messages;
  return Math.min(count * delay.ms, MAX_INTERACTION_DELAY_MS);
}

function transferContext(
  { transferBotContext, relay }: IntegrationConfiguration,
  request: EscalationRequest,
  toBot: boolean,
): TransferContext | undefined {
  const { intent, userMessage, variables: forBot = [] } = transferBotContext;
  const isForBot = (name: string): boolean => toBot && (forBot === 'all' || forBot.includes(name));
  const shown = Object.entries(request.variables ?? {}).filter(
    ([name]) => relay?.variables.includes(name) || isForBot(name),
  );
  const typed = (request.typedVariables ?? []).filter(({ name }: TypedVariable) => isForBot(name));
  const context: TransferContext = {
    ...(intent && request.intent !== undefined && { intent: request.intent }),
    ...(userMessage && request.userMessage !== undefined && { userMessage: request.userMessage }),
    ...(request.summary !== undefined && { summary: request.summary }),
    ...(shown.length > 0 && { variables: Object.fromEntries(shown) }),
    ...(request.transcript?.length && { transcript: request.transcript }),
    ...(typed.length > 0 && { typedVariables: typed }),
    ...(toBot && request.origin && { origin: request.origin }),
  };
  return Object.keys(context).length > 0 ? context : undefined;
}

function resultMapping(integration: IntegrationConfiguration): ResultMapping | undefined {
  const { transformResultScript: script, customData, responseDataVariable: responseVariable } = integration;
  const hasCustomData = Object.keys(customData).length > 0;
  if (script === undefined && !hasCustomData) return undefined;
  return { responseVariable, ...(script !== undefined && { script }), ...(hasCustomData && { customData }) };
}

/** A name as the request gave it, if it is one that may stand in an error text. */
function printable(name: unknown): string {
  return typeof name === 'string' && /^[\w .-]{1,100}$/.test(name) ? name : '(not a name)';
}
