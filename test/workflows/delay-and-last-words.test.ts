// What the user reads before the transfer, and how long Baton waits after it.
import { aFallbackRung, aPlan, aRung, aWatchedDesk } from '../support/builders';
import { aFault } from '../support/faults';
import { createStage, type Stage } from '../support/time-skipping-stage';

let stage: Stage;

beforeAll(async () => {
  stage = await createStage();
});
afterAll(() => stage.close());

const TEXT = 'Hold on while I connect you with an agent.';
const connected = (): { kind: 'connected' } => ({ kind: 'connected' });
const carrying = aWatchedDesk({ events: 'webhook' });

test('posts the message, then waits the delay, then transfers', async () => {
  await stage.play(
    { record: 'delay', plan: aPlan({ interactionDelayMs: 6_000 }), requestTransfer: connected },
    async (scene) => {
      await scene.until(() => scene.world.userRead.length === 1);
      await scene.pass(5_000);
      expect(scene.world.seen).toEqual(['plan r1', 'post transfer']);
      expect(await scene.status()).toMatchObject({
        phase: 'delaying',
        waiting: { for: 'the interaction delay' },
      });
      await scene.pass(2_000);
      await scene.handle.result();
      expect(scene.world.seen.slice(2)).toEqual(['transfer 4711', 'notice escalation.connected']);
    },
  );
});

test('needs no timer where no delay is configured', async () => {
  await stage.play({ plan: aPlan({ interactionDelayMs: 0 }), requestTransfer: connected }, async (scene) => {
    await scene.handle.result();
    const { events } = await scene.handle.fetchHistory();
    const summaries = events?.map((event) => String(event.userMetadata?.summary?.data ?? ''));
    expect(summaries?.filter((summary) => summary.includes('Interaction delay'))).toEqual([]);
  });
});

test('sends no message for BLANK_MESSAGE', async () => {
  const { transferMessage: _none, ...plan } = aPlan();
  await stage.play({ record: 'blank-message', plan, requestTransfer: connected }, async (scene) => {
    await scene.handle.result();
    expect(scene.world.userRead).toEqual([]);
    expect(scene.world.transfers[0]?.message).toBeUndefined();
  });
});

test('posts the bot’s own last messages in order before the transfer message', async () => {
  const lastMessages = [
    { id: 'm1', text: 'One moment.' },
    { id: 'm2', text: 'I am looking for somebody.' },
  ];
  await stage.play(
    { record: 'bot-last-messages', plan: aPlan({ lastMessages }), requestTransfer: connected },
    async (scene) => {
      await scene.handle.result();
      expect(scene.world.userRead).toEqual(['One moment.', 'I am looking for somebody.', TEXT]);
      expect(scene.world.seen.slice(1, 4)).toEqual(['post m1', 'post m2', 'post transfer']);
    },
  );
});

test('lets the transfer call carry the message where the desk does', async () => {
  const plan = aPlan({
    rungs: [aRung({ desk: carrying })],
    lastMessages: [{ id: 'm1', text: 'One moment.' }],
  });
  await stage.play({ plan, requestTransfer: connected }, async (scene) => {
    await scene.handle.result();
    expect(scene.world.userRead).toEqual(['One moment.']);
    expect(scene.world.transfers[0]?.message).toEqual({
      id: `${scene.conversationId}/r1/transfer`,
      text: TEXT,
    });
  });
});

test('says the message once when two rungs in a row could carry it', async () => {
  const plan = aPlan({ rungs: [aRung({ desk: carrying }), aFallbackRung({ desk: carrying })] });
  await stage.play({ record: 'message-carried-once', plan }, async (scene) => {
    await scene.until(() => scene.world.transfers.length === 1);
    await scene.pass(181_000);
    await scene.until(() => scene.world.transfers.length === 2);
    await scene.deskSays('r1', 1, { kind: 'connected' });
    await scene.handle.result();

    expect(scene.world.transfers.map((transfer) => transfer.message?.text)).toEqual([TEXT, undefined]);
  });
});

test('carries the message again when the rung before declined it', async () => {
  const plan = aPlan({ rungs: [aRung({ desk: carrying }), aFallbackRung({ desk: carrying })] });
  await stage.play(
    {
      plan,
      requestTransfer: ({ target }) =>
        target.id === '4711' ? { kind: 'declined', reason: 'no_agents' } : { kind: 'connected' },
    },
    async (scene) => {
      await scene.handle.result();
      expect(scene.world.transfers.map((transfer) => transfer.message?.text)).toEqual([TEXT, TEXT]);
    },
  );
});

test('posts the message before a desk that does not carry it when the one that does is skipped', async () => {
  const rungs = [aRung({ desk: carrying, open: [] }), aRung({ connector: 'other', skill: 'queue-7' })];
  await stage.play(
    { record: 'message-posted-late', plan: aPlan({ rungs }), requestTransfer: connected },
    async (scene) => {
      await scene.handle.result();
      expect(scene.world.userRead).toEqual([TEXT]);
      expect(scene.world.seen.slice(1, 3)).toEqual(['post transfer', 'transfer queue-7']);
    },
  );
});

test('does not carry a message that was posted already', async () => {
  const rungs = [aRung(), aFallbackRung({ desk: carrying })];
  await stage.play(
    {
      plan: aPlan({ rungs }),
      requestTransfer: ({ target }) =>
        target.id === '4711' ? { kind: 'declined', reason: 'rejected' } : { kind: 'connected' },
    },
    async (scene) => {
      await scene.handle.result();
      expect(scene.world.userRead).toEqual([TEXT]);
      expect(scene.world.transfers[1]?.message).toBeUndefined();
    },
  );
});

test('transfers without the message when it cannot be posted', async () => {
  await stage.play(
    {
      record: 'message-not-posted',
      postToUser: () => Promise.reject(aFault('ESC_PLATFORM_REJECTED')),
      requestTransfer: connected,
    },
    async (scene) => {
      expect((await scene.handle.result()).outcome?.kind).toBe('connected');
      expect(await scene.story()).toContain('not_posted');
    },
  );
});

test('transfers nobody when the message finds that the user is gone', async () => {
  await stage.play(
    { record: 'gone-at-last-words', postToUser: () => Promise.resolve({ kind: 'gone' }) },
    async (scene) => {
      expect((await scene.handle.result()).outcome).toEqual({ kind: 'abandoned' });
      expect(scene.world.transfers).toEqual([]);
      expect(scene.world.notices.map((notice) => notice.type)).toEqual(['escalation.abandoned']);
    },
  );
});
