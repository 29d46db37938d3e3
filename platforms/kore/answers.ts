// The answers of a BotKit server, to the byte (BotKit, captured): the platform was written against these.
import type { BotAnswer, BotInboundResult } from '../platform';

const JSON_TYPE = 'application/json; charset=utf-8';

/** Refusals in BotKit's words, by what they are called here. */
const REFUSALS = {
  unauthorized: { status: 401, msg: 'Invalid apikey', code: 4002 },
  unknownEvent: { status: 404, msg: 'Event not found', code: 'NOT_FOUND' },
  notJson: { status: 412, msg: 'Invalid JSON', code: 'VALIDATION_ERROR' },
  failed: { status: 500, msg: 'Internal Server Error', code: 'INTERNAL_SERVER_ERROR' },
} as const;

/** A refusal. `unauthorized` has its body in a header too. */
export function refusal(kind: keyof typeof REFUSALS): BotAnswer {
  const { status, ...error } = REFUSALS[kind];
  const body = errorBody(error);
  const described = kind === 'unauthorized' ? { 'response-error-description': body } : {};
  return { status, headers: { ...described, 'content-type': JSON_TYPE }, body };
}

/** A payload that lacks what its event needs. `detail` names the member, never what it holds. */
export function invalidArguments(detail: string): BotInboundResult {
  const body = errorBody({ msg: detail, code: 'INVALID_ARGUMENTS' });
  return { answer: { status: 400, headers: { 'content-type': JSON_TYPE }, body }, deeds: [] };
}

/** The event was taken. */
export function acknowledgement(body: unknown): BotAnswer {
  return {
    status: 200,
    headers: { supportsMessageAck: 'true', 'content-type': JSON_TYPE },
    body: JSON.stringify(body),
  };
}

/**
 * Of an event whose handler returns nothing, where BotKit waits for what it returns: its wrapper falls through to the
 * body. The sample for agent transfers returns nothing, so this is what platforms are used to, and it says nothing of
 * the user.
 */
export const NOTHING_RETURNED = { headers: { supportsMessageAck: true } } as const;

function errorBody(error: { readonly msg: string; readonly code: string | number }): string {
  return JSON.stringify({ errors: [error] });
}
