// Guards for what reaches the workflow of a conversation with a bot; see guards.ts. What passes is a copy of the known
// members.
import type { BotTurn, BotWord, Choice, RequestedTarget, TypedVariable } from './bot-session';
import type { BotSessionInput, HandedOver, UserSays } from './bot-session-messages';
import type { SessionNotice } from './bot-session-state';
import { isChatState } from './chat-guards';
import { checkRequest, MAX_TARGETS, MAX_TYPED_VARIABLES } from './guards';
import { NOTICE_TYPES } from './notice';
import {
  bad,
  isCount,
  isId,
  isOptional,
  isRecord,
  isString,
  MAX_ID_CHARS,
  oneOf,
  type Checked,
} from './shapes';
import { isTypedVariable } from './typed-variables';

/** Longest message of a user, in UTF-16 units. */
const MAX_TEXT_CHARS = 16_384;
/** Of a bot's answer as JSON: it is kept until its turn comes. */
const MAX_TURN_CHARS = 64 * 1024;
const MAX_WORDS = 100;

/** Checks what the workflow was started with. */
export function isBotSessionInput(input: unknown): input is BotSessionInput {
  return (
    isRecord(input) &&
    isId(input['tenant']) &&
    isString(input['conversationId']) &&
    isId(input['bot']) &&
    (input['resumed'] === undefined || isRecord(input['resumed']))
  );
}

/** Checks what the user said. */
export function checkUserSays(input: unknown): Checked<UserSays> {
  if (!isRecord(input)) return bad('the message is not an object');
  const { id, text, choiceId, variables } = input;
  if (!isId(id)) return bad(`id is not a string of 1 to ${MAX_ID_CHARS} characters`);
  if (!isOptional(text, isText)) return bad(`text is not a string of 1 to ${MAX_TEXT_CHARS} characters`);
  if (!isOptional(choiceId, isId)) return bad('choiceId is not an id');
  if (!isOptional(variables, isVariableList)) return bad('variables is not a list of {name, type, value}');
  return {
    ok: true,
    value: {
      id,
      ...(text !== undefined && { text }),
      ...(choiceId !== undefined && { choiceId }),
      ...(variables && { variables: variables.map(copyOfVariable) }),
    },
  };
}

/** Checks a session that a client hands over. */
export function checkHandedOver(input: unknown): Checked<HandedOver> {
  if (!isRecord(input)) return bad('what is handed over is not an object');
  const { turn: given, botId, sequence, reason, transcript } = input;
  const turn = turnOf(given);
  if (!turn) return bad("turn is not a bot's answer");
  if (!isId(botId)) return bad('botId is not an id');
  if (!isCount(sequence)) return bad('sequence is not a count');
  // Those two are as in a request, which is what they are for.
  const rest = checkRequest({ requestId: 'r', integration: 'i', reason, transcript });
  if (!rest.ok) return rest;
  const { requestId: _, integration: __, ...known } = rest.value;
  return { ok: true, value: { turn, botId, sequence, ...known } };
}

/** Checks a notice, and keeps of it what the conversation needs. */
export function checkNotice(input: unknown): Checked<SessionNotice> {
  if (!isRecord(input)) return bad('the notice is not an object');
  const { id, type, requestId, progress, target, reason, detail } = input;
  const kind = isString(type) ? oneOf(NOTICE_TYPES, type) : undefined;
  if (!isString(id) || !isString(requestId) || !kind) return bad('the notice has no id, type and requestId');
  return {
    ok: true,
    value: {
      id,
      type: kind,
      requestId,
      ...(progress === true && { progress }),
      ...(isRecord(target) && isString(target['kind']) && { targetKind: target['kind'] }),
      ...(isString(reason) && { reason }),
      ...(isString(detail) && { detail: detail.slice(0, MAX_ID_CHARS) }),
    },
  };
}

function turnOf(input: unknown): BotTurn | undefined {
  if (!isRecord(input)) return undefined;
  const { session, sessionId, said, escalates, ended, variables, intents } = input;
  const fits =
    isChatState(session) &&
    isOptional(sessionId, isString) &&
    isListOf(said, MAX_WORDS, isWord) &&
    isOptional(escalates, isEscalation) &&
    isOptional(ended, isEnding) &&
    isOptional(variables, isVariableList) &&
    isOptional(intents, isIntentList);
  if (!fits) return undefined;
  const turn: BotTurn = {
    session,
    ...(sessionId !== undefined && { sessionId }),
    said: said.map(({ id, text, choices, delayMs }) => ({ id, text, ...(choices && { choices }), delayMs })),
    ...(escalates && { escalates }),
    ...(ended && { ended: { reason: ended.reason } }),
    ...(variables && { variables: variables.map(copyOfVariable) }),
    ...(intents && { intents }),
  };
  return JSON.stringify(turn).length <= MAX_TURN_CHARS ? turn : undefined;
}

function isWord(value: unknown): value is BotWord {
  if (!isRecord(value)) return false;
  const { id, text, choices, delayMs } = value;
  return (
    isId(id) &&
    isString(text) &&
    isOptional(choices, (list) => isListOf(list, MAX_WORDS, isChoice)) &&
    typeof delayMs === 'number' &&
    delayMs >= 0
  );
}

function isChoice(value: unknown): value is Choice {
  return isRecord(value) && isString(value['id']) && isString(value['label']);
}

function isEscalation(value: unknown): value is NonNullable<BotTurn['escalates']> {
  return (
    isRecord(value) && isId(value['messageId']) && isListOf(value['targets'], MAX_TARGETS, isRequestedTarget)
  );
}

function isRequestedTarget(value: unknown): value is RequestedTarget {
  return isRecord(value) && isString(value['kind']) && isString(value['id']);
}

function isEnding(value: unknown): value is NonNullable<BotTurn['ended']> {
  return isRecord(value) && isString(value['reason']);
}

function isIntentList(value: unknown): value is NonNullable<BotTurn['intents']> {
  return isListOf(
    value,
    MAX_WORDS,
    (one): one is { label: string } => isRecord(one) && isString(one['label']),
  );
}

function isVariableList(value: unknown): value is TypedVariable[] {
  return isListOf(value, MAX_TYPED_VARIABLES, isTypedVariable);
}

function isListOf<T>(value: unknown, most: number, is: (one: unknown) => one is T): value is T[] {
  return Array.isArray(value) && value.length <= most && value.every(is);
}

function isText(value: unknown): value is string {
  return isString(value) && value.length > 0 && value.length <= MAX_TEXT_CHARS;
}

function copyOfVariable({ name, type, value }: TypedVariable): TypedVariable {
  return { name, type, value };
}
