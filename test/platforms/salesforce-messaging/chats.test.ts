// What only this vendor does: its tokens, its limits, its ways to end, and what it leaves out.
import { salesforceMessaging } from '../../../platforms/salesforce-messaging';
import {
  createMessagingControl,
  startMessagingSimulator,
} from '../../../platforms/salesforce-messaging/simulator';
import type {
  ConversationView,
  MessagingControl,
  MessagingSimulator,
  MessagingState,
  WorldSpec,
} from '../../../platforms/salesforce-messaging/simulator';
import type { ChatState } from '../../../domain/chat';
import type { ConnectorConfiguration } from '../../../domain/configuration';
import type { DeskWord } from '../../../domain/desk-event';
import type { Desk, TransferRequest } from '../../../platforms/desk';
import { aConnector, aWorld, CONTEXT, GUEST, UNBELIEVED, VERIFIED } from './builders';

const REQUEST: TransferRequest = {
  conversationId: 'c1',
  transferId: 'c1/r1/0',
  target: { kind: 'skill', id: 'Silent' },
};
const call = () => ({ signal: AbortSignal.timeout(30_000) });

let simulator: MessagingSimulator;
let control: MessagingControl;
let closing: (() => Promise<void>)[];

async function start(spec: WorldSpec = {}): Promise<void> {
  simulator = await startMessagingSimulator({ world: aWorld({ places: [{ name: 'Silent' }], ...spec }) });
  control = createMessagingControl(simulator.url);
}
function openDesk(changes: Partial<ConnectorConfiguration> = {}): Desk {
  const desk = salesforceMessaging.desk!.createDesk(aConnector(simulator.url, changes), CONTEXT);
  closing.push(() => desk.close());
  return desk;
}

beforeEach(() => {
  closing = [];
});
afterEach(async () => {
  for (const close of closing.reverse()) await close();
  await control.close();
  await simulator.close();
});

/** A chat with an agent in it, and what is heard of it. */
async function aChat(desk: Desk, request: TransferRequest = REQUEST) {
  const answer = await desk.requestTransfer(request, call());
  const words: { id: string; word: DeskWord }[] = [];
  const chats: ChatState[] = 'chat' in answer && answer.chat ? [answer.chat] : [];
  const listens = (by: Desk) => {
    const stop = new AbortController();
    const listening = by.chat!.listen!(
      { ...request, chat: chats.at(-1)! },
      async (news) => {
        words.push(...news.words.filter(({ id }) => !words.some((known) => known.id === id)));
        if (news.chat) chats.push(news.chat);
      },
      stop,
    ).catch((error: unknown) => error);
    const ends = async (): Promise<void> => {
      stop.abort();
      await listening;
    };
    closing.push(ends);
    return { listening, ends };
  };
  const { listening, ends } = listens(desk);
  const only = async (): Promise<ConversationView> => (await control.state()).conversations[0]!;
  await until(async () => (await control.state()).conversations.length > 0);
  const { id } = await only();
  return {
    id,
    words,
    chats,
    listening,
    only,
    /** Another worker listens instead. */
    async goesOn(by: Desk) {
      await ends();
      listens(by);
    },
    ref: () => ({ ...request, chat: chats.at(-1)! }),
    kinds: () => words.map(({ word }) => word.kind),
  };
}

async function until(isRight: () => boolean | Promise<boolean>): Promise<void> {
  const deadline = AbortSignal.timeout(30_000);
  while (!(await isRight())) {
    if (deadline.aborted) throw new Error('it never came to it');
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}
const state = (): Promise<MessagingState> => control.state();
const messages = (from: number, to: number) =>
  Array.from({ length: to - from + 1 }, (_, n) => ({ id: `u${from + n}`, text: `text ${from + n}` }));

describe('verified users', () => {
  it('are spoken for by any worker, without anything kept', async () => {
    await start();
    const chat = await aChat(openDesk());
    await control.accept(chat.id, 'Ann');

    const { chat: _none, ...ref } = chat.ref();
    await openDesk().chat!.send(ref, { first: 1, messages: messages(1, 1) }, call());

    expect((await chat.only()).transcript).toMatchObject([{ from: 'user', text: 'text 1' }]);
    expect(JSON.stringify(chat.chats)).not.toContain('token');
  });

  it('are refused when Salesforce makes a stranger of them', async () => {
    await start();

    const asking = openDesk({ credentials: UNBELIEVED }).requestTransfer(REQUEST, call());

    await expect(asking).rejects.toMatchObject({ code: 'ESC_PLATFORM_UNAUTHORIZED' });
    expect((await state()).conversations).toEqual([]);
  });

  it('get one new token for one that is refused, and no third', async () => {
    await start();
    const desk = openDesk();
    await desk.requestTransfer(REQUEST, call());
    const { token: before = 0 } = (await state()).requests;

    await control.expireTokens();
    expect((await desk.lookUp(REQUEST, call())).kind).toBe('queued');
    expect((await state()).requests.token).toBe(before + 1);

    await control.fault({ kind: 'status', status: 401, on: 'entries', times: 2 });
    await expect(desk.lookUp(REQUEST, call())).rejects.toMatchObject({ code: 'ESC_PLATFORM_UNAUTHORIZED' });
    expect((await state()).requests.token).toBe(before + 2);
  });
});

describe('guests', () => {
  it('are spoken for by a worker who has the sealed token, and by no other', async () => {
    await start();
    const chat = await aChat(openDesk({ credentials: GUEST }));
    await control.accept(chat.id, 'Ann');
    await until(() => chat.kinds().includes('connected'));
    const { chat: _none, ...bare } = chat.ref();
    const another = openDesk({ credentials: GUEST });

    expect(await another.chat!.send(bare, { first: 1, messages: messages(1, 1) }, call())).toEqual({
      taken: 0,
      gone: true,
    });
    expect(await another.chat!.send(chat.ref(), { first: 1, messages: messages(1, 1) }, call())).toEqual({
      taken: 1,
    });
    const third = openDesk({ credentials: GUEST });
    await expect(third.chat!.listen!(bare, async () => undefined, call())).rejects.toMatchObject({
      code: 'ESC_PLATFORM_REJECTED',
    });
  });

  it('have no token in the open where the chat is kept', async () => {
    await start();
    const chat = await aChat(openDesk({ credentials: GUEST }));
    const text = JSON.stringify(chat.chats);

    expect(text).toContain('s1.k1.');
    expect(text).not.toContain('eyJ');
    expect(Buffer.byteLength(text)).toBeLessThan(8_192);
  });

  it('are renewed before their token ends, and workers with the old one go on with the new', async () => {
    await start({ settings: { tokenLifeMs: 1_000 } });
    const chat = await aChat(openDesk({ credentials: GUEST }));
    const other = openDesk({ credentials: GUEST });
    await other.chat!.typing!(chat.ref(), true, call());
    await control.accept(chat.id, 'Ann');

    await until(() => (chat.chats.at(-1)?.generation ?? 0) >= 4);
    await control.write(chat.id, 'still here');
    await until(() => chat.kinds().includes('message'));
    await other.chat!.send(chat.ref(), { first: 1, messages: messages(1, 1) }, call());

    expect((await chat.only()).transcript.map(({ text }) => text)).toEqual(['still here', 'text 1']);
    expect((await state()).requests.token).toBe(1);
    expect((await state()).requests.continuation).toBeGreaterThanOrEqual(3);
  });

  it('are created when their token is kept: what no workflow knows, no agent sees', async () => {
    await start();
    const request = {
      ...REQUEST,
      context: { transcript: [{ from: 'user' as const, text: 'It is broken.' }] },
    };

    await openDesk({ credentials: GUEST }).requestTransfer(request, call());
    const desk = openDesk({ credentials: GUEST });
    await desk.requestTransfer(request, call());
    expect((await state()).conversations).toEqual([]);
    const chat = await aChat(desk, request);

    expect((await state()).conversations).toHaveLength(1);
    await until(async () => (await chat.only()).transcript.length === 1);
    await control.accept(chat.id, 'Ann');
    await until(() => chat.kinds().includes('connected'));
    expect(chat.chats[0]).toHaveProperty('opening');
    expect(chat.chats.at(-1)).not.toHaveProperty('opening');
  });

  it('who are withdrawn before they were created are not created any more', async () => {
    await start();
    const desk = openDesk({ credentials: GUEST });
    const answer = await desk.requestTransfer(REQUEST, call());
    const ref = { ...REQUEST, ...('chat' in answer && answer.chat && { chat: answer.chat }) };

    expect(await desk.lookUp(ref, call())).toMatchObject({ kind: 'requested' });
    expect(await desk.withdraw(ref, call())).toEqual({ kind: 'withdrawn' });
    await openDesk({ credentials: GUEST }).chat!.listen!(ref, async () => undefined, call());

    expect(await desk.lookUp(ref, call())).toEqual({ kind: 'absent' });
    expect((await state()).conversations).toMatchObject([{ status: 'closed', creates: 1 }]);
  });

  it('have a context that fits where the chat is kept', async () => {
    await start();
    const transcript = Array.from({ length: 100 }, () => ({ from: 'user' as const, text: 'ü'.repeat(500) }));

    const answer = await openDesk({ credentials: GUEST }).requestTransfer(
      { ...REQUEST, context: { transcript } },
      call(),
    );

    const chat = 'chat' in answer ? answer.chat : undefined;
    expect(Buffer.byteLength(JSON.stringify(chat))).toBeLessThanOrEqual(8_192);
    expect((chat?.opening as { context: string[] }).context.length).toBeGreaterThan(0);
  });
});

describe('the limit of 22 messages a minute', () => {
  it('is told with how long to wait, after what was taken', async () => {
    await start();
    const chat = await aChat(openDesk());
    const desk = openDesk();

    const receipt = await desk.chat!.send(chat.ref(), { first: 1, messages: messages(1, 25) }, call());
    const refused = desk.chat!.send(chat.ref(), { first: 23, messages: messages(23, 25) }, call());

    expect(receipt).toEqual({ taken: 22 });
    const error = await refused.catch((caught: unknown) => caught);
    expect(error).toMatchObject({ code: 'ESC_PLATFORM_RATE_LIMITED' });
    expect((error as { retryAfterMs: number }).retryAfterMs).toBeGreaterThan(30_000);
  });

  it('has a wait of our own where Salesforce names none', async () => {
    await start();
    const chat = await aChat(openDesk());
    await control.fault({ kind: 'status', status: 429, on: 'message' });

    const sending = openDesk().chat!.send(chat.ref(), { first: 1, messages: messages(1, 1) }, call());

    await expect(sending).rejects.toMatchObject({ retryAfterMs: 3_000 });
  });

  it('holds up one conversation and no other', async () => {
    await start({ settings: { perMinute: 1 } });
    const desk = openDesk();
    const [one, two] = [REQUEST, { ...REQUEST, conversationId: 'c2', transferId: 'c2/r1/0' }];
    for (const request of [one, two]) await desk.requestTransfer(request, call());
    await desk.chat!.send(one, { first: 1, messages: messages(1, 2) }, call());

    expect(await desk.chat!.send(two, { first: 1, messages: messages(1, 1) }, call())).toEqual({ taken: 1 });
  });
});

describe('a message that Salesforce does not want', () => {
  it('is refused for good, and those behind it can still be sent', async () => {
    await start();
    const chat = await aChat(openDesk());
    await control.fault({ kind: 'status', status: 400, on: 'message', skip: 1 });
    const desk = openDesk();

    const receipt = await desk.chat!.send(chat.ref(), { first: 1, messages: messages(1, 3) }, call());
    const rest = await desk.chat!.send(chat.ref(), { first: 3, messages: messages(3, 3) }, call());

    expect(receipt).toEqual({ taken: 1, refused: 'rejected' });
    expect(rest).toEqual({ taken: 1 });
    expect((await chat.only()).transcript.map(({ text }) => text)).toEqual(['text 1', 'text 3']);
  });
});

describe('no open session (417)', () => {
  it('is opened anew if it lapsed, and the message is there once', async () => {
    await start();
    const chat = await aChat(openDesk());
    await control.lapse(chat.id);

    const receipt = await openDesk().chat!.send(chat.ref(), { first: 1, messages: messages(1, 1) }, call());

    expect(receipt).toEqual({ taken: 1 });
    expect(await chat.only()).toMatchObject({ sessions: 2, transcript: [{ text: 'text 1' }] });
  });

  it('stays closed if somebody ended it: no other agent is called', async () => {
    await start();
    const chat = await aChat(openDesk());
    await control.accept(chat.id, 'Ann');
    await control.end(chat.id);

    const receipt = await openDesk().chat!.send(chat.ref(), { first: 1, messages: messages(1, 1) }, call());

    expect(receipt).toEqual({ taken: 0, gone: true });
    expect((await chat.only()).sessions).toBe(1);
  });
});

describe('an agent', () => {
  it('who only is removed has left, after the grace', async () => {
    await start();
    const chat = await aChat(openDesk());
    await control.accept(chat.id, 'Ann');
    await control.end(chat.id, 'removedOnly');

    await until(() => chat.kinds().includes('agentLeft'));

    expect(chat.kinds()).toEqual(['queued', 'connected', 'agentLeft']);
  });

  it('who ends without being removed has ended', async () => {
    await start();
    const chat = await aChat(openDesk());
    await control.accept(chat.id, 'Ann');
    await control.end(chat.id, 'statusOnly');

    expect(await chat.listening).toBeUndefined();
    expect(chat.kinds()).toEqual(['queued', 'connected', 'ended']);
  });

  it('who hands over is followed, also where another worker listens by then', async () => {
    await start();
    const options = { agentGraceMs: 1_000 };
    const chat = await aChat(openDesk({ options }));
    await control.accept(chat.id, 'Ann');
    await until(() => chat.kinds().includes('connected'));
    await control.leave(chat.id);
    await chat.goesOn(openDesk({ options }));

    await control.accept(chat.id, 'Ben');
    await until(() => chat.kinds().includes('agentChanged'));

    expect(chat.kinds()).not.toContain('agentLeft');
    expect(chat.words.at(-1)?.word).toEqual({
      kind: 'agentChanged',
      agentId: 'agent-ben',
      agentName: 'Ben',
    });
  });

  it('who left is told to another worker as well', async () => {
    await start();
    const chat = await aChat(openDesk({ options: { agentGraceMs: 60_000 } }));
    await control.accept(chat.id, 'Ann');
    await until(() => chat.kinds().includes('connected'));
    await control.leave(chat.id);
    await chat.goesOn(openDesk());

    await until(() => chat.kinds().includes('agentLeft'));

    expect(chat.kinds()).toEqual(['queued', 'connected', 'agentLeft']);
  });

  it('gets receipts of what the user was told, read ones where asked for', async () => {
    await start();
    const chat = await aChat(openDesk({ options: { readReceipts: true } }));
    await control.accept(chat.id, 'Ann');
    await control.write(chat.id, 'hello');

    await until(async () => (await chat.only()).read.length === 1);

    const { delivered, read, transcript } = await chat.only();
    expect(delivered).toEqual([transcript[0]?.id]);
    expect(read).toEqual(delivered);
  });
});

describe('a break', () => {
  it('tells how many messages have arrived meanwhile', async () => {
    await start({ settings: { replays: false } });
    const desk = openDesk();
    const chat = await aChat(desk);
    await control.accept(chat.id, 'Ann');
    await until(() => chat.kinds().includes('connected'));
    await control.fault({ kind: 'status', status: 503, on: 'stream', times: 2 });
    await control.cutStreams();
    await desk.chat!.send(chat.ref(), { first: 1, messages: messages(1, 3) }, call());

    await until(() => chat.kinds().includes('delivered'));

    expect(chat.words.at(-1)).toEqual({ id: 'delivered:3', word: { kind: 'delivered', count: 3 } });
  });

  it('of a chat with more entries than a page loses none', async () => {
    await start({ settings: { replays: false, perMinute: 1_000 } });
    const desk = openDesk();
    const request = { ...REQUEST };
    const answer = await desk.requestTransfer(request, call());
    const [conversation] = (await state()).conversations;
    await control.accept(conversation!.id, 'Ann');
    for (let n = 1; n <= 130; n += 1) await control.write(conversation!.id, `a${n}`);
    for (let n = 1; n <= 60; n += 20)
      await desk.chat!.send(request, { first: n, messages: messages(n, n + 19) }, call());

    const heard: string[] = [];
    const stop = new AbortController();
    const listening = desk.chat!.listen!(
      { ...request, ...('chat' in answer && answer.chat && { chat: answer.chat }) },
      async ({ words }) =>
        words.forEach(({ word }) => word.kind === 'message' && heard.push(word.message.text ?? '')),
      stop,
    ).catch(() => undefined);
    await until(() => heard.length >= 130);
    stop.abort();
    await listening;
    // The first of them is more than a page back.
    expect(await desk.chat!.send(request, { first: 1, messages: messages(1, 60) }, call())).toEqual({
      taken: 60,
    });

    expect(heard).toEqual(Array.from({ length: 130 }, (_, n) => `a${n + 1}`));
    expect(
      (await control.conversation(conversation!.id)).transcript.filter(({ from }) => from === 'user'),
    ).toHaveLength(60);
  });

  it('of a conversation that is gone ends the chat', async () => {
    await start();
    const chat = await aChat(openDesk());
    await control.accept(chat.id, 'Ann');
    await until(() => chat.kinds().includes('connected'));
    await control.fault({ kind: 'status', status: 404, on: 'entries', times: 5 });
    await control.cutStreams();

    expect(await chat.listening).toBeUndefined();
    expect(chat.words.at(-1)?.word).toEqual({ kind: 'ended', by: 'system' });
  });
});

describe('a transfer', () => {
  it('brings the context: attributes by their exact names, and messages that say what was said', async () => {
    await start({ settings: { attributes: ['Skill', 'Email'] } });
    const routingAttributes = {
      Skill: '{target.id}',
      Email: '{variables.email}',
      email: 'wrong case',
      Phone: '{variables.phone}',
    };
    const chat = await aChat(openDesk({ options: { routingAttributes } }), {
      ...REQUEST,
      context: {
        intent: 'returns',
        summary: 'A broken parcel.',
        variables: { email: 'a@b.example' },
        transcript: [
          { from: 'user', text: 'It is broken.' },
          { from: 'bot', text: 'I am sorry.' },
        ],
      },
    });

    const { attributes, transcript } = await chat.only();
    expect(attributes).toEqual({ Skill: 'Silent', Email: 'a@b.example' });
    expect(transcript.map(({ text }) => text)).toEqual([
      'Before you joined:\nIntent: returns\nSummary: A broken parcel.\nemail: a@b.example\nUser: It is broken.\nBot: I am sorry.',
    ]);
  });

  it('brings the context once, whatever gets lost on the way', async () => {
    await start({ settings: { dedupes: false } });
    const request = {
      ...REQUEST,
      context: {
        transcript: [
          { from: 'user' as const, text: 'x'.repeat(9_000) },
          { from: 'user' as const, text: 'last' },
        ],
      },
    };
    await control.fault({ kind: 'lostAnswer', on: 'message' });

    await expect(openDesk().requestTransfer(request, call())).rejects.toMatchObject({ resultUnknown: true });
    await openDesk().requestTransfer(request, call());

    const [conversation] = (await state()).conversations;
    expect(conversation?.creates).toBe(1);
    expect(new Set(conversation?.transcript.map(({ text }) => text)).size).toBe(
      conversation?.transcript.length,
    );
    expect(conversation?.transcript.at(-1)?.text).toContain('last');
  });

  it('that the flow cannot route is declined, and closed so that nobody joins later', async () => {
    await start({ places: [{ name: 'Silent', behaviour: 'unroutable' }] });
    const chat = await aChat(openDesk());

    expect(await chat.listening).toBeUndefined();
    expect(chat.words.map(({ word }) => word)).toEqual([
      { kind: 'declined', reason: 'no_agents', detail: 'routing: RoutingError' },
    ]);
    expect((await chat.only()).status).toBe('closed');
  });

  it('has the hours of the deployment', async () => {
    await start();
    const desk = openDesk();
    const now = Date.now();
    const at = async (hours: { startTime: number; endTime: number }[]) => {
      await control.settings({ hours });
      return (await desk.check(REQUEST.target, call())).available;
    };

    expect(await at([])).toBe('unknown');
    expect(await at([{ startTime: now - 60_000, endTime: now + 60_000 }])).toBe('yes');
    expect(await at([{ startTime: now + 60_000, endTime: now + 120_000 }])).toBe('no');
  });
});

describe('the options', () => {
  const faults = (changes: Partial<ConnectorConfiguration>) =>
    salesforceMessaging
      .desk!.checkConnector(aConnector('http://127.0.0.1:1', changes))
      .map(({ path, message }) => `${path.join('.')}: ${message}`);

  it('are fine for verified users and for guests', async () => {
    await start();
    expect(faults({})).toEqual([]);
    expect(faults({ credentials: GUEST })).toEqual([]);
  });

  it.each<[Partial<ConnectorConfiguration>, string]>([
    [{ account: 'acme' }, 'account: must be the id of the org'],
    [{ options: { scrtUrl: 'ftp://x' } }, 'options.scrtUrl: '],
    [{ options: { scrtUrl: 'http://127.0.0.1:1/iamessage' } }, 'options.scrtUrl: has more than a host'],
    [{ options: { deployment: 'not a name' } }, 'options.deployment: is not a developer name'],
    [
      { options: { routingAttributes: { Skill: '{target.skill}' } } },
      'options.routingAttributes.Skill: has no value',
    ],
    [{ options: { unknown: 1 } }, 'options: '],
    [{ credentials: {} }, 'credentials: are neither'],
    [{ credentials: { sealingKeys: 'k1:short' } }, 'credentials.sealingKeys: is not a list of keys'],
    [
      { credentials: { ...VERIFIED, privateKey: 'no PEM' } },
      'credentials.privateKey: is not an RSA private key',
    ],
  ])('are refused: %j', async (changes, message) => {
    await start();
    expect(faults(changes)).toEqual([expect.stringContaining(message)]);
  });

  it('are refused with allowPrivateNetwork off for a host of one’s own', async () => {
    await start();
    expect(faults({ allowPrivateNetwork: false })).toHaveLength(1);
  });
});
