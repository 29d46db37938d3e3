// What is the generic desk's own: its options, its wire format, the events that come in, and its simulator's faults.
import fc from 'fast-check';
import type { ConnectorConfiguration } from '../../../domain/configuration';
import { PLATFORMS } from '../../../platforms';
import type { Desk } from '../../../platforms/desk';
import { webhook } from '../../../platforms/webhook';
import { createGenericDeskControl, startGenericDesk } from '../../../platforms/webhook/simulator';
import type { GenericDesk, GenericDeskControl } from '../../../platforms/webhook/simulator';
import { signWebhook, verifyWebhook } from '../../../platforms/webhook/signing';
import { failureOf, startServer } from '../http/servers';
import { aBot, aConnector, CONTEXT, OTHER_SECRET, SECRET, startCallbackServer } from './builders';

const platform = webhook.desk!;
const NOW = Date.parse('2026-03-01T12:00:00Z');
const REF = { conversationId: 'c1', transferId: 'c1/r1/0', target: { kind: 'skill', id: 'sales' } } as const;
const call = () => ({ signal: AbortSignal.timeout(30_000) });

describe('the options of a generic connector', () => {
  const faults = (overrides: Partial<ConnectorConfiguration>) =>
    platform
      .checkConnector(aConnector('https://desk.example/baton', { allowPrivateNetwork: false, ...overrides }))
      .map(({ path }) => path.join('.'));

  it('are in order with a URL and a secret', () => {
    expect(faults({})).toEqual([]);
    expect(faults({ credentials: { secret: SECRET, previousSecret: OTHER_SECRET } })).toEqual([]);
  });

  it.each([
    ['no url', { options: {} }, 'options.url'],
    ['a url that is not https', { options: { url: 'http://desk.example/' } }, 'options.url'],
    ['a private url', { options: { url: 'https://10.0.0.1/' } }, 'options.url'],
    ['no secret', { credentials: {} }, 'credentials.secret'],
    ['a secret that is none', { credentials: { secret: 'hush' } }, 'credentials.secret'],
    [
      'a bad old secret',
      { credentials: { secret: SECRET, previousSecret: 'x' } },
      'credentials.previousSecret',
    ],
    ['an unknown option', { options: { url: 'https://desk.example/', uri: '' } }, 'options.uri'],
  ])('are at fault with %s', (_what, overrides, path) => {
    expect(faults(overrides)).toEqual([path]);
  });

  it('never print a secret in a fault', () => {
    const text = JSON.stringify(
      platform.checkConnector(aConnector('https://d.example', { credentials: { secret: 'canary' } })),
    );

    expect(text).not.toContain('canary');
  });

  it('are the same for a bot', () => {
    const { checkBot } = webhook.botSide!;

    expect(checkBot(aBot('http://127.0.0.1:1/'))).toEqual([]);
    expect(checkBot(aBot('https://b.example', { options: {} })).map(({ path }) => path.join('.'))).toEqual([
      'options.url',
      'options.secret',
    ]);
  });

  it('at fault make no desk', () => {
    expect(() => platform.createDesk(aConnector('nowhere'), CONTEXT)).toThrow(
      expect.objectContaining({ code: 'ESC_PLAN_MISCONFIGURED' }),
    );
  });
});

describe('the registry of platforms', () => {
  it('has the generic platform under its name', () => {
    expect(PLATFORMS['webhook']).toBe(webhook);
  });

  it.each(Object.entries(PLATFORMS))('names %s as it calls itself', (name, { name: own }) => {
    expect(own).toBe(name);
  });
});

describe('an event of a generic desk', () => {
  const connector = aConnector('https://desk.example/', {
    credentials: { secret: SECRET, previousSecret: OTHER_SECRET },
  });
  function receive(body: unknown, secret = SECRET) {
    const bytes = Buffer.from(typeof body === 'string' ? body : JSON.stringify(body));
    const headers = signWebhook({ id: 'evt_1', timestamp: NOW / 1000, body: bytes, secrets: [secret] });
    return platform.readInbound!(connector, { headers: { ...headers }, body: bytes, receivedAt: NOW });
  }
  const event = (type: string, more: object = {}) => ({
    type,
    timestamp: '2026-03-01T12:00:00Z',
    data: { conversationId: 'c1', transferId: 'c1/r1/0', ...more },
  });

  it.each([
    ['transfer.queued', {}, { kind: 'queued' }],
    ['transfer.position', { position: 3, waitMs: 60_000 }, { kind: 'position', position: 3, waitMs: 60_000 }],
    ['transfer.connected', { agentId: 'a' }, { kind: 'connected', agentId: 'a' }],
    ['transfer.connected', {}, { kind: 'connected' }],
    ['transfer.declined', { reason: 'no_agents' }, { kind: 'declined', reason: 'no_agents' }],
    ['transfer.declined', {}, { kind: 'declined', reason: 'rejected' }],
    ['transfer.userLeft', {}, { kind: 'userLeft' }],
    ['transfer.ended', { by: 'agent' }, { kind: 'ended', by: 'agent' }],
    ['transfer.queued', { fromTheFuture: true }, { kind: 'queued' }],
  ])('%s %p is %p', (type, more, expected) => {
    expect(receive(event(type, more))).toEqual({
      kind: 'events',
      events: [{ id: 'evt_1', conversationId: 'c1', transferId: 'c1/r1/0', word: expected }],
    });
  });

  it('is taken under the secret before the rotation, too', () => {
    expect(receive(event('transfer.queued'), OTHER_SECRET).kind).toBe('events');
  });

  it('is unauthorized under any other secret, and when it is old', () => {
    const stranger = `whsec_${Buffer.alloc(24, 7).toString('base64')}`;
    const body = Buffer.from(JSON.stringify(event('transfer.queued')));
    const headers = { ...signWebhook({ id: 'evt_1', timestamp: NOW / 1000, body, secrets: [SECRET] }) };

    expect(receive(event('transfer.queued'), stranger)).toEqual({ kind: 'unauthorized' });
    expect(platform.readInbound!(connector, { headers, body, receivedAt: NOW + 301_000 })).toEqual({
      kind: 'unauthorized',
    });
  });

  it.each([
    ['not JSON', '{', 'the body, which is not JSON'],
    ['an unknown type', event('transfer.teleported'), 'type'],
    ['no transferId', { type: 'transfer.queued', data: { conversationId: 'c1' } }, 'data.transferId'],
    ['a reason of its own', event('transfer.declined', { reason: 'lunch' }), 'data.reason'],
    ['a negative position', event('transfer.position', { position: -1 }), 'data.position'],
  ])('is invalid with %s, and names the member only', (_what, body, detail) => {
    expect(receive(body)).toEqual({ kind: 'invalid', detail });
  });

  it('never throws, whatever is signed', () => {
    fc.assert(fc.property(fc.json(), (json) => receive(json).kind === 'invalid'));
  });
});

describe('a call of the generic desk', () => {
  it('is a signed POST with one id for each transfer and kind, and a new one for each question', async () => {
    const requests: { type: string; id: string; data: unknown }[] = [];
    const server = await startCallbackServer((headers, body) => {
      const single = Object.fromEntries(
        Object.entries(headers).map(([name, value]) => [name, String(value)]),
      );
      const verified = verifyWebhook({ headers: single, body, secrets: [SECRET], now: Date.now() });
      if (verified.kind !== 'verified') return 401;
      requests.push({ ...JSON.parse(String(body)), id: verified.id });
      return 503;
    });
    const desk = platform.createDesk(aConnector(server.url), CONTEXT);
    const request = { ...REF, message: { id: 'm1', text: 'Bye.' }, context: { intent: 'refund' } };

    await failureOf(desk.requestTransfer(request, call()));
    await failureOf(desk.requestTransfer(request, call()));
    await failureOf(desk.withdraw(REF, call()));
    await failureOf(desk.lookUp(REF, call()));
    await failureOf(desk.lookUp(REF, call()));
    await failureOf(desk.check(REF.target, call()));
    await desk.close();
    await server.close();

    expect(requests.map(({ type }) => type)).toEqual([
      'transfer.requested',
      'transfer.requested',
      'transfer.withdrawn',
      'transfer.lookup',
      'transfer.lookup',
      'target.check',
    ]);
    expect(requests[0]?.data).toEqual(request);
    expect(requests[3]?.data).toEqual(REF);
    expect(requests[5]?.data).toEqual({ target: REF.target });
    expect(requests[0]?.id).toBe(requests[1]?.id);
    expect(new Set(requests.map(({ id }) => id)).size).toBe(5);
  });

  it.each([
    ['not JSON', 'ok', 'not JSON'],
    ['no status', '{}', 'status'],
    ['a status of its own', '{"status":"maybe"}', 'status'],
    ['a reason of its own', '{"status":"declined","reason":"lunch"}', 'reason'],
  ])('answered with %s is a protocol error that names the member', async (_what, body, member) => {
    const server = await startServer((_request, response) => response.end(body));
    const desk = platform.createDesk(aConnector(server.url), CONTEXT);

    const error = await failureOf(desk.requestTransfer(REF, call()));
    await desk.close();
    await server.close();

    expect(error).toMatchObject({ code: 'ESC_PLATFORM_PROTOCOL', resultUnknown: true });
    expect(error.message).toContain(member);
    expect(error.message).not.toContain('lunch');
  });

  it('gives the whole answer to the Transform Result Script, but for members that reach a prototype', async () => {
    const server = await startServer((_request, response) =>
      response.end('{"status":"queued","ticket":{"id":9},"__proto__":{"polluted":true}}'),
    );
    const desk = platform.createDesk(aConnector(server.url), CONTEXT);

    const answer = await desk.requestTransfer(REF, call());
    await desk.close();
    await server.close();

    expect(answer).toEqual({ kind: 'queued', raw: { status: 'queued', ticket: { id: 9 } } });
    expect('raw' in answer && Object.hasOwn(answer.raw as object, '__proto__')).toBe(false);
  });

  it('is not sent while the account is held back for longer than a call may take', async () => {
    let calls = 0;
    const server = await startServer((_request, response) => {
      calls += 1;
      response.writeHead(429, { 'retry-after': '60' }).end();
    });
    const timeouts = { requestMs: 100, connectMs: 100, heartbeatMs: 10_000 };
    const desk = platform.createDesk(aConnector(server.url, { timeouts }), CONTEXT);

    await failureOf(desk.requestTransfer(REF, call()));
    const error = await failureOf(desk.requestTransfer(REF, call()));
    await desk.close();
    await server.close();

    expect(error.code).toBe('ESC_PLATFORM_RATE_LIMITED');
    expect(error.retryAfterMs).toBeGreaterThan(0);
    expect(calls).toBe(1);
  });

  it('gives no answer larger than 64 KB to the script', async () => {
    const server = await startServer((_request, response) =>
      response.end(JSON.stringify({ status: 'queued', note: 'x'.repeat(65_536) })),
    );
    const desk = platform.createDesk(aConnector(server.url), CONTEXT);

    const answer = await desk.requestTransfer(REF, call());
    await desk.close();
    await server.close();

    expect(answer).toEqual({ kind: 'queued' });
  });
});

describe('the simulated desk', () => {
  let simulator: GenericDesk;
  let control: GenericDeskControl;
  let desk: Desk;
  let received: { id: string; type: string }[];
  let callback: Awaited<ReturnType<typeof startCallbackServer>>;
  let callbackStatus: number;

  beforeEach(async () => {
    received = [];
    callbackStatus = 202;
    callback = await startCallbackServer((headers, body) => {
      received.push({ id: String(headers['webhook-id']), type: JSON.parse(String(body)).type });
      return callbackStatus;
    });
    simulator = await startGenericDesk({
      secret: SECRET,
      callback: { url: callback.url, secret: SECRET },
      targets: [{ id: 'sales' }],
    });
    control = createGenericDeskControl(simulator.controlUrl);
    desk = platform.createDesk(aConnector(simulator.url), CONTEXT);
    await desk.requestTransfer(REF, call());
  });
  afterEach(async () => {
    await Promise.all([desk.close(), control.close(), simulator.close()]);
    await callback.close();
  });
  const delivered = (count: number) =>
    control.until(({ events }) => events.flatMap(({ statuses }) => statuses).length >= count);

  it('tells position, connection and end in order', async () => {
    await control.position(REF.transferId, 2, 5_000);
    await control.accept(REF.transferId);
    await control.end(REF.transferId, 'agent');
    await delivered(3);

    expect(received.map(({ type }) => type)).toEqual([
      'transfer.position',
      'transfer.connected',
      'transfer.ended',
    ]);
  });

  it('sends an event again until it is taken, under the same id', async () => {
    callbackStatus = 503;
    await control.accept(REF.transferId);
    await delivered(1);
    callbackStatus = 202;
    await control.until(({ events }) => events[0]?.statuses.at(-1) === 202);

    expect(received.length).toBeGreaterThan(1);
    expect(new Set(received.map(({ id }) => id)).size).toBe(1);
  });

  it('sends events twice when told to', async () => {
    await control.setEventMode({ duplicate: true });
    await control.accept(REF.transferId);
    await delivered(2);

    expect(received.map(({ id }) => id)).toEqual([received[0]?.id, received[0]?.id]);
  });

  it('sends events in reverse when told to', async () => {
    await control.setEventMode({ reverse: true });
    await control.position(REF.transferId, 1);
    await control.accept(REF.transferId);
    await control.setEventMode({});
    await delivered(2);

    expect(received.map(({ type }) => type)).toEqual(['transfer.connected', 'transfer.position']);
  });

  it('loses events when told to', async () => {
    await control.setEventMode({ drop: true });
    await control.accept(REF.transferId);
    await control.setEventMode({});
    await control.end(REF.transferId, 'agent');
    await delivered(1);

    expect(received.map(({ type }) => type)).toEqual(['transfer.ended']);
  });

  it('lets an agent into a withdrawn transfer only when told to break its promise', async () => {
    await desk.withdraw(REF, call());

    expect(await control.accept(REF.transferId)).toBeUndefined();
    expect(await control.accept(REF.transferId, { force: true })).toBe('agent-1');
    expect((await control.state()).conversations[REF.conversationId]?.joined).toEqual(['agent-1']);
  });

  it('refuses a request of a transfer that was withdrawn before it came', async () => {
    const early = { ...REF, transferId: 'c1/r1/1' };
    await desk.withdraw(early, call());

    expect(await desk.requestTransfer(early, call())).toMatchObject({ kind: 'declined', reason: 'rejected' });
  });

  it('sees a repeated webhook-id', async () => {
    await desk.requestTransfer(REF, call());

    const { requests, transfers } = await control.state();
    expect(requests.map(({ repeated }) => repeated)).toEqual([false, true]);
    expect(transfers).toHaveLength(1);
  });

  it('refuses what it does not know', async () => {
    await expect(control.fault({ kind: 'nonsense' } as never)).rejects.toThrow('400');
  });
});
