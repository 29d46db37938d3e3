// The event stream of an escalation whose chat is so long that it goes on in further runs: one stream, one count.
import { aChatPlan } from '../support/builders';
import { openStream, type OpenStream } from '../support/event-streams';
import { keyOf, setGatewayStage, type GatewayStage, type StageConversation } from '../support/gateway-stage';
import { historiesOf } from '../support/histories';
import { until } from '../support/until';

/** Chats long enough for several runs, on a machine that may be busy. */
jest.setTimeout(180_000);

let stage: GatewayStage;
beforeAll(async () => {
  stage = await setGatewayStage();
}, 120_000);
afterAll(() => stage?.close());

const TYPES = ['accepted', 'connected', 'returned'].map((type) => `escalation.${type}`);

function read({ path }: StageConversation, lastEventId?: string): Promise<OpenStream> {
  return openStream(`${stage.url}${path}/events`, {
    authorization: `Bearer ${keyOf('acme')}`,
    ...(lastEventId !== undefined && { 'last-event-id': lastEventId }),
  });
}

interface Chat {
  readonly conversation: StageConversation;
  tell(word: object): Promise<void>;
  userWrites(id: string): Promise<void>;
  /** Run ids so far, the first run's first. */
  runs(): Promise<readonly string[]>;
}

async function aLongChat(): Promise<Chat> {
  const conversation = stage.conversation({
    plan: aChatPlan({ limits: { eventsPerRun: 60 } }),
    requestTransfer: () => ({ kind: 'connected', agentId: 'maria' }),
  });
  const { conversationId, world } = conversation;
  await stage.as().escalate(conversationId, { requestId: 'r1', integration: 'sales' });
  const { transferId } = await until('the transfer', () => world.transfers[0]);
  const workflowId = stage.workflowId(conversationId);
  const handle = stage.client.workflow.getHandle(workflowId);
  const first = (await handle.describe()).runId;
  let words = 0;
  return {
    conversation,
    tell: (word) => handle.signal('deskNews', { transferId, news: [{ id: `w${(words += 1)}`, word }] }),
    userWrites: (id) => handle.signal('userMessage', { id, text: id }),
    async runs() {
      const histories = await historiesOf(stage.client, workflowId, first);
      const next = histories.map(
        ({ events }) =>
          events?.at(-1)?.workflowExecutionContinuedAsNewEventAttributes?.newExecutionRunId ?? undefined,
      );
      return [first, ...next.filter((id) => id !== undefined)];
    },
  };
}

async function talkInto(chat: Chat, run: number): Promise<void> {
  const { world } = chat.conversation;
  for (let n = world.agentGot.length + 1; (await chat.runs()).length < run && n < 200; n += 1) {
    await chat.userWrites(`u${n}`);
    await until(`message ${n}`, () => world.agentGot.length === n);
  }
}

test('one stream follows the escalation through its runs, to its last notice', async () => {
  const chat = await aLongChat();
  const stream = await read(chat.conversation);
  await stream.untilEvents(2);
  await talkInto(chat, 3);
  await chat.tell({ kind: 'ended', by: 'agent' });
  await stream.ended;
  const events = stream.events();

  expect(events.map(({ event }) => event)).toEqual(TYPES);
  expect(events.map(({ id }) => id.split('/')[1])).toEqual(['1', '2', '3']);
});

test('a reader of an earlier run goes on where the escalation is now', async () => {
  const chat = await aLongChat();
  const before = await read(chat.conversation);
  await before.untilEvents(2);
  before.leave();
  await talkInto(chat, 3);
  const [first, second] = await chat.runs();
  const fromFirst = await read(chat.conversation, `${first}/1`);
  const fromSecond = await read(chat.conversation, `${second}/2`);
  await chat.tell({ kind: 'ended', by: 'agent' });
  await Promise.all([fromFirst.ended, fromSecond.ended]);
  const whole = await read(chat.conversation);
  await whole.ended;
  const late = await read(chat.conversation, `${first}/2`);
  await late.ended;

  expect(fromFirst.events().map(({ event }) => event)).toEqual(TYPES.slice(1));
  expect(fromSecond.events().map(({ event }) => event)).toEqual(TYPES.slice(2));
  expect(whole.events().map(({ event }) => event)).toEqual(TYPES);
  expect(late.events().map(({ event }) => event)).toEqual(TYPES.slice(2));
});
