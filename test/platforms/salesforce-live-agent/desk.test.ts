// Live Agent as a desk, where it differs from others: a session is opened before anybody is asked, one worker listens
// while others send, and numbers of POSTs follow from the places of messages.
import { BatonError } from '../../../domain/errors';
import type { TransferContext } from '../../../domain/plan';
import { aTalk, aTalkWithAnn } from './desk-talk';
import type { Talk, TalkOptions } from './desk-talk';
import { ANN, aStage, BEN, BUTTON, OTHER_BUTTON } from './stage';

let talk: Talk;
afterEach(() => talk.close());

const joined = async (options: TalkOptions = {}): Promise<Talk> => (talk = await aTalkWithAnn(options));
const opened = async (options: TalkOptions = {}): Promise<Talk> => (talk = await aTalk(options));

describe('asking for a chat', () => {
  it('shows nobody anything until its key is written down', async () => {
    await opened();

    await talk.asks();
    await talk.asks();

    const { chats } = await talk.stage.control.state();
    expect(chats.map(({ state }) => state)).toEqual(['session']);
    expect(JSON.stringify(talk.chat)).not.toContain(chats[0]?.chatId);
  });

  it.each(['lostRequest', 'lostAnswer', 'silentEffect', 'hang', 'cutAnswer'] as const)(
    'asks once although the first try was answered by %s',
    async (kind) => {
      await opened();
      await talk.stage.control.fault({ kind, on: 'ChasitorInit' });

      await talk.asks();
      talk.listens();
      await talk.hears('queued');

      const { chats } = await talk.stage.control.state();
      expect(chats.map(({ state }) => state)).toEqual(['ringing']);
    },
  );

  it('asks once although every worker dies right after having asked', async () => {
    await opened();
    await talk.asks();
    let deaths = 0;
    talk.onDelivery = (when) => {
      if (when === 'before' && (deaths += 1) < 4) throw new Error('dead');
    };

    talk.listens();
    await talk.hears('queued');

    expect((await talk.stage.control.state()).requests['ChasitorInit']).toBe(4);
    expect((await talk.stage.control.state()).chats).toHaveLength(1);
  });

  it('gives the agent up for the button, if the skill has one who is not available', async () => {
    await opened({ request: { target: { kind: 'skill', id: BUTTON, agentId: BEN } } });
    await talk.stage.control.agent({ id: BEN, name: 'Ben', isOnline: false });

    expect(await talk.worker().check(talk.request.target, talk.call())).toEqual({
      exists: 'unknown',
      available: 'yes',
      agent: 'no',
    });
    await talk.asks();
    talk.listens();

    await talk.hears('queued');
    expect(await talk.view()).toMatchObject({ agentName: 'Ann' });
  });

  it('begins where the vendor says that the org is', async () => {
    await opened();
    const elsewhere = await aStage();
    await talk.stage.control.settings({ newUrl: `${elsewhere.simulator.url}/chat` });

    await talk.asks();

    expect((await talk.stage.control.state()).chats).toEqual([]);
    expect((await elsewhere.control.state()).chats).toHaveLength(1);
    await elsewhere.close();
  });

  it('does not need an answer to where the org is', async () => {
    await opened();
    await talk.stage.control.fault({ kind: 'status', status: 404, on: 'Availability' });

    await talk.asks();

    expect((await talk.stage.control.state()).chats).toHaveLength(1);
  });

  it('is declined when the session is gone before anybody joined', async () => {
    await opened();
    await talk.asks();
    talk.listens();
    await talk.hears('queued');

    await talk.stage.control.expire(await talk.chatId());

    expect(await talk.hears('declined')).toMatchObject({ reason: 'rejected' });
    await talk.listensNoMore();
  });

  it('is declined when its agents decline, and the next rung is a session of its own', async () => {
    await opened();
    await talk.asks();
    talk.listens();
    const first = await talk.chatId();
    await talk.hears('queued');
    await talk.stage.control.decline(first);
    expect(await talk.hears('declined')).toEqual({ kind: 'declined', reason: 'no_agents' });
    await talk.listensNoMore();

    const desk = talk.worker();
    const target = { kind: 'skill', id: OTHER_BUTTON } as const;
    const next = { ...talk.request, transferId: 'conversation-1/r1/1', target };
    const answer = await desk.requestTransfer(next, talk.call());
    const chat = 'chat' in answer ? answer.chat : undefined;
    const stop = new AbortController();
    const listening = desk.chat?.listen?.({ ...next, ...(chat && { chat }) }, async () => undefined, stop);

    const second = await talk.until(async () =>
      (await talk.stage.control.state()).chats.find(({ agentName }) => agentName === 'Ben'),
    );
    expect(second.chatId).not.toBe(first);
    stop.abort();
    await listening?.catch(() => undefined);
  });

  it('can be taken back at any time, and is then not there', async () => {
    await opened();
    await talk.asks();
    expect(await talk.worker().withdraw(talk.ref(), talk.call())).toEqual({ kind: 'withdrawn' });
    talk.listens();
    expect(await talk.hears('declined')).toMatchObject({ reason: 'rejected' });

    expect(await talk.worker().lookUp(talk.ref(), talk.call())).toEqual({ kind: 'absent' });
    expect(await talk.worker().withdraw(talk.ref(), talk.call())).toEqual({ kind: 'withdrawn' });
  });

  it('does not claim a human whose chat is over', async () => {
    await joined();
    const before = talk.ref();
    await talk.stopsListening();
    expect(await talk.worker().withdraw(before, talk.call())).toEqual({ kind: 'connected', agentId: ANN });

    await talk.worker().chat?.close(before, talk.call());

    expect(await talk.worker().withdraw(before, talk.call())).toEqual({ kind: 'withdrawn' });
    expect(await talk.worker().lookUp(before, talk.call())).toEqual({ kind: 'absent' });
  });
});

describe('the context', () => {
  const context: TransferContext = {
    intent: 'returns',
    summary: 'Wants to send a lamp back.',
    variables: { name: 'Jon', order: 17 },
    transcript: [
      { from: 'user', text: 'The lamp is broken.' },
      { from: 'bot', text: 'I am sorry.' },
    ],
  };
  const options = {
    visitorName: '{$botContext.name}',
    prechat: {
      details: [
        { label: 'Order', value: '{$botContext.order}', entityMaps: [] },
        { label: 'Reason', value: '{$botContext.baton.summary}' },
        { label: 'Nothing', value: '{$botContext.unknown}' },
        { label: 'Conversation', value: '{$botContext.baton.conversationId}' },
      ],
    },
  };

  it('is in the details before the agent accepts, and in the first message after', async () => {
    await joined({ request: { context }, options });
    await talk.sends(1, ['Hello?']);

    const { request, transcript } = await talk.view();
    expect(request).toMatchObject({ visitorName: 'Jon' });
    expect(
      (request?.['prechatDetails'] as { label: string; value: string }[]).map(({ label, value }) => [
        label,
        value,
      ]),
    ).toEqual([
      ['Order', '17'],
      ['Reason', 'Wants to send a lamp back.'],
      ['Conversation', 'conversation-1'],
    ]);
    const [first, second, ...more] = transcript;
    expect(first?.text).toBe(
      'Before you joined:\nIntent: returns\nSummary: Wants to send a lamp back.\nname: Jon\norder: 17\n' +
        'User: The lamp is broken.\nBot: I am sorry.',
    );
    expect(second?.text).toBe('Hello?');
    expect(more).toEqual([]);
    expect(talk.chat).not.toHaveProperty('context');
    expect(talk.chat).not.toHaveProperty('request');
  });

  it.each(['lostAnswer', 'lostRequest', 'hang'] as const)(
    'is there once although a message of it was answered by %s',
    async (kind) => {
      await opened({ request: { context }, options });
      await talk.stage.control.fault({ kind, on: 'ChatMessage' });
      await talk.asks();
      talk.listens();
      await talk.stage.control.accept(await talk.chatId(), ANN);
      await talk.hears('connected');
      await talk.sends(1, ['Hello?']);

      const read = await talk.agentRead();
      expect(read).toHaveLength(2);
      expect(read[1]).toBe('Hello?');
    },
  );

  it('is there once although the chat moves in its middle, or the worker dies', async () => {
    await opened({ request: { context }, options });
    await talk.asks();
    let deaths = 0;
    talk.onDelivery = (when, { words }) => {
      const isJoin = words.some(({ word }) => word.kind === 'connected');
      if (when === 'before' && isJoin && (deaths += 1) < 3) throw new Error('dead');
    };
    talk.listens();
    const chatId = await talk.chatId();
    await talk.hears('queued');
    await talk.stage.control.accept(chatId, ANN);
    await talk.until(async () => ((await talk.agentRead()).length > 0 ? true : undefined));
    await talk.stage.control.move(chatId);
    await talk.hears('connected');
    await talk.sends(1, ['Hello?']);

    const read = await talk.agentRead();
    expect(read).toHaveLength(2);
    expect(read[1]).toBe('Hello?');
  });

  it('fits the state, however long it is', async () => {
    const long = '👩‍🔧 Ünïcode '.repeat(400);
    const details = Array.from({ length: 30 }, (_, index) => ({
      label: `Detail ${index}`,
      value: '{$botContext.baton.summary}',
    }));
    const transcript = Array.from({ length: 200 }, () => ({ from: 'user' as const, text: long }));
    await opened({
      request: { context: { ...context, summary: long, transcript } },
      options: { prechat: { details } },
    });

    await talk.asks();

    expect(Buffer.byteLength(JSON.stringify(talk.chat))).toBeLessThanOrEqual(8_192);
  });
});

describe('a chat between workers', () => {
  it('moves: the sender on another worker is told to come again, until the listener has followed', async () => {
    await joined();
    const [mine, theirs] = [
      ['u1', 'u2', 'u3', 'u2', 'u2'],
      ['a1', 'a2', 'a1', 'a1', 'a5'],
    ];
    const chatId = await talk.chatId();
    const sender = talk.worker();
    for (let n = 0; n < 5; n += 1) {
      await talk.stage.control.move(chatId);
      await talk.sends(n + 1, [mine[n] ?? ''], n % 2 === 0 ? sender : talk.worker());
      await talk.stage.control.write(chatId, theirs[n] ?? '');
    }

    expect(await talk.agentRead()).toEqual(mine);
    await talk.hearsTexts(theirs);
  });

  it('moves after a message was taken whose answer was lost: it is there once', async () => {
    await joined();
    await talk.sends(1, ['yes', 'yes']);
    await talk.stage.control.fault({ kind: 'lostAnswer', on: 'ChatMessage' });
    await expect(talk.send(3, ['yes', 'no'])).rejects.toMatchObject({ retry: 'retryable' });

    const before = talk.chat?.generation ?? 0;
    await talk.stage.control.move(await talk.chatId());
    await talk.until(async () => ((talk.chat?.generation ?? 0) > before + 1 ? true : undefined));
    await talk.sends(3, ['yes', 'no']);
    await talk.sends(5, ['yes']);

    expect(await talk.agentRead()).toEqual(['yes', 'yes', 'yes', 'no', 'yes']);
  });

  it('keeps its numbers when a message was given up', async () => {
    await joined();
    await talk.sends(1, ['one']);

    await talk.sends(4, ['four']);
    await talk.sends(5, ['five']);
    const late = await talk.send(2, ['two', 'three']);

    expect(late).toEqual({ taken: 2 });
    expect(await talk.agentRead()).toEqual(['one', 'four', 'five']);
  });

  it('sends again what was answered with 200 and not taken, if this worker sent it', async () => {
    await joined();
    const desk = talk.worker();
    await talk.sends(1, ['one'], desk);
    await talk.stage.control.fault({ kind: 'lostEffect', on: 'ChatMessage' });
    await talk.sends(2, ['two'], desk);

    await talk.sends(3, ['three'], desk);

    expect(await talk.agentRead()).toEqual(['one', 'two', 'three']);
  });

  it('is heard by one of two who listen in one process', async () => {
    await joined();
    await talk.stopsListening();
    const desk = talk.worker();
    const stop = new AbortController();
    const first = desk.chat!.listen!(talk.ref(), async () => undefined, { signal: stop.signal });
    const failed = first.catch((error: unknown) => error);

    talk.listens(desk);
    await failed;
    await talk.stage.control.write(await talk.chatId(), 'still here');

    await talk.hearsTexts(['still here']);
  });

  it.each(
    Array.from({ length: 10 }, (_, at) => at + 1).flatMap((at) => [
      [at, 'before'] as const,
      [at, 'after'] as const,
    ]),
  )('loses and doubles nothing when the listener dies at delivery %i, %s it counted', async (point, when) => {
    await opened();
    let deliveries = 0;
    let isDead = false;
    talk.onDelivery = (now) => {
      if (now === 'before') deliveries += 1;
      if (isDead || deliveries !== point || now !== when) return;
      isDead = true;
      throw new Error('dead');
    };
    await talk.asks();
    talk.listens();
    const chatId = await talk.chatId();
    await talk.stage.control.accept(chatId, ANN);
    await talk.hears('connected');
    await talk.stage.control.write(chatId, 'a1');
    await talk.sends(1, ['u1']);
    await talk.hearsTexts(['a1']);
    await talk.stage.control.move(chatId);
    await talk.stage.control.write(chatId, 'a2');
    await talk.sends(2, ['u2', 'u3']);
    await talk.hearsTexts(['a1', 'a2']);
    await talk.stage.control.transfer(chatId, BEN);
    await talk.stage.control.write(chatId, 'a3');
    await talk.hearsTexts(['a1', 'a2', 'a3']);
    await talk.stage.control.end(chatId);
    expect(await talk.hears('ended')).toEqual({ kind: 'ended', by: 'agent' });
    await talk.listensNoMore();

    expect(await talk.agentRead()).toEqual(['u1', 'u2', 'u3']);
    expect(talk.texts()).toEqual(['a1', 'a2', 'a3']);
    expect(isDead || deliveries < point).toBe(true);
  });
});

describe('how a chat ends', () => {
  it('when the only agent goes offline in its middle: by the system', async () => {
    await joined();
    await talk.stage.control.write(await talk.chatId(), 'bye');

    await talk.stage.control.fail(await talk.chatId(), 'Unavailable');

    expect(await talk.hears('ended')).toEqual({ kind: 'ended', by: 'system' });
    expect(talk.texts()).toEqual(['bye']);
    await talk.listensNoMore();
    expect(await talk.send(1, ['anybody?'])).toEqual({ taken: 0, gone: true });
  });

  it('when its session is gone, or somebody else polled it: by the system', async () => {
    await joined();
    const other = talk.worker();
    const thief = other.chat!.listen!(talk.ref(), async () => undefined, talk.call()).catch(() => undefined);

    expect(await talk.hears('ended')).toEqual({ kind: 'ended', by: 'system' });
    await thief;
    await talk.listensNoMore();
  });

  it('and is not heard again by who listens later', async () => {
    await joined();
    await talk.stage.control.end(await talk.chatId());
    await talk.hears('ended');
    await talk.listensNoMore();
    const { requests } = await talk.stage.control.state();

    talk.listens();
    await talk.listensNoMore();

    expect((await talk.stage.control.state()).requests['Messages']).toBe(requests['Messages']);
  });

  it('and its session is given back', async () => {
    await joined();
    await talk.stage.control.end(await talk.chatId());
    await talk.listensNoMore();

    expect((await talk.view()).state).toBe('gone');
  });

  it('and without a key there is nothing to hear', async () => {
    await opened();

    const error: unknown = await talk.worker().chat!.listen!(
      talk.request,
      async () => undefined,
      talk.call(),
    ).catch((thrown: unknown) => thrown);

    expect(error).toBeInstanceOf(BatonError);
    expect(error).toMatchObject({ retry: 'terminal' });
  });
});
