// The request that `on_agent_transfer` makes: which integration, and what of the dialog's context goes along.
import type { EscalationRequest, Variable } from '../../domain/request';
import { makeState, reduced } from './bot-state';
import type { KoreBot } from './options';
import { at, firstText, type EventPlace, type Json } from './payload';
import { fitting, lastWordsOf } from './speaker';

const MAX_VARIABLES = 100;
const MAX_VARIABLE_CHARS = 1_000;
/** Of all of them as JSON; leaves room for the rest of a request, which has an end too: a handover must not fail by it. */
const MAX_VARIABLES_CHARS = 30_000;
const MAX_INTENT_BYTES = 1_000;
const NAME = /^[\w.-]{1,100}$/;
const USER_FIELDS: readonly string[] = ['firstName', 'lastName', 'emailId'];

/** One handover. */
export interface Handover extends EventPlace {
  readonly body: Json;
  readonly requestId: string;
  readonly receivedAt: number;
}

/** The request of a handover. */
export function handoverRequest(
  bot: KoreBot,
  { body, requestId, receivedAt, ...place }: Handover,
): EscalationRequest {
  const intent = firstText(at(body.context, 'intent'));
  const userMessage = lastWordsOf(body);
  return {
    requestId,
    integration: integrationOf(bot, body),
    variables: variablesOf(body.context),
    ...(intent !== undefined && { intent: fitting(intent, MAX_INTENT_BYTES) }),
    ...(userMessage !== undefined && { userMessage }),
    botState: makeState(reduced('OnAgentTransferPayload', body, place), receivedAt),
  };
}

function integrationOf({ integration, integrations }: KoreBot, { context }: Json): string {
  const node = lastTransferNode(at(context, 'history'));
  const names = [at(node, 'componentName'), at(node, 'nodeId'), at(context, 'intent'), at(context, 'taskid')];
  const named = names.find((name) => typeof name === 'string' && Object.hasOwn(integrations, name));
  return integrations[String(named)] ?? integration;
}

function lastTransferNode(history: unknown): unknown {
  return Array.isArray(history)
    ? history.findLast((entry) => at(entry, 'type') === 'agentTransfer')
    : undefined;
}

/**
 * Entities first, then what the dialog keeps for this user, then for all users of the bot; of the same name the first
 * counts. Only simple values: vendors know no others. What the enterprise keeps is left out, since credentials are
 * kept there.
 */
function variablesOf(context: unknown): Readonly<Record<string, Variable>> {
  const user = at(context, 'session', 'UserContext');
  const sources = [
    at(context, 'entities'),
    at(context, 'session', 'BotUserSession'),
    at(context, 'session', 'UserSession'),
    Object.fromEntries(USER_FIELDS.map((field) => [field, at(user, field)])),
    at(context, 'session', 'BotContext'),
  ];
  const found = new Map<string, Variable>();
  let chars = 0;
  for (const [name, value] of sources.flatMap(
    (source) => Object.entries(source ?? {}) as [string, unknown][],
  )) {
    if (found.has(name) || !NAME.test(name) || !isSimple(value)) continue;
    chars += JSON.stringify([name, value]).length;
    if (found.size === MAX_VARIABLES || chars > MAX_VARIABLES_CHARS) break;
    found.set(name, value);
  }
  return Object.fromEntries(found);
}

function isSimple(value: unknown): value is Variable {
  if (typeof value === 'string') return value.length <= MAX_VARIABLE_CHARS && fitting(value) === value;
  return (
    value === null || typeof value === 'boolean' || (typeof value === 'number' && Number.isFinite(value))
  );
}
