// The bot side on the simulator, with a bot that speaks the custom endpoint of third-party bots.
import { createServer } from 'node:http';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Notice, NoticeType } from '../../../domain/notice';
import type { BotSide } from '../../../platforms/bot-side';
import type { FaultSpec } from '../../../platforms/liveperson/simulator';
import { AGENT, BOT, call, openStage } from './stage';
import type { Stage } from './stage';

interface Heard {
  readonly url: string;
  readonly authorization: string | undefined;
  readonly body: unknown;
}

let stage: Stage;
let bot: Server;
let heard: Heard[];
let answer: { status: number; body: string };
beforeEach(async () => {
  stage = await openStage();
  heard = [];
  answer = { status: 200, body: '{}' };
  bot = createServer((request, response) => {
    const parts: Buffer[] = [];
    request.on('data', (part: Buffer) => parts.push(part));
    request.on('end', () => {
      const body: unknown = JSON.parse(Buffer.concat(parts).toString('utf8'));
      heard.push({ url: request.url ?? '', authorization: request.headers.authorization, body });
      response.writeHead(answer.status, { 'content-type': 'application/json' }).end(answer.body);
    });
  });
  await new Promise<void>((resolve) => bot.listen(0, '127.0.0.1', resolve));
});
afterEach(async () => {
  await stage.close();
  await new Promise((resolve) => bot.close(resolve));
});

function openSide(): BotSide {
  const { port } = bot.address() as AddressInfo;
  const token = { reveal: () => 't0ken' };
  return stage.openBotSide({
    options: { endpoint: `http://127.0.0.1:${port}/`, botId: 'shop bot', environment: 'live', token },
  });
}

function aNotice(conversationId: string, type: NoticeType): Notice {
  return {
    id: `${conversationId}/r1/${type}`,
    type,
    conversationId,
    requestId: 'r1',
    sequence: 1,
    attempt: 1,
    epoch: 1,
    at: 1,
  };
}

async function botTexts(conversationId: string): Promise<string[]> {
  const { transcript } = await stage.control.conversation({ conversationId });
  return transcript.filter(({ from }) => from === 'bot').map(({ text }) => text);
}

const PUBLISH = '.ams.ms.PublishEvent';

describe('a message to the user', () => {
  it.each<FaultSpec['action']['kind']>(['loseAnswer', 'dropAfter', 'dropBefore'])(
    'is posted once by two workers when the first one met %s',
    async (kind) => {
      const conversationId = await stage.newConversation();
      const message = { id: 'm1', text: 'Sorry.' };
      const crashed = stage.openBotSide();
      await stage.control.addFault({
        channel: 'ws',
        match: PUBLISH,
        times: 1,
        action: { kind } as FaultSpec['action'],
      });

      await crashed.postToUser(conversationId, message, call(500)).catch(() => undefined);
      const result = await stage.openBotSide().postToUser(conversationId, message, call());

      expect(result).toEqual({ kind: 'posted' });
      expect(await botTexts(conversationId)).toEqual(['Sorry.']);
    },
  );

  it('has nobody to read it when the user has left', async () => {
    const side = stage.openBotSide();
    const conversationId = await stage.newConversation();
    await side.postToUser(conversationId, { id: 'm1', text: 'Hi' }, call());

    await stage.control.consumerCloses({ conversationId });

    expect(await side.postToUser(conversationId, { id: 'm2', text: 'Ho' }, call())).toEqual({ kind: 'gone' });
    expect(await stage.openBotSide().postToUser(conversationId, { id: 'm2', text: 'Ho' }, call())).toEqual({
      kind: 'gone',
    });
  });

  it('reaches the user also while the conversation waits in a queue, without stopping the transfer', async () => {
    const transfer = await stage.newTransfer();
    const { conversationId } = transfer;
    await stage.openDesk().requestTransfer(transfer, call());

    const result = await stage
      .openBotSide()
      .postToUser(conversationId, { id: 'm1', text: 'Still here' }, call());

    const { ringing, participants } = await stage.control.conversation({ conversationId });
    expect(result).toEqual({ kind: 'posted' });
    expect(await botTexts(conversationId)).toContain('Still here');
    expect(ringing).toEqual([AGENT]);
    expect(participants).toEqual([]);
  });

  it('says what permission is missing when the bot may not join a queue', async () => {
    await stage.control.setUser({ userId: BOT, manages: false });
    const transfer = await stage.newTransfer();
    await stage.openDesk().requestTransfer(transfer, call());

    await expect(
      stage.openBotSide().postToUser(transfer.conversationId, { id: 'm1', text: 'x' }, call()),
    ).rejects.toMatchObject({
      code: 'ESC_PLATFORM_REJECTED',
      message: expect.stringContaining('as manager'),
    });
  });
});

describe('a notice in LivePerson words', () => {
  it('of a failure is the text that LivePerson sends', async () => {
    const conversationId = await stage.newConversation();

    await openSide().deliverNotice?.(aNotice(conversationId, 'escalation.failed'), call());

    expect(heard).toEqual([
      {
        url: `/v1/bots/shop%20bot/environments/live/conversations/${conversationId}/events`,
        authorization: 'Bearer t0ken',
        body: {
          type: 'TEXT',
          data: { message: '__agent_escalation_failed__' },
          context: { lpEvent: {} },
        },
      },
    ]);
  });

  it('is answered to the user in order, and once although the notice comes again', async () => {
    const conversationId = await stage.newConversation();
    const response = [
      { type: 'TEXT', data: { message: 'We could not reach anybody.' } },
      { type: 'DELAY', data: { seconds: 1 } },
      { type: 'TEXT', data: { message: 'For agents', messageAudience: 'AGENTS_AND_MANAGERS' } },
      { type: 'TEXT', data: { message: 'Please try later.' } },
    ];
    answer = { status: 200, body: JSON.stringify({ response }) };
    const notice = aNotice(conversationId, 'escalation.failed');

    await openSide().deliverNotice?.(notice, call());
    await openSide().deliverNotice?.(notice, call());

    expect(heard).toHaveLength(2);
    expect(await botTexts(conversationId)).toEqual(['We could not reach anybody.', 'Please try later.']);
  });

  it.each<[NoticeType, readonly unknown[]]>([
    ['escalation.connected', ['CLOSE_CONVERSATION']],
    ['escalation.queued', ['CLOSE_CONVERSATION']],
    ['escalation.abandoned', []],
    ['escalation.cancelled', []],
    ['escalation.ended', []],
  ])('of %s is %p', async (type, expected) => {
    const conversationId = await stage.newConversation();

    await openSide().deliverNotice?.(aNotice(conversationId, type), call());

    expect(heard.map(({ body }) => (body as { type: string }).type)).toEqual(expected);
  });

  it.each([
    [503, 'ESC_PLATFORM_ERROR'],
    [429, 'ESC_PLATFORM_RATE_LIMITED'],
    [404, 'ESC_PLATFORM_REJECTED'],
  ])('that the bot answers with %i is not delivered', async (status, code) => {
    answer = { status, body: '' };
    const conversationId = await stage.newConversation();

    await expect(
      openSide().deliverNotice?.(aNotice(conversationId, 'escalation.failed'), call()),
    ).rejects.toMatchObject({ code });
  });

  it('is not possible without an endpoint', () => {
    expect(stage.openBotSide().deliverNotice).toBeUndefined();
  });
});
