// The six steps of Certainly's page on the handover conversation flow, and the way back: a user on the widget's
// WebSocket, the real worker and gateway on a real Temporal server, and an agent at a Salesforce Messaging desk.
import { writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import {
  connectWidgetUser,
  createCertainlyControl,
  startCertainlySimulator,
  type CertainlyControl,
  type UserView,
  type WidgetUser,
} from '../../platforms/certainly/simulator';
import type { EscalationResult } from '../../workflows/steps/close';
import { uniqueId } from '../support/builders';
import { createMessagingStage } from '../support/chat-stages/salesforce-messaging';
import { addToConfiguration, type ChatStage } from '../support/chat-stages/stage';
import { historiesOf, record } from '../support/histories';
import { textOf } from '../support/scenario';
import { startSystem, type System } from '../support/system';
import { TENANT } from '../support/system-configuration';
import { until } from '../support/until';

const BOT = 'certainly-shop';
const DEPLOYMENT = 'dep-e2e';
const TOKEN = 'token-of-the-handover-endpoints';
const WEBHOOK_TOKEN = 'token-of-the-webhooks';
const ONE_MOMENT = 'One moment, says Baton.';
const GREETING = 'Hello, I am the shop bot.';
const ASKING = 'I am asking a colleague.';
const PATIENCE = AbortSignal.timeout.bind(AbortSignal, 40_000);

let system: System;
let desk: ChatStage;
let certainly: CertainlyControl;
let url: string;
const closers: (() => Promise<unknown>)[] = [];

beforeAll(async () => {
  system = await startSystem({ processes: [] });
  closers.push(() => system.close());
  desk = await createMessagingStage();
  closers.push(() => desk.close());
  const simulator = await startCertainlySimulator({
    world: { settings: { deploymentId: DEPLOYMENT, token: TOKEN, authorization: `Bearer ${WEBHOOK_TOKEN}` } },
  });
  closers.push(() => simulator.close());
  ({ url } = simulator);
  certainly = createCertainlyControl(url);
  closers.push(() => certainly.close());
  configure();
  await Promise.all([system.startWorker(), system.startGateway()]);
  await desk.open(system.gateway.url);
  const address = `${system.gateway.url}/v1/bots/${TENANT}/${BOT}`;
  await certainly.settings({ claimUrl: `${address}/claim`, messagesUrl: `${address}/messages` });
}, 120_000);
afterEach(() => certainly.settings({ customVariables: {} }));
afterAll(async () => {
  for (const close of closers.splice(0).reverse()) await close().catch(() => undefined);
});

function configure(): void {
  const { connector, secrets = {} } = desk.configuration();
  for (const [name, secret] of Object.entries({ ...secrets, token: TOKEN, 'webhook-token': WEBHOOK_TOKEN }))
    writeFileSync(join(dirname(system.configFile), name), secret);
  addToConfiguration(system.configFile, {
    bots: {
      [BOT]: {
        platform: 'certainly',
        options: {
          baseUrl: url,
          deploymentId: DEPLOYMENT,
          token: '${file:token}',
          integration: 'certainly-to-chat',
          webhooks: { authentication: 'bearer', token: '${file:webhook-token}' },
        },
        notices: 'platform',
        retryWindow: '60s',
        allowPrivateNetwork: true,
      },
    },
    connectors: {
      [desk.connector]: {
        ...connector,
        timeouts: { request: '2s', connect: '2s', heartbeat: '3s' },
        allowPrivateNetwork: true,
      },
    },
    integrations: {
      'certainly-to-chat': {
        bot: BOT,
        connector: desk.connector,
        responseDataVariableName: 'transfer',
        agentSkillName: 'Chat',
        agentSkillId: '{$botContext.skill}',
        messageToUser: ONE_MOMENT,
        responseTimeout: '60s',
        relay: { deliverWithin: '5m' },
      },
    },
  });
}

interface Visit {
  readonly user: WidgetUser;
  readonly userId: string;
  readonly conversationId: string;
  atCertainly(): Promise<UserView>;
  untilIs(isRight: (user: UserView) => boolean): Promise<UserView>;
}

/** A user with the bot's greeting on the screen. */
async function visit(skill: string): Promise<Visit> {
  await certainly.settings({ customVariables: { skill } });
  const userId = uniqueId('ada');
  const user = await connectWidgetUser({ url, deploymentId: DEPLOYMENT, userId });
  closers.push(() => user.close());
  await user.reads(GREETING);
  return {
    user,
    userId,
    conversationId: `${userId}@${DEPLOYMENT}`,
    atCertainly: () => certainly.user(userId),
    untilIs: (isRight) => certainly.until(userId, isRight, PATIENCE()),
  };
}

const webhooksOf = async (userId: string) =>
  (await certainly.state()).webhooks.filter((sent) => sent.userId === userId);

/** Starts the claim and leaves the two in a talk. */
async function connect({ user, conversationId, untilIs }: Visit): Promise<void> {
  user.say('a human please');
  await untilIs(({ mode }) => mode === 'listen');
  await user.reads(ONE_MOMENT, 0, PATIENCE());
  await desk.agentJoins(conversationId);
}

async function resultOf({ conversationId }: Visit): Promise<EscalationResult> {
  return system.client.workflow
    .getHandle(system.workflowId(conversationId))
    .result() as Promise<EscalationResult>;
}

/** Where histories are recorded. */
async function keep({ conversationId }: Visit, name: string): Promise<void> {
  const histories = await historiesOf(system.client, system.workflowId(conversationId));
  for (const history of histories) record(`certainly-${name}`, history);
}

test("plays the page's six steps and the way back: the user has one chat, and sees no seam in it", async () => {
  const talk = await visit('Chat');
  const { user, userId, conversationId } = talk;

  // 1 and 2: the claim, and the bot into listen mode.
  await connect(talk);
  expect(await talk.atCertainly()).toMatchObject({ mode: 'listen', handovers: 1, takeovers: [] });
  // 3 and 4: what the user writes, by the webhook to the agent.
  user.say('My parcel is broken.');
  await until('the agent to read it', async () =>
    (await desk.console(conversationId)).some(({ text }) => text === 'My parcel is broken.'),
  );
  // 5 and 6: what the agent writes, by the handover endpoint to the user.
  await desk.agentWrites(conversationId, 'Hello, this is Ann.');
  await user.reads('this is Ann', 0, PATIENCE());
  user.say('It was a teapot.');
  await until('the agent to read more', async () =>
    (await desk.console(conversationId)).some(({ text }) => text === 'It was a teapot.'),
  );
  await desk.agentWrites(conversationId, 'A new one is on its way.');
  await user.reads('on its way', 0, PATIENCE());
  // 7: back to the bot, which goes on by the outcome.
  await desk.agentEnds(conversationId);
  await user.reads('How was my colleague?', 0, PATIENCE());
  user.say('Very kind.');
  await user.reads('Thank you.');

  expect(user.screen).toEqual([
    GREETING,
    ASKING,
    ONE_MOMENT,
    'Hello, this is Ann.',
    'A new one is on its way.',
    'How was my colleague?',
    'Thank you.',
  ]);
  const users = (await desk.console(conversationId)).filter(({ from }) => from === 'user');
  expect(users.map(({ text }) => text).slice(-2)).toEqual(['My parcel is broken.', 'It was a teapot.']);
  expect(user.isOpen).toBe(true);
  expect(await talk.atCertainly()).toMatchObject({
    mode: 'normal',
    connects: 1,
    sockets: 1,
    handovers: 1,
    takeovers: ['success'],
  });
  const webhooks = await webhooksOf(userId);
  expect(webhooks.filter(({ kind }) => kind === 'claim')).toMatchObject([
    { outcome: 200, answer: { claimed: true } },
  ]);
  expect(webhooks.map(({ outcome }) => outcome)).toEqual(webhooks.map(() => 200));
  expect(await resultOf(talk)).toMatchObject({ outcome: { kind: 'connected' }, returned: { by: 'agent' } });
  await keep(talk, 'there-and-back');
}, 120_000);

test('writes no secret of a webhook down', async () => {
  const talk = await visit('Chat');
  await connect(talk);
  await desk.agentEnds(talk.conversationId);
  await talk.untilIs(({ takeovers }) => takeovers.length > 0);
  await resultOf(talk);

  const payloads = textOf(await historiesOf(system.client, system.workflowId(talk.conversationId)));

  expect(payloads).toContain('"integration":"certainly-to-chat"');
  for (const secret of ['simulated-secret-token', TOKEN, WEBHOOK_TOKEN]) {
    expect(payloads).not.toContain(secret);
    expect(system.gatewayProcess().output()).not.toContain(secret);
    expect(system.worker().output()).not.toContain(secret);
  }
}, 120_000);

test('gives the user back when nobody is there, and takes the next claim as the next attempt', async () => {
  const talk = await visit(desk.nobody);
  talk.user.say('a human please');
  await talk.user.reads('Nobody is free.', 0, PATIENCE());
  expect(await talk.atCertainly()).toMatchObject({ mode: 'normal', handovers: 1, takeovers: ['failed'] });

  await certainly.settings({ customVariables: { skill: desk.nobody, claimId: 'second' } });
  talk.user.say('a human please');
  await talk.untilIs(({ takeovers }) => takeovers.length === 2);

  expect(await talk.atCertainly()).toMatchObject({
    mode: 'normal',
    handovers: 2,
    takeovers: ['failed', 'failed'],
  });
  const path = `/v1/escalations/${encodeURIComponent(talk.conversationId)}`;
  const { json } = await system.gateway.call('GET', path);
  expect(json).toMatchObject({ phase: 'awaiting_bot', attempt: 2 });
  await keep(talk, 'nobody-there');
}, 120_000);

test('takes a claim once that is sent again', async () => {
  const talk = await visit('Chat');
  await connect(talk);

  await certainly.claimAgain(talk.userId);
  await until('both claims to be answered', async () => {
    const claims = (await webhooksOf(talk.userId)).filter(({ kind }) => kind === 'claim');
    return claims.length === 2 && claims.every(({ outcome }) => outcome === 200);
  });
  await desk.agentEnds(talk.conversationId);

  await talk.untilIs(({ takeovers }) => takeovers.length > 0);
  expect(await resultOf(talk)).toMatchObject({ attempts: 1 });
  expect(await talk.atCertainly()).toMatchObject({ handovers: 1, takeovers: ['success'] });
}, 120_000);

test('delivers what the user writes once, whatever comes twice', async () => {
  await certainly.settings({ deliveries: 2, messageShape: 'bare' });
  const talk = await visit('Chat');
  await connect(talk);

  talk.user.say('Once.');
  talk.user.say('Only once.');
  await until('the agent to read both', async () =>
    (await desk.console(talk.conversationId)).some(({ text }) => text === 'Only once.'),
  );
  await until('each to be told twice', async () => {
    const told = (await webhooksOf(talk.userId)).filter(({ interlocutor }) => interlocutor === 'user');
    return told.length === 6;
  });
  await desk.agentEnds(talk.conversationId);
  await resultOf(talk);

  const texts = (await desk.console(talk.conversationId)).map(({ text }) => text);
  expect(texts.filter((text) => /once/i.test(text))).toEqual(['Once.', 'Only once.']);
  await certainly.settings({ deliveries: 1, messageShape: 'flat' });
}, 120_000);

test('gives the user back although Certainly does not take it at first', async () => {
  const talk = await visit('Chat');
  await connect(talk);
  await certainly.fault({ kind: 'status', status: 503, on: 'takeover', times: 2 });

  await desk.agentEnds(talk.conversationId);

  await talk.user.reads('How was my colleague?', 0, PATIENCE());
  expect((await talk.atCertainly()).takeovers).toEqual(['success']);
  await resultOf(talk);
  await keep(talk, 'takeover-refused');
}, 120_000);

test.each(['claim', 'messages'])('refuses %s from somebody else', async (path) => {
  const answered = await fetch(`${system.gateway.url}/v1/bots/${TENANT}/${BOT}/${path}`, {
    method: 'POST',
    headers: { authorization: 'Bearer guessed', 'content-type': 'application/json' },
    body: JSON.stringify({ to: 'ada', interlocutor: 'user', text: 'Hello' }),
  });

  expect(answered.status).toBe(401);
});
