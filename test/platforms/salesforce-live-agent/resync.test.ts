// A chat that the vendor moves to another server: found again, read back, and gone on with.
import { arrived, unread } from '../../../platforms/salesforce-live-agent/read-back';
import type { ChatSession } from '../../../platforms/salesforce-live-agent/chat-session';
import type { ResyncResult } from '../../../platforms/salesforce-live-agent/poll';
import { failureOf } from '../http/servers';
import { anEstablishedChat, ANN, aStage, taken } from './stage';
import type { Stage } from './stage';

const nowhere = async (): Promise<void> => undefined;

type Resumed = Extract<ResyncResult, { kind: 'resumed' }>;

describe('a resync', () => {
  let stage: Stage;
  const send = (session: ChatSession, text: string, isRepeat = false) =>
    stage.client.sendMessage(session, text, {
      signal: stage.signal,
      sequence: session.sequence + 1,
      isRepeat,
    });
  const resumed = async (session: ChatSession): Promise<Resumed> => {
    const result = await stage.client.resync(session, { signal: stage.signal, checkpoint: nowhere });
    if (result.kind !== 'resumed') throw new Error(result.kind);
    return result;
  };

  beforeEach(async () => {
    stage = await aStage({}, { requestMs: 1_000 });
  });
  afterEach(() => stage.close());

  it('is asked for by every call of a chat that moved', async () => {
    const { client, control, signal } = stage;
    const session = await anEstablishedChat(stage);
    await control.move(session.id);

    expect(await client.poll(session, { signal })).toEqual({ kind: 'resync' });
    expect(await send(session, 'Hello')).toEqual({ kind: 'resync' });
    expect(await client.showTyping(session, true, { signal })).toBe(false);
  });

  it('is asked for by a poll that waits while the chat moves', async () => {
    const { client, control, signal } = stage;
    await control.settings({ pollMs: 20_000 });
    const session = { ...(await anEstablishedChat(stage)), pollTimeoutMs: 20_000 };
    const polled = client.poll(session, { signal });
    await control.until(session.id, ({ isPolled }) => isPolled, signal);

    await control.move(session.id);

    expect(await polled).toEqual({ kind: 'resync' });
  });

  it('brings all that was said, and begins all numbers anew', async () => {
    const { control } = stage;
    const before = taken(await send(await anEstablishedChat(stage), 'one'));
    await control.write(before.id, 'unread');
    await control.move(before.id);
    await control.write(before.id, 'written on the way');

    const { session, transcript, events } = await resumed(before);

    expect(transcript.map(({ from, text }) => [from, text])).toEqual([
      ['visitor', 'one'],
      ['agent', 'unread'],
      ['agent', 'written on the way'],
    ]);
    expect(events).toEqual([]);
    expect(session).toMatchObject({ id: before.id, key: before.key, sequence: 0, resyncs: 1 });
    expect(session.affinity).not.toBe(before.affinity);

    expect(await send(session, 'two')).toMatchObject({ kind: 'taken', session: { sequence: 1 } });
    await control.write(before.id, 'after');
    const polled = await stage.client.poll(session, { signal: stage.signal });
    expect(polled).toMatchObject({
      events: [{ kind: 'message', agent: { name: 'Ann', id: ANN }, text: 'after' }],
    });
  });

  it('shows what arrived of ours and what the user has not read', async () => {
    const { control } = stage;
    const session = await anEstablishedChat(stage);
    const first = taken(await send(session, 'one'));
    await control.fault({ kind: 'lostAnswer', on: 'ChatMessage' });
    await failureOf(send(first, 'two'));
    await control.write(session.id, 'agent 1');
    await control.move(session.id);
    expect(await send(first, 'two', true)).toEqual({ kind: 'resync' });

    const { transcript } = await resumed(first);

    expect(arrived(['one', 'two', 'three'], transcript)).toEqual([true, true, false]);
    expect(unread(transcript, 0)).toMatchObject([{ text: 'agent 1' }]);
  });

  it('brings the events, but messages, that the visitor had not read', async () => {
    const { control } = stage;
    const session = await anEstablishedChat(stage);
    await control.write(session.id, 'last words');
    await control.end(session.id);
    await control.move(session.id);

    const { events, transcript } = await resumed(session);

    expect(events).toEqual([{ kind: 'ended', by: 'agent', reason: 'agent' }]);
    expect(transcript).toMatchObject([{ text: 'last words' }]);
  });

  it('can be repeated from what was stored, at every step that failed', async () => {
    const { client, control, signal } = stage;
    let stored = taken(await send(await anEstablishedChat(stage), 'one'));
    const checkpoint = async (found: ChatSession): Promise<void> => void (stored = found);
    await control.move(stored.id);
    let failed = 0;
    for (const on of ['ReconnectSession', 'Messages', 'ChasitorResyncState'])
      for (const kind of ['lostRequest', 'lostAnswer', 'cutAnswer'] as const) {
        await control.fault({ kind, on });
        // From here on the vendor is not asked again where the chat is.
        if (on === 'ReconnectSession') expect(stored.isResuming).toBeUndefined();
        const tried = await client.resync(stored, { signal, checkpoint }).catch(() => undefined);
        failed += tried ? 0 : 1;
        await control.clearFaults();
      }

    const { transcript, session } = await resumed(stored);

    expect(failed).toBe(9);
    expect(transcript).toMatchObject([{ text: 'one' }]);
    expect(await send(session, 'two')).toMatchObject({ kind: 'taken' });
    expect((await control.chat(stored.id)).transcript).toHaveLength(2);
  });

  it('moves on from a checkpoint to yet another server', async () => {
    const { client, control, signal } = stage;
    const before = await anEstablishedChat(stage);
    let stored = before;
    const checkpoint = async (found: ChatSession): Promise<void> => void (stored = found);
    await control.move(before.id);
    await control.fault({ kind: 'lostRequest', on: 'ChasitorResyncState' });
    await failureOf(client.resync(before, { signal, checkpoint }));
    await control.move(before.id);

    const { session } = await resumed(stored);

    expect(stored).toMatchObject({ isResuming: true, resyncs: 1 });
    expect(session).toMatchObject({ resyncs: 2 });
    expect(session.isResuming).toBeUndefined();
    expect(await send(session, 'Hello')).toMatchObject({ kind: 'taken' });
  });

  it('goes on when the chat moves again meanwhile', async () => {
    const { control } = stage;
    const session = await anEstablishedChat(stage);
    await control.move(session.id);
    await control.fault({ kind: 'status', status: 503, on: 'ChasitorResyncState' });

    const again = await resumed(session);

    expect((await control.state()).requests).toMatchObject({ ReconnectSession: 2, ChasitorResyncState: 2 });
    expect(again.session.resyncs).toBe(2);
    expect(await send(again.session, 'Hello')).toMatchObject({ kind: 'taken' });
  });

  it('gives up a chat that keeps moving, to be tried again', async () => {
    const { client, control, signal } = stage;
    const session = await anEstablishedChat(stage);
    await control.move(session.id);
    await control.fault({ kind: 'status', status: 503, on: 'Messages', times: 10 });

    const failure = await failureOf(client.resync(session, { signal, checkpoint: nowhere }));

    expect(failure).toMatchObject({ code: 'ESC_PLATFORM_ERROR', retry: 'retryable' });
  });

  it.each(['refused', 'reconnected'] as const)(
    'of a chat that has not moved changes nothing: %s',
    async (unmoved) => {
      const { client, control, signal } = stage;
      await control.settings({ unmoved });
      const session = await anEstablishedChat(stage);
      await control.fault({ kind: 'status', status: 503, on: 'ChatMessage' });
      expect(await send(session, 'Hello')).toEqual({ kind: 'resync' });

      const result = await client.resync(session, { signal, checkpoint: nowhere });
      const next = result.kind === 'resumed' ? result.session : session;

      expect(result.kind).toBe(unmoved === 'refused' ? 'unmoved' : 'resumed');
      expect(await send(next, 'Hello')).toMatchObject({ kind: 'taken' });
      expect((await control.chat(session.id)).transcript).toHaveLength(1);
    },
  );

  it('of a vendor that is down is a fault, and of a chat that is gone the end', async () => {
    const { client, control, signal } = stage;
    const session = await anEstablishedChat(stage);
    await control.fault({ kind: 'status', status: 503, on: 'ReconnectSession' });
    const failure = await failureOf(client.resync(session, { signal, checkpoint: nowhere }));
    expect(failure.code).toBe('ESC_PLATFORM_ERROR');

    await control.expire(session.id);
    expect(await client.resync(session, { signal, checkpoint: nowhere })).toEqual({
      kind: 'lost',
      reason: 'sessionGone',
    });
  });

  it('refuses messages before it is complete', async () => {
    const { client, control, signal } = stage;
    const session = await anEstablishedChat(stage);
    await control.move(session.id);
    await control.fault({ kind: 'lostRequest', on: 'ChasitorResyncState' });
    await failureOf(client.resync(session, { signal, checkpoint: nowhere }));

    expect(await send(session, 'too early')).toEqual({ kind: 'resync' });
    expect((await control.chat(session.id)).transcript).toEqual([]);
  });
});
