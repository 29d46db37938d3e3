// What a bot's endpoint says when it takes no notice: "not before" is kept to, "no more" stops the tries.
import { outboxQuery, redeliverSignal } from '../../workflows/messages';
import { aFault } from '../support/faults';
import { createStage, type Scene, type Stage } from '../support/time-skipping-stage';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

let stage: Stage;

beforeEach(async () => {
  stage = await createStage();
});
afterEach(() => stage.close());

const outboxOf = (scene: Scene): ReturnType<Scene['outbox']> => scene.outbox('r1', 'escalation.connected');

test('tries no more once the endpoint is gone, until an operator asks for it', async () => {
  const bot = { gone: true, asked: 0 };
  const deliverNotice = (): void => {
    bot.asked += 1;
    if (bot.gone) throw aFault('ESC_NOTICE_GONE');
  };
  const options = {
    record: 'notice-gone',
    deliverNotice,
    requestTransfer: () => ({ kind: 'connected' as const }),
  };
  await stage.play(options, async (scene) => {
    // Not by its result: while that is awaited, time flies, and an operator has a week.
    await scene.until(async () => (await scene.handle.describe()).status.name === 'COMPLETED');
    await scene.until(async () => (await outboxOf(scene).query(outboxQuery)).undelivered.length === 1);
    await scene.pass(30 * HOUR);
    expect(bot.asked).toBe(1);
    bot.gone = false;
    await outboxOf(scene).signal(redeliverSignal);

    expect(await outboxOf(scene).result()).toEqual({ delivered: 1 });
  });
});

test('waits as long as the endpoint asks before the next try', async () => {
  const bot = { up: false };
  const deliverNotice = (): void => {
    if (!bot.up) throw aFault('ESC_NOTICE_NOT_TAKEN', { retryAfterMs: 10 * MINUTE });
  };
  const options = { deliverNotice, requestTransfer: () => ({ kind: 'connected' as const }) };
  await stage.play(options, async (scene) => {
    await scene.handle.result();
    await scene.until(async () => (await outboxOf(scene).query(outboxQuery)).tries === 1);
    await scene.pass(8 * MINUTE);
    expect((await outboxOf(scene).query(outboxQuery)).tries).toBe(1);
    bot.up = true;

    expect(await outboxOf(scene).result()).toEqual({ delivered: 1 });
  });
});
