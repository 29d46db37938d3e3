// Who takes a chat, and what the visitor hears while waiting.
import { aChat, ANN, anEstablishedChat, aStage, BEN, BUTTON, OTHER_BUTTON, readUntil } from './stage';
import type { Stage } from './stage';

describe('routing', () => {
  let stage: Stage;

  beforeEach(async () => {
    stage = await aStage();
  });
  afterEach(() => stage.close());

  it('fails when nobody is online', async () => {
    await stage.control.agent({ id: ANN, name: 'Ann', isOnline: false });
    const asked = await aChat(stage);
    const { events } = await readUntil(stage, asked, ({ kind }) => kind === 'requestFailed');
    expect(events).toEqual([{ kind: 'requestFailed', reason: 'Unavailable' }]);
  });

  it('rings the next agent after one declined, and fails when all have', async () => {
    const { control } = stage;
    await control.button({ id: BUTTON, agents: [ANN, BEN] });
    const { id } = await aChat(stage);

    await control.decline(id);
    expect(await control.chat(id)).toMatchObject({ state: 'ringing', agentName: 'Ben' });
    await control.decline(id);
    expect(await control.chat(id)).toMatchObject({ state: 'failed' });
  });

  it('lets agents behave on their own', async () => {
    const { control } = stage;
    await control.agent({ id: ANN, name: 'Ann', behaviour: { kind: 'accepts', afterMs: 5 } });
    await control.agent({ id: BEN, name: 'Ben', behaviour: { kind: 'declines' } });

    const accepted = await readUntil(stage, await aChat(stage), ({ kind }) => kind === 'established');
    const target = { kind: 'button', buttonId: OTHER_BUTTON } as const;
    const failed = await readUntil(
      stage,
      await aChat(stage, { target }),
      ({ kind }) => kind === 'requestFailed',
    );

    expect(accepted.events.map(({ kind }) => kind)).toEqual(['requestSucceeded', 'established']);
    expect(failed.events.map(({ kind }) => kind)).toEqual(['requestSucceeded', 'requestFailed']);
  });

  it('tells who waits of each step in the queue, if that was asked for', async () => {
    const { control } = stage;
    await control.agent({ id: ANN, name: 'Ann', capacity: 1 });
    const first = await aChat(stage);
    const second = await aChat(stage);
    const quiet = await aChat(stage, { receiveQueueUpdates: false });

    await control.accept(first.id);
    const told = await readUntil(stage, second, ({ kind }) => kind === 'queueUpdate');
    await control.end(first.id);
    await control.accept(second.id);
    await control.end(second.id);
    await control.accept(quiet.id);
    const silent = await readUntil(stage, quiet, ({ kind }) => kind === 'established');

    expect(told.events).toEqual([
      { kind: 'requestSucceeded', position: 2, waitMs: 120_000 },
      { kind: 'queueUpdate', position: 1, waitMs: 120_000 },
    ]);
    expect(silent.events.map(({ kind }) => kind)).toEqual(['requestSucceeded', 'established']);
  });

  it('has no queue where the button has none', async () => {
    const { control } = stage;
    await control.agent({ id: ANN, name: 'Ann', capacity: 1 });
    await control.button({ id: BUTTON, agents: [ANN], hasQueue: false });
    await aChat(stage);
    const second = await aChat(stage);
    expect((await control.chat(second.id)).state).toBe('failed');
  });

  it('can fail in the middle of a chat', async () => {
    const session = await anEstablishedChat(stage);
    await stage.control.fail(session.id, 'Unavailable');
    const { events } = await readUntil(stage, session, ({ kind }) => kind === 'requestFailed');
    expect(events).toEqual([{ kind: 'requestFailed', reason: 'Unavailable' }]);
  });

  it('brings typing in an order that means nothing', async () => {
    const session = await anEstablishedChat(stage);
    await stage.control.type(session.id, false);
    await stage.control.type(session.id, true);
    await stage.control.write(session.id, 'Hello');
    const { events } = await readUntil(stage, session, ({ kind }) => kind === 'message');
    expect(events).toMatchObject([{ kind: 'typing', isTyping: false }, { kind: 'message' }]);
  });
});

describe('availability', () => {
  let stage: Stage;

  beforeEach(async () => {
    stage = await aStage();
  });
  afterEach(() => stage.close());

  it('is yes only where the platform says so, and keeps the ids as they were asked for', async () => {
    const { client, control, signal } = stage;
    await control.agent({ id: BEN, name: 'Ben', isOnline: false });
    const long = `${BUTTON}AAB`;

    const { byId } = await client.availability([long, OTHER_BUTTON, ANN, BEN, '573D00000000XXX'], { signal });

    expect(byId).toEqual({
      [long]: { isAvailable: true, waitMs: 120_000 },
      [OTHER_BUTTON]: { isAvailable: false },
      [ANN]: { isAvailable: true },
      [BEN]: { isAvailable: false },
      '573D00000000XXX': { isAvailable: false },
    });
  });

  it('is asked on the pod that the vendor names, where the chat begins then', async () => {
    const { client, control, simulator, signal } = stage;
    const other = await aStage();
    await control.settings({ newUrl: `${other.simulator.url}/chat` });

    const { baseUrl, byId } = await client.availability([BUTTON], { signal });
    const session = await client.openSession({ signal, baseUrl });

    expect(baseUrl).toBe(other.simulator.baseUrl);
    expect(baseUrl).not.toBe(simulator.baseUrl);
    expect(byId[BUTTON]?.isAvailable).toBe(true);
    expect((await other.control.chat(session.id)).state).toBe('session');
    await other.close();
  });

  it('does not follow in circles, nor where calls may not go', async () => {
    const { client, control, simulator, signal } = stage;
    await control.settings({ newUrl: `${simulator.url}/chat` });
    await expect(client.availability([BUTTON], { signal })).rejects.toMatchObject({
      code: 'ESC_PLATFORM_PROTOCOL',
    });

    await control.settings({ newUrl: 'http://169.254.169.254/chat' });
    await expect(client.availability([BUTTON], { signal })).rejects.toMatchObject({
      code: 'ESC_EGRESS_BLOCKED',
    });
  });
});

describe('a session', () => {
  it.each([
    ['30', 30_000],
    [40, 40_000],
    ['soon', 40_000],
    [9_999, 120_000],
  ])('waits for a poll as long as the vendor says, within reason: %j', async (clientPollTimeout, ms) => {
    const stage = await aStage({ settings: { clientPollTimeout } });
    const session = await stage.client.openSession({ signal: stage.signal });
    expect(session).toMatchObject({ pollTimeoutMs: ms, sequence: 0, ack: -1, resyncs: 0 });
    await stage.close();
  });
});
