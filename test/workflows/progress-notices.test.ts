// What a bot is told while its attempt is worked on: logged always, told where it is asked for, holding up nothing.
import type { Notice } from '../../domain/notice';
import { outboxQuery, redeliverSignal } from '../../workflows/messages';
import { aPlan, aRequest, aRung, aWebhookDesk } from '../support/builders';
import { aFault, aGate } from '../support/faults';
import {
  createStage,
  playAlone,
  type Scene,
  type SceneOptions,
  type Stage,
} from '../support/time-skipping-stage';

let stage: Stage;

beforeAll(async () => {
  stage = await createStage();
});
afterAll(() => stage.close());

const everything = aPlan({ progress: ['accepted', 'queued', 'position'] });
const types = (scene: Scene): string[] => scene.world.notices.map(({ type }) => type);
const positions = (notices: readonly Notice[]): (number | undefined)[] =>
  notices.filter(({ type }) => type === 'escalation.position').map(({ position }) => position);
const deliveries = async (scene: Scene): Promise<string[]> =>
  (await scene.notices()).records.map(({ notice, delivery }) => `${notice.type} ${delivery.kind}`);

async function queueThenConnect(scene: Scene): Promise<void> {
  await scene.until(() => scene.world.transfers.length === 1);
  await scene.deskSays('r1', 0, { kind: 'position', position: 3, waitMs: 60_000 });
  await scene.until(() => scene.world.notices.length === 3 || !scene.world.script.plan);
  await scene.deskSays('r1', 0, { kind: 'connected', agentId: 'maria' });
}

test('logs every notice with its number, and tells only the outcome to a bot that asked for no more', async () => {
  await stage.play({}, async (scene) => {
    await queueThenConnect(scene);
    await scene.handle.result();

    expect(await deliveries(scene)).toEqual([
      'escalation.accepted unasked',
      'escalation.queued unasked',
      'escalation.position unasked',
      'escalation.connected delivered',
    ]);
    expect(types(scene)).toEqual(['escalation.connected']);
    expect(scene.world.notices[0]?.sequence).toBe(4);
    const { bot, records, complete } = await scene.notices();
    expect({ bot, complete }).toEqual({ bot: 'shop-bot', complete: true });
    expect(records.map(({ notice }) => notice.sequence)).toEqual([1, 2, 3, 4]);
  });
});

test('shows the notices after a number, and that more may come', async () => {
  await stage.play({}, async (scene) => {
    await scene.until(async () => (await scene.notices()).records.length === 2);
    const log = await scene.notices(1);

    expect(log).toMatchObject({ complete: false, records: [{ notice: { type: 'escalation.queued' } }] });
    expect((await scene.notices(2)).records).toEqual([]);
    for (const none of [-1, Number.NaN, 'x', null])
      expect((await scene.notices(none as number)).records).toHaveLength(2);
    await scene.cancel();
    await scene.handle.result();
  });
});

test('tells progress in order and the outcome last', async () => {
  await stage.play({ record: 'progress-told', plan: everything }, async (scene) => {
    await queueThenConnect(scene);
    await scene.handle.result();

    const common = { progress: true, requestId: 'r1', attempt: 1, epoch: 1 };
    const target = { kind: 'skill', id: '4711' };
    const at = expect.any(Number) as number;
    const conversationId = scene.conversationId;
    const id = (rest: string): string => `${conversationId}/r1/escalation.${rest}`;
    expect(scene.world.notices.slice(0, 3)).toEqual([
      { ...common, id: id('accepted'), type: 'escalation.accepted', sequence: 1, conversationId, at },
      { ...common, id: id('queued/0'), type: 'escalation.queued', sequence: 2, conversationId, at, target },
      {
        ...common,
        id: id('position/3'),
        type: 'escalation.position',
        sequence: 3,
        conversationId,
        at,
        target,
        position: 3,
        waitMs: 60_000,
      },
    ]);
    expect(scene.world.notices[3]).toMatchObject({ type: 'escalation.connected', sequence: 4, epoch: 2 });
    expect(scene.world.notices[3]?.progress).toBeUndefined();
  });
});

test('tells only the kinds that the bot asked for', async () => {
  await stage.play({ plan: aPlan({ progress: ['queued'] }) }, async (scene) => {
    await scene.until(() => scene.world.notices.length === 1);
    await scene.deskSays('r1', 0, { kind: 'connected' });
    await scene.handle.result();

    expect(types(scene)).toEqual(['escalation.queued', 'escalation.connected']);
    expect(scene.world.notices.map(({ sequence }) => sequence)).toEqual([2, 3]);
  });
});

test('goes on numbering over attempts and rungs, and tells each of them', async () => {
  const plan = aPlan({ progress: ['accepted', 'queued'], rungs: [aRung(), aRung({ skill: '5000' })] });
  const options: SceneOptions = {
    record: 'progress-of-two-attempts',
    plan,
    requestTransfer: ({ transferId }) =>
      transferId.endsWith('/r1/0') ? { kind: 'queued' } : { kind: 'declined', reason: 'no_agents' },
  };
  await stage.play(options, async (scene) => {
    await scene.until(() => scene.world.notices.length === 2);
    await scene.deskSays('r1', 0, { kind: 'declined', reason: 'no_agents' });
    await scene.until(() => scene.world.notices.length === 3);
    await scene.ask(aRequest({ requestId: 'r2' }));
    await scene.until(() => scene.world.notices.length === 5);

    expect(scene.world.notices.map(({ type, sequence, epoch }) => `${sequence} ${type} ${epoch}`)).toEqual([
      '1 escalation.accepted 1',
      '2 escalation.queued 1',
      '3 escalation.failed 2',
      '4 escalation.accepted 3',
      '5 escalation.failed 4',
    ]);
    await scene.cancel();
    await scene.handle.result();
  });
});

test('a receiver that is down delays nothing: progress waits in the outbox, the outcome behind it', async () => {
  const bot = { up: false };
  const deliverNotice = (): void => {
    if (!bot.up) throw aFault('ESC_NOTICE_NOT_TAKEN');
  };
  await playAlone({ record: 'progress-late', plan: everything, deliverNotice }, async (scene) => {
    await scene.until(() => scene.world.transfers.length === 1);
    await scene.deskSays('r1', 0, { kind: 'position', position: 3 });
    await scene.until(async () => (await deliveries(scene)).includes('escalation.position waiting'));
    await scene.deskSays('r1', 0, { kind: 'connected' });

    expect(await scene.handle.result()).toMatchObject({ outcome: { kind: 'connected' } });
    expect(scene.world.notices).toEqual([]);
    const outbox = scene.outbox('r1', 'escalation.accepted');
    const waiting = { kind: 'waiting', outbox: outbox.workflowId };
    expect((await scene.notices()).records.map(({ delivery }) => delivery)).toEqual(Array(4).fill(waiting));
    bot.up = true;
    await outbox.signal(redeliverSignal);

    expect(await outbox.result()).toEqual({ delivered: 4 });
    expect(types(scene)).toEqual([
      'escalation.accepted',
      'escalation.queued',
      'escalation.position',
      'escalation.connected',
    ]);
  });
});

test('of positions that wait in the outbox only the newest is told', async () => {
  const bot = { up: false };
  const deliverNotice = (): void => {
    if (!bot.up) throw aFault('ESC_NOTICE_NOT_TAKEN');
  };
  await playAlone({ plan: everything, deliverNotice }, async (scene) => {
    await scene.until(() => scene.world.transfers.length === 1);
    for (const position of [3, 2, 1]) {
      await scene.deskSays('r1', 0, { kind: 'position', position });
      await scene.until(async () => (await scene.notices()).records.at(-1)?.delivery.kind === 'waiting');
    }
    const outbox = scene.outbox('r1', 'escalation.accepted');
    await scene.until(async () => positions((await outbox.query(outboxQuery)).undelivered).at(-1) === 1);
    await scene.deskSays('r1', 0, { kind: 'connected' });
    await scene.handle.result();
    bot.up = true;
    await outbox.signal(redeliverSignal);
    await outbox.result();

    expect(positions(scene.world.notices)).toEqual([1]);
  });
});

test('a position that is not sent yet gives way to a newer one, and a flood of positions is bounded', async () => {
  const gate = aGate();
  const deliverNotice = ({ type }: Notice): Promise<void> =>
    type === 'escalation.queued' ? gate.pass() : Promise.resolve();
  await stage.play({ record: 'progress-flood', plan: everything, deliverNotice }, async (scene) => {
    await scene.until(() => scene.world.transfers.length === 1);
    const places = Array.from({ length: 130 }, (_none, index) => 130 - index);
    await Promise.all(places.map((position) => scene.deskSays('r1', 0, { kind: 'position', position })));
    await scene.until(async () => (await scene.notices()).records.length === 102);
    gate.open();
    await scene.until(() => positions(scene.world.notices).length > 0);
    await scene.deskSays('r1', 0, { kind: 'connected' });
    await scene.handle.result();

    const { records } = await scene.notices();
    const logged = records.map(({ notice }) => notice);
    expect(positions(logged)).toHaveLength(100);
    expect(logged).toHaveLength(103);
    expect(positions(scene.world.notices)).toEqual([positions(logged).at(-1)]);
    expect(records.filter(({ delivery }) => delivery.kind === 'superseded')).toHaveLength(99);
  });
});

test('tells of a queue once and of a position when it changes, for each rung anew', async () => {
  await stage.play({ plan: aPlan({ rungs: [aRung(), aRung({ skill: '5000' })] }) }, async (scene) => {
    for (const rung of [0, 1]) {
      await scene.until(() => scene.world.transfers.length === rung + 1);
      await scene.deskSays('r1', rung, { kind: 'queued' });
      for (const position of [2, 2, 1, 1, 2])
        await scene.deskSays('r1', rung, { kind: 'position', position });
      await scene.deskSays('r1', rung, { kind: 'declined', reason: 'no_agents' });
    }
    await scene.until(async () => (await scene.status()).phase === 'awaiting_bot');
    const told = (await scene.notices()).records.map(({ notice }) => notice);

    expect(told.filter(({ type }) => type === 'escalation.queued').map(({ target }) => target?.id)).toEqual([
      '4711',
      '5000',
    ]);
    expect(positions(told)).toEqual([2, 1, 2, 2, 1, 2]);
    expect(new Set(told.map(({ id }) => id)).size).toBe(told.length);
    await scene.cancel();
    await scene.handle.result();
  });
});

test('a desk that never tells of a human: queued is the outcome, and no progress', async () => {
  const plan = aPlan({
    progress: ['accepted', 'queued'],
    rungs: [aRung({ desk: aWebhookDesk({ confirmsConnection: false }) })],
  });
  await stage.play({ plan }, async (scene) => {
    await scene.handle.result();

    expect(types(scene)).toEqual(['escalation.accepted', 'escalation.queued']);
    expect(scene.world.notices[1]?.progress).toBeUndefined();
  });
});

test('a bot that took the handoff back hears it after the progress that was under way', async () => {
  const gate = aGate();
  const deliverNotice = ({ type }: Notice): Promise<void> =>
    type === 'escalation.accepted' ? gate.pass() : Promise.resolve();
  await stage.play({ record: 'progress-cancelled', plan: everything, deliverNotice }, async (scene) => {
    await scene.until(() => scene.world.transfers.length === 1);
    await scene.cancel();
    await scene.until(async () => (await deliveries(scene)).includes('escalation.cancelled sending'));
    gate.open();
    await scene.handle.result();

    expect(types(scene)).toEqual(['escalation.accepted', 'escalation.queued', 'escalation.cancelled']);
  });
});
