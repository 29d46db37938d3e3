// A user and an agent talk through Baton, with the real worker and gateway on a real Temporal server: the user writes
// over HTTP and reads what a generic bot gets by webhook, the agent sits at a generic desk.
import { BatonClient, type BatonEvent } from '../../client';
import type { NoticeEnvelope } from '../../domain/notice';
import { addToConfiguration } from '../support/chat-stages/stage';
import { createScenarios, textOf, type Scenario, type Scenarios } from '../support/scenario';
import { startSystem, type System } from '../support/system';
import { API_KEY } from '../support/system-configuration';
import { until } from '../support/until';

const SKILL = 'talk';
const UNDELIVERED = 'This one did not get through.';
const CARD = '4111 1111 1111 1111';
const PICTURE = {
  url: 'https://files.example/broken.png',
  name: 'broken.png',
  mediaType: 'image/png',
} as const;

let system: System;
let scenarios: Scenarios;
let baton: BatonClient;

beforeAll(async () => {
  system = await startSystem({ processes: [] });
  addToConfiguration(system.configFile, {
    masking: { cardNumbers: true },
    integrations: {
      talk: {
        bot: 'web-bot',
        connector: 'desk',
        responseDataVariableName: 'transfer',
        agentSkillName: 'Talk',
        agentSkillId: SKILL,
        messageToUser: 'BLANK_MESSAGE',
        responseTimeout: '60s',
        relay: { undeliveredMessage: UNDELIVERED, queueMessage: 'You are number {position}.' },
      },
    },
  });
  await Promise.all([system.startWorker(), system.startGateway()]);
  await system.desk.setTarget({ id: SKILL });
  scenarios = createScenarios(system);
  baton = new BatonClient({ baseUrl: system.gateway.url, apiKey: API_KEY });
}, 120_000);
afterEach(async () => {
  await system.desk.refuseAttachments(false);
  await scenarios.replay();
});
afterAll(() => system?.close());

interface Talk {
  readonly scenario: Scenario;
  /** Known once the desk was asked. */
  readonly transferId: string;
  userWrites(id: string, message: Readonly<Record<string, unknown>>): Promise<number>;
  agentWrites(messageId: string, text: string): Promise<void>;
  agentJoins(): Promise<void>;
  /** What is on the user's screen. */
  userReads(): ReturnType<typeof readBy>;
  /** What is on the agent's. */
  agentReads(): Promise<readonly unknown[]>;
  untilUserReads(count: number): Promise<Awaited<ReturnType<typeof readBy>>>;
  untilAgentReads(count: number): Promise<readonly unknown[]>;
  returned(): Promise<NoticeEnvelope['data']>;
}

async function readBy(conversationId: string) {
  const { transcripts } = await system.bot.state();
  return (transcripts[conversationId] ?? []).map(({ from, text, agentName, attachment }) => ({
    ...(from && { from }),
    ...(agentName !== undefined && { agentName }),
    ...(attachment && { attachment }),
    text,
  }));
}

/** Nobody has joined yet. */
async function begin(): Promise<Talk> {
  const scenario = scenarios.openElsewhere();
  const { conversationId } = scenario;
  const transferId = `${conversationId}/r1/0`;
  await scenario.ask({ integration: 'talk' });
  await scenario.untilTold('queued');
  const agentReads = async () => {
    const { conversations } = await system.desk.state();
    return (conversations[conversationId]?.chat ?? []).map(({ from, text, attachment }) => ({
      from,
      ...(text !== undefined && { text }),
      ...(attachment && { attachment }),
    }));
  };
  return {
    scenario,
    transferId,
    userWrites: async (id, message) =>
      (
        await system.gateway.call('POST', `/v1/conversations/${conversationId}/user-messages`, {
          body: { id, ...message },
        })
      ).status,
    agentWrites: async (messageId, text) => {
      expect(await system.desk.say(transferId, { messageId, text, agentName: 'Ann' })).toBe(true);
    },
    agentJoins: async () => {
      expect(await system.desk.accept(transferId)).toBe('agent-1');
      await scenario.untilNotices(1);
    },
    userReads: () => readBy(conversationId),
    agentReads,
    untilUserReads: (count) =>
      until(`the user to read ${count}`, async () => {
        const read = await readBy(conversationId);
        return read.length >= count && read;
      }),
    untilAgentReads: (count) =>
      until(`the agent to read ${count}`, async () => {
        const read = await agentReads();
        return read.length >= count && read;
      }),
    returned: async () => {
      const notices = await scenario.untilNotices(2);
      expect(notices.map(({ type }) => type)).toEqual(['escalation.connected', 'escalation.returned']);
      return notices[1]?.data as unknown as NoticeEnvelope['data'];
    },
  };
}

async function ownerOf({ conversationId }: Scenario): Promise<Readonly<Record<string, unknown>>> {
  return (await system.gateway.call('GET', `/v1/conversations/${conversationId}/owner`)).json;
}

/** How often an escalation was told something. */
async function signalsTo(scenario: Scenario): Promise<number> {
  const { events } = await scenario.history();
  return (events ?? []).filter((event) => event.workflowExecutionSignaledEventAttributes).length;
}

it('carries both ways what was written, also before anybody had joined, and gives the conversation back', async () => {
  const talk = await begin();
  const { scenario } = talk;
  const events: BatonEvent[] = [];
  const followed = (async () => {
    for await (const event of baton.events(scenario.conversationId)) events.push(event);
  })();

  expect(await talk.userWrites('u1', { text: `My card is ${CARD}.` })).toBe(202);
  await talk.userWrites('u2', { text: 'Hello?' });
  await talk.userWrites('u2', { text: 'Hello?' });
  expect(await talk.agentReads()).toEqual([]);
  await talk.agentJoins();
  await talk.untilAgentReads(2);
  const ownedByAgent = await ownerOf(scenario);
  await talk.agentWrites('a1', 'Hi, I am Ann.');
  await talk.untilUserReads(1);
  await talk.userWrites('u3', { text: 'Look:', attachment: PICTURE });
  await talk.untilAgentReads(4);
  await talk.agentWrites('a2', 'Keep it, and have a new one.');
  await system.desk.end(talk.transferId, 'agent');

  const { transcript, ended, epoch } = await talk.returned();
  await followed;
  const { name, url } = PICTURE;
  expect(await talk.agentReads()).toMatchObject([
    { from: 'user', text: 'My card is [card number].' },
    { from: 'user', text: 'Hello?' },
    { from: 'agent', text: 'Hi, I am Ann.' },
    { from: 'user', text: 'Look:', attachment: { name, url } },
    { from: 'agent', text: 'Keep it, and have a new one.' },
  ]);
  expect(await talk.userReads()).toEqual([
    { from: 'agent', agentName: 'Ann', text: 'Hi, I am Ann.' },
    { from: 'agent', agentName: 'Ann', text: 'Keep it, and have a new one.' },
  ]);
  expect(ended).toMatchObject({ by: 'agent', reason: 'left' });
  expect(transcript?.map(({ from, agentName, text }) => [agentName ?? from, text])).toEqual([
    ['user', 'My card is [card number].'],
    ['user', 'Hello?'],
    ['Ann', 'Hi, I am Ann.'],
    ['user', 'Look:'],
    ['Ann', 'Keep it, and have a new one.'],
  ]);
  expect(ownedByAgent).toMatchObject({ owner: 'agent', epoch: Number(epoch) - 1 });
  expect(await ownerOf(scenario)).toMatchObject({ owner: 'bot', epoch });
  expect(events.map(({ notice }) => notice.type).slice(-2)).toEqual([
    'escalation.connected',
    'escalation.returned',
  ]);
  expect(events.at(-1)?.notice.data).toEqual(await talk.returned());
  const history = textOf(await scenario.history());
  expect(history).toContain('Hi, I am Ann.');
  expect(history).not.toContain(CARD);
});

it('tells the user of an attachment that the desk refuses, and carries on', async () => {
  const talk = await begin();
  await talk.agentJoins();
  await system.desk.refuseAttachments(true);

  await talk.userWrites('u1', { attachment: PICTURE });
  const [told] = await talk.untilUserReads(1);
  await talk.userWrites('u2', { text: 'It is broken, believe me.' });
  await talk.untilAgentReads(1);
  await system.desk.end(talk.transferId, 'agent');

  const { transcript } = await talk.returned();
  expect(told).toEqual({ text: UNDELIVERED });
  expect(await talk.agentReads()).toEqual([{ from: 'user', text: 'It is broken, believe me.' }]);
  expect(transcript).toMatchObject([
    { attachment: { name: PICTURE.name }, undelivered: true },
    { text: 'It is broken, believe me.' },
  ]);
});

it("shows the agent's typing to the user, and keeps it out of every history", async () => {
  const talk = await begin();
  await talk.agentJoins();
  const { conversationId } = talk.scenario;
  const before = await signalsTo(talk.scenario);

  await system.desk.note(talk.transferId, 'chat.typing', { writes: true });
  await system.desk.note(talk.transferId, 'chat.typing', { writes: false });
  const { typing } = await system.bot.until(
    (state) => state.typing.filter((each) => each.conversationId === conversationId).length === 2,
  );

  expect(typing.filter((each) => each.conversationId === conversationId).map(({ writes }) => writes)).toEqual(
    [true, false],
  );
  expect(await signalsTo(talk.scenario)).toBe(before);
  await system.desk.end(talk.transferId, 'agent');
  await talk.scenario.ended();
  expect(textOf(await talk.scenario.history())).not.toContain('writes');
});

it("shows the user's typing to the agent, and keeps it out of every history", async () => {
  const talk = await begin();
  await talk.agentJoins();
  const { conversationId } = talk.scenario;
  const before = await signalsTo(talk.scenario);
  const isShown = (writes: boolean): Promise<unknown> =>
    system.desk.until(({ conversations }) => conversations[conversationId]?.userWrites === writes);

  await baton.typing(conversationId, true);
  await isShown(true);
  await baton.typing(conversationId, false);
  await isShown(false);

  expect(await signalsTo(talk.scenario)).toBe(before);
  await system.desk.end(talk.transferId, 'agent');
  await talk.scenario.ended();
  expect(textOf(await talk.scenario.history())).not.toContain('writes');
});

it('tells the user their place in the queue when it changes, and never once the agent is there', async () => {
  const talk = await begin();

  await system.desk.position(talk.transferId, 3);
  await talk.untilUserReads(1);
  await system.desk.position(talk.transferId, 3);
  await talk.agentJoins();
  await system.desk.position(talk.transferId, 1);
  await talk.agentWrites('a1', 'Hi.');
  await talk.untilUserReads(2);
  await system.desk.end(talk.transferId, 'agent');
  await talk.scenario.ended();

  expect((await talk.userReads()).map(({ text }) => text)).toEqual(['You are number 3.', 'Hi.']);
});

it("closes the desk's chat when the user leaves, and tells the bot", async () => {
  const talk = await begin();
  await talk.agentJoins();
  const { conversationId } = talk.scenario;

  await system.gateway.call('POST', `/v1/escalations/${conversationId}/user-left`, { body: {} });

  expect((await talk.returned()).ended).toMatchObject({ by: 'user', reason: 'left' });
  expect((await talk.scenario.ended()).returned).toMatchObject({ by: 'user' });
  expect((await system.desk.state()).conversations[conversationId]).toMatchObject({ chatClosed: true });
});

it("closes the desk's chat when the bot takes the conversation back, and the bot may speak again", async () => {
  const talk = await begin();
  await talk.agentJoins();
  await talk.userWrites('u1', { text: 'Never mind.' });
  await talk.untilAgentReads(1);

  await talk.scenario.cancel();

  const { ended, transcript } = await talk.returned();
  expect(ended).toMatchObject({ by: 'bot', reason: 'cancelled' });
  expect(transcript).toMatchObject([{ from: 'user', text: 'Never mind.' }]);
  await talk.scenario.ended();
  const { conversationId } = talk.scenario;
  expect((await system.desk.state()).conversations[conversationId]).toMatchObject({ chatClosed: true });
  const { epoch } = await ownerOf(talk.scenario);
  const said = await system.gateway.call('POST', `/v1/conversations/${conversationId}/messages`, {
    body: { bot: 'web-bot', id: 'b1', epoch, text: 'Back to me.' },
  });
  expect([said.status, (await talk.userReads()).map(({ text }) => text)]).toEqual([200, ['Back to me.']]);
});

it('refuses what a user writes when no handoff is under way', async () => {
  const talk = await begin();
  await talk.agentJoins();
  await system.desk.end(talk.transferId, 'agent');
  await talk.scenario.ended();

  expect(await talk.userWrites('u1', { text: 'Still there?' })).toBe(409);
  expect(await talk.agentReads()).toEqual([]);
});
