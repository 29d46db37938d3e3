// How the client calls: which answers are tried again, for how long, and what its errors tell.
import { BatonClient, BatonProblem, type BatonClientOptions } from '../../client';
import { problemOf } from '../../gateway/http/problem';
import { BatonError } from '../../domain/errors';
import { startScriptedServer, type ScriptedAnswer, type ScriptedServer } from '../support/scripted-server';
import { until } from '../support/until';

const KEY = 'canary-key-7d1f';
const REQUEST = { conversationId: 'c1', requestId: 'r1', integration: 'sales' };
const TAKEN: ScriptedAnswer = { status: 202, json: { taken: 'started' } };

let server: ScriptedServer | undefined;
afterEach(async () => {
  await server?.close();
  server = undefined;
});

async function serve(
  ...answers: ScriptedAnswer[]
): Promise<(options?: Partial<BatonClientOptions>) => BatonClient> {
  const { url } = (server = await startScriptedServer(...answers));
  return (options = {}) => new BatonClient({ baseUrl: url, apiKey: KEY, ...options });
}

function problem(error: BatonError | Error, headers: Record<string, string> = {}): ScriptedAnswer {
  const document = problemOf(error, 'req-1');
  return { status: document.status, headers, json: document };
}

async function problemOfCall(call: Promise<unknown>): Promise<BatonProblem> {
  const error: unknown = await call.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  expect(error).toBeInstanceOf(BatonProblem);
  return error as BatonProblem;
}

const soon = { 'retry-after': '0' };
const noWorker = problem(new BatonError('ESC_NO_WORKER', 'none'), soon);

describe('a call', () => {
  it.each<[string, ScriptedAnswer]>([
    ['a 503', noWorker],
    ['a 429', problem(new BatonError('ESC_RATE_LIMITED', 'x'), soon)],
    [
      'an idempotency key that is still being answered',
      problem(new BatonError('ESC_IDEMPOTENCY_IN_PROGRESS', 'x'), soon),
    ],
    ['a 502 of a proxy', { status: 502, json: 'Bad gateway' }],
    ['a connection that breaks', (response) => response.destroy()],
  ])('is made again, the same, after %s', async (_what, answer) => {
    const client = await serve(answer, TAKEN);

    const taken = await client().start(REQUEST, { idempotencyKey: 'k1' });

    expect(taken).toEqual({ taken: 'started' });
    expect(server?.requests).toHaveLength(2);
    const [first, second] = server?.requests ?? [];
    expect(second?.body).toBe(first?.body);
    expect([first, second].map((each) => each?.headers['idempotency-key'])).toEqual(['"k1"', '"k1"']);
  });

  it.each([
    ['ESC_NOT_OWNER', 1],
    ['ESC_KEY_UNKNOWN', 1],
    ['ESC_MESSAGE_NOT_POSTED', 1],
    ['ESC_NO_WORKER', 5],
  ] as const)('that is answered %s is made %d times', async (code, times) => {
    const client = await serve(problem(new BatonError(code, 'x'), soon));

    const thrown = await problemOfCall(client().owner('c1'));

    expect(thrown.code).toBe(code);
    expect(server?.requests).toHaveLength(times);
  });

  it('waits no longer than its deadline allows, and says what it was told', async () => {
    const client = await serve(problem(new BatonError('ESC_NO_WORKER', 'none'), { 'retry-after': '60' }));

    const thrown = await problemOfCall(client({ timeoutMs: 5_000 }).get('c1'));

    expect(thrown).toMatchObject({ code: 'ESC_NO_WORKER', retryAfterMs: 60_000 });
    expect(server?.requests).toHaveLength(1);
  });

  it.each<[string, ScriptedAnswer]>([
    ['never', () => undefined],
    ['only by half', (response) => response.writeHead(200).write('{"ow')],
  ])('that is answered %s ends with its deadline', async (_what, answer) => {
    const client = await serve(answer);

    const thrown = await problemOfCall(client({ timeoutMs: 300, tryTimeoutMs: 100 }).owner('c1'));

    expect(thrown).toMatchObject({ code: 'ESC_GATEWAY_UNREACHABLE', status: 0, detail: 'no answer in time' });
  });

  it('ends with the reason of its signal', async () => {
    const client = await serve(() => undefined);
    const stop = new AbortController();
    const call = client().owner('c1', { signal: stop.signal });
    await until('the call', () => server?.requests.length === 1);

    stop.abort(new Error('enough'));

    await expect(call).rejects.toThrow('enough');
  });

  it('goes nowhere else when it is redirected', async () => {
    const client = await serve({ status: 307, headers: { location: '/elsewhere' } });

    const thrown = await problemOfCall(client().owner('c1'));

    expect(thrown).toMatchObject({ code: 'ESC_GATEWAY_UNREADABLE', status: 307 });
    expect(server?.requests).toHaveLength(1);
  });

  it('asks for a token each time it is tried', async () => {
    await serve(noWorker, { status: 200, json: {} });
    let asked = 0;
    const getToken = (): Promise<string> => Promise.resolve(`token-${(asked += 1)}`);
    const baton = new BatonClient({ baseUrl: server?.url ?? '', getToken });

    await baton.owner('c1');

    expect(server?.requests.map(({ headers }) => headers.authorization)).toEqual([
      'Bearer token-1',
      'Bearer token-2',
    ]);
  });

  it('hands on what a token cannot be had for', async () => {
    await serve(TAKEN);
    const getToken = (): Promise<string> => Promise.reject(new Error('logged out'));

    await expect(new BatonClient({ baseUrl: server?.url ?? '', getToken }).owner('c1')).rejects.toThrow(
      'logged out',
    );
  });
});

describe('a problem', () => {
  it('has everything that the gateway tells', async () => {
    const facts = { owner: 'agent', epoch: 3 };
    const client = await serve(problem(new BatonError('ESC_NOT_OWNER', 'epoch 1', { facts })));

    const thrown = await problemOfCall(client().say('c1', { epoch: 1, id: 'm1', text: 'Hi' }));

    expect(thrown).toMatchObject({
      code: 'ESC_NOT_OWNER',
      status: 409,
      title: 'The bot does not own the conversation under this epoch',
      requestId: 'req-1',
      members: facts,
    });
    expect(thrown.remedy).not.toBe('');
    expect(thrown.message).toContain('ESC_NOT_OWNER, HTTP 409');
  });

  it('of an answer that is not one of Baton says so', async () => {
    const client = await serve({ status: 404, json: { error: 'no such page' } });

    expect(await problemOfCall(client().get('c1'))).toMatchObject({
      code: 'ESC_GATEWAY_UNREADABLE',
      status: 404,
    });
  });

  it('of a gateway that is not there names what the network says, and no key', async () => {
    const client = await serve(TAKEN);
    await server?.close();
    server = undefined;

    const thrown = await problemOfCall(client({ timeoutMs: 200 }).get('c1'));

    expect(thrown).toMatchObject({ code: 'ESC_GATEWAY_UNREACHABLE', detail: 'ECONNREFUSED' });
    expect(JSON.stringify(thrown) + String(thrown.stack)).not.toContain(KEY);
  });

  it.each([
    [{ baseUrl: 'baton.example.com', apiKey: KEY }],
    [{ baseUrl: 'https://baton.example.com' }],
    [{ baseUrl: 'https://baton.example.com', apiKey: `${KEY}\n` }],
    [{ baseUrl: 'https://baton.example.com', apiKey: KEY, getToken: () => KEY }],
  ])('with the options %# is thrown at once and names no key', (options) => {
    expect(() => new BatonClient(options)).toThrow(TypeError);
    expect(() => new BatonClient(options)).not.toThrow(KEY);
  });
});

it('lists page after page, and no page that nobody asks for', async () => {
  await serve(
    {
      status: 200,
      json: { escalations: [{ conversationId: 'c1' }, { conversationId: 'c2' }], nextCursor: 'p2' },
    },
    { status: 200, json: { escalations: [{ conversationId: 'c3' }] } },
  );
  const list = new BatonClient({ baseUrl: server?.url ?? '', apiKey: KEY }).list({ phase: 'closed' });

  await list.next();
  await list.next();
  expect(server?.requests).toHaveLength(1);
  const rest = [];
  for await (const { conversationId } of list) rest.push(conversationId);

  expect(rest).toEqual(['c3']);
  expect(server?.requests.map(({ url }) => url)).toEqual([
    '/v1/escalations?phase=closed',
    '/v1/escalations?phase=closed&cursor=p2',
  ]);
});
