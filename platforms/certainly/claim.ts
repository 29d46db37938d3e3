// The claim webhook: the bot wants a human for its user. Its body becomes a request for an escalation. `from` may be a
// token: it is neither read nor kept, not even in a digest.
import { isRecord } from '../../domain/shapes';
import type { EscalationRequest, Variable } from '../../domain/request';
import { keyOf } from './authorization';
import { conversationIdOf } from './conversation-id';
import { derivedId, slotOf } from './derived-id';
import { textAt, textOf, valueAt, type Body } from './fields';
import type { CertainlyOptions } from './options';

/** As every request over HTTP may have them. */
const MAX_VARIABLES = 100;
const MAX_NAME_CHARS = 100;
const MAX_VALUE_BYTES = 8_192;
/** Leaves room for the rest of a request, which may have 64 KB in all. */
const MAX_VARIABLES_BYTES = 40_000;
const MAX_INTENT_CHARS = 1_000;
/** What the page's sample body has where a reply would be. */
const NO_REPLY = 'VarWebhook';
/** Members of the claim itself that templates may read, besides the bot's own variables. */
const OWN_VARIABLES = ['moduleId', 'botTrainedModelId', 'firstName', 'lastName', 'attachedMedia'];

/** What a claim asks for, or why it asks for nothing (without a word of its content). */
export type Claim =
  | { readonly kind: 'claim'; readonly conversationId: string; readonly request: EscalationRequest }
  | { readonly kind: 'unusable'; readonly why: string };

/** `at`: when it arrived, in epoch milliseconds. */
export function readClaim(options: CertainlyOptions, body: Body, at: number): Claim {
  const user = textAt(body, options.claim.user);
  const conversationId = user === undefined ? undefined : conversationIdOf(options, user);
  if (conversationId === undefined) return unusable(`no user id in ${options.claim.user.join(', ')}`);
  if (isOfAnotherBot(options, body)) return unusable('botId is that of another bot');
  const integration = integrationOf(options, textOf(body['moduleId']));
  if (integration === undefined) return unusable('no integration for this moduleId');
  const userMessage = userMessageOf(options, body);
  const intent = textAt(body, options.claim.intent);
  const sessionId = textOf(body['sessionId']);
  const botId = textOf(body['botId']) ?? options.botId;
  const request: EscalationRequest = {
    requestId: requestIdOf(options, body, conversationId, at),
    integration,
    variables: variablesOf(body),
    ...(userMessage !== undefined && { userMessage }),
    ...(intent !== undefined && intent.length <= MAX_INTENT_CHARS && { intent }),
    origin: { ...(botId !== undefined && { botId }), ...(sessionId !== undefined && { sessionId }) },
  };
  return { kind: 'claim', conversationId, request };
}

function unusable(why: string): Claim {
  return { kind: 'unusable', why };
}

function isOfAnotherBot({ botId }: CertainlyOptions, body: Body): boolean {
  const named = textOf(body['botId']);
  return botId !== undefined && named !== undefined && named !== botId;
}

function integrationOf(options: CertainlyOptions, moduleId: string | undefined): string | undefined {
  const { integration, integrationByModule } = options;
  const own =
    moduleId !== undefined && Object.hasOwn(integrationByModule, moduleId)
      ? integrationByModule[moduleId]
      : undefined;
  return own ?? integration;
}

/**
 * Nothing in the documented body tells a claim that is sent again from a later one of the same user in the same module
 * and session. So the time of arrival does, unless the webhook was given a member that is new in each claim.
 */
function requestIdOf(options: CertainlyOptions, body: Body, conversationId: string, at: number): string {
  const own = textAt(body, options.claim.id);
  const parts = ['sessionId', 'moduleId', 'botId'].map((name) => textOf(body[name]));
  const once = own === undefined ? ['slot', slotOf(at, options.sameWithin)] : ['id', own];
  return derivedId('claim', keyOf(options.webhooks), [conversationId, ...parts, ...once]);
}

function userMessageOf({ claim }: CertainlyOptions, body: Body): string | undefined {
  return claim.userMessage
    .map((place) => textOf(valueAt(body, place)))
    .find((text) => text !== undefined && text !== NO_REPLY && Buffer.byteLength(text) <= MAX_VALUE_BYTES);
}

/** The bot's variables go before what it has extracted, and that before what the claim says of itself. */
function variablesOf(body: Body): Readonly<Record<string, Variable>> {
  const groups = [body['customVariables'], body['extractedData']].map((each) => (isRecord(each) ? each : {}));
  const own = OWN_VARIABLES.map((name) => [name, textOf(body[name])] as const);
  const found = new Map<string, Variable>();
  let bytes = 0;
  for (const [name, value] of [...groups.flatMap((each) => Object.entries(each)), ...own]) {
    if (found.has(name) || !isVariableName(name) || !isVariable(value)) continue;
    bytes += Buffer.byteLength(JSON.stringify([name, value]));
    if (found.size === MAX_VARIABLES || bytes > MAX_VARIABLES_BYTES) break;
    found.set(name, typeof value === 'string' ? (textOf(value) ?? '') : value);
  }
  return Object.fromEntries(found);
}

function isVariableName(name: string): boolean {
  return name.length > 0 && name.length <= MAX_NAME_CHARS && name !== '__proto__' && textOf(name) === name;
}

/** Lists and objects are none: templates could not read them. */
function isVariable(value: unknown): value is Variable {
  if (typeof value === 'string') return Buffer.byteLength(value) <= MAX_VALUE_BYTES;
  return (
    value === null || typeof value === 'boolean' || (typeof value === 'number' && Number.isFinite(value))
  );
}
