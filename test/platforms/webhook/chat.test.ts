// The chat of a generic desk and of a generic bot, over real servers.
import {
  createBotReceiverControl,
  createGenericDeskControl,
  startBotReceiver,
  startGenericDesk,
  type BotReceiver,
  type BotReceiverControl,
  type GenericDesk,
  type GenericDeskControl,
} from '../../../platforms/webhook/simulator';
import { readInbound } from '../../../platforms/webhook/inbound';
import { envelopeOf } from '../../../platforms/webhook/send-signed';
import { signWebhook } from '../../../platforms/webhook/signing';
import { webhook } from '../../../platforms/webhook';
import type { Desk, DeskChat, TransferRef } from '../../../platforms/desk';
import type { BotSide } from '../../../platforms/bot-side';
import { aBot, aConnector, CONTEXT, SECRET } from './builders';

const call = (): { signal: AbortSignal } => ({ signal: AbortSignal.timeout(30_000) });
const text = (...numbers: number[]) => numbers.map((n) => ({ id: `u${n}`, text: `message ${n}` }));

let simulated: GenericDesk;
let control: GenericDeskControl;
let desk: Desk;
let chat: DeskChat;
let next = 0;

beforeAll(async () => {
  simulated = await startGenericDesk({ secret: SECRET });
  control = createGenericDeskControl(simulated.controlUrl);
  desk = webhook.desk!.createDesk(aConnector(simulated.url), CONTEXT);
  chat = desk.chat!;
  await control.setTarget({ id: '1' });
});
afterEach(async () => {
  await control.clearFaults();
  await control.refuseAttachments(false);
});
afterAll(async () => {
  await desk.close();
  await control.close();
  await simulated.close();
});

/** A transfer on which an agent is. */
async function connected(): Promise<TransferRef> {
  next += 1;
  const ref = {
    conversationId: `c${next}`,
    transferId: `t${next}`,
    target: { kind: 'skill', id: '1' },
  } as const;
  await desk.requestTransfer(ref, call());
  await control.accept(ref.transferId);
  return ref;
}
const chatOf = async ({ conversationId }: TransferRef) =>
  (await control.state()).conversations[conversationId]!.chat;

describe('the chat of a generic desk', () => {
  it('takes messages in their order, with their numbers', async () => {
    const ref = await connected();

    const receipt = await chat.send(ref, { first: 1, messages: text(1, 2, 3) }, call());

    expect(receipt).toEqual({ taken: 3 });
    expect(await chatOf(ref)).toEqual(
      [1, 2, 3].map((n) => ({ from: 'user', messageId: `u${n}`, number: n, text: `message ${n}` })),
    );
  });

  it('has a message once whose answer was lost, and says how far it got before a fault', async () => {
    const ref = await connected();
    await control.fault({ kind: 'lostAnswer', on: 'chat.message' });
    await expect(chat.send(ref, { first: 1, messages: text(1, 2) }, call())).rejects.toMatchObject({
      resultUnknown: true,
    });

    expect(await chat.send(ref, { first: 1, messages: text(1, 2) }, call())).toEqual({ taken: 2 });
    expect((await chatOf(ref)).map(({ messageId }) => messageId)).toEqual(['u1', 'u2']);
  });

  it('tells two messages apart that have the same id', async () => {
    const ref = await connected();

    await chat.send(ref, { first: 1, messages: [...text(1), ...text(1)] }, call());

    expect((await chatOf(ref)).map(({ number }) => number)).toEqual([1, 2]);
  });

  it('carries an attachment by reference, or says that the desk refuses it', async () => {
    const ref = await connected();
    const attachment = { url: 'https://files.example/1', name: 'parcel.jpg', mediaType: 'image/jpeg' };

    expect(await chat.send(ref, { first: 1, messages: [{ id: 'f1', attachment }] }, call())).toEqual({
      taken: 1,
    });
    await control.refuseAttachments(true);
    const refused = await chat.send(
      ref,
      { first: 2, messages: [...text(2), { id: 'f2', attachment }] },
      call(),
    );

    expect(refused).toEqual({ taken: 1, refused: 'attachment' });
    expect((await chatOf(ref))[0]).toMatchObject({ attachment });
  });

  it('says that there is no chat when the agent has gone', async () => {
    const ref = await connected();
    await control.end(ref.transferId, 'agent');

    expect(await chat.send(ref, { first: 1, messages: text(1) }, call())).toEqual({ taken: 0, gone: true });
  });

  it('is closed once, however often it is asked to', async () => {
    const ref = await connected();

    await chat.close(ref, call());
    await chat.close(ref, call());

    expect((await control.state()).conversations[ref.conversationId]).toMatchObject({ chatClosed: true });
  });

  it('shows that the user writes', async () => {
    const ref = await connected();

    await chat.typing!(ref, true, call());

    expect((await control.state()).conversations[ref.conversationId]).toMatchObject({ userWrites: true });
  });
});

describe('what a generic desk says of a chat', () => {
  const read = (type: string, data: Record<string, unknown>) => {
    const body = Buffer.from(
      JSON.stringify(envelopeOf(type, { conversationId: 'c', transferId: 't', ...data })),
    );
    const now = Date.now();
    const headers = {
      ...signWebhook({ id: 'e1', timestamp: Math.floor(now / 1_000), body, secrets: [SECRET] }),
    };
    return readInbound(aConnector(simulated.url), { headers, body, receivedAt: now });
  };
  const said = (word: object) => ({
    kind: 'events',
    events: [{ id: 'e1', conversationId: 'c', transferId: 't', word }],
  });

  it.each([
    [
      'chat.message',
      { messageId: 'a1', text: 'Hello', agentName: 'Maria' },
      { kind: 'message', message: { id: 'a1', text: 'Hello' }, agentName: 'Maria' },
    ],
    [
      'chat.agentChanged',
      { agentId: '7', agentName: 'Jon' },
      { kind: 'agentChanged', agentId: '7', agentName: 'Jon' },
    ],
    ['chat.agentLeft', {}, { kind: 'agentLeft' }],
    ['transfer.ended', { by: 'agent' }, { kind: 'ended', by: 'agent' }],
  ])('reads %s as a word of the chat', (type, data, word) => {
    expect(read(type, data)).toEqual(said(word));
  });

  it('keeps typing apart, which is in no history', () => {
    expect(read('chat.typing', { writes: true })).toEqual({
      kind: 'events',
      events: [],
      typing: [{ conversationId: 'c', writes: true }],
    });
  });

  it.each([
    ['a message without text or attachment', { messageId: 'a1' }],
    ['a message without id', { text: 'Hello' }],
    [
      'an attachment that is no link',
      { messageId: 'a1', attachment: { url: 'file:///etc/passwd', name: 'x', mediaType: 'y' } },
    ],
  ])('refuses %s', (_what, data) => {
    expect(read('chat.message', data).kind).toBe('invalid');
  });
});

describe('what an agent writes, at a generic bot', () => {
  let receiver: BotReceiver;
  let bot: BotReceiverControl;
  let botSide: BotSide;
  beforeAll(async () => {
    receiver = await startBotReceiver({ secret: SECRET });
    bot = createBotReceiverControl(receiver.controlUrl);
    botSide = webhook.botSide!.createBotSide(aBot(receiver.messagesUrl), undefined, CONTEXT);
  });
  afterAll(async () => {
    await botSide.close();
    await bot.close();
    await receiver.close();
  });

  it('is shown once, with the name of the agent', async () => {
    const message = { id: 'a1', text: 'Hello, I am Maria.', agentName: 'Maria' };

    for (let times = 0; times < 2; times += 1) await botSide.postFromAgent!('c1', message, call());

    expect((await bot.state()).transcripts['c1']).toEqual([
      expect.objectContaining({
        messageId: 'a1',
        text: 'Hello, I am Maria.',
        from: 'agent',
        agentName: 'Maria',
        deliveries: 2,
      }),
    ]);
  });

  it('is announced while it is written', async () => {
    await botSide.typing!('c2', true, call());
    await botSide.typing!('c2', false, call());

    expect((await bot.state()).typing.filter(({ conversationId }) => conversationId === 'c2')).toEqual([
      { conversationId: 'c2', writes: true },
      { conversationId: 'c2', writes: false },
    ]);
  });
});
