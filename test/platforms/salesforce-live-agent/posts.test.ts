// Numbered POSTs: taken once, whatever is lost on the way.
import { setTimeout as sleep } from 'node:timers/promises';
import { MESSAGE_GAP_MS } from '../../../platforms/salesforce-live-agent/capabilities';
import { pollUntil } from '../../../platforms/simulation/control';
import { failureOf } from '../http/servers';
import { aChat, anEstablishedChat, aRequest, aStage, readUntil, taken } from './stage';
import type { Stage } from './stage';

describe('a numbered POST', () => {
  let stage: Stage;
  const texts = async (chatId: string): Promise<readonly string[]> =>
    (await stage.control.chat(chatId)).transcript.map(({ text }) => text);

  beforeEach(async () => {
    stage = await aStage({}, { requestMs: 1_000 });
  });
  afterEach(() => stage.close());

  it.each(['ok', 'conflict'] as const)('is taken once when it is repeated (answered %s)', async (repeats) => {
    const { client, control, signal } = stage;
    await control.settings({ repeats });
    const session = await anEstablishedChat(stage);
    const first = await client.sendMessage(session, 'Hello', { signal, sequence: 2, isRepeat: false });

    const again = await client.sendMessage(session, 'Hello', { signal, sequence: 2, isRepeat: true });

    expect(first).toMatchObject({ kind: 'taken', wasRepeat: false });
    expect(again).toMatchObject({
      kind: 'taken',
      session: { sequence: 2 },
      wasRepeat: repeats === 'conflict',
    });
    expect(await texts(session.id)).toEqual(['Hello']);
  });

  it.each(['lostAnswer', 'silentEffect', 'cutAnswer'] as const)(
    'is taken once although the network does this: %s',
    async (kind) => {
      const { client, control, signal } = stage;
      const session = await anEstablishedChat(stage);
      await control.fault({ kind, on: 'ChatMessage' });
      const send = (isRepeat: boolean) =>
        client.sendMessage(session, 'Hello', { signal, sequence: 2, isRepeat });

      const outcome = await send(false).catch(async (error: { resultUnknown: boolean }) => {
        expect(error.resultUnknown).toBe(true);
        return send(true);
      });

      expect(outcome.kind).toBe('taken');
      expect(await texts(session.id)).toEqual(['Hello']);
    },
  );

  it('that the network doubles is taken once; without a repetition of ours, a 409 cannot tell whose it was', async () => {
    const { client, control, signal } = stage;
    const send = async (repeats: 'ok' | 'conflict') => {
      await control.settings({ repeats });
      const session = await anEstablishedChat(stage);
      await control.fault({ kind: 'duplicate', on: 'ChatMessage' });
      const sent = await client.sendMessage(session, 'Hello', { signal, sequence: 2, isRepeat: false });
      return { kind: sent.kind, texts: await texts(session.id) };
    };

    expect(await send('ok')).toEqual({ kind: 'taken', texts: ['Hello'] });
    expect(await send('conflict')).toEqual({ kind: 'resequence', texts: ['Hello'] });
  });

  it('that comes late, after its repetition, changes nothing', async () => {
    const { client, control, signal } = stage;
    const session = await anEstablishedChat(stage);
    await control.fault({ kind: 'delay', on: 'ChatMessage', ms: 1_600 });

    const failure = await failureOf(
      client.sendMessage(session, 'one', { signal, sequence: 2, isRepeat: false }),
    );
    const again = await client.sendMessage(session, 'one', { signal, sequence: 2, isRepeat: true });
    await client.sendMessage(taken(again), 'two', { signal, sequence: 3, isRepeat: false });

    expect(failure.code).toBe('ESC_PLATFORM_TIMEOUT');
    await pollUntil(
      () => control.state(),
      ({ running }) => running === 0,
      signal,
    );
    expect(await texts(session.id)).toEqual(['one', 'two']);
  });

  it('that was not taken is told so, with the number to go on from', async () => {
    const { client, control, signal } = stage;
    const session = await anEstablishedChat(stage);

    const ahead = await client.sendMessage(session, 'Hello', { signal, sequence: 498, isRepeat: true });
    expect(ahead).toMatchObject({ kind: 'resequence', session: { sequence: 1 } });

    await client.sendMessage(session, 'Hello', { signal, sequence: 2, isRepeat: false });
    expect((await control.chat(session.id)).transcript).toHaveLength(1);
  });

  it('is not mistaken for another that had its number', async () => {
    const { client, signal } = stage;
    const session = await anEstablishedChat(stage);
    await client.sendMessage(session, 'somebody else', { signal, sequence: 2, isRepeat: false });

    const first = await client.sendMessage(session, 'mine', { signal, sequence: 2, isRepeat: false });

    expect(first).toMatchObject({ kind: 'resequence', session: { sequence: 2 } });
    expect(await texts(session.id)).toEqual(['somebody else']);
  });

  it('shows by the next number that one answered 200 had no effect', async () => {
    const { client, control, signal } = stage;
    const session = await anEstablishedChat(stage);
    await control.fault({ kind: 'lostEffect', on: 'ChatMessage' });

    const lost = taken(await client.sendMessage(session, 'one', { signal, sequence: 2, isRepeat: false }));
    const next = await client.sendMessage(lost, 'two', { signal, sequence: 3, isRepeat: false });

    expect(next).toMatchObject({ kind: 'resequence', session: { sequence: 1 } });
  });

  it('is dropped without a word when it follows too fast', async () => {
    const { client, control, signal } = stage;
    await control.settings({ minGapMs: 60_000 });
    const session = await anEstablishedChat(stage);

    const first = taken(await client.sendMessage(session, 'one', { signal, sequence: 2, isRepeat: false }));
    const second = await client.sendMessage(first, 'two', { signal, sequence: 3, isRepeat: false });

    expect(second.kind).toBe('taken');
    expect(await texts(session.id)).toEqual(['one']);
  });

  it('arrives when the gap that the capabilities ask for is kept', async () => {
    const { client, control, signal } = stage;
    await control.settings({ minGapMs: MESSAGE_GAP_MS });
    const session = await anEstablishedChat(stage);

    const first = taken(await client.sendMessage(session, 'one', { signal, sequence: 2, isRepeat: false }));
    await sleep(MESSAGE_GAP_MS);
    await client.sendMessage(first, 'two', { signal, sequence: 3, isRepeat: false });

    expect(await texts(session.id)).toEqual(['one', 'two']);
  });

  it('begins a chat once when its answer is lost', async () => {
    const { client, control, signal } = stage;
    const session = await client.openSession({ signal });
    await control.fault({ kind: 'lostAnswer', on: 'ChasitorInit' });
    const init = (isRepeat: boolean) =>
      client.initialize(session, aRequest(), { signal, sequence: 1, isRepeat });

    const failure = await failureOf(init(false));
    expect(failure).toMatchObject({ resultUnknown: true, retry: 'retryable' });
    expect(await init(true)).toMatchObject({ kind: 'taken', wasRepeat: true });
    const { events } = await readUntil(stage, session, ({ kind }) => kind === 'requestSucceeded');
    expect(events).toHaveLength(1);
  });

  it.each([
    [500, 'ESC_PLATFORM_ERROR', true],
    [502, 'ESC_PLATFORM_ERROR', true],
    [400, 'ESC_PLATFORM_REJECTED', false],
    [404, 'ESC_PLATFORM_REJECTED', false],
    [409, 'ESC_PLATFORM_REJECTED', false],
  ])('is thrown as what it is for %s', async (status, code, resultUnknown) => {
    const { client, control, signal } = stage;
    const session = await anEstablishedChat(stage);
    await control.fault({ kind: 'status', status, on: 'ChatMessage' });

    const failure = await failureOf(
      client.sendMessage(session, 'secret text', { signal, sequence: 2, isRepeat: false }),
    );

    expect(failure).toMatchObject({ code, resultUnknown });
  });

  it('waits as long as a 429 says, and so does the next chat of the org', async () => {
    const { client, control, signal } = stage;
    const session = await anEstablishedChat(stage);
    await control.fault({ kind: 'status', status: 429, retryAfter: '7', on: 'ChatMessage' });

    const first = await failureOf(
      client.sendMessage(session, 'Hello', { signal, sequence: 2, isRepeat: false }),
    );
    const other = await failureOf(client.openSession({ signal }));

    expect(first).toMatchObject({ code: 'ESC_PLATFORM_RATE_LIMITED', retryAfterMs: 7_000 });
    expect(other).toMatchObject({ code: 'ESC_PLATFORM_RATE_LIMITED', resultUnknown: false });
  });

  it('says that the session is gone', async () => {
    const { client, control, signal } = stage;
    const session = await anEstablishedChat(stage);
    await control.expire(session.id);

    expect(await client.sendMessage(session, 'Hello', { signal, sequence: 2, isRepeat: false })).toEqual({
      kind: 'lost',
      reason: 'sessionGone',
    });
  });

  it('never tells the session’s secrets or the text in an error', async () => {
    const { client, control, signal } = stage;
    const session = await anEstablishedChat(stage);
    const failures: Error[] = [];
    for (const kind of ['lostRequest', 'hang', 'cutAnswer'] as const)
      for (const on of ['ChatMessage', 'Messages', 'DeleteSession']) {
        await control.fault({ kind, on });
        const number = { sequence: 2, isRepeat: true, signal };
        if (on === 'ChatMessage')
          failures.push(await failureOf(client.sendMessage(session, 'my text', number)));
        if (on === 'Messages' && kind !== 'hang')
          failures.push(await failureOf(client.poll({ ...session, ack: -1 }, { signal })));
        await control.clearFaults();
      }
    await control.fault({ kind: 'status', status: 500, on: 'DeleteSession' });
    failures.push(await failureOf(client.end(session, { sequence: 3, isRepeat: false, signal })));

    expect(failures).toHaveLength(6);
    for (const { message, cause } of failures)
      for (const secret of [session.key, encodeURIComponent(session.key), session.affinity, 'my text'])
        expect(`${message} ${String(cause)}`).not.toContain(secret);
  });
});

describe('typing', () => {
  it('is shown without a number, so that no message is mistaken for it', async () => {
    const stage = await aStage();
    const { client, control, signal } = stage;
    const session = await anEstablishedChat(stage);

    expect(await client.showTyping(session, true, { signal })).toBe(true);
    expect((await control.chat(session.id)).isVisitorTyping).toBe(true);
    expect(await client.showTyping(session, false, { signal })).toBe(true);
    expect((await control.chat(session.id)).isVisitorTyping).toBe(false);
    const sent = await client.sendMessage(session, 'Hello', { signal, sequence: 2, isRepeat: false });
    expect(sent.kind).toBe('taken');
    await control.expire(session.id);
    expect(await client.showTyping(session, true, { signal })).toBe(false);
    await stage.close();
  });
});

describe('an end', () => {
  let stage: Stage;

  beforeEach(async () => {
    stage = await aStage({}, { requestMs: 1_000 });
  });
  afterEach(() => stage.close());

  it.each(['ChatEnd', 'DeleteSession'])('is repeated until it is done: %s fails', async (on) => {
    const { client, control, signal } = stage;
    const session = await anEstablishedChat(stage);
    for (const kind of ['lostRequest', 'lostAnswer', 'silentEffect'] as const) {
      await control.fault({ kind, on });
      await failureOf(client.end(session, { signal, sequence: 2, isRepeat: true })).catch(() => undefined);
      await control.clearFaults();
    }
    await client.end(session, { signal, sequence: 2, isRepeat: true });

    expect(await control.chat(session.id)).toMatchObject({ state: 'gone', endedBy: 'client' });
  });

  it('reaches a chat that moved, and one whose numbers went on', async () => {
    const { client, control, signal } = stage;
    const moved = await anEstablishedChat(stage);
    await control.move(moved.id);
    await client.end(moved, { signal, sequence: 2, isRepeat: false });

    const behind = await aChat(stage);
    await client.sendMessage(behind, 'Hello', { signal, sequence: 2, isRepeat: false });
    await client.end(behind, { signal, sequence: 2, isRepeat: false });

    for (const { id } of [moved, behind])
      expect(await control.chat(id)).toMatchObject({ state: 'gone', endedBy: 'client' });
  });

  it('is repeated when a 503 was an outage only', async () => {
    const { client, control, signal } = stage;
    const session = await anEstablishedChat(stage);
    await control.fault({ kind: 'status', status: 503, on: 'ChatEnd' });
    await client.end(session, { signal, sequence: 2, isRepeat: false });
    expect(await control.chat(session.id)).toMatchObject({ state: 'gone', endedBy: 'client' });
  });

  it('of a chat that is over is no fault', async () => {
    const { client, control, signal } = stage;
    const session = await anEstablishedChat(stage);
    await control.end(session.id);
    await client.end(session, { signal, sequence: 2, isRepeat: false });
    await client.end(session, { signal, sequence: 2, isRepeat: true });
    expect((await control.chat(session.id)).endedBy).toBe('agent');
  });
});
