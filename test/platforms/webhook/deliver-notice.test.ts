// Notices and messages against the simulated bot backend.
import type { Notice } from '../../../domain/notice';
import type { BotSide } from '../../../platforms/bot-side';
import { createHttpClient } from '../../../platforms/http';
import type { HttpClient } from '../../../platforms/http';
import { webhook } from '../../../platforms/webhook';
import { deliverWebhookNotice } from '../../../platforms/webhook/deliver-notice';
import { createBotReceiverControl, startBotReceiver } from '../../../platforms/webhook/simulator';
import type { BotReceiver, BotReceiverControl } from '../../../platforms/webhook/simulator';
import { failureOf } from '../http/servers';
import { aBot, CONTEXT, OTHER_SECRET, SECRET } from './builders';

const NOTICE: Notice = {
  id: 'c.1/r1/escalation.failed',
  type: 'escalation.failed',
  conversationId: 'c.1',
  requestId: 'r1',
  sequence: 1,
  attempt: 1,
  epoch: 2,
  at: Date.parse('2026-03-01T12:00:00Z'),
  reason: 'timed_out',
  noticesLeft: 2,
  askAgainBy: Date.parse('2026-03-01T12:30:00Z'),
  data: { ticket: 7 },
};

let receiver: BotReceiver;
let control: BotReceiverControl;
let http: HttpClient;
let botSide: BotSide;

beforeEach(async () => {
  receiver = await startBotReceiver({ secret: SECRET });
  control = createBotReceiverControl(receiver.controlUrl);
  http = createHttpClient({ allowPrivateNetwork: true, connectMs: 2_000, requestMs: 5_000 });
  botSide = webhook.botSide!.createBotSide(aBot(receiver.messagesUrl), undefined, CONTEXT);
});
afterEach(async () => {
  await Promise.all([control.close(), http.close(), botSide.close()]);
  await receiver.close();
});

const call = () => ({ signal: AbortSignal.timeout(30_000) });
const deliver = (secrets = [SECRET], signal = call().signal) =>
  deliverWebhookNotice(http, { url: receiver.noticesUrl, secrets }, NOTICE, { signal });

describe('a notice by webhook', () => {
  it('arrives signed, with the time it speaks of and everything the bot needs', async () => {
    await deliver();

    const { notices, refused } = await control.state();
    expect(refused).toBe(0);
    expect(notices).toEqual([
      {
        webhookId: expect.stringMatching(/^msg_[\w-]+$/),
        type: 'escalation.failed',
        timestamp: '2026-03-01T12:00:00.000Z',
        data: {
          noticeId: 'c.1/r1/escalation.failed',
          conversationId: 'c.1',
          requestId: 'r1',
          sequence: 1,
          attempt: 1,
          epoch: 2,
          reason: 'timed_out',
          noticesLeft: 2,
          askAgainBy: '2026-03-01T12:30:00.000Z',
          data: { ticket: 7 },
        },
        deliveries: 1,
      },
    ]);
  });

  it('has the same id on every try', async () => {
    await control.fault({ kind: 'lostAnswer' });
    await failureOf(deliver());
    await deliver();

    const { notices } = await control.state();
    expect(notices.map(({ deliveries }) => deliveries)).toEqual([2]);
  });

  it('is taken during a rotation by a receiver that knows only one of the secrets', async () => {
    await deliver([OTHER_SECRET, SECRET]);

    expect((await control.state()).notices).toHaveLength(1);
  });

  it('is given up when the receiver is gone', async () => {
    await control.fault({ kind: 'status', status: 410 });

    expect(await failureOf(deliver())).toMatchObject({ code: 'ESC_NOTICE_GONE', retry: 'terminal' });
  });

  it.each([301, 307, 400, 401, 404, 429, 500, 503])('is tried again after a %i', async (status) => {
    await control.fault({ kind: 'status', status, retryAfter: '9' });

    const error = await failureOf(deliver());

    expect(error).toMatchObject({ code: 'ESC_NOTICE_NOT_TAKEN', retry: 'retryable', retryAfterMs: 9_000 });
    expect((await control.state()).notices).toEqual([]);
  });

  it('is refused by a receiver with another secret', async () => {
    expect(await failureOf(deliver([OTHER_SECRET]))).toMatchObject({ code: 'ESC_NOTICE_NOT_TAKEN' });
    expect(await control.state()).toMatchObject({ refused: 1, notices: [] });
  });

  it('ends at the signal when the receiver hangs', async () => {
    await control.fault({ kind: 'hang' });

    const error = await failureOf(deliver([SECRET], AbortSignal.timeout(200)));

    expect(error).toMatchObject({ code: 'ESC_PLATFORM_TIMEOUT', retry: 'retryable', resultUnknown: true });
  });
});

describe('the generic bot side', () => {
  const post = (id: string, text: string) => botSide.postToUser('c.1', { id, text }, call());

  it('posts messages to the user in order', async () => {
    expect(await post('m1', 'Hello.')).toEqual({ kind: 'posted' });
    expect(await post('m2', 'One moment.')).toEqual({ kind: 'posted' });

    const { transcripts } = await control.state();
    expect(transcripts['c.1']?.map(({ messageId, text }) => [messageId, text])).toEqual([
      ['m1', 'Hello.'],
      ['m2', 'One moment.'],
    ]);
  });

  it('shows a message once, however often it is posted', async () => {
    await control.fault({ kind: 'lostAnswer' });
    const lost = await failureOf(post('m1', 'Hello.'));
    await post('m1', 'Hello.');

    expect(lost).toMatchObject({ retry: 'retryable', resultUnknown: true });
    const { transcripts } = await control.state();
    expect(transcripts['c.1']).toMatchObject([{ messageId: 'm1', deliveries: 2 }]);
  });

  it.each([404, 410])('says that the conversation is gone after a %i', async (status) => {
    await control.fault({ kind: 'status', status });

    expect(await post('m1', 'Hello.')).toEqual({ kind: 'gone' });
  });

  it('keeps saying so once the conversation has ended', async () => {
    await control.endConversation('c.1');

    expect(await post('m1', 'Hello.')).toEqual({ kind: 'gone' });
    expect((await control.state()).transcripts['c.1'] ?? []).toEqual([]);
  });

  it('passes on a 429 with its Retry-After', async () => {
    await control.fault({ kind: 'status', status: 429, retryAfter: '2' });

    expect(await failureOf(post('m1', 'Hello.'))).toMatchObject({
      code: 'ESC_PLATFORM_RATE_LIMITED',
      retryAfterMs: 2_000,
    });
  });

  it('puts no message text into an error', async () => {
    await control.fault({ kind: 'status', status: 500 });

    const error = await failureOf(post('m1', 'canary'));

    expect(`${error.stack} ${JSON.stringify(error)}`).not.toContain('canary');
  });
});
