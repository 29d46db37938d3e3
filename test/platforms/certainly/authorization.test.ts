// Certainly's webhooks prove themselves by what they were told to send, or are refused.
import { aBot, aClaim, aRequest, inbound, secret } from './builders';

const basic = (text: string): string => `Basic ${Buffer.from(text).toString('base64')}`;
const BEARER = { authentication: 'bearer', token: secret('new'), previousToken: secret('old') };
const BASIC = {
  authentication: 'basic',
  username: 'certainly',
  password: secret('new'),
  previousPassword: secret('old'),
};

function statusOf(webhooks: unknown, authorization: string | undefined): number {
  const request = aRequest('/claim', aClaim(), { headers: { authorization } });
  return inbound(aBot({ webhooks }), request).answer.status;
}

test.each([
  ['Bearer new', BEARER],
  ['bearer  new ', BEARER],
  ['Bearer old', BEARER],
  [basic('certainly:new'), BASIC],
  [basic('certainly:old'), BASIC],
])('takes a webhook that says %s', (authorization, webhooks) => {
  expect(statusOf(webhooks, authorization)).toBe(200);
});

test.each([
  [undefined, BEARER],
  ['', BEARER],
  ['new', BEARER],
  ['Bearer', BEARER],
  ['Bearer newer', BEARER],
  ['Basic new', BEARER],
  [basic('certainly:new').replace('Basic', 'Bearer'), BASIC],
  [basic('certainly:'), BASIC],
  [basic('certainly'), BASIC],
  [basic('other:new'), BASIC],
  [undefined, BASIC],
])('refuses a webhook that says %s', (authorization, webhooks) => {
  expect(statusOf(webhooks, authorization)).toBe(401);
});

test('counts a refusal, does nothing, and asks for the scheme', () => {
  const result = inbound(aBot({ webhooks: BASIC }), aRequest('/messages', { interlocutor: 'user' }));

  expect(result).toMatchObject({ unauthorized: true, deeds: [] });
  expect(result.answer.headers).toMatchObject({ 'www-authenticate': 'Basic realm="baton"' });
});

test('asks nothing of a webhook that is configured so', () => {
  expect(statusOf({ authentication: 'none' }, undefined)).toBe(200);
});
