// The long poll: nothing lost, nothing skipped, one poller only.
import { failureOf } from '../http/servers';
import { aChat, aClient, anEstablishedChat, ANN, aStage } from './stage';
import type { Stage } from './stage';

describe('a long poll', () => {
  let stage: Stage;
  const message = (text: string) => ({ kind: 'message', agent: { name: 'Ann', id: ANN }, text });

  beforeEach(async () => {
    stage = await aStage({ settings: { duplicateGraceMs: 400 } });
  });
  afterEach(() => stage.close());

  it('waits, and brings what happens meanwhile', async () => {
    const { client, control, signal } = stage;
    await control.settings({ pollMs: 20_000 });
    const session = await anEstablishedChat(stage);
    const polled = client.poll({ ...session, pollTimeoutMs: 20_000 }, { signal });
    await control.until(session.id, ({ isPolled }) => isPolled, signal);

    await control.write(session.id, 'Hello');

    expect(await polled).toMatchObject({ kind: 'events', events: [message('Hello')] });
  });

  it('is silent after a while, and goes on from where it was', async () => {
    const { client, signal } = stage;
    const session = await anEstablishedChat(stage);
    expect(await client.poll(session, { signal })).toEqual({ kind: 'silent', session, isAnswered: true });
  });

  it('brings again what was not acknowledged, and never what was', async () => {
    const { client, control, signal } = stage;
    const session = await anEstablishedChat(stage);
    await control.write(session.id, 'one');
    await client.poll(session, { signal });
    await control.write(session.id, 'two');

    const both = await client.poll(session, { signal });
    if (both.kind !== 'events') throw new Error(both.kind);
    await control.write(session.id, 'three');
    const last = await client.poll(both.session, { signal });

    expect(both.events).toEqual([message('one'), message('two')]);
    expect(last).toMatchObject({ kind: 'events', events: [message('three')] });
    expect((await control.chat(session.id)).visitorRead).toEqual(['one', 'two']);
  });

  it('keeps the offset of the last answer that had messages', async () => {
    const { client, control, signal } = stage;
    const asked = await aChat(stage);
    const first = await client.poll(asked, { signal });
    if (first.kind !== 'events') throw new Error(first.kind);
    const silent = await client.poll(first.session, { signal });

    expect(first.session.offset).toBeGreaterThan(0);
    expect(silent).toMatchObject({ kind: 'silent', session: { offset: first.session.offset } });
    expect((await control.chat(asked.id)).state).toBe('ringing');
  });

  it.each(['lostAnswer', 'cutAnswer', 'lostRequest'] as const)('loses nothing: %s', async (kind) => {
    const { client, control, signal } = stage;
    const session = await anEstablishedChat(stage);
    await control.write(session.id, 'Hello');
    await control.fault({ kind, on: 'Messages' });

    const failure = await failureOf(client.poll(session, { signal }));
    const again = await client.poll(session, { signal });

    expect(failure.retry).toBe('retryable');
    expect(again).toMatchObject({ kind: 'events', events: [message('Hello')] });
  });

  it.each(['hang', 'silentEffect'] as const)(
    'is given up after its time, and loses nothing: %s',
    async (kind) => {
      const { client, control, signal } = stage;
      const session = { ...(await anEstablishedChat(stage)), pollTimeoutMs: 500 };
      await control.write(session.id, 'Hello');
      await control.fault({ kind, on: 'Messages' });

      expect(await client.poll(session, { signal })).toEqual({ kind: 'silent', session, isAnswered: false });
      const again = await client.poll(session, { signal });

      expect(again).toMatchObject({ kind: 'events', events: [message('Hello')] });
    },
  );

  it('ends when its caller gives up, and another worker goes on', async () => {
    const { control, simulator, client } = stage;
    await control.settings({ pollMs: 20_000 });
    const session = { ...(await anEstablishedChat(stage)), pollTimeoutMs: 20_000 };
    const caller = new AbortController();
    const polled = failureOf(client.poll(session, { signal: caller.signal }));
    await control.until(session.id, ({ isPolled }) => isPolled, stage.signal);

    caller.abort();
    expect((await polled).code).toBe('ESC_PLATFORM_TIMEOUT');
    const other = aClient(simulator.baseUrl);
    const stored = JSON.parse(JSON.stringify(session));
    const resumed = other.poll(stored, { signal: stage.signal });
    await control.write(session.id, 'Hello');

    expect(await resumed).toMatchObject({ kind: 'events', events: [message('Hello')] });
    await other.close();
  });

  it('beside another ends the chat, for both', async () => {
    const { client, control, signal } = stage;
    await control.settings({ pollMs: 20_000, duplicateGraceMs: 10 });
    const session = { ...(await anEstablishedChat(stage)), pollTimeoutMs: 20_000 };
    const first = client.poll(session, { signal });
    await control.until(session.id, ({ isPolled }) => isPolled, signal);

    const second = await client.poll(session, { signal });

    const lost = { kind: 'lost', reason: 'duplicatePoll' };
    expect(second).toEqual(lost);
    expect(await first).toEqual(lost);
    expect(await control.chat(session.id)).toMatchObject({ state: 'gone', endedBy: 'duplicatePoll' });
  });

  it('that never comes lets the session expire', async () => {
    const { client, control, signal } = stage;
    await control.settings({ sessionMs: 300 });
    const session = await anEstablishedChat(stage);

    await control.until(session.id, ({ state }) => state === 'gone', signal);

    expect(await client.poll(session, { signal })).toEqual({ kind: 'lost', reason: 'sessionGone' });
    expect((await control.chat(session.id)).endedBy).toBe('timeout');
  });

  it('that comes again and again keeps it', async () => {
    const { client, control, signal } = stage;
    await control.settings({ sessionMs: 2_000, pollMs: 1_000 });
    const session = await anEstablishedChat(stage);

    const polled = [];
    for (let round = 0; round < 3; round += 1) polled.push(await client.poll(session, { signal }));

    expect(polled.map(({ kind }) => kind)).toEqual(['silent', 'silent', 'silent']);
    expect((await control.chat(session.id)).state).toBe('established');
  });

  it.each([
    [500, 'ESC_PLATFORM_ERROR'],
    [429, 'ESC_PLATFORM_RATE_LIMITED'],
    [400, 'ESC_PLATFORM_REJECTED'],
    [302, 'ESC_PLATFORM_PROTOCOL'],
  ])('is thrown as what it is for %s', async (status, code) => {
    const { client, control, signal } = stage;
    const session = await anEstablishedChat(stage);
    await control.fault({ kind: 'status', status, on: 'Messages' });
    expect((await failureOf(client.poll(session, { signal }))).code).toBe(code);
  });

  it('takes an empty 200 for silence, and refuses what is no answer', async () => {
    const { client, control, signal } = stage;
    const session = await anEstablishedChat(stage);
    await control.fault({ kind: 'lostEffect', on: 'Messages' });
    expect(await client.poll(session, { signal })).toMatchObject({ kind: 'silent' });
    await control.fault({ kind: 'status', status: 200, on: 'Messages' });
    expect((await failureOf(client.poll(session, { signal }))).code).toBe('ESC_PLATFORM_PROTOCOL');
  });

  it('bounds what it reads', async () => {
    const { client, control, signal } = stage;
    const session = await anEstablishedChat(stage);
    for (let part = 0; part < 6; part += 1) await control.write(session.id, 'x'.repeat(200_000));

    const failure = await failureOf(client.poll(session, { signal }));

    expect(failure.code).toBe('ESC_PLATFORM_PROTOCOL');
  });

  it('follows to another pod', async () => {
    const { client, control, simulator, signal } = stage;
    const session = await anEstablishedChat(stage);
    const newUrl = simulator.url.replace('127.0.0.1', 'localhost') + '/chat';
    await control.tell(session.id, 'SwitchServer', { newUrl });

    const polled = await client.poll(session, { signal });

    if (polled.kind !== 'events') throw new Error(polled.kind);
    expect(polled.session.baseUrl).toBe(`${newUrl}/rest`);
    expect(await client.poll(polled.session, { signal })).toMatchObject({ kind: 'silent', isAnswered: true });
  });

  it('does not hold up messages, however many chats wait', async () => {
    const { control, simulator, signal } = stage;
    // So many at once take longer to begin than one may.
    const client = aClient(simulator.baseUrl, { requestMs: 30_000 });
    await control.settings({ pollMs: 20_000 });
    const chats = await Promise.all(Array.from({ length: 50 }, () => aChat({ ...stage, client })));
    const giveUp = new AbortController();
    const polls = chats.map(async (chat) => {
      const first = await client.poll(chat, { signal });
      if (first.kind !== 'events') throw new Error(first.kind);
      return client
        .poll({ ...first.session, pollTimeoutMs: 20_000 }, { signal: giveUp.signal })
        .catch(() => undefined);
    });
    for (const { id } of chats) await control.until(id, ({ isPolled }) => isPolled, signal);

    const [chat] = chats;
    const sent = chat && (await client.sendMessage(chat, 'Hello', { signal, sequence: 2, isRepeat: false }));

    expect(sent?.kind).toBe('taken');
    giveUp.abort();
    await Promise.all(polls);
    await client.close();
  });
});
