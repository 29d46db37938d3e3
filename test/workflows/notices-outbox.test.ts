// A bot that cannot be reached: its notices go on in an outbox, in order, for days, and hold up nothing.
import { defineSearchAttributeKey } from '@temporalio/common';
import { enqueueNoticeSignal, outboxQuery, redeliverSignal } from '../../workflows/messages';
import { aRequest } from '../support/builders';
import { aFault } from '../support/faults';
import {
  createStage,
  playAlone,
  type Scene,
  type SceneOptions,
  type Stage,
} from '../support/time-skipping-stage';

// The scenes of this stage need no time to pass: see playAlone.
let stage: Stage;

beforeAll(async () => {
  stage = await createStage();
});
afterAll(() => stage.close());

const undelivered = defineSearchAttributeKey('BatonNoticeUndelivered', 'BOOL');
const HOUR = 3_600_000;

/** A bot that takes nothing until `bot.up`; its retry window is short. */
function aBotThatIsDown(options: SceneOptions = {}): { bot: { up: boolean }; options: SceneOptions } {
  const bot = { up: false };
  const deliverNotice = (): void => {
    if (!bot.up) throw aFault('ESC_NOTICE_NOT_TAKEN');
  };
  return { bot, options: { deliverNotice, requestTransfer: () => ({ kind: 'connected' }), ...options } };
}

const types = (scene: Scene): string[] => scene.world.notices.map(({ type }) => type);

test('ends the escalation at once and delivers the notice later', async () => {
  const { bot, options } = aBotThatIsDown({ record: 'notice-late' });
  await playAlone(options, async (scene) => {
    expect((await scene.handle.result()).outcome?.kind).toBe('connected');
    expect(scene.world.notices).toEqual([]);
    const outbox = scene.outbox('r1', 'escalation.connected');
    const { typedSearchAttributes } = await outbox.describe();
    expect(typedSearchAttributes.get(undelivered)).toBe(true);
    bot.up = true;

    expect(await outbox.result()).toEqual({ delivered: 1 });
    expect(types(scene)).toEqual(['escalation.connected']);
    expect((await outbox.describe()).typedSearchAttributes.get(undelivered)).toBe(false);
  });
});

test('delivers the notices of one escalation in order, once the bot is back', async () => {
  const { bot, options } = aBotThatIsDown({
    record: 'notices-in-order',
    requestTransfer: () => ({ kind: 'declined', reason: 'no_agents' }),
  });
  await stage.play(options, async (scene) => {
    for (const requestId of ['r2', 'r3']) {
      await scene.until(async () => (await scene.status()).phase === 'awaiting_bot');
      await scene.ask(aRequest({ requestId }));
    }
    await scene.until(async () => (await scene.status()).attempts.length === 3);
    const outbox = scene.outbox('r1', 'escalation.failed');
    await scene.until(async () => (await outbox.query(outboxQuery)).undelivered.length === 3);
    bot.up = true;
    await outbox.signal(redeliverSignal);
    await outbox.result();

    expect(scene.world.notices.map(({ requestId }) => requestId)).toEqual(['r1', 'r2', 'r3']);
    await scene.ask(aRequest({ requestId: 'r4' }));
    await scene.handle.result();
    expect(types(scene).at(-1)).toBe('escalation.ended');
  });
});

test('tells the bot directly again once the outbox has delivered everything', async () => {
  const { bot, options } = aBotThatIsDown({
    requestTransfer: ({ transferId }) =>
      transferId.includes('/r1/') ? { kind: 'declined', reason: 'no_agents' } : { kind: 'connected' },
  });
  await stage.play(options, async (scene) => {
    const outbox = scene.outbox('r1', 'escalation.failed');
    await scene.until(async () => (await scene.status()).phase === 'awaiting_bot');
    bot.up = true;
    await outbox.signal(redeliverSignal);
    await outbox.result();
    await scene.ask(aRequest({ requestId: 'r2' }));
    await scene.handle.result();

    expect(types(scene)).toEqual(['escalation.failed', 'escalation.connected']);
    expect((await scene.story()).filter((line) => line === 'bot_told')).toHaveLength(1);
  });
});

test('tries at once when an operator asks for it', async () => {
  const { bot, options } = aBotThatIsDown();
  await playAlone(options, async (scene) => {
    await scene.handle.result();
    const outbox = scene.outbox('r1', 'escalation.connected');
    await scene.pass(HOUR);
    const before = await outbox.query(outboxQuery);
    bot.up = true;
    await outbox.signal(redeliverSignal);
    await scene.until(() => scene.world.notices.length === 1);

    expect(before).toMatchObject({ tries: 4, undelivered: [{ type: 'escalation.connected' }] });
  });
});

test('gives up after 75 hours of trying and a week of waiting for an operator', async () => {
  const { options } = aBotThatIsDown({ record: 'notice-given-up' });
  await playAlone(options, async (scene) => {
    await scene.handle.result();
    const outbox = scene.outbox('r1', 'escalation.connected');
    await scene.pass(90 * HOUR);
    expect((await outbox.query(outboxQuery)).tries).toBe(10);
    expect((await outbox.describe()).status.name).toBe('RUNNING');

    await expect(outbox.result()).rejects.toMatchObject({ cause: { type: 'ESC_NOTICE_UNDELIVERED' } });
    expect((await outbox.describe()).typedSearchAttributes.get(undelivered)).toBe(true);
  });
});

test('delivers on an operator’s word after it stopped trying by itself', async () => {
  const { bot, options } = aBotThatIsDown({ record: 'notice-redelivered' });
  await playAlone(options, async (scene) => {
    await scene.handle.result();
    const outbox = scene.outbox('r1', 'escalation.connected');
    await scene.pass(100 * HOUR);
    bot.up = true;
    await scene.pass(20 * HOUR);
    expect(scene.world.notices).toEqual([]);
    await outbox.signal(redeliverSignal);

    expect(await outbox.result()).toEqual({ delivered: 1 });
  });
});

test('is not held up by a notice that hangs on while the user waits for the next attempt', async () => {
  const { bot, options } = aBotThatIsDown({
    requestTransfer: ({ transferId }) =>
      transferId.includes('/r1/') ? { kind: 'declined', reason: 'no_agents' } : { kind: 'connected' },
  });
  await stage.play(options, async (scene) => {
    await scene.until(async () => (await scene.status()).phase === 'awaiting_bot');
    await scene.ask(aRequest({ requestId: 'r2' }));

    expect(await scene.handle.result()).toMatchObject({ outcome: { kind: 'connected' }, attempts: 2 });
    bot.up = true;
    const outbox = scene.outbox('r1', 'escalation.failed');
    await outbox.signal(redeliverSignal);
    await outbox.result();
    expect(types(scene)).toEqual(['escalation.failed', 'escalation.connected']);
  });
});

test('takes no harm from notices that are none, and a notice that comes twice for one', async () => {
  const { bot, options } = aBotThatIsDown({
    requestTransfer: () => ({ kind: 'declined', reason: 'no_agents' }),
  });
  await stage.play(options, async (scene) => {
    await scene.until(async () => (await scene.status()).phase === 'awaiting_bot');
    const outbox = scene.outbox('r1', 'escalation.failed');
    const first = (await outbox.query(outboxQuery)).undelivered[0];
    for (const bad of [null, undefined, 7, 'x', {}, { id: 1 }, []]) {
      await outbox.signal(enqueueNoticeSignal, bad as never);
    }
    await outbox.signal(enqueueNoticeSignal, first as never);
    expect((await outbox.query(outboxQuery)).undelivered).toHaveLength(1);
    bot.up = true;
    await outbox.signal(redeliverSignal);

    expect(await outbox.result()).toEqual({ delivered: 1 });
    await scene.cancel();
    await scene.handle.result();
  });
});

describe.each([
  ['the user leaves', (scene: Scene): Promise<unknown> => scene.userLeaves(), 'escalation.abandoned'],
  ['the bot cancels', (scene: Scene): Promise<unknown> => scene.cancel(), 'escalation.cancelled'],
  ['an operator cancels', (scene: Scene): Promise<unknown> => scene.handle.cancel(), 'escalation.cancelled'],
])('when %s while an outbox waits', (_who, does, type) => {
  test('the notice of it waits behind the others', async () => {
    const { bot, options } = aBotThatIsDown({
      requestTransfer: () => ({ kind: 'declined', reason: 'no_agents' }),
    });
    await stage.play(options, async (scene) => {
      await scene.until(async () => (await scene.status()).phase === 'awaiting_bot');
      await does(scene);
      await scene.handle.result().catch(() => undefined);
      bot.up = true;
      const outbox = scene.outbox('r1', 'escalation.failed');
      await outbox.signal(redeliverSignal);
      await outbox.result();

      expect(types(scene)).toEqual(['escalation.failed', type]);
    });
  });
});
