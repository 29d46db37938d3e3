// Calls to Certainly: what is sent, what of it comes once, and what each answer means.
import { BatonError } from '../../../domain/errors';
import type { Notice } from '../../../domain/notice';
import { startScriptedServer, type ScriptedAnswer, type ScriptedServer } from '../../support/scripted-server';
import type { BotSide } from '../../../platforms/bot-side';
import { aBot, aNotice, botSide, LOG, secret } from './builders';

const open: { close(): Promise<void> }[] = [];
afterEach(async () => {
  for (const each of open.splice(0).reverse()) await each.close();
});

const call = { signal: AbortSignal.timeout(20_000) };
const CONVERSATION = 'user-1@dep-1';

async function stage(
  options: Readonly<Record<string, unknown>> = {},
  ...answers: ScriptedAnswer[]
): Promise<{ server: ScriptedServer; side: BotSide }> {
  const server = await startScriptedServer(...answers);
  open.push(server);
  const side = botSide.createBotSide(aBot({ baseUrl: `${server.url}/`, ...options }), undefined, {
    tenant: 'acme',
    name: 'shop',
    log: LOG,
  });
  open.push(side);
  return { server, side };
}

const codeOf = async (deed: Promise<unknown>): Promise<string> => {
  const error: unknown = await deed.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof BatonError)) throw new Error('no BatonError was thrown');
  return error.code;
};

test('puts the bot into listen mode when the escalation is accepted', async () => {
  const { server, side } = await stage({ token: secret('t0ken') });

  await side.deliverNotice!(aNotice('escalation.accepted', { progress: true }), call);

  expect(server.requests).toHaveLength(1);
  expect(server.requests[0]).toMatchObject({
    method: 'GET',
    url: '/webbot/api/webchat/dep-1/handover/user-1/',
    headers: { authorization: 'Bearer t0ken', 'cache-control': 'no-store' },
    body: '',
  });
});

test('posts to the user as the page has it, without a token where there is none', async () => {
  const { server, side } = await stage();

  const posted = await side.postToUser(CONVERSATION, { id: 'm1', text: 'Hello from Agent!' }, call);

  expect(posted).toEqual({ kind: 'posted' });
  expect(server.requests).toMatchObject([
    {
      method: 'POST',
      url: '/webbot/api/webchat/dep-1/handover/user-1/',
      body: '{"message":"Hello from Agent!"}',
    },
  ]);
  expect(server.requests[0]?.headers.authorization).toBeUndefined();
});

const FAILED: Partial<Notice> = { reason: 'no_agents' };
test.each<[Notice, string]>([
  [aNotice('escalation.returned'), '?ClaimEnd=success'],
  [aNotice('escalation.failed', FAILED), '?ClaimEnd=failed'],
  [aNotice('escalation.ended', { ...FAILED, attempt: 4 }), '?ClaimEnd=failed'],
  [aNotice('escalation.queued'), '?ClaimEnd=queued'],
  [aNotice('escalation.connected'), '?ClaimEnd=connected'],
  [aNotice('escalation.cancelled'), '?ClaimEnd=cancelled'],
  [aNotice('escalation.abandoned'), '?ClaimEnd=abandoned'],
])('gives the bot its user back at $type', async (notice, query) => {
  const { server, side } = await stage();

  await side.deliverNotice!(notice, call);

  expect(server.requests).toMatchObject([
    { method: 'GET', url: `/webbot/api/webchat/dep-1/takeover/user-1/${query}`, body: '' },
  ]);
});

test.each<[string, Notice]>([
  ['a place in the queue', aNotice('escalation.position', { progress: true, position: 2 })],
  ['a queue on the way', aNotice('escalation.queued', { progress: true })],
  ['a human who joined through Baton', aNotice('escalation.connected', { relayed: true })],
  [
    'a bot that did not claim again, and has its user back',
    aNotice('escalation.ended', { attempt: 3, ...FAILED }),
  ],
])('changes nothing for %s', async (_, notice) => {
  const { server, side } = await stage();

  await side.deliverNotice!(notice, call);

  expect(server.requests).toEqual([]);
});

test("tells the outcome in the bot's own words, of failures by their reason, or not at all", async () => {
  const { server, side } = await stage({
    claimEnd: { returned: 'thank you & bye', closed_hours: 'closed', cancelled: null },
  });

  await side.deliverNotice!(aNotice('escalation.returned'), call);
  await side.deliverNotice!(aNotice('escalation.failed', { reason: 'closed_hours' }), call);
  await side.deliverNotice!(aNotice('escalation.cancelled'), call);

  expect(server.requests.map(({ url }) => url.split('/').at(-1))).toEqual([
    '?ClaimEnd=thank+you+%26+bye',
    '?ClaimEnd=closed',
    '',
  ]);
});

test('carries any id of a user in the path', async () => {
  const { server, side } = await stage();

  await side.postToUser('a/b?c@d e@dep-1', { id: 'm1', text: 'Hello' }, call);

  expect(server.requests[0]?.url).toBe('/webbot/api/webchat/dep-1/handover/a%2Fb%3Fc%40d%20e/');
});

test.each([['user-1@another-bot'], ['user-1'], ['..@dep-1'], ['@dep-1']])(
  'calls nobody for the conversation %s, which is none of the bot',
  async (conversationId) => {
    const { server, side } = await stage();

    const code = await codeOf(side.postToUser(conversationId, { id: 'm1', text: 'Hello' }, call));

    expect(code).toBe('ESC_PLATFORM_REJECTED');
    expect(server.requests).toEqual([]);
  },
);

test.each<[number, string, boolean]>([
  [400, 'ESC_PLATFORM_REJECTED', false],
  [401, 'ESC_PLATFORM_UNAUTHORIZED', false],
  [403, 'ESC_PLATFORM_REJECTED', false],
  [429, 'ESC_PLATFORM_RATE_LIMITED', true],
  [500, 'ESC_PLATFORM_ERROR', true],
  [503, 'ESC_PLATFORM_ERROR', true],
])('makes of HTTP %i %s, of a message and of both changes of mode', async (status, code, retryable) => {
  const { server, side } = await stage({}, { status, headers: { 'retry-after': '7' } });
  const deeds = [
    () => side.postToUser(CONVERSATION, { id: 'm1', text: 'Hello' }, call),
    () => side.deliverNotice!(aNotice('escalation.accepted', { progress: true }), call),
    () => side.deliverNotice!(aNotice('escalation.returned'), call),
  ];

  for (const deed of deeds)
    await expect(deed()).rejects.toMatchObject({
      code,
      retry: retryable ? 'retryable' : expect.not.stringMatching('retryable'),
      retryAfterMs: 7_000,
    });
  expect(server.requests).toHaveLength(3);
});

test('finds nobody there when Certainly does not know the user, and lets no notice wait for them', async () => {
  const { server, side } = await stage({}, { status: 404 });

  await expect(side.postToUser(CONVERSATION, { id: 'm1', text: 'Hello' }, call)).resolves.toEqual({
    kind: 'gone',
  });
  await side.deliverNotice!(aNotice('escalation.accepted', { progress: true }), call);
  await side.deliverNotice!(aNotice('escalation.returned'), call);

  expect(server.requests).toHaveLength(3);
});

test('follows no redirect, which would change the mode a second time', async () => {
  const { server, side } = await stage({}, { status: 302, headers: { location: '/elsewhere/' } });

  const code = await codeOf(side.deliverNotice!(aNotice('escalation.returned'), call));

  expect(code).toBe('ESC_PLATFORM_PROTOCOL');
  expect(server.requests).toHaveLength(1);
});

test('makes one call for each try, also when the connection breaks without an answer', async () => {
  const { server, side } = await stage({}, (response) => response.destroy(), { status: 200 });
  const notice = aNotice('escalation.returned');

  expect(await codeOf(side.deliverNotice!(notice, call))).toBe('ESC_PLATFORM_UNREACHABLE');
  expect(server.requests).toHaveLength(1);
  await side.deliverNotice!(notice, call);
  expect(server.requests).toHaveLength(2);
});

test('does not repeat what was acknowledged', async () => {
  const { server, side } = await stage();
  const notice = aNotice('escalation.returned');

  for (const id of ['m1', 'm1', 'm2']) await side.postToUser(CONVERSATION, { id, text: 'Hello' }, call);
  await side.deliverNotice!(notice, call);
  await side.deliverNotice!(notice, call);

  expect(server.requests.map(({ method }) => method)).toEqual(['POST', 'POST', 'GET']);
});

test('says that a message with an unknown result may be there twice', async () => {
  const { side } = await stage();

  expect(side.capabilities).toEqual({ settlesUnknownBy: 'nothing' });
});

test('tells no token and no text in an error', async () => {
  const { side } = await stage({ token: secret('t0ken') }, { status: 500 });

  const error = await side
    .postToUser(CONVERSATION, { id: 'm1', text: 'my secret wish' }, call)
    .catch((thrown: unknown) => thrown);

  expect(String((error as Error).stack)).not.toMatch(/t0ken|secret wish/);
});
