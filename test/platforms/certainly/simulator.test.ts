// The simulated Certainly keeps what its pages say, so that tests against it mean something.
import {
  connectWidgetUser,
  createCertainlyControl,
  startCertainlySimulator,
  type CertainlyControl,
  type WidgetUser,
  type WorldSpec,
} from '../../../platforms/certainly/simulator';
import { startScriptedServer, type ScriptedAnswer, type ScriptedServer } from '../../support/scripted-server';
import { until } from '../../support/until';

const open: { close(): Promise<void> }[] = [];
afterEach(async () => {
  for (const each of open.splice(0).reverse()) await each.close();
});

interface Stage {
  readonly url: string;
  readonly control: CertainlyControl;
  readonly user: WidgetUser;
  get(path: string, headers?: Record<string, string>): Promise<number>;
  say(body: unknown): Promise<number>;
}

async function stage(settings: NonNullable<WorldSpec['settings']> = {}): Promise<Stage> {
  const simulator = await startCertainlySimulator({ world: { settings } });
  open.push(simulator);
  const { url } = simulator;
  const control = createCertainlyControl(url);
  open.push(control);
  const user = await connectWidgetUser({ url, deploymentId: 'dep-1', userId: 'ada' });
  open.push(user);
  return {
    url,
    control,
    user,
    get: async (path, headers = {}) => (await fetch(`${url}/webbot/api/webchat/${path}`, { headers })).status,
    say: async (body) =>
      (
        await fetch(`${url}/webbot/api/webchat/dep-1/handover/ada/`, {
          method: 'POST',
          body: JSON.stringify(body),
        })
      ).status,
  };
}

async function webhook(...answers: ScriptedAnswer[]): Promise<ScriptedServer> {
  const server = await startScriptedServer(...answers);
  open.push(server);
  return server;
}

test('answers the user in normal mode, and in listen mode leaves that to agents', async () => {
  const { control, user, get, say } = await stage();
  user.say('Good day');
  await user.reads('I did not understand that.');

  expect(await get('dep-1/handover/ada/')).toBe(200);
  user.say('Is anybody there?');
  await control.until('ada', ({ lines }) => lines.some(({ text }) => text === 'Is anybody there?'));
  expect(await say({ message: 'I am.' })).toBe(200);
  await user.reads('I am.');

  expect(user.screen).toEqual(['Hello, I am the shop bot.', 'I did not understand that.', 'I am.']);
  expect(await control.user('ada')).toMatchObject({ mode: 'listen', handovers: 1, connects: 1, sockets: 1 });
});

test('goes on where ClaimEnd leads when it is taken over, and waits for the user without one', async () => {
  const { control, user, get } = await stage();
  user.say('a human please');
  await user.reads('Nobody is free.');
  await control.settings({ claimUrl: (await webhook({ status: 200 })).url });
  user.say('a human please');
  await control.until('ada', ({ moduleId }) => moduleId === 'claim');
  await get('dep-1/handover/ada/');

  expect(await get('dep-1/takeover/ada/?ClaimEnd=success')).toBe(200);
  await user.reads('How was my colleague?');
  expect(await get('dep-1/takeover/ada/')).toBe(200);

  expect(await control.user('ada')).toMatchObject({
    mode: 'normal',
    moduleId: 'rating',
    takeovers: ['success', null],
  });
});

test("claims with the page's body, and goes on without a human when the webhook takes too long", async () => {
  const silent = await webhook(() => undefined);
  const { control, user } = await stage({
    claimUrl: silent.url,
    webhookTimeoutMs: 100,
    customVariables: { tier: 1 },
  });

  user.say('a human please');
  await user.reads('Nobody is free.');

  expect(JSON.parse(silent.requests[0]?.body ?? '')).toEqual({
    attachedMedia: '',
    reply: 'a human please',
    botId: 'bot-1',
    direction: 'out',
    extractedData: {},
    lastName: '',
    sessionId: 'session-of-ada',
    customVariables: { tier: 1 },
    from: 'simulated-secret-token',
    firstName: '',
    to: 'ada',
    replyData: '',
    moduleId: 'claim',
    botTrainedModelId: 'model-1',
  });
  expect((await control.state()).webhooks).toEqual([{ kind: 'claim', userId: 'ada', outcome: 'timeout' }]);
});

test.each(['flat', 'nested', 'bare'] as const)(
  'tells every line by the message webhook, one after the other (%s)',
  async (messageShape) => {
    const server = await webhook({ status: 200 });
    const { control, user, say, get } = await stage({ authorization: 'Bearer x', messageShape });
    await control.settings({ messagesUrl: server.url });
    await get('dep-1/handover/ada/');

    for (const text of ['one', 'two']) user.say(text);
    await until('both lines to be told', () => server.requests.length === 2);
    await say({ message: 'three' });
    await until('the agent to be told', () => server.requests.length === 3);

    const bodies = server.requests.map(({ body }) => JSON.parse(body) as Record<string, unknown>);
    expect(bodies.map(({ interlocutor }) => interlocutor)).toEqual(['user', 'user', 'agent']);
    expect(server.requests.map(({ headers }) => headers.authorization)).toEqual(Array(3).fill('Bearer x'));
  },
);

test.each([
  ['another deployment', 'dep-2/handover/ada/', 404],
  ['a user whom it does not know', 'dep-1/handover/bob/', 404],
  ['a path without its last slash', 'dep-1/handover/ada', 404],
  ['the configuration of the widget', 'dep-1/config/', 200],
])('answers a call about %s', async (_, path, status) => {
  const { get } = await stage();

  expect(await get(path)).toBe(status);
});

test('wants its token, where it has one', async () => {
  const { get } = await stage({ token: 't' });

  expect(await get('dep-1/handover/ada/')).toBe(401);
  expect(await get('dep-1/handover/ada/', { authorization: 'Bearer t' })).toBe(200);
});

test('refuses a message without a text, and agents in normal mode if it is so set', async () => {
  const { say } = await stage({ agentInNormalMode: 'refused' });

  expect(await say({ text: 'Hello' })).toBe(400);
  expect(await say({ message: 'Hello' })).toBe(409);
});

test('refuses a socket to another deployment', async () => {
  const { url } = await stage();

  await expect(connectWidgetUser({ url, deploymentId: 'dep-2', userId: 'ada' })).rejects.toThrow('404');
});
