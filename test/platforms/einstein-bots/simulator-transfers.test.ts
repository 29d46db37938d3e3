// The preset bots: what each escalates to, and what it does when it is told how the transfer went.
import {
  PRESET_BOTS,
  PRESET_ORGS,
  PRESET_TARGETS,
  presetOrganisations,
} from '../../../platforms/einstein-bots/simulator';
import { openStage, PUBLIC_KEYS, wordsOf } from './simulator-builders';
import type { Answer, Stage } from './simulator-builders';

let stage: Stage;
beforeAll(async () => {
  stage = await openStage();
});
afterAll(() => stage.close());

const text = (sequenceId: number, written = 'help') => ({ type: 'text', sequenceId, text: written });
const target = (kind: string, value: string) => ({ type: `Salesforce:Core:${kind}:Id`, value });
const targetsOf = ({ body }: Answer) => body.messages.at(-1)?.targets;
const idOf = ({ body }: Answer) => body.messages.at(-1)?.id;
const failed = (sequenceId: number, to: Answer, reason = 'NoAgentAvailable') => ({
  type: 'transferFailed',
  sequenceId,
  inReplyToMessageId: idOf(to),
  reason,
  description: 'nobody online',
});

async function escalate(bot: keyof typeof PRESET_BOTS, words?: string) {
  const { body } = await stage.start(PRESET_BOTS[bot]);
  return { sessionId: body.sessionId, escalated: await stage.say(body.sessionId, text(1, words)) };
}

test.each([
  ['agent', [target('User', PRESET_TARGETS.agent)]],
  ['skill', [target('Skill', PRESET_TARGETS.skill)]],
  ['flow', [target('Flow', PRESET_TARGETS.flow)]],
  ['stubborn', [target('Queue', PRESET_TARGETS.queue)]],
  [
    'several',
    [
      target('Skill', PRESET_TARGETS.skill),
      target('Queue', PRESET_TARGETS.queue),
      target('Bot', PRESET_BOTS.receiver),
    ],
  ],
  ['none', []],
  ['unknown', [target('Carousel', PRESET_TARGETS.queue)]],
] as const)('escalates to what is set up: %s', async (bot, targets) => {
  const { escalated } = await escalate(bot);

  expect(wordsOf(escalated)).toEqual(['One moment, please.', '[escalate]']);
  expect(targetsOf(escalated)).toEqual(targets);
});

test('hands the Customer Support Queue over when a person is wanted, and says nothing after the transfer', async () => {
  const { sessionId, escalated } = await escalate('support', 'a person please');
  const inReplyToMessageId = idOf(escalated);
  const told = await stage.say(sessionId, { type: 'transferSucceeded', sequenceId: 2, inReplyToMessageId });
  const after = await stage.say(sessionId, text(3));

  expect(targetsOf(escalated)).toEqual([target('Queue', PRESET_TARGETS.queue)]);
  expect(escalated.body.messages[0]?.schedule).toEqual({ responseDelayMilliseconds: 600 });
  expect([told.body.messages, after.body.messages]).toEqual([[], []]);
});

test('answers a failed transfer with the No Agent dialog, which may ask', async () => {
  const { sessionId, escalated } = await escalate('support', 'a person please');
  const asked = await stage.say(sessionId, failed(2, escalated));
  const thanked = await stage.say(sessionId, text(3, 'call me'));

  expect(wordsOf(asked)).toEqual(['Nobody is available right now.', 'Would you like to leave a message?']);
  expect(wordsOf(thanked)).toEqual(['Thank you, we will answer it by email.']);
});

test('escalates again after a failed transfer, to the next target, and then gives up', async () => {
  const { sessionId, escalated } = await escalate('persistent');
  const again = await stage.say(sessionId, failed(2, escalated));
  const stale = await stage.say(sessionId, failed(3, escalated));
  const over = await stage.say(sessionId, failed(4, again, 'Error'));

  expect(targetsOf(again)).toEqual([target('Queue', PRESET_TARGETS.secondQueue)]);
  expect(stale.status).toBe(400);
  expect(wordsOf(over)).toEqual(['The second team is away as well. Please try again tomorrow.']);
});

test('ends the session of a bot without a No Agent dialog when the transfer fails', async () => {
  const { sessionId, escalated } = await escalate('stubborn');
  const ended = await stage.say(sessionId, failed(2, escalated));

  expect(ended.body.messages).toEqual([
    {
      type: 'sessionEnded',
      id: expect.any(String),
      reason: 'TransferFailedNotConfigured',
      schedule: { responseDelayMilliseconds: 0 },
    },
  ]);
  expect((await stage.control.session(sessionId)).ended).toEqual({
    by: 'bot',
    reason: 'TransferFailedNotConfigured',
  });
  expect((await stage.say(sessionId, text(3))).status).toBe(404);
});

test('waits for the outcome: says nothing to the user meanwhile', async () => {
  const { sessionId } = await escalate('skill');
  expect((await stage.say(sessionId, text(2, 'hello?'))).body.messages).toEqual([]);
});

test('takes an outcome without the message that it answers', async () => {
  const { sessionId } = await escalate('skill');
  expect((await stage.say(sessionId, { type: 'transferSucceeded', sequenceId: 2 })).status).toBe(200);
});

test('has two bots that hand the user to each other without end', async () => {
  const ping = await stage.start(PRESET_BOTS.ping);
  const pong = await stage.start(PRESET_BOTS.pong);

  expect(targetsOf(ping)).toEqual([target('Bot', PRESET_BOTS.pong)]);
  expect(targetsOf(pong)).toEqual([target('Bot', PRESET_BOTS.ping)]);
});

test.each([
  ['fragile', 'Error', ['Something went wrong.', '[sessionEnded]']],
  ['circular', 'InfiniteLoopDetected', ['[sessionEnded]']],
] as const)('has a bot that ends by itself: %s', async (bot, reason, words) => {
  const { sessionId, escalated: ended } = await escalate(bot);

  expect(wordsOf(ended)).toEqual(words);
  expect(ended.body.messages.at(-1)).toMatchObject({ reason });
  expect((await stage.control.session(sessionId)).ended).toEqual({ by: 'bot', reason });
});

test('ends by an action of the dialog', async () => {
  const { body } = await stage.start(PRESET_BOTS.support);
  const ended = await stage.say(body.sessionId, text(1, 'End chat'));
  expect(ended.body.messages.at(-1)).toMatchObject({ type: 'sessionEnded', reason: 'Action' });
});

test('passes typed variables from one organisation’s bot to the other’s, with where they come from', async () => {
  const { body } = await stage.start(PRESET_BOTS.shop);
  const escalated = await stage.say(body.sessionId, text(1, 'where is it?'), {
    responseOptions: { variables: { include: true, onlyChanged: false } },
  });
  const referrers = [
    { type: 'Salesforce:Core:Bot:Id', value: PRESET_BOTS.shop },
    { type: 'Salesforce:BotRuntime:Session:Id', value: body.sessionId },
  ];
  const headers = { authorization: `Bearer ${await stage.token('globex')}`, 'x-org-id': PRESET_ORGS.globex };
  const received = await stage.start(
    PRESET_BOTS.order,
    { variables: escalated.body.variables, referrers },
    { headers },
  );

  expect(targetsOf(escalated)).toEqual([target('Bot', PRESET_BOTS.order)]);
  expect(wordsOf(received)).toEqual([
    'Order Bot here: 10 pieces of order A-1001 for USD 10.40.',
    'Order A-1001 is on its way.',
  ]);
  const session = await stage.control.session(received.body.sessionId);
  expect(session).toMatchObject({ orgId: PRESET_ORGS.globex, referrers });
  expect(session.variables).toContainEqual({
    name: 'Contact',
    type: 'object',
    value: [{ name: 'fullName', type: 'text', value: 'Matt Smith' }],
  });
});

test('lets targets be set up', async () => {
  const queue = '00G5e000009OtHrEAK';
  const other = await openStage({
    organisations: presetOrganisations({ publicKeys: PUBLIC_KEYS, targets: { queue } }),
  });
  const { body } = await other.start(PRESET_BOTS.support, { message: { text: 'agent' } });
  await other.close();

  expect(body.messages.at(-1)?.targets).toEqual([target('Queue', queue)]);
});

test('refuses a bot whose dialogs lead nowhere', async () => {
  const bot = { id: '0Xx5e000000TbAdCAK', name: 'Bad', dialogs: { welcome: [] }, confused: 'nowhere' };
  await expect(stage.control.bot(PRESET_ORGS.acme, bot)).rejects.toThrow('no dialog nowhere');
});
