// What a test can order of the simulated runtime, and what it shows of what it was asked.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PRESET_BOTS } from '../../../platforms/einstein-bots/simulator';
import { openStage, wordsOf } from './simulator-builders';
import type { Answer, Stage } from './simulator-builders';

let stage: Stage;
beforeEach(async () => {
  stage = await openStage();
});
afterEach(() => stage.close());

const text = (sequenceId: number, written = 'hi') => ({ type: 'text', sequenceId, text: written });
const soon = () => AbortSignal.timeout(30_000);
const aSession = async (): Promise<string> => (await stage.start(PRESET_BOTS.variables)).body.sessionId;
const refusal = ({ status, body }: Answer) => [status, body.error];
const BUSY = [423, 'ServerBusyError'];

test('processes one request of a session at a time: another is answered 423 until the first is', async () => {
  const [sessionId, other] = [await aSession(), await aSession()];
  await stage.control.hold({ on: 'message', sessionId });
  const first = stage.say(sessionId, text(1, 'Ada'));
  await stage.control.until(({ held }) => held === 1, soon());
  const meanwhile = [await stage.say(sessionId, text(2)), await stage.end(sessionId)];
  const elsewhere = await stage.say(other, text(1));
  await stage.control.release();

  expect(meanwhile.map(refusal)).toEqual([BUSY, BUSY]);
  expect(elsewhere.status).toBe(200);
  expect(wordsOf(await first)).toEqual(['What is your email address?']);
  expect((await stage.say(sessionId, text(2))).status).toBe(200);
});

test('stays busy with a request that it never answers until the client gives up', async () => {
  const sessionId = await aSession();
  await stage.control.fault({ kind: 'hang', on: 'message' });
  const giveUp = new AbortController();
  const first = stage.say(sessionId, text(1), {}, { signal: giveUp.signal }).catch(() => 'gave up');
  await stage.control.until(({ requests }) => requests.at(-1)?.answered === 'nothing', soon());
  const meanwhile = await stage.say(sessionId, text(1));
  giveUp.abort();

  expect(refusal(meanwhile)).toEqual(BUSY);
  expect(await first).toBe('gave up');
  const statuses = new Set<number>();
  while (!statuses.has(200)) statuses.add((await stage.say(sessionId, text(1))).status);
  expect(statuses).not.toContain(400);
});

test.each([
  [429, 'TooManyRequestsError'],
  [500, 'NullPointerException'],
  [503, 'ServiceUnavailable'],
  [410, 'NotAvailableError'],
  [423, 'ServerBusyError'],
])('answers %i on order, in the vendor’s shape and without an effect', async (status, error) => {
  const sessionId = await aSession();
  await stage.control.fault({ kind: 'status', status, on: 'text', skip: 1, retryAfter: '7' });
  const before = await stage.say(sessionId, text(1, 'Ada'));
  const struck = await stage.say(sessionId, text(2, 'ada@example.com'));
  const after = await stage.say(sessionId, text(2, 'ada@example.com'));

  expect([before.status, after.status]).toEqual([200, 200]);
  expect(struck.body).toEqual({
    status,
    path: `/v5.3.0/sessions/${sessionId}/messages`,
    requestId: struck.headers.get('x-request-id'),
    error,
    message: expect.any(String),
    timestamp: expect.any(Number),
  });
  expect(struck.headers.get('retry-after')).toBe('7');
});

test('strikes one type of message and spares the others', async () => {
  const { body } = await stage.start(PRESET_BOTS.ping);
  await stage.control.fault({ kind: 'status', status: 503, on: 'transferFailed' });
  const spared = await stage.say(body.sessionId, text(1));
  const failed = { type: 'transferFailed', sequenceId: 2, reason: 'Error' };
  const struck = await stage.say(body.sessionId, failed);

  expect([spared.status, struck.status]).toEqual([200, 503]);
  expect((await stage.say(body.sessionId, failed)).status).toBe(200);
});

test('loses an answer but not the effect, which a repeat is told', async () => {
  const sessionId = await aSession();
  await stage.control.fault({ kind: 'lostAnswer', on: 'message' });
  await expect(stage.say(sessionId, text(1, 'Ada'))).rejects.toThrow();
  const repeat = await stage.say(sessionId, text(1, 'Ada'));

  expect(wordsOf(repeat)).toEqual(['What is your email address?']);
  expect((await stage.control.session(sessionId)).said.filter(({ from }) => from === 'user')).toHaveLength(1);
});

test('loses a request before it has an effect', async () => {
  const sessionId = await aSession();
  await stage.control.fault({ kind: 'lostRequest', on: 'message' });
  await expect(stage.say(sessionId, text(1, 'Ada'))).rejects.toThrow();

  expect((await stage.control.session(sessionId)).lastSequence).toBeNull();
});

test('ends sessions without a word: 404 for an expired one, 410 for one whose id is no more', async () => {
  const [expired, invalid] = [await aSession(), await aSession()];
  await stage.control.expire(expired);
  await stage.control.expire(invalid, 'Invalid');

  expect(refusal(await stage.say(expired, text(1)))).toEqual([404, 'NotFoundError']);
  expect(refusal(await stage.say(invalid, text(1)))).toEqual([410, 'NotAvailableError']);
  expect((await stage.control.session(expired)).ended).toEqual({ by: 'runtime', reason: 'Expiration' });
  await expect(stage.control.expire(expired)).rejects.toThrow('expire');
});

test('finds a session that expired while its request was held', async () => {
  const sessionId = await aSession();
  await stage.control.hold();
  const held = stage.say(sessionId, text(1));
  await stage.control.until((state) => state.held === 1, soon());
  await stage.control.expire(sessionId);
  await stage.control.release();

  expect((await held).status).toBe(404);
});

test('remembers everything that it was asked, but no token and no assertion', async () => {
  const { body } = await stage.start(PRESET_BOTS.variables, {}, { headers: { 'x-request-id': 'r-1' } });
  await stage.say(body.sessionId, text(1, 'Ada'));
  await stage.end(body.sessionId, 'nonsense');
  const { requests } = await stage.control.state();

  expect(requests.map(({ method, kinds, answered }) => [method, kinds, answered])).toEqual([
    ['POST', ['token'], 200],
    ['POST', ['start'], 200],
    ['POST', ['message', 'text'], 200],
    ['DELETE', ['end'], 400],
  ]);
  expect(requests[0]?.body).toMatchObject({ iss: 'acme-bots', sub: 'baton@acme.example' });
  expect(requests[1]?.headers).toMatchObject({ 'x-request-id': 'r-1' });
  expect(requests[2]).toMatchObject({
    path: `/v5.3.0/sessions/${body.sessionId}/messages`,
    sessionId: body.sessionId,
    body: { message: text(1, 'Ada') },
  });
  expect(JSON.stringify(requests)).not.toMatch(/Bearer|00D5e000001AbCd!|assertion/);
});

test('shows what was said in a session, and counts the connections of clients', async () => {
  const { body } = await stage.start(PRESET_BOTS.variables, { message: { text: 'Hello' } });
  await stage.say(body.sessionId, text(1, 'Ada'));

  expect((await stage.control.session(body.sessionId)).said).toEqual([
    { from: 'user', text: 'Hello' },
    { from: 'bot', text: 'Hi! I am the Variables Bot.' },
    { from: 'bot', text: 'What is your name?' },
    { from: 'user', text: 'Ada' },
    { from: 'bot', text: 'What is your email address?' },
  ]);
  expect(await stage.control.connections()).toBeGreaterThan(0);
});

test('finds its sessions again after a restart', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'einstein-bots-'));
  try {
    const first = await openStage(undefined, 'acme', join(folder, 'state.json'));
    const { body } = await first.start(PRESET_BOTS.variables);
    await first.say(body.sessionId, text(1, 'Ada'));
    await first.close();
    const second = await openStage(undefined, 'acme', join(folder, 'state.json'));
    const answer = await second.say(body.sessionId, text(2, 'ada@example.com'));
    await second.close();

    expect(wordsOf(answer)).toEqual(['Which company do you work for?']);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
