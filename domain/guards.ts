// Cheap hand-written guards for what reaches a workflow without passing the gateway: a signal from any SDK. They
// stand in for zod, which would double the CPU of every workflow if it were in the bundle.
import type { DeskEventSignal } from './desk-event';
import { MAX_REQUEST_CHARS } from './escalation-state';
import type { EscalationRequest } from './request';

const MAX_ID_CHARS = 200;
const DESK_EVENT_KINDS = ['queued', 'position', 'connected', 'declined', 'userLeft', 'ended'];

/** A checked value, or what is wrong with it (never its content). */
export type Checked<T> =
  { readonly ok: true; readonly value: T } | { readonly ok: false; readonly problem: string };

/** Checks as much of a request as the workflow and the plan rely on; the rest is the plan's to judge. */
export function checkRequest(input: unknown): Checked<EscalationRequest> {
  if (!isRecord(input)) return bad('the request is not an object');
  if (!isId(input['requestId'])) return bad(`requestId is not a string of 1 to ${MAX_ID_CHARS} characters`);
  if (!isId(input['integration']))
    return bad(`integration is not a string of 1 to ${MAX_ID_CHARS} characters`);
  if (!isOptional(input['variables'], isRecord)) return bad('variables is not an object');
  if (!isOptional(input['lastMessages'], isMessageList))
    return bad('lastMessages is not a list of {id, text}');
  if (!isOptional(input['precedingMessages'], isCount)) return bad('precedingMessages is not a count');
  if (!isOptional(input['intent'], isString)) return bad('intent is not a string');
  if (!isOptional(input['userMessage'], isString)) return bad('userMessage is not a string');
  if (JSON.stringify(input).length > MAX_REQUEST_CHARS) {
    return bad(`the request is larger than ${MAX_REQUEST_CHARS} characters`);
  }
  return { ok: true, value: input as unknown as EscalationRequest };
}

/** Checks a desk's event. */
export function checkDeskEvent(input: unknown): Checked<DeskEventSignal> {
  if (!isRecord(input)) return bad('the event is not an object');
  if (!isString(input['id']) || !isString(input['transferId'])) return bad('id or transferId is missing');
  const event = input['event'];
  if (!isRecord(event) || !isString(event['kind']) || !DESK_EVENT_KINDS.includes(event['kind'])) {
    return bad('event.kind is not known');
  }
  return { ok: true, value: input as unknown as DeskEventSignal };
}

function bad(problem: string): { ok: false; problem: string } {
  return { ok: false, problem };
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isString(value: unknown): value is string {
  return typeof value === 'string';
}

function isId(value: unknown): value is string {
  return isString(value) && value.length > 0 && value.length <= MAX_ID_CHARS;
}

function isCount(value: unknown): value is number {
  return typeof value === 'number' && Number.isInteger(value) && value >= 0;
}

function isMessageList(value: unknown): boolean {
  return Array.isArray(value) && value.every((m) => isRecord(m) && isId(m['id']) && isString(m['text']));
}

function isOptional(value: unknown, check: (value: unknown) => boolean): boolean {
  return value === undefined || check(value);
}
