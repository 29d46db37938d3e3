// Who may speak to the user, and what becomes of what a bot says: posted while it owns the conversation, refused else.
import { ApplicationFailure } from '@temporalio/common';
import { ownershipSchema, postedSchema } from '../../contract/http/answers';
import { problemsOf } from '../../contract/http/route';
import { ROUTES } from '../../contract/http/routes';
import { uniqueId } from '../support/builders';
import type { GatewayAnswer } from '../support/gateway-calls';
import { setGatewayStage, type GatewayStage, type StageConversation } from '../support/gateway-stage';
import { textOf } from '../support/scenario';
import { aBot, aTenant } from '../support/tenant-builders';
import { until } from '../support/until';

let stage: GatewayStage;
beforeAll(async () => {
  const masking = { cardNumbers: true, emails: true, phones: true, patterns: [] };
  stage = await setGatewayStage({
    tenants: { acme: { masking }, rival: { bots: { ...aTenant().bots, second: aBot() } } },
  });
}, 120_000);
afterAll(() => stage?.close());

const asked = { requestId: 'r1', integration: 'sales' };
const connects = { requestTransfer: () => ({ kind: 'connected' as const }) };

const path = ({ conversationId }: { conversationId: string }): string =>
  `/v1/conversations/${conversationId}`;

async function owner(conversation: { conversationId: string }): Promise<{ owner: string; epoch: number }> {
  const { status, json } = await stage.as().call('GET', `${path(conversation)}/owner`);
  expect(status).toBe(200);
  const { conversationId, ...ownership } = ownershipSchema.parse(json);
  expect(conversationId).toBe(conversation.conversationId);
  return ownership;
}

function say(
  conversation: { conversationId: string },
  epoch: number,
  id = uniqueId('m'),
  text = 'Hello.',
): Promise<GatewayAnswer> {
  return stage.as().call('POST', `${path(conversation)}/messages`, { body: { epoch, id, text } });
}

function giveBack(conversation: { conversationId: string }, epoch: number): Promise<GatewayAnswer> {
  return stage.as().call('POST', `${path(conversation)}/return`, { body: { epoch } });
}

async function escalate({ conversationId }: StageConversation, requestId = 'r1'): Promise<GatewayAnswer> {
  return stage.as().escalate(conversationId, { ...asked, requestId });
}

async function untilPhase(conversation: StageConversation, phase: string): Promise<void> {
  await until(`phase ${phase}`, async () => {
    const { json } = await stage.as().call('GET', conversation.path);
    return json['phase'] === phase;
  });
}

async function runs({ conversationId }: { conversationId: string }): Promise<number> {
  let count = 0;
  const query = `WorkflowId = '${stage.workflowId(conversationId)}'`;
  for await (const _ of stage.client.workflow.list({ query })) count += 1;
  return count;
}

describe('a conversation that Baton has never seen', () => {
  it('is owned by its bot under epoch 0, and asking starts nothing', async () => {
    const unseen = { conversationId: uniqueId('unseen') };

    expect(await owner(unseen)).toEqual({ owner: 'bot', epoch: 0 });
    const handle = stage.client.workflow.getHandle(stage.workflowId(unseen.conversationId));
    await expect(handle.describe()).rejects.toMatchObject({ name: 'WorkflowNotFoundError' });
  });

  it('takes what its bot says', async () => {
    const conversation = stage.conversation();

    const { status, json } = await say(conversation, 0, 'm-1', 'One moment.');

    expect(status).toBe(200);
    expect(postedSchema.parse(json)).toEqual({
      conversationId: conversation.conversationId,
      messageId: 'm-1',
      posted: true,
      epoch: 0,
    });
    expect(conversation.world.userRead).toEqual(['One moment.']);
    expect(await owner(conversation)).toEqual({ owner: 'bot', epoch: 0 });
  });

  it('refuses another epoch, and that starts nothing', async () => {
    const conversation = stage.conversation();

    const { status, json } = await say(conversation, 1);

    expect(status).toBe(409);
    expect(json).toMatchObject({ code: 'ESC_NOT_OWNER', owner: 'bot', epoch: 0 });
    expect(conversation.world.userRead).toEqual([]);
    const handle = stage.client.workflow.getHandle(stage.workflowId(conversation.conversationId));
    await expect(handle.describe()).rejects.toMatchObject({ name: 'WorkflowNotFoundError' });
  });

  it('is no escalation, however much its bot has said', async () => {
    const conversation = stage.conversation();
    await say(conversation, 0);

    for (const [method, route] of [
      ['GET', conversation.path],
      ['GET', `${conversation.path}/explain`],
      ['GET', `${conversation.path}/events`],
      ['POST', `${conversation.path}/cancel`],
      ['POST', `${conversation.path}/user-left`],
      ['POST', `${conversation.path}/notices/1/redeliver`],
    ] as const) {
      const { status, json } = await stage.as().call(method, route, method === 'POST' ? { body: {} } : {});
      expect([route, status, json['code']]).toEqual([route, 404, 'ESC_ESCALATION_NOT_FOUND']);
    }
    const { json } = await stage
      .as()
      .call('GET', `/v1/escalations?conversationId=${conversation.conversationId}`);
    expect(json['escalations']).toEqual([]);
  });
});

describe('while a handoff runs', () => {
  it('the bot is refused with 409 and the current owner, before and after a human joined', async () => {
    const conversation = stage.conversation();
    await escalate(conversation);
    await untilPhase(conversation, 'queued');

    const waiting = await say(conversation, 0);
    await stage.client.workflow.getHandle(stage.workflowId(conversation.conversationId)).signal('deskEvent', {
      id: 'e1',
      transferId: conversation.world.transfers[0]?.transferId,
      event: { kind: 'connected' },
    });
    await untilPhase(conversation, 'closed');
    const connected = await say(conversation, 1);

    expect([waiting.status, waiting.json['owner'], waiting.json['epoch']]).toEqual([409, 'baton', 1]);
    expect([connected.status, connected.json['owner'], connected.json['epoch']]).toEqual([409, 'agent', 2]);
    expect(await owner(conversation)).toEqual({ owner: 'agent', epoch: 2 });
    expect(conversation.world.userRead).not.toContain('Hello.');
  });

  it('and has failed, the bot may speak under the new epoch in the same run', async () => {
    const conversation = stage.conversation({
      requestTransfer: () => ({ kind: 'declined', reason: 'no_agents' }),
    });
    await escalate(conversation);
    await untilPhase(conversation, 'awaiting_bot');
    const { epoch } = await owner(conversation);

    const stale = await say(conversation, 0);
    const { status } = await say(conversation, epoch, 'm', 'Nobody is there.');

    expect(stale.status).toBe(409);
    expect(status).toBe(200);
    expect(conversation.world.userRead).toContain('Nobody is there.');
    expect((await stage.as().call('GET', conversation.path)).json['phase']).toBe('awaiting_bot');
  });
});

describe('the same message id', () => {
  it('is posted once, in one run and across runs', async () => {
    const conversation = stage.conversation();

    const answers = [await say(conversation, 0, 'm-1'), await say(conversation, 0, 'm-1')];

    expect(answers.map(({ status }) => status)).toEqual([200, 200]);
    expect(answers[0]?.json).toEqual(answers[1]?.json);
    expect(conversation.world.userRead).toEqual(['Hello.']);
  });

  it('is posted once in a run that stays open, and answered the same, whatever happened since', async () => {
    const conversation = stage.conversation({
      requestTransfer: () => ({ kind: 'declined', reason: 'no_agents' }),
    });
    await escalate(conversation);
    await untilPhase(conversation, 'awaiting_bot');
    const { epoch } = await owner(conversation);
    const posts = (): number => conversation.world.seen.filter((line) => line === 'post m-1').length;

    const together = await Promise.all([1, 2, 3].map(() => say(conversation, epoch, 'm-1')));
    const later = await say(conversation, epoch, 'm-1');

    for (const { status, json } of [...together, later])
      expect([status, json]).toEqual([200, together[0]?.json]);
    expect(posts()).toBe(1);
  });

  it('is tried again after it was not posted', async () => {
    let isDown = true;
    const conversation = stage.conversation({
      requestTransfer: () => ({ kind: 'declined', reason: 'no_agents' }),
      postToUser: ({ messages }) => {
        if (isDown && messages[0]?.id === 'm-1')
          throw ApplicationFailure.nonRetryable('refused', 'ESC_PLATFORM_REJECTED');
        return Promise.resolve({ kind: 'posted' });
      },
    });
    await escalate(conversation);
    await untilPhase(conversation, 'awaiting_bot');
    const { epoch } = await owner(conversation);

    const first = await say(conversation, epoch, 'm-1');
    const second = await say(conversation, epoch, 'm-1');
    isDown = false;
    const third = await say(conversation, epoch, 'm-1');
    const fourth = await say(conversation, epoch, 'm-1');

    expect([first.status, first.json['code']]).toEqual([504, 'ESC_MESSAGE_NOT_POSTED']);
    expect(second.status).toBe(504);
    expect([third.status, fourth.status]).toEqual([200, 200]);
    expect(conversation.world.userRead.filter((text) => text === 'Hello.')).toHaveLength(1);
  });
});

describe('a message', () => {
  it('is masked before Temporal has it', async () => {
    const conversation = stage.conversation();

    await say(conversation, 0, 'm', 'Your card 4111 1111 1111 1111 of ada@example.com');

    expect(conversation.world.userRead).toEqual(['Your card [card number] of [e-mail]']);
    const { events } = await stage.client.workflow
      .getHandle(stage.workflowId(conversation.conversationId))
      .fetchHistory();
    const stored = textOf(events);
    expect(stored).not.toContain('ada@example');
    expect(stored).toContain('card number');
  });

  it('to a conversation that is over on the platform is 410', async () => {
    const conversation = stage.conversation({ postToUser: () => Promise.resolve({ kind: 'gone' }) });

    const { status, json } = await say(conversation, 0);

    expect([status, json['code']]).toEqual([410, 'ESC_CONVERSATION_GONE']);
  });

  it('of a bot that is not configured, or of one of several that is not named, is 422', async () => {
    const { conversationId } = stage.conversation();
    const body = { epoch: 0, id: 'm', text: 'Hello.' };
    const route = `/v1/conversations/${conversationId}/messages`;

    const unknown = await stage.as().call('POST', route, { body: { ...body, bot: 'nobody' } });
    const inherited = await stage.as().call('POST', route, { body: { ...body, bot: 'constructor' } });
    const unnamed = await stage.as('rival').call('POST', route, { body });
    const named = await stage.as('rival').call('POST', route, { body: { ...body, bot: 'second' } });

    for (const { status, json } of [unknown, inherited, unnamed])
      expect([status, json['code']]).toEqual([422, 'ESC_CONFIG_UNKNOWN_NAME']);
    expect(named.status).toBe(200);
  });
});

describe('an agent who is done', () => {
  it('gives the conversation back: the bot owns it under the next epoch; once more is no harm', async () => {
    const conversation = stage.conversation(connects);
    await escalate(conversation);
    await untilPhase(conversation, 'closed');
    const { epoch } = await owner(conversation);

    const early = await say(conversation, epoch + 1);
    const returned = await giveBack(conversation, epoch);
    const again = await giveBack(conversation, epoch);
    const said = await say(conversation, epoch + 1);

    expect(early.status).toBe(409);
    for (const { status, json } of [returned, again]) {
      expect(status).toBe(200);
      expect(ownershipSchema.parse(json)).toEqual({
        conversationId: conversation.conversationId,
        owner: 'bot',
        epoch: epoch + 1,
      });
    }
    expect(said.status).toBe(200);
  });

  it('of another epoch, or who never was, is refused, and that starts nothing', async () => {
    const conversation = stage.conversation(connects);
    const never = await giveBack(conversation, 0);
    await escalate(conversation);
    await untilPhase(conversation, 'closed');

    const old = await giveBack(conversation, 1);

    expect([never.status, never.json['code'], never.json['owner']]).toEqual([409, 'ESC_NOT_OWNER', 'bot']);
    expect([old.status, old.json['owner'], old.json['epoch']]).toEqual([409, 'agent', 2]);
    await until('the list to settle', async () => (await runs(conversation)) === 1);
  });

  it('leaves the escalation that was as it was', async () => {
    const conversation = stage.conversation(connects);
    await escalate(conversation);
    await untilPhase(conversation, 'closed');
    const before = await stage.as().call('GET', conversation.path);
    await giveBack(conversation, 2);
    await say(conversation, 3);

    const after = await stage.as().call('GET', conversation.path);
    const explained = await stage.as().call('GET', `${conversation.path}/explain`);

    expect(after.json).toEqual(before.json);
    expect(explained.json).toHaveProperty('transfers.0.standing', 'connected');
  });
});

describe('the epoch', () => {
  it('goes on over escalations, and known requests stay known', async () => {
    const conversation = stage.conversation(connects);
    await escalate(conversation, 'r1');
    await untilPhase(conversation, 'closed');
    await giveBack(conversation, 2);
    await say(conversation, 3);

    const known = await escalate(conversation, 'r1');
    const second = await escalate(conversation, 'r2');
    await until('the second escalation', async () => (await owner(conversation)).epoch === 5);
    await untilPhase(conversation, 'closed');
    const first = await escalate(conversation, 'r1');

    expect(known.json['taken']).toBe('known');
    expect(second.json['taken']).toBe('started');
    expect(await owner(conversation)).toEqual({ owner: 'agent', epoch: 5 });
    expect(first.json['taken']).toBe('known');
    expect(conversation.world.notices.map(({ epoch }) => epoch)).toEqual([2, 5]);
  });

  it('of a run that was terminated is never used again', async () => {
    const conversation = stage.conversation();
    await escalate(conversation);
    await untilPhase(conversation, 'queued');
    await stage.client.workflow.getHandle(stage.workflowId(conversation.conversationId)).terminate();

    const freed = await owner(conversation);
    const stale = await say(conversation, 0);
    const said = await say(conversation, freed.epoch);
    const again = await escalate(conversation, 'r2');
    await untilPhase(conversation, 'queued');

    expect(freed).toEqual({ owner: 'bot', epoch: 2 });
    expect([stale.status, said.status, again.status]).toEqual([409, 200, 202]);
    expect((await owner(conversation)).epoch).toBeGreaterThan(freed.epoch);
  });

  it('of a run that was terminated bounds the next escalation, also without a worker', async () => {
    const conversation = stage.conversation();
    await escalate(conversation);
    await untilPhase(conversation, 'queued');
    await stage.client.workflow.getHandle(stage.workflowId(conversation.conversationId)).terminate();

    const again = await escalate(conversation, 'r2');
    await untilPhase(conversation, 'queued');

    expect(again.json['taken']).toBe('started');
    expect((await owner(conversation)).epoch).toBeGreaterThan(2);
    expect((await say(conversation, 1)).status).toBe(409);
  });
});

describe('a request that comes while the bot is speaking', () => {
  it('begins an escalation after the message; the message is not talked over', async () => {
    let release = (): void => undefined;
    const held = new Promise<void>((resolve) => (release = resolve));
    const conversation = stage.conversation({
      postToUser: async ({ messages }) => {
        if (messages[0]?.id === 'm-1') await held;
        return { kind: 'posted' };
      },
    });
    const said = say(conversation, 0, 'm-1', 'I will get someone.');
    await until('the post', () => conversation.world.seen.includes('post m-1'));

    const { status, json } = await escalate(conversation);
    const view = await stage.as().call('GET', conversation.path);
    const late = await say(conversation, 0, 'm-2', 'Still here?');
    expect(conversation.world.transfers).toEqual([]);
    release();
    await untilPhase(conversation, 'queued');

    expect([status, json['taken']]).toEqual([202, 'started']);
    expect([view.status, view.json['status'], view.json['phase']]).toEqual([200, 'open', 'planning']);
    expect((await said).status).toBe(200);
    expect(late.status).toBe(409);
    expect(conversation.world.userRead[0]).toBe('I will get someone.');
    expect(conversation.world.userRead).not.toContain('Still here?');
  });
});

describe('without a worker', () => {
  it('is 503 ESC_NO_WORKER', async () => {
    const conversation = stage.conversation();
    await escalate(conversation);
    await untilPhase(conversation, 'queued');
    await stage.stopWorker();
    try {
      const [asking, saying] = await Promise.all([
        stage.as().call('GET', `${path(conversation)}/owner`),
        say(conversation, 0),
      ]);

      for (const { status, json, headers } of [asking, saying]) {
        expect([status, json['code']]).toEqual([503, 'ESC_NO_WORKER']);
        expect(Number(headers['retry-after'])).toBeGreaterThan(0);
      }
    } finally {
      await stage.startWorker();
    }
  });

  it.each([
    ['cancelEscalation', 'escalations', 'cancel', {}],
    ['userLeft', 'escalations', 'user-left', {}],
    ['postUserMessage', 'conversations', 'user-messages', { id: 'u1', text: 'Hello?' }],
  ] as const)('%s of a run that may only speak is 503 as described', async (name, kind, action, body) => {
    const conversation = stage.conversation();
    await stage.stopWorker();
    try {
      await say(conversation, 0);

      const url = `/v1/${kind}/${conversation.conversationId}/${action}`;
      const { status, json } = await stage.as().call('POST', url, { body });

      expect([status, json['code']]).toEqual([503, 'ESC_NO_WORKER']);
      expect(problemsOf(ROUTES[name])).toContain('ESC_NO_WORKER');
    } finally {
      await stage.startWorker();
    }
  });
});
