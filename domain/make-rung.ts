// One rung of a plan: a configured target, its templates filled, with what the workflow must know of its desk.
import { openWindows } from './business-hours';
import type {
  BotConfiguration,
  BusinessHours,
  ConnectorConfiguration,
  IntegrationConfiguration,
  RungConfiguration,
  TenantConfiguration,
} from './configuration';
import type { ProgressNotice } from './notice';
import { DEFAULT_RESPONSE_TIMEOUT_MS, type PlannedChat, type PlannedDesk, type Rung } from './plan';
import type { EscalationRequest } from './request';
import type { Target, TargetKind } from './target';
import { fillId, type TemplateVariables } from './template';

/** What the plan asks of a connector's platform. */
export interface PlanDesk {
  readonly platform: string;
  readonly capabilities: Pick<PlannedDesk, 'carriesMessage' | 'events' | 'confirmsConnection'> & {
    /**
     * `always`: the chat is only there while Baton carries it. `resumes: in_answers`: with bots that speak only when they
     * are spoken to, in sessions.
     */
    readonly chat?: PlannedChat & { readonly always: boolean; readonly resumes?: string };
    /** Kinds of targets of which the desk never tells that a human joined. */
    readonly queuedOnly?: readonly TargetKind[];
    /** Kinds of targets that are never asked again once the request may have arrived. */
    readonly unrepeatable?: readonly TargetKind[];
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
  /** What the platform of the tenant's bots wants; absent, or undefined: nothing. */
  botSideOf?(platform: string): PlanBotSide | undefined;
}

/** What the plan asks of a bot's platform. */
export interface PlanBotSide {
  readonly ownProgress?: readonly ProgressNotice[];
  readonly extendEveryMs?: number;
  readonly readsTranscript?: true;
  /** Baton speaks to the bot: a conversation that goes to another bot goes on there, and is not relayed. */
  readonly keepsSessions?: true;
}

/** Longest id of a target after filling. */
export const MAX_TARGET_ID_LENGTH = 200;

/** Everything that the steps of planning read. */
export interface Planning {
  readonly tenant: TenantConfiguration;
  readonly name: string;
  readonly integration: IntegrationConfiguration;
  readonly bot: BotConfiguration;
  readonly request: EscalationRequest;
  readonly variables: TemplateVariables;
  readonly env: PlanEnvironment;
  readonly botSide: PlanBotSide;
}

/** Why there is no rung: the connector has no desk, or the id is none of its platform's. */
export type NoRung = 'no_desk' | 'invalid_id';

/** The rung of a configured target. */
export function makeRung(planning: Planning, rung: RungConfiguration): Rung | NoRung {
  const desk = planning.env.deskOf(rung.connector);
  const connector = own(planning.tenant.connectors, rung.connector);
  if (!desk || !connector) return 'no_desk';
  const target = fillTarget(rung.target, desk, planning.variables);
  if (!target) return 'invalid_id';
  const open = openOf(rung.businessHours, planning.env.now);
  const carried = chatOf(planning, desk, target.kind);
  return {
    connector: rung.connector,
    target,
    responseTimeoutMs: rung.responseTimeoutMs ?? DEFAULT_RESPONSE_TIMEOUT_MS,
    ...(rung.queueTimeoutMs !== undefined && { queueTimeoutMs: rung.queueTimeoutMs }),
    ...(open && { open }),
    ...(rung.onlyIfAvailable && { onlyIfAvailable: true }),
    origin: 'ladder',
    ...carried,
    desk: plannedDesk(desk, connector, { kind: target.kind, isCarried: carried.chat !== undefined }),
  };
}

/** Whether there is one. */
export function isRung(made: Rung | string): made is Rung {
  return typeof made === 'object';
}

/** Baton carries the messages where nobody else does, or where the integration asks for it. */
function chatOf(
  { integration, botSide }: Planning,
  { capabilities }: PlanDesk,
  kind: TargetKind,
): { chat?: PlannedChat } {
  const { chat } = capabilities;
  if (!chat || !(chat.always || integration.relay)) return {};
  // Of other desks' bots it knows no session that it could go on with.
  if (kind === 'bot' && botSide.keepsSessions && chat.resumes === 'in_answers') return {};
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
  { kind, isCarried }: { readonly kind: TargetKind; readonly isCarried: boolean },
): PlannedDesk {
  return {
    platform,
    // A desk that reaches the user only through Baton cannot say it to them.
    carriesMessage: capabilities.carriesMessage && !isCarried,
    events: capabilities.events,
    confirmsConnection: capabilities.confirmsConnection && !capabilities.queuedOnly?.includes(kind),
    heartbeatMs: connector.timeouts.heartbeatMs,
    ...(capabilities.unrepeatable?.includes(kind) && { unrepeatable: true }),
  };
}

function openOf(hours: BusinessHours | undefined, now: number): Rung['open'] {
  return hours && openWindows(hours, now);
}

/** Names come from requests: a name such as `constructor` must find nothing. */
export function own<T>(record: Readonly<Record<string, T>>, name: string): T | undefined {
  return Object.hasOwn(record, name) ? record[name] : undefined;
}
