// What the platforms of bots call, at a real gateway on a real Temporal server. No worker runs: what was started and
// signalled is in the histories, and nothing waits for it.
import { connect } from 'node:net';
import { once } from 'node:events';
import { defaultPayloadConverter } from '@temporalio/client';
import { passageWorkflowId } from '../../domain/ids';
import { UNVERIFIED_ALLOWED } from '../../gateway/access/unverified-limit';
import type { BotDeed } from '../../platforms/platform';
import { grpcCodeOf } from '../../temporal/faults';
import { uniqueId } from '../support/builders';
import { setGatewayStage, type GatewayStage } from '../support/gateway-stage';
import { aScriptedBot, callBot, createScriptedBots, SCRIPTED_BOTS } from '../support/scripted-bots';
import { anApiKey, aTenant } from '../support/tenant-builders';
import { keptLog } from '../support/open-gateway';

const { platform, seen } = createScriptedBots();
const { log, lines } = keptLog();
const masking = { cardNumbers: true, emails: true, phones: false, patterns: [] };
const NOT_FOUND = 5;
const OPERATOR_KEY = 'operator-key-of-the-bot-tests';
let stage: GatewayStage;

beforeAll(async () => {
  const bots = { bot: aTenant().bots['bot']!, called: aScriptedBot() };
  stage = await setGatewayStage({
    worker: false,
    log,
    platforms: { [SCRIPTED_BOTS]: platform },
    tenants: { acme: { bots, masking }, rival: { bots: { called: aScriptedBot() } } },
    gateway: { operatorKeys: [anApiKey(OPERATOR_KEY, 'ops')] },
  });
}, 120_000);
afterAll(() => stage?.close());
beforeEach(() => void seen.splice(0));

const call = (path: string, options: Parameters<typeof callBot>[2] = {}): Promise<Response> =>
  callBot(stage.url, path, options);
const does = (deeds: readonly BotDeed[], failure?: { status: number; body: string }): Promise<Response> =>
  call('acme/called/event', { script: { deeds, answer: { status: 200 }, ...(failure && { failure }) } });
const REQUEST = { requestId: 'r1', integration: 'sales' };

/** What a workflow was started with and signalled, in order; undefined: there is none. */
async function told(workflowId: string): Promise<unknown[] | undefined> {
  try {
    const { events = [] } = await stage.client.workflow.getHandle(workflowId).fetchHistory();
    return (events ?? []).flatMap((event) => {
      const started = event.workflowExecutionStartedEventAttributes?.input?.payloads;
      const signal = event.workflowExecutionSignaledEventAttributes;
      const payload = started?.[0] ?? signal?.input?.payloads?.[0];
      if (!started && !signal) return [];
      const value = payload && defaultPayloadConverter.fromPayload(payload);
      return [signal ? { [signal.signalName ?? '']: value ?? null } : { start: value }];
    });
  } catch (error) {
    if (grpcCodeOf(error) === NOT_FOUND) return undefined;
    throw error;
  }
}
const toldEscalation = (conversationId: string) => told(stage.workflowId(conversationId));
const toldPassage = (conversationId: string) => told(passageWorkflowId('acme', conversationId));

describe('a call of a platform', () => {
  it('reaches it as it came: method, path, query, headers and bytes', async () => {
    const before = Date.now();
    const answer = await fetch(`${stage.url}/v1/bots/acme/called/sdk/bots/st-1%2F2/on%20user?a=1&b=&a=2`, {
      method: 'POST',
      headers: { 'X-Secret': 'wrong', 'content-type': 'text/strange; charset=x' },
      body: Buffer.from([0x7b, 0xff, 0x00]),
    });

    expect(answer.status).toBe(401);
    const [request] = seen;
    expect(request).toMatchObject({
      method: 'POST',
      path: '/sdk/bots/st-1/2/on user',
      query: { a: '1', b: '' },
      headers: { 'x-secret': 'wrong', 'content-type': 'text/strange; charset=x' },
    });
    expect([...request!.body]).toEqual([0x7b, 0xff, 0x00]);
    expect(request!.receivedAt).toBeGreaterThanOrEqual(before);
  });

  it('may be a GET, or go to the root below the bot', async () => {
    expect((await call('acme/called/a', { method: 'GET' })).status).toBe(200);
    expect((await call('acme/called/')).status).toBe(200);

    expect(seen.map(({ method, path, body }) => [method, path, body.length])).toEqual([
      ['GET', '/a', 0],
      ['POST', '/', 0],
    ]);
  });

  it.each(['HEAD', 'PUT', 'DELETE'])('is no %s: nothing is done', async (method) => {
    const answer = await call('acme/called/a/b', { method });

    expect([answer.status, answer.headers.get('allow')]).toEqual([405, 'GET, POST']);
    expect(seen).toEqual([]);
  });

  it('of up to 1 MB is taken, and a larger one refused', async () => {
    const MB = 1024 * 1024;
    const post = (bytes: number): Promise<Response> =>
      fetch(`${stage.url}/v1/bots/acme/called/a`, { method: 'POST', body: 'x'.repeat(bytes) });

    expect((await post(MB)).status).toBe(401);
    expect((await post(MB + 1)).status).toBe(413);
    expect(seen.map(({ body }) => body.length)).toEqual([MB]);
  });

  it('is answered to the byte, without a content type that was not given', async () => {
    const raw = await rawCall({
      answer: {
        status: 418,
        headers: { 'X-Odd-Case': 'kept', 'Cache-Control': 'max-age=1' },
        body: '{"a" : 1}é',
      },
    });

    const [head = '', body] = raw.split('\r\n\r\n');
    expect(head).toMatch(/^HTTP\/1\.1 418 /);
    expect(head).toContain('\r\nX-Odd-Case: kept');
    expect(head).toContain('\r\nCache-Control: max-age=1');
    expect(head.toLowerCase()).not.toContain('no-store');
    expect(head.toLowerCase()).not.toContain('\r\ncontent-type:');
    expect(head.toLowerCase()).toContain('\r\ncontent-length: 11');
    expect(body).toBe('{"a" : 1}é');
  });

  it('is answered without a body where there is none', async () => {
    const nothing = await rawCall({ answer: { status: 204 } });
    const empty = await rawCall({ answer: { status: 200 } });

    expect(nothing.toLowerCase()).not.toContain('content-length');
    expect(nothing.endsWith('\r\n\r\n')).toBe(true);
    expect(empty.toLowerCase()).toContain('content-length: 0');
  });

  it('to what is not there is answered alike, whatever it is that is not there', async () => {
    const paths = [
      'nobody/called/a',
      'acme/nobody/a',
      'acme/bot/a',
      '__proto__/constructor/a',
      `${'x'.repeat(101)}/b/c`,
    ];
    const answers = await Promise.all(
      paths.map(async (path) => {
        const answer = await call(path, { script: { deeds: [] } });
        const { requestId: _, ...problem } = (await answer.json()) as Record<string, unknown>;
        return { status: answer.status, type: answer.headers.get('content-type'), problem };
      }),
    );

    expect(answers[0]).toMatchObject({ status: 404, problem: { code: 'ESC_ROUTE_NOT_FOUND' } });
    for (const answer of answers.slice(0, 4)) expect(answer).toEqual(answers[0]);
    expect(answers[4]).toMatchObject({ status: 404, problem: { code: 'ESC_ROUTE_NOT_FOUND' } });
    expect(seen).toEqual([]);
  });

  async function rawCall(script: object): Promise<string> {
    const { port } = new URL(stage.url);
    const socket = connect(Number(port), '127.0.0.1');
    const body = JSON.stringify(script);
    socket.write(
      `POST /v1/bots/acme/called/x HTTP/1.1\r\nHost: x\r\nX-Secret: the-secret-of-the-scripted-bots\r\nConnection: close\r\nContent-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
    );
    let text = '';
    socket.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
    await once(socket, 'close');
    return text;
  }
});

describe('what a platform wants done', () => {
  it('an escalation is taken as from a bot backend, masked, with what the platform gave', async () => {
    const conversationId = uniqueId('user@bot');
    const request = {
      ...REQUEST,
      userMessage: 'I am ada@example.com',
      typedVariables: [{ name: 'n', type: 'text' as const, value: '4111111111111111' }],
      botState: { generation: 7, urls: ['sealed'] },
    };

    expect((await does([{ kind: 'escalate', conversationId, request }])).status).toBe(200);
    expect((await does([{ kind: 'escalate', conversationId, request }])).status).toBe(200);

    const [start, ...again] = (await toldEscalation(conversationId)) as {
      start?: object;
      escalate?: object;
    }[];
    const masked = {
      ...request,
      userMessage: 'I am [e-mail]',
      typedVariables: [{ name: 'n', type: 'text', value: '[card number]' }],
    };
    expect(start).toEqual({ start: { tenant: 'acme', conversationId, request: masked } });
    expect(again).toEqual([{ escalate: masked }]);
  });

  it('the message of a user reaches the open escalation, masked, with the state of the bot', async () => {
    const conversationId = await openEscalation();
    const deed: BotDeed = {
      kind: 'userMessage',
      conversationId,
      message: { id: 'm1', text: 'ada@example.com' },
      state: { generation: 8 },
      otherwise: { id: 'm1', items: [{ skip: 1 }] },
      ifTaken: { id: 'again', items: [{ start: 1 }] },
    };

    expect((await does([deed])).status).toBe(200);

    expect(await lastTold(conversationId)).toEqual({
      userMessage: {
        id: 'm1',
        text: '[e-mail]',
        botState: { generation: 8 },
        otherwise: { id: 'm1', items: [{ skip: 1 }], bot: 'called' },
        ifTaken: { id: 'again', items: [{ start: 1 }], bot: 'called' },
      },
    });
    // Whose it is, the escalation decides.
    expect(await toldPassage(conversationId)).toBeUndefined();
  });

  it('and is cut where only masking made it too long', async () => {
    const conversationId = await openEscalation();
    const text = `${'a@b.co '.repeat(1_100)}ööö`;

    expect((await does([{ kind: 'userMessage', conversationId, message: { id: 'm1', text } }])).status).toBe(
      200,
    );

    const { userMessage } = (await lastTold(conversationId)) as { userMessage: { text: string } };
    expect(Buffer.byteLength(userMessage.text)).toBe(8_192);
    expect(userMessage.text).toMatch(/^(\[e-mail\] )+\[/);
  });

  it('the message of a user without an open escalation is passed on, or nothing is done', async () => {
    const conversationId = uniqueId('user@bot');
    const message = { id: 'm1', text: 'ada@example.com' };
    const otherwise = { id: 'm1', items: [{ text: 'ada@example.com' }] };

    expect((await does([{ kind: 'userMessage', conversationId, message }])).status).toBe(200);
    expect(await toldPassage(conversationId)).toBeUndefined();
    expect((await does([{ kind: 'userMessage', conversationId, message, otherwise }])).status).toBe(200);

    // What goes back to the bot itself is not masked: it would be another message.
    expect(await toldPassage(conversationId)).toEqual([
      { start: { tenant: 'acme', conversationId } },
      { passOn: { ...otherwise, bot: 'called' } },
    ]);
    expect(await toldEscalation(conversationId)).toBeUndefined();
  });

  it('what is passed on stays in order with what came before', async () => {
    const conversationId = uniqueId('user@bot');
    const pass = (id: string): BotDeed => ({ kind: 'passOn', conversationId, id, items: [{ id }] });

    await does([pass('a'), pass('b')]);
    await does([pass('c')]);

    const [, ...signals] = (await toldPassage(conversationId)) as { passOn: { id: string } }[];
    expect(signals.map(({ passOn }) => passOn.id)).toEqual(['a', 'b', 'c']);
  });

  it('that the user left is told to the open escalation, and nobody else', async () => {
    const conversationId = await openEscalation();

    expect((await does([{ kind: 'userLeft', conversationId }])).status).toBe(200);
    expect((await does([{ kind: 'userLeft', conversationId: uniqueId('none') }])).status).toBe(200);
    expect((await does([{ kind: 'typing', conversationId: uniqueId('none'), writes: true }])).status).toBe(
      200,
    );

    expect(await lastTold(conversationId)).toEqual({ userLeft: null });
  });

  it('is done in order, up to the first that cannot be', async () => {
    const [conversationId, never] = [uniqueId('user@bot'), uniqueId('user@bot')];
    const answer = await does([
      { kind: 'passOn', conversationId, id: 'a', items: [{}] },
      { kind: 'escalate', conversationId, request: { ...REQUEST, integration: 'nobody' } },
      { kind: 'passOn', conversationId: never, id: 'a', items: [{}] },
    ]);

    expect([answer.status, ((await answer.json()) as { code: string }).code]).toEqual([
      422,
      'ESC_PLAN_UNKNOWN_INTEGRATION',
    ]);
    expect(await toldPassage(conversationId)).toBeDefined();
    expect(await toldPassage(never)).toBeUndefined();
  });

  it.each<[string, BotDeed]>([
    ['of a conversation without an id', { kind: 'userLeft', conversationId: '' }],
    ['of a conversation whose id is too long', { kind: 'userLeft', conversationId: 'x'.repeat(201) }],
    [
      'with a request that is none',
      { kind: 'escalate', conversationId: 'c', request: { requestId: '' } as never },
    ],
    ['with a message that is none', { kind: 'userMessage', conversationId: 'c', message: { id: 'm' } }],
    [
      'with a message of more than 8 KB',
      { kind: 'userMessage', conversationId: 'c', message: { id: 'm', text: 'x'.repeat(9_000) } },
    ],
  ])('%s is refused, in the words of the platform if it has some', async (_, deed) => {
    const plain = await does([deed]);
    const inWords = await does([deed], { status: 500, body: 'vendor words' });

    expect([400, 413]).toContain(plain.status);
    expect(plain.headers.get('content-type')).toContain('application/problem+json');
    expect([inWords.status, await inWords.text()]).toEqual([500, 'vendor words']);
  });

  it('is counted by platform, kind and fate', async () => {
    const conversationId = uniqueId('user@bot');
    await does([
      { kind: 'passOn', conversationId, id: 'a', items: [{}] },
      { kind: 'userLeft', conversationId },
    ]);

    const metrics = await (
      await fetch(`${stage.url}/metrics`, { headers: { authorization: `Bearer ${OPERATOR_KEY}` } })
    ).text();

    expect(metrics).toMatch(
      /baton_gateway_bot_deeds_total\{platform="scripted-bots",deed="passOn",fate="taken"\} [1-9]/,
    );
    expect(metrics).toMatch(/deed="userLeft",fate="unmatched"\} [1-9]/);
    expect(metrics).toMatch(/deed="escalate",fate="refused"\} [1-9]/);
    expect(metrics).toMatch(/route="\/v1\/bots\/:tenant\/:bot\/\*"/);
    expect(metrics).not.toContain(conversationId);
  });

  it('leaves no word of a user in the log', () => {
    expect(lines.length).toBeGreaterThan(0);
    expect(JSON.stringify(lines)).not.toContain('example.com');
  });

  async function openEscalation(): Promise<string> {
    const conversationId = uniqueId('user@bot');
    await stage.as().escalate(conversationId, REQUEST);
    return conversationId;
  }

  async function lastTold(conversationId: string): Promise<unknown> {
    return (await toldEscalation(conversationId))?.at(-1);
  }
});

// Last: from here on this address is limited.
describe('calls that cannot be verified', () => {
  it('are answered in the words of the platform, beyond a limit by 429, and good ones always pass', async () => {
    const bad = (path = 'acme/called/a'): Promise<Response> => call(path, { secret: 'wrong' });
    const first = await bad();
    expect([first.status, first.headers.get('x-why'), await first.text()]).toEqual([
      401,
      'Secret',
      'who are you?',
    ]);
    const limited = async (): Promise<Response> => {
      for (let n = 0; n <= UNVERIFIED_ALLOWED; n += 1) {
        const answer = await bad(n % 2 === 0 ? 'acme/called/a' : 'acme/nobody/a');
        if (answer.status === 429) return answer;
      }
      throw new Error('never limited');
    };

    const answer = await limited();

    expect(answer.headers.get('retry-after')).toMatch(/^\d+$/);
    expect(await answer.json()).toMatchObject({ code: 'ESC_RATE_LIMITED' });
    expect((await bad('rival/nobody/a')).status).toBe(429);
    expect((await call('acme/called/a')).status).toBe(200);
  });
});
