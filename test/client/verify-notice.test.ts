// How a bot verifies what claims to be a notice.
import { Webhook } from 'standardwebhooks';
import { BatonClient, verifyNotice } from '../../client';
import type { Notice } from '../../domain/notice';
import { noticeEnvelope } from '../../platforms/webhook/notice-envelope';

const OLD = `whsec_${Buffer.alloc(32, 1).toString('base64')}`;
const NEW = `whsec_${Buffer.alloc(32, 2).toString('base64')}`;
const NOW = Date.UTC(2026, 10, 21, 9, 30);
const NOTICE: Notice = {
  id: 'c1/r1/escalation.connected',
  type: 'escalation.connected',
  sequence: 3,
  conversationId: 'c1',
  requestId: 'r1',
  attempt: 1,
  epoch: 2,
  at: NOW,
  agentId: 'maria',
};
const BODY = JSON.stringify(noticeEnvelope(NOTICE));

function signed(body = BODY, secret = NEW): Record<string, string> {
  return {
    'webhook-id': 'msg_1',
    'webhook-timestamp': String(NOW / 1_000),
    'webhook-signature': new Webhook(secret).sign('msg_1', new Date(NOW), body),
  };
}

const received = { headers: signed(), body: BODY, secrets: [NEW], now: NOW };

it('gives the notice that was signed, typed, and the id of its delivery', () => {
  const verified = verifyNotice(received);

  expect(verified).toEqual({ kind: 'verified', id: 'msg_1', notice: noticeEnvelope(NOTICE) });
  expect(BatonClient.verifyNotice(received)).toEqual(verified);
});

it.each<[string, object]>([
  ['bytes', { body: new TextEncoder().encode(BODY) }],
  ['headers of fetch', { headers: new Headers(signed()) }],
  [
    'headers in other cases and in lists',
    {
      headers: Object.fromEntries(
        Object.entries(signed()).map(([name, value]) => [name.toUpperCase(), [value]]),
      ),
    },
  ],
  ['the secret before, during a rotation', { headers: signed(BODY, OLD), secrets: [NEW, OLD] }],
])('takes %s', (_what, change) => {
  expect(verifyNotice({ ...received, ...change })).toMatchObject({ kind: 'verified' });
});

it.each<[string, object]>([
  ['headers', { headers: {} }],
  ['timestamp', { now: NOW + 301_000 }],
  ['timestamp', { now: NOW - 301_000 }],
  ['signature', { body: `${BODY} ` }],
  ['signature', { secrets: [OLD] }],
  ['secret', { secrets: ['whsec_short'] }],
  ['body', { body: 'null', headers: signed('null') }],
  ['body', { body: '{"type":"x"', headers: signed('{"type":"x"') }],
])('refuses for %s (%#)', (why, change) => {
  expect(verifyNotice({ ...received, ...change })).toEqual({ kind: 'refused', why });
});

it.each([{ version: 2 }, { type: 'escalation.someday' }])('calls %j unfamiliar', (change) => {
  const body = JSON.stringify({ ...noticeEnvelope(NOTICE), ...change });

  expect(verifyNotice({ ...received, body, headers: signed(body) })).toEqual({
    kind: 'refused',
    why: 'unfamiliar',
  });
});
