// Turns a request and the configuration into the plan of one attempt. Pure: the same arguments give the same
// plan, and the clock and the platforms come in as `env`. A value that a bot sent can make a target invalid;
// it can never make this throw.
import { openWindows } from './business-hours';
import type {
  BotConfiguration,
  BusinessHours,
  ConnectorConfiguration,
  IntegrationConfiguration,
  RungConfiguration,
  TenantConfiguration,
} from './configuration';
import { BatonError } from './errors';
import {
  BLANK_MESSAGE,
  DEFAULT_RELAY,
  DEFAULT_FAILURE_MESSAGE,
  DEFAULT_RESPONSE_TIMEOUT_MS,
  type EscalationPlan,
  type PlannedChat,
  type PlannedDesk,
  type RelayPlan,
  type ResultMapping,
  type Rung,
  type TransferContext,
} from './plan';
import type { EscalationRequest } from './request';
import type { Target, TargetKind } from './target';
import { fillId, fillText, templateVariables, variableType, type TemplateVariables } from './template';

/** What the plan asks of a connector's platform. */
export interface PlanDesk {
  readonly platform: string;
  readonly capabilities: Pick<PlannedDesk, 'carriesMessage' | 'events' | 'confirmsConnection'> & {
    /** `always`: the chat is only there while Baton carries it. */
    readonly chat?: PlannedChat & { readonly always: boolean };
    /** Kinds of targets of which the desk never tells that a human joined. */
    readonly queuedOnly?: readonly TargetKind[];
  };
  /** Whether an id has the vendor's form. `kind` is a target kind that the desk may not even know. */
  isValidTargetId(kind: string, id: string): boolean;
}

/** What the plan is made with besides configuration and request. */
export interface PlanEnvironment {
  /** Epoch milliseconds; business hours are computed from here. */
  readonly now: number;
  /** The desk of a connector of this tenant; undefined if its platform has none. */
  deskOf(connector: string): PlanDesk | undefined;
}

/** Longest filled Message to User, in UTF-16 units; the rest is cut off. */
export const MAX_TRANSFER_MESSAGE_LENGTH = 8_000;
/** Longest interaction delay, whatever count of messages a bot names. */
export const MAX_INTERACTION_DELAY_MS = 600_000;
/** Longest id of a target after filling. */
export const MAX_TARGET_ID_LENGTH = 200;

/** Everything that the steps below read. */
interface Planning {
  readonly tenant: TenantConfiguration;
  readonly name: string;
  readonly integration: IntegrationConfiguration;
  readonly bot: BotConfiguration;
  readonly request: EscalationRequest;
  readonly variables: TemplateVariables;
  readonly env: PlanEnvironment;
}

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
  const first = firstRung(planning);
  const common = commonParts(planning);
  if (first.kind === 'invalid')
    return {
      ...common,
      interactionDelayMs: 0,
      rungs: [],
      problem: { reason: 'invalid_target', detail: first.detail },
    };
  const message = transferMessage(planning);
  const { rungs, leftOut } = ladder(planning, first.rung);
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
  return { tenant, name, integration, bot, request, variables: request.variables ?? {}, env };
}

/** What a plan holds whether or not a transfer can be tried. */
function commonParts(planning: Planning): Omit<EscalationPlan, 'interactionDelayMs' | 'rungs'> {
  const { integration, bot, request } = planning;
  const failureMessage = bot.defaultResponse ?? DEFAULT_FAILURE_MESSAGE;
  const context = transferContext(integration, request);
  const result = resultMapping(integration);
  return {
    v: 1,
    integration: planning.name,
    bot: integration.bot,
    ...noticesOf(bot),
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

/** A platform's own words know of no progress. */
function noticesOf({ notices }: BotConfiguration): Pick<EscalationPlan, 'noticesInOwnWords' | 'progress'> {
  if (notices.kind === 'platform') return { noticesInOwnWords: true };
  return notices.progress?.length ? { progress: notices.progress } : {};
}

/** The integration's own skill. Its id decides: one that is invalid stops the attempt (LivePerson Agent Escalation page). */
function firstRung(planning: Planning): { kind: 'rung'; rung: Rung } | { kind: 'invalid'; detail: string } {
  const { integration, name } = planning;
  const rung = makeRung(planning, {
    ...integration,
    target: {
      kind: 'skill',
      id: integration.agentSkillId,
      name: integration.agentSkillName,
      ...(integration.agentId !== undefined && { agentId: integration.agentId }),
    },
  });
  if (rung === 'no_desk')
    throw new BatonError(
      'ESC_PLAN_MISCONFIGURED',
      `connector ${integration.connector} of integration ${name} has no desk`,
    );
  return rung === 'invalid_id' ? { kind: 'invalid', detail: invalidSkill(planning) } : { kind: 'rung', rung };
}

/** Names the field and what its variables hold, never their values: those are the bot's. */
function invalidSkill({ integration, name, variables, env }: Planning): string {
  const platform = env.deskOf(integration.connector)?.platform;
  const sources = templateVariables(integration.agentSkillId).map(
    (variable) => `$botContext.${variable} is ${variableType(variables, variable)}`,
  );
  const found = sources.length > 0 ? sources.join(', ') : 'the configured value is of another form';
  return `agentSkillId of integration ${name} is not a skill id of ${platform}: ${found}`;
}

/** Further rungs that cannot be tried are left out and named; the connector's fallback skill, if any, comes last. */
function ladder(planning: Planning, first: Rung): { rungs: readonly Rung[]; leftOut: readonly string[] } {
  const further = planning.integration.furtherRungs.map((rung, index) => ({
    made: makeRung(planning, rung),
    name: `further rung ${index + 1} (${rung.target.kind} on ${rung.connector})`,
  }));
  const fallback = fallbackRung(planning);
  const all = fallback ? [...further, { made: fallback, name: 'the fallback skill' }] : further;
  const rungs: Rung[] = [first];
  const leftOut: string[] = [];
  for (const { made, name } of all) {
    if (!isRung(made))
      leftOut.push(`${name}: ${made === 'no_desk' ? 'its connector has no desk' : 'invalid id'}`);
    else if (made.origin !== 'fallback' || !rungs.some((rung) => isSameSkill(rung, made))) rungs.push(made);
  }
  return { rungs, leftOut };
}

function isRung(made: Rung | 'no_desk' | 'invalid_id'): made is Rung {
  return typeof made === 'object';
}

function isSameSkill(rung: Rung, fallback: Rung): boolean {
  const { kind, id } = rung.target;
  return rung.connector === fallback.connector && kind === 'skill' && id === fallback.target.id;
}

function fallbackRung(planning: Planning): Rung | 'no_desk' | 'invalid_id' | undefined {
  const { connector: name } = planning.integration;
  const id = own(planning.tenant.connectors, name)?.fallbackSkillId;
  if (id === undefined) return undefined;
  const rung = makeRung(planning, { connector: name, target: { kind: 'skill', id }, onlyIfAvailable: false });
  return isRung(rung) ? { ...rung, origin: 'fallback' } : rung;
}

function makeRung(planning: Planning, rung: RungConfiguration): Rung | 'no_desk' | 'invalid_id' {
  const desk = planning.env.deskOf(rung.connector);
  const connector = own(planning.tenant.connectors, rung.connector);
  if (!desk || !connector) return 'no_desk';
  const target = fillTarget(rung.target, desk, planning.variables);
  if (!target) return 'invalid_id';
  const open = openOf(rung.businessHours, planning.env.now);
  return {
    connector: rung.connector,
    target,
    responseTimeoutMs: rung.responseTimeoutMs ?? DEFAULT_RESPONSE_TIMEOUT_MS,
    ...(rung.queueTimeoutMs !== undefined && { queueTimeoutMs: rung.queueTimeoutMs }),
    ...(open && { open }),
    ...(rung.onlyIfAvailable && { onlyIfAvailable: true }),
    origin: 'ladder',
    ...chatOf(planning.integration, desk),
    desk: plannedDesk(desk, connector, target.kind),
  };
}

/** Baton carries the messages where nobody else does, or where the integration asks for it. */
function chatOf(integration: IntegrationConfiguration, { capabilities }: PlanDesk): { chat?: PlannedChat } {
  const { chat } = capabilities;
  if (!chat || !(chat.always || integration.relay)) return {};
  const { maxChars, perMinute, gapMs, attachments } = chat;
  return {
    chat: {
      maxChars,
      ...(perMinute !== undefined && { perMinute }),
      ...(gapMs !== undefined && { gapMs }),
      attachments,
    },
  };
}

function relayPlan({ relay }: IntegrationConfiguration): RelayPlan {
  if (!relay) return DEFAULT_RELAY;
  const { variables: _shown, ...rest } = relay;
  return rest;
}

/** An agent id that is not one is dropped: the skill is asked instead. */
function fillTarget(
  target: RungConfiguration['target'],
  desk: PlanDesk,
  variables: TemplateVariables,
): Target | undefined {
  const { kind, name } = target;
  const id = fillId(target.id, variables);
  if (!isUsableId(desk, kind, id)) return undefined;
  const agentId = kind === 'skill' ? fillId(target.agentId ?? '', variables) : '';
  return {
    kind,
    id,
    ...(name !== undefined && { name }),
    ...(isUsableId(desk, 'agent', agentId) && { agentId }),
  };
}

function isUsableId(desk: PlanDesk, kind: string, id: string): boolean {
  return id.length > 0 && id.length <= MAX_TARGET_ID_LENGTH && desk.isValidTargetId(kind, id);
}

function plannedDesk(
  { platform, capabilities }: PlanDesk,
  connector: ConnectorConfiguration,
  kind: TargetKind,
): PlannedDesk {
  return {
    platform,
    carriesMessage: capabilities.carriesMessage,
    events: capabilities.events,
    confirmsConnection: capabilities.confirmsConnection && !capabilities.queuedOnly?.includes(kind),
    heartbeatMs: connector.timeouts.heartbeatMs,
  };
}

function openOf(hours: BusinessHours | undefined, now: number): Rung['open'] {
  return hours && openWindows(hours, now);
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
  { transferBotContext: { intent, userMessage }, relay }: IntegrationConfiguration,
  request: EscalationRequest,
): TransferContext | undefined {
  const shown = Object.entries(request.variables ?? {}).filter(([name]) => relay?.variables.includes(name));
  const context: TransferContext = {
    ...(intent && request.intent !== undefined && { intent: request.intent }),
    ...(userMessage && request.userMessage !== undefined && { userMessage: request.userMessage }),
    ...(request.summary !== undefined && { summary: request.summary }),
    ...(shown.length > 0 && { variables: Object.fromEntries(shown) }),
    ...(request.transcript?.length && { transcript: request.transcript }),
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

/** Names come from requests: a name such as `constructor` must find nothing. */
function own<T>(record: Readonly<Record<string, T>>, name: string): T | undefined {
  return Object.hasOwn(record, name) ? record[name] : undefined;
}
