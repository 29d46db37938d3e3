// What crosses Baton's borders, and what does not.
import fc from 'fast-check';
import { noticeSchema } from '../../contract/notice';
import { escalationInputSchema, escalationRequestSchema, MAX_REQUEST_BYTES } from '../../contract/request';
import { deskEventSignalSchema } from '../../contract/signals';
import type { DeskEventSignal } from '../../domain/desk-event';
import type { Notice } from '../../domain/notice';
import type { EscalationRequest } from '../../domain/request';

const REQUEST: EscalationRequest = {
  requestId: 'request-1',
  integration: 'Agent Escalation',
  variables: { skillId: '42', vip: true, basket: 12.5, none: null },
  lastMessages: [{ id: 'm1', text: 'One moment.' }],
  precedingMessages: 3,
  intent: 'return',
  userMessage: 'I want to send this back.',
  reason: 'user_request',
  targets: [
    { kind: 'bot', id: '0XxRM0000004ZK60AM' },
    { kind: 'queue', id: '' },
  ],
  typedVariables: [
    { name: 'Name', type: 'text', value: 'Ada' },
    { name: 'Basket', type: 'list', value: [{ type: 'money', value: 'USD 10.40' }] },
    { name: 'Nothing', type: 'date', value: null },
  ],
  origin: { botId: '0XxRM0000004ZK50AM', sessionId: 's-1' },
};
const accepts = (change: Record<string, unknown>): boolean =>
  escalationRequestSchema.safeParse({ ...REQUEST, ...change }).success;

describe('a request', () => {
  it('is passed on as it came', () => {
    expect(escalationRequestSchema.parse(REQUEST)).toEqual(REQUEST);
    expect(escalationRequestSchema.parse({ requestId: '1', integration: 'a' })).toEqual({
      requestId: '1',
      integration: 'a',
    });
  });

  it.each<[string, Record<string, unknown>]>([
    ['an unknown member', { integrationName: 'x' }],
    ['no request id', { requestId: undefined }],
    ['an empty request id', { requestId: '' }],
    ['a request id of 201 characters', { requestId: 'x'.repeat(201) }],
    ['a request id with a line end', { requestId: 'a\nb' }],
    ['a request id with an invisible character', { requestId: 'a\u200bb' }],
    ['a request id with a space at its end', { requestId: 'a ' }],
    ['a number as request id', { requestId: 7 }],
    ['a variable that is a list', { variables: { a: [] } }],
    ['a variable that is no number', { variables: { a: NaN } }],
    ['a variable with a NUL', { variables: { a: 'x\0' } }],
    ['a variable without a name', { variables: { '': 1 } }],
    [
      '101 variables',
      { variables: Object.fromEntries(Array.from({ length: 101 }, (_, index) => [`v${index}`, 1])) },
    ],
    [
      '21 last messages',
      { lastMessages: Array.from({ length: 21 }, (_, index) => ({ id: `${index}`, text: 'x' })) },
    ],
    [
      'two messages with one id',
      {
        lastMessages: [
          { id: '1', text: 'a' },
          { id: '1', text: 'b' },
        ],
      },
    ],
    ['an empty message', { lastMessages: [{ id: '1', text: '' }] }],
    ['a message of more than 8 KB', { lastMessages: [{ id: '1', text: 'é'.repeat(4_097) }] }],
    ['half a character', { userMessage: 'x\ud83d' }],
    ['a NUL', { userMessage: 'x\0y' }],
    ['a negative count', { precedingMessages: -1 }],
    ['half a message', { precedingMessages: 0.5 }],
    ['a reason of its own', { reason: 'because' }],
    ['null for nothing', { intent: null }],
    ["what only a bot's platform may give", { botState: { generation: 1 } }],
    ['21 targets', { targets: Array(21).fill({ kind: 'bot', id: 'x' }) }],
    ['a target with a name', { targets: [{ kind: 'bot', id: 'x', name: 'y' }] }],
    ['101 variables with types', { typedVariables: Array(101).fill({ name: 'n', type: 'text', value: '' }) }],
    ['a variable of no type', { typedVariables: [{ name: 'n', type: 'colour', value: 'red' }] }],
    ['a variable without a value', { typedVariables: [{ name: 'n', type: 'text' }] }],
    [
      'a variable deeper than 16 levels',
      { typedVariables: [{ name: 'n', type: 'list', value: JSON.parse('['.repeat(17) + ']'.repeat(17)) }] },
    ],
    ['an origin without a name for it', { origin: { orgId: 'x' } }],
  ])('is refused with %s', (_, change) => {
    expect(accepts({})).toBe(true);
    expect(accepts(change)).toBe(false);
  });

  it('is taken at its limits', () => {
    expect(accepts({ requestId: 'é'.repeat(200) })).toBe(true);
    expect(accepts({ userMessage: 'x'.repeat(8_192) })).toBe(true);
    expect(accepts({ userMessage: 'two\nlines 😀' })).toBe(true);
    expect(accepts({ precedingMessages: 100 })).toBe(true);
  });

  it('is refused when it is larger than 64 KB, though each part is not', () => {
    const lastMessages = Array.from({ length: 8 }, (_, index) => ({
      id: `${index}`,
      text: 'x'.repeat(8_050),
    }));
    const size = Buffer.byteLength(JSON.stringify({ ...REQUEST, lastMessages }));

    expect(size).toBeLessThan(MAX_REQUEST_BYTES);
    expect(accepts({ lastMessages })).toBe(true);
    expect(accepts({ lastMessages, userMessage: 'x'.repeat(1_000) })).toBe(false);
  });

  it('is never cause for an exception', () => {
    fc.assert(
      fc.property(fc.anything(), fc.anything(), (value, member) => {
        expect(escalationRequestSchema.safeParse(value).success).toBe(false);
        expect(typeof accepts({ variables: member })).toBe('boolean');
      }),
    );
  });
});

describe('what starts a workflow', () => {
  const input = { tenant: 'acme', conversationId: 'lp/123', request: REQUEST };

  it('is passed on as it came, with or without a request', () => {
    expect(escalationInputSchema.parse(input)).toEqual(input);
    expect(escalationInputSchema.safeParse({ tenant: 'acme', conversationId: '1' }).success).toBe(true);
  });

  it.each([
    { tenant: 'a/b' },
    { tenant: '' },
    { conversationId: '' },
    { conversationId: 'a\u0007' },
    { conversationId: 'x'.repeat(201) },
  ])('is refused with %j', (change) => {
    expect(escalationInputSchema.safeParse({ ...input, ...change }).success).toBe(false);
  });
});

describe("a desk's event", () => {
  it.each<DeskEventSignal['event']>([
    { kind: 'queued' },
    { kind: 'position', position: 2, waitMs: 30_000 },
    { kind: 'connected', agentId: '7' },
    { kind: 'declined', reason: 'no_agents', detail: 'nobody is logged in' },
    { kind: 'userLeft' },
    { kind: 'ended', by: 'agent' },
  ])('is passed on as it came: %j', (event) => {
    const signal = { id: 'e1', transferId: 'c/r/0', event };

    expect(deskEventSignalSchema.parse(signal)).toEqual(signal);
    expect(deskEventSignalSchema.safeParse({ ...signal, event: { ...event, extra: 1 } }).success).toBe(false);
  });

  it.each([
    { event: { kind: 'vanished' } },
    { event: { kind: 'declined', reason: 'tired' } },
    { event: { kind: 'position', position: -1 } },
    { id: '' },
    { transferId: '' },
  ])('is refused as %j', (change) => {
    const signal = { id: 'e1', transferId: 'c/r/0', event: { kind: 'queued' } };

    expect(deskEventSignalSchema.safeParse(signal).success).toBe(true);
    expect(deskEventSignalSchema.safeParse({ ...signal, ...change }).success).toBe(false);
  });
});

describe('a notice', () => {
  const notice: Notice = {
    id: 'c/r/escalation.failed',
    type: 'escalation.failed',
    conversationId: 'c',
    requestId: 'r',
    sequence: 1,
    attempt: 1,
    epoch: 2,
    at: 1_780_000_000_000,
    reason: 'timed_out',
    noticesLeft: 2,
    askAgainBy: 1_780_000_600_000,
    data: { agent: 'Maria', waited: 12 },
  };

  it('is passed on as it came', () => {
    expect(noticeSchema.parse(notice)).toEqual(notice);
  });

  it.each([
    { type: 'escalation.lost' },
    { attempt: 0 },
    { reason: 'tired' },
    { target: { kind: 'moon', id: '1' } },
    { data: { a: {} } },
  ])('is refused with %j', (change) => {
    expect(noticeSchema.safeParse({ ...notice, ...change }).success).toBe(false);
  });
});
