// Cheap hand-written guards for what reaches a workflow without passing the gateway: a signal from any SDK. They
// stand in for zod, which would double the CPU of every workflow if it were in the bundle. What passes is a copy of
// the known fields, so that nothing deep or large rides along into activities and queries.
import { assertNever } from './assert-never';
import type { ConversationOrigin, RequestedTarget, TypedVariable } from './bot-session';
import type { BotState } from './bot-state';
import type { DeclineReason, DeskEvent, DeskEventSignal } from './desk-event';
import { MAX_REQUEST_CHARS, type EscalationState } from './escalation-state';
import type { Owner } from './phase';
import type {
  BotMessage,
  EarlierMessage,
  Continued,
  EscalationInput,
  EscalationReason,
  EscalationRequest,
  Variable,
} from './request';
import {
  bad,
  isCount,
  isId,
  isOptional,
  isRecord,
  isString,
  isStringList,
  MAX_ID_CHARS,
  oneOf,
  type Checked,
} from './shapes';
import { isPlainJson, isTypedVariable } from './typed-variables';

/** Most targets that a bot may name in one request. */
export const MAX_TARGETS = 20;
/** Most variables with types in one request. */
export const MAX_TYPED_VARIABLES = 100;
/** Longest id of a target that a bot names: one that is too long for every platform is a failure, not a dead letter. */
const MAX_TARGET_CHARS = 1_000;
/** Of a bot's state as JSON, in UTF-16 units. */
const MAX_BOT_STATE_CHARS = 16 * 1024;
/** A transfer id holds a conversation id and a request id. */
export const MAX_TRANSFER_ID_CHARS = 1_000;
/** A desk's detail is a code or a short phrase; longer ones are cut. */
const MAX_DETAIL_CHARS = 200;
const DESK_EVENT_KINDS = ['queued', 'position', 'connected', 'declined', 'userLeft', 'ended'] as const;
const DECLINE_REASONS: readonly DeclineReason[] = ['no_agents', 'closed_hours', 'rejected', 'invalid_target'];
const ENDED_BY = ['agent', 'user', 'system'] as const;
const REASONS: readonly EscalationReason[] = ['user_request', 'error', 'configured'];
const OWNERS: readonly Owner[] = ['bot', 'baton', 'agent'];

/** Checks what the workflow was started with; the request is checked by itself. */
export function isEscalationInput(input: unknown): input is EscalationInput {
  return (
    isRecord(input) &&
    isString(input['tenant']) &&
    isString(input['conversationId']) &&
    isOptional(input['speaking'], isTrue) &&
    isOptional(input['continued'], isContinued) &&
    isOptional(input['resumed'], isResumed)
  );
}

function isContinued(value: unknown): value is Continued {
  return (
    isRecord(value) &&
    isCount(value['epoch']) &&
    isStringList(value['requestIds']) &&
    isOptional(value['owner'], isOwner) &&
    isOptional(value['lastEscalation'], isString)
  );
}

/** Only an escalation starts its next run so: its own state is not looked through. */
function isResumed(value: unknown): value is EscalationState {
  return (
    isRecord(value) && isRecord(value['plan']) && isRecord(value['relay']) && Array.isArray(value['story'])
  );
}

function isTrue(value: unknown): value is true {
  return value === true;
}

function isOwner(value: unknown): value is Owner {
  return oneOf(OWNERS, value) !== undefined;
}

/** Checks a request's shape; whether it can be carried out is the plan's to judge. */
export function checkRequest(input: unknown): Checked<EscalationRequest> {
  if (!isRecord(input)) return bad('the request is not an object');
  const { requestId, integration, variables, lastMessages, precedingMessages, intent, userMessage, reason } =
    input;
  const { transcript, summary, targets, typedVariables, origin, botState } = input;
  if (!isId(requestId)) return bad(`requestId is not a string of 1 to ${MAX_ID_CHARS} characters`);
  if (!isId(integration)) return bad(`integration is not a string of 1 to ${MAX_ID_CHARS} characters`);
  if (!isOptional(variables, isVariables))
    return bad('variables is not an object of strings, numbers, booleans and nulls');
  if (!isOptional(lastMessages, isMessageList)) return bad('lastMessages is not a list of {id, text}');
  if (!isOptional(precedingMessages, isCount)) return bad('precedingMessages is not a count');
  if (!isOptional(intent, isString)) return bad('intent is not a string');
  if (!isOptional(userMessage, isString)) return bad('userMessage is not a string');
  if (!isOptional(transcript, isTranscript)) return bad('transcript is not a list of {from, text}');
  if (!isOptional(summary, isString)) return bad('summary is not a string');
  if (!isOptional(reason, isReason)) return bad(`reason is none of ${REASONS.join(', ')}`);
  if (!isOptional(targets, isTargetList))
    return bad(`targets is not a list of at most ${MAX_TARGETS} {kind, id}`);
  if (!isOptional(typedVariables, isTypedVariableList))
    return bad(`typedVariables is not a list of at most ${MAX_TYPED_VARIABLES} {name, type, value}`);
  if (!isOptional(origin, isOrigin)) return bad('origin is not {botId, sessionId}');
  if (!isOptional(botState, isBotState)) return bad('botState is not a state with a generation');
  const value: EscalationRequest = {
    requestId,
    integration,
    ...(variables !== undefined && { variables }),
    ...(lastMessages !== undefined && { lastMessages: lastMessages.map(({ id, text }) => ({ id, text })) }),
    ...(precedingMessages !== undefined && { precedingMessages }),
    ...(intent !== undefined && { intent }),
    ...(userMessage !== undefined && { userMessage }),
    ...(reason !== undefined && { reason }),
    ...(transcript !== undefined && { transcript: transcript.map(({ from, text }) => ({ from, text })) }),
    ...(summary !== undefined && { summary }),
    ...(targets && { targets: targets.map(({ kind, id }) => ({ kind, id })) }),
    ...(typedVariables && {
      typedVariables: typedVariables.map(({ name, type, value }) => ({ name, type, value })),
    }),
    ...(origin && { origin: originOf(origin) }),
    ...(botState && { botState }),
  };
  if (JSON.stringify(value).length > MAX_REQUEST_CHARS) {
    return bad(`the request is larger than ${MAX_REQUEST_CHARS} characters`);
  }
  return { ok: true, value };
}

/** Whether what a bot's platform gave for calls back to it can be kept; what is in it is the platform's business. */
export function isBotState(value: unknown): value is BotState {
  return (
    isRecord(value) &&
    isCount(value['generation']) &&
    isPlainJson(value) &&
    JSON.stringify(value).length <= MAX_BOT_STATE_CHARS
  );
}

/** Checks a desk's event. */
export function checkDeskEvent(input: unknown): Checked<DeskEventSignal> {
  if (!isRecord(input)) return bad('the event is not an object');
  const { id, transferId, connector, event } = input;
  if (!isId(id)) return bad(`id is not a string of 1 to ${MAX_ID_CHARS} characters`);
  if (!isString(transferId) || transferId.length > MAX_TRANSFER_ID_CHARS)
    return bad(`transferId is not a string of at most ${MAX_TRANSFER_ID_CHARS} characters`);
  if (!isOptional(connector, isId))
    return bad(`connector is not a string of 1 to ${MAX_ID_CHARS} characters`);
  const checked = checkEvent(event);
  if (!checked.ok) return checked;
  return {
    ok: true,
    value: { id, transferId, ...(connector !== undefined && { connector }), event: checked.value },
  };
}

/** Checks what a desk says of a transfer. */
export function checkEvent(event: unknown): Checked<DeskEvent> {
  const kind = isRecord(event) ? oneOf(DESK_EVENT_KINDS, event['kind']) : undefined;
  if (!isRecord(event) || !kind) return bad('event.kind is not known');
  const { position, waitMs, agentId, reason, detail, by } = event;
  switch (kind) {
    case 'queued':
    case 'userLeft':
      return good({ kind });
    case 'position':
      if (!isCount(position)) return bad('event.position is not a count');
      return good({ kind, position, ...(isCount(waitMs) && { waitMs }) });
    case 'connected':
      if (!isOptional(agentId, isId)) return bad('event.agentId is not an id');
      return good({ kind, ...(agentId !== undefined && { agentId }) });
    case 'declined': {
      const why = oneOf(DECLINE_REASONS, reason);
      if (!why) return bad(`event.reason is none of ${DECLINE_REASONS.join(', ')}`);
      return good({ kind, reason: why, ...(isString(detail) && { detail: cut(detail) }) });
    }
    case 'ended': {
      const who = oneOf(ENDED_BY, by);
      return good({ kind, ...(who && { by: who }) });
    }
    default:
      return assertNever(kind);
  }
}

function good(value: DeskEvent): Checked<DeskEvent> {
  return { ok: true, value };
}

function cut(detail: string): string {
  return detail.slice(0, MAX_DETAIL_CHARS);
}

function isTargetList(value: unknown): value is RequestedTarget[] {
  return Array.isArray(value) && value.length <= MAX_TARGETS && value.every(isRequestedTarget);
}

function isRequestedTarget(value: unknown): value is RequestedTarget {
  return (
    isRecord(value) && isId(value['kind']) && isString(value['id']) && value['id'].length <= MAX_TARGET_CHARS
  );
}

function isTypedVariableList(value: unknown): value is TypedVariable[] {
  return Array.isArray(value) && value.length <= MAX_TYPED_VARIABLES && value.every(isTypedVariable);
}

function isOrigin(value: unknown): value is ConversationOrigin {
  return isRecord(value) && isOptional(value['botId'], isId) && isOptional(value['sessionId'], isId);
}

function originOf({ botId, sessionId }: ConversationOrigin): ConversationOrigin {
  return { ...(botId !== undefined && { botId }), ...(sessionId !== undefined && { sessionId }) };
}

function isReason(value: unknown): value is EscalationReason {
  return oneOf(REASONS, value) !== undefined;
}

function isVariables(value: unknown): value is Record<string, Variable> {
  return isRecord(value) && Object.values(value).every(isVariable);
}

function isVariable(value: unknown): value is Variable {
  return value === null || isString(value) || typeof value === 'number' || typeof value === 'boolean';
}

function isTranscript(value: unknown): value is EarlierMessage[] {
  return Array.isArray(value) && value.every(isEarlierMessage);
}

function isEarlierMessage(value: unknown): value is EarlierMessage {
  return isRecord(value) && (value['from'] === 'user' || value['from'] === 'bot') && isString(value['text']);
}

function isMessageList(value: unknown): value is BotMessage[] {
  return Array.isArray(value) && value.every((m) => isRecord(m) && isId(m['id']) && isString(m['text']));
}
