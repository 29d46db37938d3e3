// Sessions with simulated bots: the walk-through of a transfer from bot to bot, what goes over the wire, and what each
// error means.
import { createPublicKey } from 'node:crypto';
import type { BotTurn, TypedVariable } from '../../../domain/bot-session';
import type { BotSessions } from '../../../platforms/bot-sessions';
import { PRESET_BOTS, PRESET_ORGS, PRESET_TARGETS } from '../../../platforms/einstein-bots/simulator';
import { aLog, call, CONTEXT, failureOf, openStage, secret, textsOf } from './builders';
import type { Stage } from './builders';

let stage: Stage;
let sessions: BotSessions;
beforeEach(async () => {
  stage = await openStage();
  sessions = stage.openDesk().sessions!;
});
afterEach(() => stage.close());

const begin = (botId: string, more: object = {}): Promise<BotTurn> =>
  sessions.begin({ botId, key: crypto.randomUUID(), ...more }, call());
const say = ({ session }: BotTurn, sequence: number, text: string): Promise<BotTurn> =>
  sessions.say(session, { sequence, message: { kind: 'text', text } }, call());
const toldFailed = (turn: BotTurn, sequence: number, reason: 'no_agents' | 'error'): Promise<BotTurn> =>
  sessions.say(
    turn.session,
    {
      sequence,
      message: { kind: 'transferFailed', inReplyTo: turn.escalates?.messageId ?? '', reason, detail: 'why' },
    },
    call(),
  );

describe('the walk-through', () => {
  async function askedForAll(): Promise<BotTurn> {
    let turn = await begin(PRESET_BOTS.variables);
    for (const [index, text] of ['Astro', 'astro@example.com', 'Acme'].entries())
      turn = await say(turn, index + 1, text);
    return turn;
  }

  test('collects three values, and the bot names the other with all of them', async () => {
    const { escalates, variables = [], sessionId } = await askedForAll();

    expect(escalates?.targets).toEqual([{ kind: 'bot', id: PRESET_BOTS.receiver }]);
    expect(variables).toEqual(
      expect.arrayContaining([
        { name: 'name', type: 'text', value: 'Astro' },
        { name: 'email', type: 'text', value: 'astro@example.com' },
        { name: 'company', type: 'text', value: 'Acme' },
      ]),
    );
    expect(sessionId).toBeDefined();
  });

  test('lets the other bot greet with the three values, and know where they come from', async () => {
    const first = await askedForAll();
    const second = await begin(PRESET_BOTS.receiver, {
      variables: first.variables,
      origin: { botId: PRESET_BOTS.variables, sessionId: first.sessionId },
      intent: 'Contact',
      text: 'Acme',
    });
    await sessions.say(
      first.session,
      { sequence: 4, message: { kind: 'transferSucceeded', inReplyTo: first.escalates?.messageId ?? '' } },
      call(),
    );
    await sessions.end(first.session, 'transfer', call());

    expect(textsOf(second).join(' ')).toMatch(/Astro.*astro@example\.com.*Acme/s);
    expect(await stage.control.session(first.sessionId!)).toMatchObject({
      ended: { by: 'client', reason: 'Transfer' },
    });
    expect((await stage.asked('start')).at(-1)?.body).toMatchObject({
      message: { text: 'Acme' },
      referrers: [
        { type: 'Salesforce:Core:Bot:Id', value: PRESET_BOTS.variables },
        { type: 'Salesforce:BotRuntime:Session:Id', value: first.sessionId },
      ],
      variables: expect.arrayContaining([
        { name: '$Context.IntegrationType', type: 'text', value: 'API' },
        { name: '$Context.IntegrationName', type: 'text', value: 'Baton' },
        { name: 'Baton_Intent', type: 'text', value: 'Contact' },
      ]),
    });
  });

  test('carries a variable of every type to a bot of another organisation', async () => {
    const shop = await say(await begin(PRESET_BOTS.shop), 1, 'where is it');
    const other = stage.openDesk({}, CONTEXT, PRESET_ORGS.globex).sessions!;

    const order = await other.begin(
      { botId: PRESET_BOTS.order, key: crypto.randomUUID(), variables: shop.variables! },
      call(),
    );

    const byName = (all: readonly TypedVariable[] = []) =>
      Object.fromEntries(all.map(({ name, ...rest }) => [name, rest]));
    const [sent, got] = [byName(shop.variables), byName(order.variables)];
    expect(new Set(Object.values(sent).map(({ type }) => type)).size).toBe(9);
    for (const name of ['OrderQty', 'OrderDate', 'Total', 'IsGift', 'Contact', 'Items'])
      expect(got[name]).toEqual(sent[name]);
    expect(shop.intents?.[0]).toEqual({ label: 'Track Order', confidence: 0.88 });
  });
});

describe('a message', () => {
  test('says who, asks for all variables and the intents, and has a request id of its own', async () => {
    await say(await begin(PRESET_BOTS.support), 1, 'hello');

    const [start] = await stage.asked('start');
    const [message] = await stage.asked('message');
    const options = { variables: { include: true, onlyChanged: false }, intents: true };
    expect(start?.headers['x-org-id']).toBe(PRESET_ORGS.acme);
    expect(start?.body).toMatchObject({
      responseOptions: options,
      forceConfig: { endpoint: `${stage.simulator.url}/` },
    });
    expect(message?.body).toEqual({
      message: { type: 'text', sequenceId: 1, text: 'hello' },
      responseOptions: options,
    });
    expect(start?.headers['x-request-id']).not.toBe(message?.headers['x-request-id']);
  });

  test("echoes the CRC of the session's last answer, and none at the start", async () => {
    const first = await begin(PRESET_BOTS.support);
    const second = await say(first, 1, 'hello');
    await say(second, 2, 'hello again');

    const asked = [...(await stage.asked('start')), ...(await stage.asked('message'))];
    expect(asked.map(({ crc }) => crc)).toEqual([undefined, 'right', 'right']);
  });

  test('is a choice where a user who sees text only writes the number before it', async () => {
    const menu = await begin(PRESET_BOTS.support);
    const numbered = menu.said.findLast(({ choices }) => choices);
    expect(numbered?.text).toMatch(/1\. Order status/);

    const turn = await say(menu, 1, '1');

    expect((await stage.asked('choice'))[0]?.body).toMatchObject({
      message: { type: 'choice', sequenceId: 1, choiceId: numbered?.choices?.[0]?.id },
    });
    expect(textsOf(turn).join()).toMatch(/number of your order/);
  });

  test('may be the choice itself', async () => {
    const menu = await begin(PRESET_BOTS.support);
    const choiceId = menu.said.findLast(({ choices }) => choices)?.choices?.[1]?.id ?? '';

    const turn = await sessions.say(
      menu.session,
      { sequence: 1, message: { kind: 'choice', choiceId } },
      call(),
    );

    expect(turn.escalates?.targets).toEqual([{ kind: 'queue', id: PRESET_TARGETS.queue }]);
    expect(turn.said[0]?.delayMs).toBe(600);
  });

  test('waits for the one before it in its session, so that the runtime is never busy', async () => {
    const turn = await begin(PRESET_BOTS.support);
    await stage.control.hold({ on: 'message' });

    const one = say(turn, 1, 'one');
    await stage.control.until(({ held }) => held === 1, call().signal);
    const two = say(turn, 2, 'two');
    const other = await begin(PRESET_BOTS.support);
    await stage.control.release();
    await Promise.all([one, two]);

    expect((await stage.asked('message')).map(({ answered }) => answered)).toEqual([200, 200]);
    expect(other.said.length).toBeGreaterThan(0);
  });

  test('that was lost on its way back is the same when it is said again', async () => {
    const turn = await begin(PRESET_BOTS.variables);
    await stage.control.fault({ kind: 'lostAnswer', on: 'message' });

    const error = await failureOf(say(turn, 1, 'Astro'));
    const again = await say(turn, 1, 'Astro');

    expect(error).toMatchObject({ retry: 'retryable', resultUnknown: true });
    expect(again.variables).toContainEqual({ name: 'name', type: 'text', value: 'Astro' });
    expect((await stage.asked('text')).map(({ isRepeat }) => isRepeat ?? false)).toEqual([false, true]);
  });
});

describe('the outcome of a transfer', () => {
  test.each([
    ['no_agents', 'NoAgentAvailable'],
    ['error', 'Error'],
  ] as const)('%s is told as %s, and the No Agent dialog answers', async (reason, told) => {
    const asked = await say(await begin(PRESET_BOTS.agent), 1, 'help');

    const turn = await toldFailed(asked, 2, reason);

    expect((await stage.asked('transferFailed'))[0]?.body).toMatchObject({
      message: {
        reason: told,
        inReplyToMessageId: asked.escalates?.messageId,
        description: 'why',
        sequenceId: 2,
      },
    });
    expect(textsOf(turn)).toEqual(['Nobody is available right now. I am still here.']);
    expect(turn.ended).toBeUndefined();
  });

  test('that failed may make the bot ask again', async () => {
    const asked = await say(await begin(PRESET_BOTS.persistent), 1, 'help');

    const again = await toldFailed(asked, 2, 'no_agents');
    const over = await toldFailed(again, 3, 'no_agents');

    expect(again.escalates?.targets).toEqual([{ kind: 'queue', id: PRESET_TARGETS.secondQueue }]);
    expect(over.escalates).toBeUndefined();
  });

  test('that failed ends the session of a bot without such a dialog', async () => {
    const asked = await say(await begin(PRESET_BOTS.stubborn), 1, 'help');

    const turn = await toldFailed(asked, 2, 'error');

    expect(turn.ended).toEqual({ reason: 'TransferFailedNotConfigured' });
    expect(await failureOf(say(turn, 3, 'hello?'))).toMatchObject({ code: 'ESC_BOT_SESSION_GONE' });
    expect((await stage.asked('text')).length).toBe(1);
  });
});

describe('the end', () => {
  test.each([
    ['user', 'UserRequest'],
    ['transfer', 'Transfer'],
    ['expired', 'Expiration'],
    ['error', 'Error'],
    ['other', 'Other'],
  ] as const)('because of %s is told as %s', async (why, reason) => {
    const turn = await begin(PRESET_BOTS.support);

    await sessions.end(turn.session, why, call());

    expect((await stage.asked('end'))[0]?.headers['x-session-end-reason']).toBe(reason);
  });

  test('may come twice, and of a session that expired', async () => {
    const turn = await begin(PRESET_BOTS.support);
    await stage.control.expire(turn.sessionId!);

    await sessions.end(turn.session, 'user', call());
    await sessions.end(turn.session, 'user', call());

    expect((await stage.asked('end')).map(({ answered }) => answered)).toEqual([404, 404]);
  });
});

describe('errors', () => {
  test.each(['Expiration', 'Invalid'] as const)('say that a session is gone: %s', async (reason) => {
    const turn = await begin(PRESET_BOTS.support);
    await stage.control.expire(turn.sessionId!, reason);

    expect(await failureOf(say(turn, 1, 'hi'))).toMatchObject({
      code: 'ESC_BOT_SESSION_GONE',
      retry: 'terminal',
    });
  });

  test.each([
    [400, 'ESC_PLATFORM_REJECTED', 'terminal', undefined],
    [403, 'ESC_PLATFORM_REJECTED', 'terminal', undefined],
    [422, 'ESC_PLATFORM_REJECTED', 'terminal', undefined],
    [423, 'ESC_PLATFORM_ERROR', 'retryable', 30_000],
    [429, 'ESC_PLATFORM_RATE_LIMITED', 'retryable', undefined],
    [500, 'ESC_PLATFORM_ERROR', 'retryable', undefined],
    [503, 'ESC_PLATFORM_ERROR', 'retryable', undefined],
  ])('a %i in a session is %s, %s', async (status, code, retry, retryAfterMs) => {
    const turn = await begin(PRESET_BOTS.support);
    await stage.control.fault({ kind: 'status', status, on: 'message' });

    const error = await failureOf(say(turn, 1, 'my secret words'));

    expect(error).toMatchObject({ code, retry });
    expect(error.retryAfterMs).toBe(retryAfterMs);
    expect(error.message).toMatch(/request [0-9a-f-]{36}/);
    expect(error.message).not.toContain('secret');
  });

  test('with a time to wait keep it', async () => {
    const turn = await begin(PRESET_BOTS.support);
    await stage.control.fault({ kind: 'status', status: 423, retryAfter: '7', on: 'message' });

    expect(await failureOf(say(turn, 1, 'hi'))).toMatchObject({ retryAfterMs: 7_000 });
  });

  test.each([
    [PRESET_BOTS.order, 404],
    ['0Xx5e000000NoBoTAA', 404],
  ])('a bot that is not there is refused: %s', async (botId, status) => {
    const error = await failureOf(begin(botId));

    expect(error).toMatchObject({ code: 'ESC_PLATFORM_REJECTED', retry: 'terminal' });
    expect(error.message).toContain(`HTTP ${status} NotFoundError`);
  });

  test('a refused token is replaced once, and the call made again with another request id', async () => {
    const turn = await begin(PRESET_BOTS.support);
    await stage.control.revokeTokens();

    await say(turn, 1, 'hello');

    const messages = await stage.asked('message');
    expect(messages.map(({ answered }) => answered)).toEqual([401, 200]);
    expect(new Set(messages.map(({ headers }) => headers['x-request-id'])).size).toBe(2);
    expect(await stage.asked('token')).toHaveLength(2);
  });

  test('a fresh token that is refused too is the end of it', async () => {
    const turn = await begin(PRESET_BOTS.support);
    await stage.control.fault({ kind: 'status', status: 401, on: 'message', times: 2 });

    expect(await failureOf(say(turn, 1, 'hello'))).toMatchObject({ code: 'ESC_PLATFORM_UNAUTHORIZED' });
    expect(await stage.asked('message')).toHaveLength(2);
  });

  test('an app without the scope is told of, and asks nothing of the runtime', async () => {
    const { clientId, username, privateKey } = stage.simulator.credentials(PRESET_ORGS.acme);
    const publicKey = createPublicKey(privateKey).export({ type: 'spki', format: 'pem' }).toString();
    await stage.control.app(PRESET_ORGS.acme, { clientId, runAs: username, publicKey, scopes: ['api'] });

    const error = await failureOf(begin(PRESET_BOTS.support));

    expect(error.code).toBe('ESC_PLATFORM_UNAUTHORIZED');
    expect(error.message).toContain('chatbot_api');
    expect(await stage.asked('start')).toEqual([]);
  });

  test('a user whom the app is not approved for is refused, and nothing secret is said', async () => {
    const { clientId, privateKey } = stage.simulator.credentials(PRESET_ORGS.acme);
    const log = aLog();
    const credentials = { clientId, username: 'eve@acme.example', privateKey: secret(privateKey) };
    const desk = stage.openDesk({ credentials }, { ...CONTEXT, log });

    const error = await failureOf(desk.sessions!.begin({ botId: PRESET_BOTS.support, key: 'k' }, call()));

    expect(error.code).toBe('ESC_PLATFORM_UNAUTHORIZED');
    expect(`${error.message} ${JSON.stringify(log.warnings)}`).not.toMatch(/PRIVATE KEY|eve@/);
  });
});

describe('the version', () => {
  test('is asked for before the first session of an account, once', async () => {
    await begin(PRESET_BOTS.support);
    await begin(PRESET_BOTS.support);

    expect(await stage.asked('versions')).toHaveLength(1);
  });

  test('that is not offered is a clear refusal, and is asked for again the next time', async () => {
    const versions = [{ versionNumber: '6.0.0', status: 'ACTIVE' as const }];
    await stage.control.settings({ versions });

    const error = await failureOf(begin(PRESET_BOTS.support));
    await stage.control.settings({
      versions: [...versions, { versionNumber: '5.3.0', status: 'DEPRECATED' }],
    });

    expect(error).toMatchObject({ code: 'ESC_BOT_VERSION_NOT_OFFERED', retry: 'terminal' });
    expect(error.message).toContain('Baton speaks 5.3.0, offered are 6.0.0');
    expect((await begin(PRESET_BOTS.support)).said.length).toBeGreaterThan(0);
  });
});

test('keeps to the rate of its account', async () => {
  const limited = stage.openDesk({ rateLimit: { perSecond: 1, burst: 1 } }).sessions!;

  // The question for the version has the only call of this second.
  const error = await failureOf(
    limited.begin({ botId: PRESET_BOTS.support, key: 'k' }, { signal: AbortSignal.timeout(300) }),
  );

  expect(error).toMatchObject({ code: 'ESC_PLATFORM_TIMEOUT', resultUnknown: false });
  expect(await stage.asked('start')).toEqual([]);
});
