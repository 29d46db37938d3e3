// Each activity by itself, over real simulators: what it asks of the world, and how faults reach the workflow.
import { ApplicationFailure } from '@temporalio/common';
import type { Notice } from '../../domain/notice';
import { uniqueId } from '../support/builders';
import { anActivity, createActivityStage, inActivity, type ActivityStage } from './stage';

let stage: ActivityStage;

beforeAll(async () => {
  stage = await createActivityStage();
});
afterAll(() => stage.close());
afterEach(async () => {
  await stage.desk.clearFaults();
  await stage.bot.clearFaults();
});

function aTransfer(overrides: { connector?: string; skill?: string; conversationId?: string } = {}) {
  const conversationId = overrides.conversationId ?? uniqueId('conv');
  return {
    tenant: 'acme',
    connector: overrides.connector ?? 'desk',
    conversationId,
    transferId: `${conversationId}/r1/0`,
    target: { kind: 'skill', id: overrides.skill ?? '4711' } as const,
  };
}

function aNotice(overrides: Partial<Notice> = {}): Notice {
  const conversationId = uniqueId('conv');
  return {
    id: `${conversationId}/r1/escalation.connected`,
    type: 'escalation.connected',
    conversationId,
    requestId: 'r1',
    sequence: 1,
    attempt: 1,
    epoch: 1,
    at: Date.UTC(2026, 0, 1),
    ...overrides,
  };
}

async function failureOf(run: Promise<unknown>): Promise<ApplicationFailure> {
  const error: unknown = await run.then(
    () => new Error('it did not fail'),
    (reason: unknown) => reason,
  );
  if (error instanceof ApplicationFailure) return error;
  throw error;
}

describe('plan', () => {
  test('makes the plan of a configured integration', async () => {
    const request = { requestId: 'r1', integration: 'sales' };

    const plan = await inActivity(() =>
      stage.activities.plan({ tenant: 'acme', conversationId: 'c', request }),
    );

    expect(plan.rungs.map(({ target }) => target.id)).toEqual(['1001']);
    expect(plan.bot).toBe('shop');
  });

  test('fails for good when the integration or the tenant is unknown', async () => {
    const request = { requestId: 'r1', integration: 'nobody' };
    const unknown = await failureOf(
      inActivity(() => stage.activities.plan({ tenant: 'acme', conversationId: 'c', request })),
    );
    const stranger = await failureOf(
      inActivity(() => stage.activities.plan({ tenant: 'other', conversationId: 'c', request })),
    );

    expect([unknown.type, unknown.nonRetryable]).toEqual(['ESC_PLAN_UNKNOWN_INTEGRATION', true]);
    expect([stranger.type, stranger.nonRetryable]).toEqual(['ESC_CONFIG_UNKNOWN_NAME', true]);
  });
});

describe('postToUser', () => {
  test('posts in order, and nothing twice when it is repeated', async () => {
    const conversationId = uniqueId('conv');
    const messages = [1, 2, 3].map((n) => ({ id: `${conversationId}/m${n}`, text: `line ${n}` }));
    const input = { tenant: 'acme', bot: 'shop', conversationId, messages };

    await inActivity(() => stage.activities.postToUser(input));
    await inActivity(() => stage.activities.postToUser(input));

    const { transcripts } = await stage.bot.state();
    expect(transcripts[conversationId]?.map(({ text }) => text)).toEqual(['line 1', 'line 2', 'line 3']);
  });

  test('says that the conversation is gone instead of failing', async () => {
    const conversationId = uniqueId('conv');
    await stage.bot.endConversation(conversationId);
    const messages = [{ id: `${conversationId}/m1`, text: 'hello?' }];

    const posted = await inActivity(() =>
      stage.activities.postToUser({ tenant: 'acme', bot: 'shop', conversationId, messages }),
    );

    expect(posted.kind).toBe('gone');
  });
});

describe('requestTransfer', () => {
  test('keeps the raw answer only when a result mapping wants it', async () => {
    const without = await inActivity(() => stage.activities.requestTransfer(aTransfer()));
    const with_ = await inActivity(() => stage.activities.requestTransfer({ ...aTransfer(), keepRaw: true }));

    expect(without).not.toHaveProperty('raw');
    expect(with_).toHaveProperty('raw');
  });

  test('passes on how long the desk wants Baton to wait', async () => {
    await stage.desk.fault({ kind: 'status', status: 429, retryAfter: '7', on: 'transfer.requested' });

    const failure = await failureOf(
      inActivity(() => stage.activities.requestTransfer(aTransfer({ connector: 'limited' }))),
    );

    expect(failure).toMatchObject({
      type: 'ESC_PLATFORM_RATE_LIMITED',
      nonRetryable: false,
      nextRetryDelay: 7_000,
    });
    expect(failure.details).toEqual([{ retryAfterMs: 7_000 }]);
  });

  test('says that the result is unknown when the answer is lost, and makes one transfer of two calls', async () => {
    const input = aTransfer();
    await stage.desk.fault({ kind: 'lostAnswer', on: 'transfer.requested' });

    const failure = await failureOf(inActivity(() => stage.activities.requestTransfer(input)));
    const again = await inActivity(() => stage.activities.requestTransfer(input));

    expect(failure.details).toEqual([{ resultUnknown: true }]);
    expect(again.kind).not.toBe('declined');
    const { transfers } = await stage.desk.state();
    expect(Object.values(transfers).filter(({ transferId }) => transferId === input.transferId)).toHaveLength(
      1,
    );
  });

  test('gives a call up at the activity’s own timeout, although nobody cancels it', async () => {
    await stage.desk.fault({ kind: 'hang', on: 'transfer.requested' });
    const env = anActivity({ startToCloseTimeoutMs: 300 });

    const failure = await failureOf(inActivity(() => stage.activities.requestTransfer(aTransfer()), env));

    expect(failure).toMatchObject({ type: 'ESC_PLATFORM_TIMEOUT', nonRetryable: false });
  });

  test('fails for good when the connector was removed', async () => {
    const failure = await failureOf(
      inActivity(() => stage.activities.requestTransfer(aTransfer({ connector: 'gone' }))),
    );

    expect([failure.type, failure.nonRetryable]).toEqual(['ESC_CONFIG_UNKNOWN_NAME', true]);
  });

  test('never repeats message text or secrets in a failure', async () => {
    await stage.desk.fault({ kind: 'status', status: 500, on: 'transfer.requested' });
    const message = { id: 'm1', text: 'canary-text' };

    const failure = await failureOf(
      inActivity(() => stage.activities.requestTransfer({ ...aTransfer(), message })),
    );

    expect(JSON.stringify([failure.message, failure.details])).not.toMatch(/canary-text|whsec_/);
  });
});

describe('awaitAnswer', () => {
  test('resolves when a human joins, not when one is rung', async () => {
    const { liveperson, activities } = stage;
    const { conversationId } = await liveperson.control.createConversation({ assignedTo: 'baton-bot' });
    const input = aTransfer({ connector: 'liveperson', skill: '4712', conversationId });
    await inActivity(() => activities.requestTransfer(input));

    const event = await inActivity(() => activities.awaitAnswer({ ...input, seen: 'queued' }));

    expect(event).toEqual({ kind: 'connected', agentId: '12345678.2101' });
  });

  test('heartbeats while it waits, and ends when it is cancelled', async () => {
    const { liveperson, activities } = stage;
    const { conversationId } = await liveperson.control.createConversation({ assignedTo: 'baton-bot' });
    const input = aTransfer({ connector: 'liveperson', skill: '4711', conversationId });
    await inActivity(() => activities.requestTransfer(input));
    const env = anActivity({ heartbeatTimeoutMs: 100 });
    const beaten = new Promise<void>((resolve) => {
      env.once('heartbeat', () => resolve());
    });

    const waiting = env.run(() => activities.awaitAnswer({ ...input, seen: 'queued' }));
    await beaten;
    env.cancel();

    await expect(waiting).rejects.toMatchObject({ name: 'CancelledFailure' });
  });
});

describe('withdrawTransfer', () => {
  test('takes the request back, and says so when a human was faster', async () => {
    const open = aTransfer();
    await inActivity(() => stage.activities.requestTransfer(open));
    const taken = aTransfer();
    await inActivity(() => stage.activities.requestTransfer(taken));
    await stage.desk.accept(taken.transferId, { agentId: 'maria' });

    const withdrawn = await inActivity(() => stage.activities.withdrawTransfer(open));
    const tooLate = await inActivity(() => stage.activities.withdrawTransfer(taken));

    expect(withdrawn).toEqual({ kind: 'withdrawn' });
    expect(tooLate).toEqual({ kind: 'connected', agentId: 'maria' });
  });
});

describe('checkTarget', () => {
  test('skips a skill that does not exist and goes for one that does', async () => {
    const missing = await inActivity(() =>
      stage.activities.checkTarget(aTransfer({ connector: 'liveperson', skill: '999' })),
    );
    const known = await inActivity(() =>
      stage.activities.checkTarget(aTransfer({ connector: 'liveperson', skill: '4712' })),
    );

    expect(missing).toEqual({ kind: 'skip', reason: 'invalid_target' });
    expect(known).toEqual({ kind: 'go' });
  });
});

describe('transformResult', () => {
  const input = {
    tenant: 'acme',
    integration: 'sales',
    conversationId: 'c',
    raw: { code: 200, skillId: '4712' },
    variables: {},
    now: 0,
    seed: 's',
  };

  test('gives the platform’s own status and the custom data fields to the bot', async () => {
    const mapping = { responseVariable: 'transfer', customData: { skill: '{$.api_transfer.skillId}' } };

    const { data } = await inActivity(() => stage.activities.transformResult({ ...input, mapping }));

    expect(data).toMatchObject({ api_transferStatus: 200, 'sales.skill': '4712' });
  });

  test('reports a failing script instead of failing', async () => {
    const mapping = { responseVariable: 'transfer', script: 'throw new Error("no")' };

    const { error } = await inActivity(() => stage.activities.transformResult({ ...input, mapping }));

    expect(error).toMatch(/^ESC_TRANSFORM_SCRIPT_FAILED/);
  });
});

describe('deliverNotice', () => {
  test('sends a signed webhook under the notice’s own id, so that the bot hears it once', async () => {
    const notice = aNotice();

    await inActivity(() => stage.activities.deliverNotice({ tenant: 'acme', bot: 'shop', notice }));
    await inActivity(() => stage.activities.deliverNotice({ tenant: 'acme', bot: 'shop', notice }));

    const { notices } = await stage.bot.state();
    const heard = notices.filter(({ data }) => data.noticeId === notice.id);
    expect(heard).toMatchObject([{ type: 'escalation.connected', deliveries: 2 }]);
  });

  test('signals a bot that is a workflow', async () => {
    const notice = aNotice();

    await inActivity(() => stage.activities.deliverNotice({ tenant: 'acme', bot: 'workflow', notice }));

    expect(stage.signals).toContainEqual({ workflowId: 'bot-1', signal: 'handoff', notice });
  });

  test('gives up on an endpoint that says it is gone', async () => {
    await stage.bot.fault({ kind: 'status', status: 410 });

    const failure = await failureOf(
      inActivity(() => stage.activities.deliverNotice({ tenant: 'acme', bot: 'shop', notice: aNotice() })),
    );

    expect([failure.type, failure.nonRetryable]).toEqual(['ESC_NOTICE_GONE', true]);
  });
});

describe('the accounts of a worker', () => {
  test('log in before the first escalation asks for them', async () => {
    const fresh = await createActivityStage();

    await fresh.accounts.warmUp();

    expect((await fresh.liveperson.control.sockets({})).sockets).toMatchObject([{ userId: '1001' }]);
    await fresh.close();
  });
});
