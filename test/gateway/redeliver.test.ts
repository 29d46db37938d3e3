// A notice once more, on the bot's word: the same notice, by the outbox that has it or by one of its own.
import { ApplicationFailure } from '@temporalio/common';
import { noticeId, noticeOutboxWorkflowId } from '../../domain/ids';
import type { Notice } from '../../domain/notice';
import { setGatewayStage, type GatewayStage, type StageConversation } from '../support/gateway-stage';
import { until } from '../support/until';

let stage: GatewayStage;
beforeAll(async () => {
  stage = await setGatewayStage();
}, 120_000);
afterAll(() => stage?.close());

interface Heard {
  readonly conversation: StageConversation;
  /** Every try, also those that failed. */
  readonly tries: Notice[];
  isDown: boolean;
}

async function connected({ isDown = false } = {}): Promise<Heard> {
  const heard: Heard = {
    tries: [],
    isDown,
    conversation: stage.conversation({
      requestTransfer: () => ({ kind: 'connected' }),
      deliverNotice: (notice) => {
        heard.tries.push(notice);
        if (heard.isDown) throw ApplicationFailure.nonRetryable('gone', 'ESC_NOTICE_GONE');
      },
    }),
  };
  await stage.as().escalate(heard.conversation.conversationId, { requestId: 'r1', integration: 'sales' });
  await until('the end', async () => {
    const { json } = await stage.as().call('GET', heard.conversation.path);
    return json['status'] === 'closed';
  });
  return heard;
}

/** The number of the notice that tells of the connection. */
async function sequenceOf({ tries }: Heard): Promise<number> {
  const notice = await until('the notice', () => tries.find(({ type }) => type === 'escalation.connected'));
  return notice.sequence;
}

async function redeliver({ conversation }: Heard, sequence: number | string) {
  return stage.as().call('POST', `${conversation.path}/notices/${sequence}/redeliver`);
}

function outboxOf({ conversation: { conversationId } }: Heard) {
  const id = noticeId(conversationId, 'r1', 'escalation.connected');
  return stage.client.workflow.getHandle(noticeOutboxWorkflowId('acme', id));
}

it('is sent again as it was, as often as asked', async () => {
  const heard = await connected();
  const sequence = await sequenceOf(heard);

  const first = await redeliver(heard, sequence);
  await until('the second delivery', () => heard.tries.length === 2);
  await outboxOf(heard).result();
  const second = await redeliver(heard, sequence);
  await until('the third delivery', () => heard.tries.length === 3);

  expect([first.status, first.json]).toEqual([202, { accepted: 'redeliver' }]);
  expect(second.status).toBe(202);
  expect(heard.tries[1]).toEqual(heard.tries[0]);
  expect(heard.tries[2]).toEqual(heard.tries[0]);
});

it('is tried at once by the outbox in which it waits for an operator', async () => {
  const heard = await connected({ isDown: true });
  const sequence = await sequenceOf(heard);
  await until('the outbox to have it', async () => {
    const { undelivered } = await outboxOf(heard).query<{ undelivered: readonly unknown[] }>('outbox');
    return undelivered.length === 1;
  });
  heard.isDown = false;

  const { status } = await redeliver(heard, sequence);

  expect(status).toBe(202);
  expect(await outboxOf(heard).result()).toEqual({ delivered: 1 });
  expect(new Set(heard.tries.map(({ id }) => id)).size).toBe(1);
});

it('has the attributes by which its outbox is found', async () => {
  const heard = await connected();
  heard.isDown = true;
  await redeliver(heard, await sequenceOf(heard));

  const { searchAttributes } = await outboxOf(heard).describe();
  heard.isDown = false;
  await redeliver(heard, await sequenceOf(heard));
  await outboxOf(heard).result();

  expect(searchAttributes).toMatchObject({
    BatonTenant: ['acme'],
    BatonConversationId: [heard.conversation.conversationId],
  });
});

it('that does not exist is 404', async () => {
  const heard = await connected();

  for (const sequence of [99, 1_000_000]) {
    const { status, json } = await redeliver(heard, sequence);
    expect([status, json['code']]).toEqual([404, 'ESC_NOTICE_NOT_FOUND']);
  }
  for (const sequence of ['0', '-1', 'last', '1.5'])
    expect((await redeliver(heard, sequence)).status).toBe(404);
});
