// The escalation that a bot's answer asks for, or that takes the place of an answer: made of what the conversation knows.
import type { BotTurn, RequestedTarget, TypedVariable } from './bot-session';
import { withinLoopBudget } from './bot-session-hand-off';
import type { BotSessionState, HandOff, SessionPlan } from './bot-session-state';
import type { EscalationReason, EscalationRequest, Variable } from './request';

/** Of all variables as JSON, in UTF-16 units: a request has room for other things too. */
const MAX_VARIABLES_CHARS = 20_000;
/** Of one variable that is repeated by its name, for templates. */
const MAX_SIMPLE_CHARS = 1_000;
const MAX_VARIABLES = 100;
const MAX_TARGETS = 20;
const MAX_WORDS_CHARS = 2_000;
const MAX_ID_CHARS = 200;

/** What is asked for, and how that is answered. */
export interface Asking {
  readonly handOff: HandOff;
  readonly request: EscalationRequest;
  /** Variables that were too many, or too large, to be passed on. */
  readonly leftOut: number;
}

/** What a turn that escalates asks for; undefined: only for further bots, and so many have taken over already. */
export function askingOf(
  state: BotSessionState,
  plan: SessionPlan,
  turn: Pick<BotTurn, 'escalates' | 'variables' | 'intents'>,
  toldReason?: EscalationReason,
): Asking | undefined {
  const { messageId, targets: named } = turn.escalates ?? { messageId: '', targets: [] };
  const targets = withinLoopBudget(state, named).slice(0, MAX_TARGETS);
  if (named.length > 0 && targets.length === 0) return undefined;
  const { variables, leftOut } = fitting(turn.variables ?? []);
  const reason = toldReason ?? reasonOf(plan, turn);
  const toBots = targets.length > 0 && targets.every(({ kind }) => kind === 'bot');
  return {
    handOff: { requestId: messageId, inReplyTo: messageId, reason, ...(toBots && { toBots }) },
    request: {
      ...common(state, messageId, plan.integration, reason),
      targets: targets.map(({ kind, id }): RequestedTarget => ({ kind, id })),
      ...(variables.length > 0 && { typedVariables: variables, variables: simple(variables) }),
    },
    leftOut,
  };
}

/** What is asked for because the bot does not work: the integration's own ladder. `of`: what it failed at. */
export function askingOnError(state: BotSessionState, plan: SessionPlan, of: string): Asking {
  const requestId = `error/${of}`.slice(0, MAX_ID_CHARS);
  const request = common(state, requestId, plan.onError, 'error');
  return { handOff: { requestId, reason: 'error' }, request, leftOut: 0 };
}

function common(
  { session, intent, lastWords, transcript }: BotSessionState,
  requestId: string,
  integration: string,
  reason: EscalationReason,
): EscalationRequest {
  const { botId, sessionId } = session ?? {};
  const origin = {
    ...(botId !== undefined && { botId }),
    ...(sessionId !== undefined && { sessionId }),
  };
  return {
    requestId,
    integration,
    reason,
    ...(intent !== undefined && { intent: intent.slice(0, MAX_WORDS_CHARS) }),
    ...(lastWords !== undefined && { userMessage: lastWords.slice(0, MAX_WORDS_CHARS) }),
    ...(transcript.length > 0 && { transcript }),
    ...(botId !== undefined && { origin }),
  };
}

/** As many as a request has room for, in their order. */
function fitting(all: readonly TypedVariable[]): {
  variables: readonly TypedVariable[];
  leftOut: number;
} {
  let chars = 0;
  const variables = all.slice(0, MAX_VARIABLES).filter((variable) => {
    const size = JSON.stringify(variable).length;
    if (chars + size > MAX_VARIABLES_CHARS) return false;
    chars += size;
    return true;
  });
  return { variables, leftOut: all.length - variables.length };
}

/** Those that templates can read. */
function simple(variables: readonly TypedVariable[]): Readonly<Record<string, Variable>> {
  return Object.fromEntries(
    variables.flatMap(({ name, value }): [string, Variable][] => (isSimple(value) ? [[name, value]] : [])),
  );
}

function isSimple(value: unknown): value is Variable {
  if (typeof value === 'string') return value.length <= MAX_SIMPLE_CHARS;
  return value === null || typeof value === 'boolean' || Number.isFinite(value);
}

const REASONS: ReadonlyMap<string, EscalationReason> = new Map([
  ['userrequest', 'user_request'],
  ['error', 'error'],
  ['configured', 'configured'],
]);

/** Why the bot escalates: as its variable says, or because of what the user wants, or as it is configured. */
export function reasonOf(
  { reasonVariable, userRequestIntents }: SessionPlan,
  { variables = [], intents = [] }: Pick<BotTurn, 'variables' | 'intents'>,
): EscalationReason {
  const told = variables.find(({ name }) => name === reasonVariable)?.value;
  const known = typeof told === 'string' && REASONS.get(told.toLowerCase().replace(/[^a-z]/g, ''));
  if (known) return known;
  const [surest] = intents;
  return surest && userRequestIntents.includes(surest.label) ? 'user_request' : 'configured';
}
