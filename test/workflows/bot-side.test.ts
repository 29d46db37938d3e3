// What a bot's platform wants of an escalation: to be told first, to be kept alive, to be called with the newest that it
// gave; and what a bot that receives the conversation says.
import type { TransferReply } from '../../activities/types';
import type { BotState } from '../../domain/bot-state';
import { outboxQuery, receiverQuery } from '../../workflows/messages';
import { aChatPlan, aPlan, aRequest, aRung } from '../support/builders';
import { aFault, aGate } from '../support/faults';
import { agentEnds, agentGot, joins, userGot } from '../support/relay-scene';
import { createStage, playAlone, type SceneOptions, type Stage } from '../support/time-skipping-stage';
import { carryAll } from '../support/world';

let stage: Stage;

beforeAll(async () => {
  stage = await createStage();
});
afterAll(() => stage.close());

const given = (generation: number): BotState => ({ generation, url: `https://kore.example/${generation}` });
const connected = (): TransferReply => ({ kind: 'connected', agentId: 'maria' });
const FOUR_MINUTES = 240_000;

test('says nothing to the user before the bot’s platform knows that the conversation is handed off', async () => {
  const gate = aGate();
  await stage.play(
    {
      record: 'bot-side-told-first',
      plan: aPlan({ noticesInOwnWords: true, progress: ['accepted'], botSide: { tellsFirst: true } }),
      requestTransfer: connected,
      deliverNotice: async ({ type }) => {
        if (type === 'escalation.accepted') await gate.pass();
      },
    },
    async (scene) => {
      await scene.until(() => gate.waiting === 1);
      const before = [...scene.world.userRead];
      gate.open();
      expect(before).toEqual([]);
      await scene.handle.result();

      expect(scene.world.notices.map(({ type }) => type)).toEqual([
        'escalation.accepted',
        'escalation.connected',
      ]);
      expect(scene.world.userRead).toHaveLength(1);
    },
  );
});

test('keeps the conversation alive while it is away from the bot, and not longer', async () => {
  await stage.play(
    {
      record: 'bot-side-kept-alive',
      plan: aChatPlan({ botSide: { extendEveryMs: FOUR_MINUTES } }),
      request: aRequest({ botState: given(1) }),
    },
    async (scene) => {
      const extended = (): number => scene.world.seen.filter((line) => line === 'extend').length;
      await scene.until(() => scene.world.transfers.length > 0);
      await joins(scene);
      await scene.pass(FOUR_MINUTES + 1_000);
      await scene.until(() => extended() === 1);
      await scene.pass(FOUR_MINUTES);
      await scene.until(() => extended() === 2);
      await agentEnds(scene);
      await scene.handle.result();
      expect(extended()).toBe(2);
    },
  );
});

test('news from the platform is as good as keeping it alive, and every later call uses it', async () => {
  const states: (BotState | undefined)[] = [];
  await stage.play(
    {
      record: 'bot-side-newest-state',
      plan: aChatPlan({ botSide: { extendEveryMs: FOUR_MINUTES } }),
      request: aRequest({ botState: given(1) }),
      extendConversation: ({ botState }) => Promise.resolve(void states.push(botState)),
      carry: (input, world) => {
        states.push(input.botState);
        return carryAll(input, world);
      },
    },
    async (scene) => {
      await joins(scene);
      await scene.pass(200_000);
      await scene.handle.signal('userMessage', { id: 'u1', text: 'u1', botState: given(3) });
      await scene.until(() => agentGot(scene).length === 1);
      await scene.handle.signal('userMessage', { id: 'u2', text: 'u2', botState: given(2) });
      await scene.until(() => agentGot(scene).length === 2);
      await scene.pass(200_000);
      expect(scene.world.seen).not.toContain('extend');
      await scene.pass(FOUR_MINUTES);
      await scene.until(() => states.length === 3);
      await agentEnds(scene);
      await scene.handle.result();

      expect(states).toEqual([given(3), given(3), given(3)]);
    },
  );
});

test('what waits in an outbox is told with the newest that the platform gave, and tried again soon', async () => {
  const told: string[] = [];
  let isUp = false;
  const options: SceneOptions = {
    plan: aChatPlan({ noticesInOwnWords: true, progress: ['accepted'], botSide: { tellsFirst: true } }),
    request: aRequest({ botState: given(1) }),
    deliverNotice: ({ type }, _world, botState) => {
      if (!isUp) throw aFault('ESC_NOTICE_NOT_TAKEN');
      told.push(`${type} ${botState?.generation}`);
    },
  };
  await playAlone(options, async (scene) => {
    await scene.until(() => scene.world.transfers.length > 0);
    await scene.deskTells('r1', 0, [{ kind: 'connected', agentId: 'maria' }]);
    await scene.handle.signal('userMessage', { id: 'u1', text: 'u1', botState: given(3) });
    await scene.until(() => agentGot(scene).length === 1);
    await agentEnds(scene);
    const outbox = scene.outbox('r1', 'escalation.accepted');
    await scene.until(async () => (await outbox.query(outboxQuery)).undelivered.length === 3);
    await scene.pass(300_000);
    const { tries } = await outbox.query(outboxQuery);
    isUp = true;
    await outbox.result();

    expect(tries).toBeGreaterThan(6);
    expect(told).toEqual(['escalation.accepted 3', 'escalation.connected 3', 'escalation.returned 3']);
  });
});

test('says why the bot escalates, where it tells', async () => {
  await stage.play(
    { request: aRequest({ reason: 'user_request' }), requestTransfer: connected },
    async (scene) => {
      await scene.handle.result();
      expect(await scene.status()).toMatchObject({ reason: 'user_request' });
    },
  );
});

test('gives the agent what was said before, where the platform keeps it', async () => {
  const transcript = [{ from: 'user', text: 'Where is my parcel?' } as const];
  await stage.play(
    {
      record: 'bot-side-transcript',
      plan: aPlan({ botSide: { readsTranscript: true } }),
      requestTransfer: connected,
      readTranscript: () => Promise.resolve(transcript),
    },
    async (scene) => {
      await scene.handle.result();
      expect(scene.world.transfers[0]?.context).toEqual({ transcript });
    },
  );
});

test('hands off without what was said before if that cannot be read', async () => {
  await stage.play(
    {
      plan: aPlan({ botSide: { readsTranscript: true } }),
      requestTransfer: connected,
      readTranscript: () => Promise.reject(aFault('ESC_PLATFORM_REJECTED')),
    },
    async (scene) => {
      const result = await scene.handle.result();
      expect(result.outcome).toMatchObject({ kind: 'connected' });
      expect(scene.world.transfers[0]?.context).toBeUndefined();
      expect(await scene.story()).toContain('transcript_not_read');
    },
  );
});

test('leaves the answer to the bot when no target that it named can be tried', async () => {
  await stage.play(
    {
      record: 'bot-side-no-target',
      plan: aPlan({
        rungs: [],
        retryWindowMs: 1_000,
        problem: { reason: 'invalid_target', detail: 'the bot named no target', silent: true },
      }),
    },
    async (scene) => {
      await scene.until(() => scene.world.notices.length === 1);
      expect(scene.world.notices[0]).toMatchObject({
        type: 'escalation.failed',
        reason: 'invalid_target',
        detail: 'the bot named no target',
      });
      expect(scene.world.userRead).toEqual([]);
      // As everything that is answered, the outcome has what its schema has and no more.
      expect((await scene.status()).attempts.map(({ outcome }) => outcome)).toEqual([
        { kind: 'failed', reason: 'invalid_target', detail: 'the bot named no target' },
      ]);
      // But where the bot does not answer, the user is not left without one.
      await scene.handle.result();
      expect(scene.world.userRead).toEqual([aPlan().failureMessage]);
    },
  );
});

const SAID = [
  { id: 'w1', text: 'Hello, I am the order bot.', delayMs: 0 },
  { id: 'w2', text: 'Which order?', delayMs: 0 },
];

test('the first words of a receiving bot reach the user before what it says later', async () => {
  await stage.play(
    {
      record: 'bot-side-receiver-relayed',
      plan: aChatPlan(),
      requestTransfer: () => ({ kind: 'connected', agentId: 'order-bot', said: SAID }),
      carry: (input, world) => {
        const words = input.toAgent.messages.map(({ id }) => ({
          id: `answer/${id}`,
          word: { kind: 'message', message: { id: `answer/${id}`, text: 'Thank you.' } } as const,
        }));
        return { ...carryAll(input, world), ...(words.length > 0 && { words }) };
      },
    },
    async (scene) => {
      await scene.until(() => userGot(scene).length === 2);
      await scene.userWrites('u1');
      await scene.until(() => userGot(scene).length === 3);
      await agentEnds(scene);
      await scene.handle.result();

      expect(userGot(scene)).toEqual(['w1', 'w2', 'answer/u1']);
      expect(scene.world.notices[0]).toMatchObject({ type: 'escalation.connected', relayed: true });
    },
  );
});

test('a bot that hands on at once takes nobody whose messages Baton would carry: the next rung is tried', async () => {
  const [rung] = aChatPlan().rungs;
  const next = aRung({ skill: '4799' });
  await stage.play(
    {
      record: 'bot-side-hands-on',
      plan: aChatPlan({ rungs: [...(rung ? [rung] : []), next] }),
      requestTransfer: ({ target }) =>
        target.id === '4799'
          ? { kind: 'connected', agentId: 'maria' }
          : {
              kind: 'connected',
              chat: { generation: 1 },
              handsOn: { escalates: { messageId: 'm1', targets: [{ kind: 'bot', id: 'pong' }] } },
            },
    },
    async (scene) => {
      const result = await scene.handle.result();
      expect(result.outcome).toMatchObject({ kind: 'connected', rung: 1 });
      expect(scene.world.seen).toContain('close 4711');
    },
  );
});

test('tells whoever goes on with it which bot has taken the conversation over', async () => {
  const chat = { generation: 1, session: 's-1' };
  await stage.play(
    {
      plan: aPlan({ rungs: [{ ...aRung(), target: { kind: 'bot', id: '0Xx1' } }] }),
      requestTransfer: () => ({ kind: 'connected', agentId: '0Xx1', said: SAID, chat }),
    },
    async (scene) => {
      await scene.handle.result();
      expect(await scene.handle.query(receiverQuery)).toMatchObject({
        botId: '0Xx1',
        session: chat,
        said: SAID,
      });
      expect(scene.world.notices[0]).not.toHaveProperty('relayed');
      // For whoever is on call it is a story without message text.
      expect(JSON.stringify(await scene.explain())).not.toContain('order bot');
    },
  );
});

test('a platform that cannot be told at once holds up no user: it is told by the outbox, in order', async () => {
  let refusals = 2;
  // On a server of its own: the outbox lives through hours.
  const alone = await createStage();
  await alone.play(
    {
      plan: aPlan({ noticesInOwnWords: true, progress: ['accepted'], botSide: { tellsFirst: true } }),
      requestTransfer: connected,
      deliverNotice: () => {
        refusals -= 1;
        if (refusals >= 0) throw aFault('ESC_PLATFORM_UNREACHABLE');
      },
    },
    async (scene) => {
      await scene.handle.result();
      expect(scene.world.userRead).toHaveLength(1);
      const outbox = scene.outbox('r1', 'escalation.accepted');
      await outbox.result();

      expect(scene.world.notices.map(({ type }) => type)).toEqual([
        'escalation.accepted',
        'escalation.connected',
      ]);
    },
  );
  await alone.close();
});
