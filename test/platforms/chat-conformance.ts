// What every desk must do whose chats Baton carries, whatever its vendor: one suite, run by each platform's own test
// with a stage that plays the agent. A small relay stands for the workflow: it keeps where the chat stands, tells
// each word once, sends each message until it is taken, and may be killed and go on as another worker.
import { setTimeout as sleep } from 'node:timers/promises';
import type { Attachment, ChatEvent, ChatMessage, ChatState } from '../../domain/chat';
import type { DeskEvent, DeskWord } from '../../domain/desk-event';
import { BatonError } from '../../domain/errors';
import type {
  Call,
  Desk,
  DeskChat,
  DeskNews,
  SendReceipt,
  TransferRef,
  TransferRequest,
} from '../../platforms/desk';
import type { DeskPlatform } from '../../platforms/platform';

/** One simulator with one account, made new for each test. Deeds have happened when they resolve. */
export interface ChatStage {
  /** A desk on the account; several stand for several workers. The suite closes what it opens. */
  openDesk(): Desk;
  /** A transfer to a target whose agents wait to be told; not yet asked for. */
  newTransfer(): Promise<TransferRequest>;
  /** Gives the agent's id as `connected` tells it. */
  agentJoins(ref: TransferRef): Promise<string>;
  agentWrites(ref: TransferRef, text: string): Promise<void>;
  /** The agent ends the chat for good. */
  agentEnds(ref: TransferRef): Promise<void>;
  /** The agent is gone, the chat goes on. Absent: the desk has no such thing. */
  agentLeaves?(ref: TransferRef): Promise<void>;
  /** Another agent takes over. Absent: the desk does not tell. */
  agentHandsOver?(ref: TransferRef): Promise<void>;
  agentTypes?(ref: TransferRef, writes: boolean): Promise<void>;
  userTypes?(ref: TransferRef): Promise<boolean>;
  /** What the agent has read of the user's messages, in order; context that came with the transfer is left out. */
  agentRead(ref: TransferRef): Promise<readonly string[]>;
  /** Whether the desk still has the chat open. */
  isOpen(ref: TransferRef): Promise<boolean>;
  /** Makes this trouble, one of the harness's; it strikes at once or with the next call. */
  trouble(name: string, ref: TransferRef): Promise<void>;
  /** The next message that is sent has this fate and no other after it. */
  strikeSend(fate: SendFate): Promise<void>;
  /** Only for desks that are not listened to: brings what they say, as the gateway would. */
  listen?(ref: TransferRef, deliver: (news: DeskNews) => Promise<void>, call: Call): Promise<void>;
  close(): Promise<void>;
}

/** `lostAnswer`: the agent has it, and the connection breaks. `lostRequest`: it breaks before. `serverError`: 503. */
export type SendFate = 'lostAnswer' | 'lostRequest' | 'serverError';

/** What a platform's test gives to the suite. */
export interface ChatHarness {
  readonly name: string;
  readonly platform: DeskPlatform;
  /** Troubles that a chat must survive without a message lost, doubled or out of order. */
  readonly troubles: readonly string[];
  /**
   * The other side speaks only in its answers, as a bot does: nothing comes by itself, so that what the suite says of that
   * is left to the platform's own tests. @default false
   */
  readonly speaksInAnswers?: boolean;
  /** How the desk says who ended it. @default agent */
  readonly endedBy?: 'agent' | 'system';
  open(): Promise<ChatStage>;
}

const CALL_MS = 30_000;
const PATIENCE_MS = 30_000;
const FATES: readonly SendFate[] = ['lostAnswer', 'lostRequest', 'serverError'];
const PDF: Attachment = {
  url: 'https://files.example.com/a.pdf',
  name: 'a.pdf',
  mediaType: 'application/pdf',
};
const ODD = 'Zwei\nZeilen, "Zitate" & <b>Zeichen</b> 👩‍🔧 \\u0041 {$x}';

/** Registers the suite for one platform. */
export function describeChatConformance(harness: ChatHarness): void {
  const capabilities = harness.platform.capabilities.chat;
  if (!capabilities) throw new Error(`${harness.name} has no chat`);

  describe(`chats of the ${harness.name} desk`, () => {
    let stage: ChatStage;
    let talks: Talk[];
    beforeEach(async () => {
      stage = await harness.open();
      talks = [];
    });
    afterEach(async () => {
      for (const talk of talks) await talk.close();
      await stage.close();
    });

    /** A chat with an agent in it. */
    const aTalk = async (): Promise<Talk> => {
      const talk = await aRequest();
      await stage.agentJoins(talk.ref());
      await talk.hears('connected');
      return talk;
    };
    const aRequest = async (): Promise<Talk> => {
      const talk = new Talk(stage, await stage.newTransfer());
      talks.push(talk);
      await talk.begin();
      return talk;
    };
    const agentHas = async (talk: Talk, texts: readonly string[]): Promise<void> => {
      const read = await until(
        () => stage.agentRead(talk.ref()),
        (found) => found.length >= texts.length,
      );
      expect(read).toEqual(texts);
    };
    const userHas = async (talk: Talk, texts: readonly string[]): Promise<void> => {
      await until(
        async () => talk.texts(),
        (found) => found.length >= texts.length,
      );
      expect(talk.texts()).toEqual(texts);
    };

    describe('to the agent', () => {
      it('carries messages in their order', async () => {
        const talk = await aTalk();

        await talk.says(['one', 'two', 'three']);
        await talk.says(['four']);

        await agentHas(talk, ['one', 'two', 'three', 'four']);
      });

      it('carries a text as it is', async () => {
        const talk = await aTalk();
        const long = 'x'.repeat(capabilities.maxChars);

        await talk.says([ODD]);
        await talk.says([long]);

        await agentHas(talk, [ODD, long]);
      });

      it('has one message of a batch that is sent again, by this worker and by another', async () => {
        const talk = await aTalk();
        await talk.says(['before']);
        const batch = talk.batch(['one', 'two']);

        expect(await talk.send(batch)).toMatchObject({ taken: 2 });
        expect(await talk.send(batch)).toMatchObject({ taken: 2 });
        await talk.killed();
        expect(await talk.send(batch)).toMatchObject({ taken: 2 });

        await agentHas(talk, ['before', 'one', 'two']);
      });

      it('has the whole batch after a part of it was taken', async () => {
        const talk = await aTalk();
        const batch = talk.batch(['one', 'two', 'three']);

        await talk.send({ ...batch, messages: batch.messages.slice(0, 2) });
        await talk.send(batch);

        await agentHas(talk, ['one', 'two', 'three']);
      });

      it.each(FATES)('sends until it is taken, and once: %s', async (fate) => {
        const talk = await aTalk();
        await talk.says(['one']);

        await stage.strikeSend(fate);
        await talk.says(['two']);
        await stage.strikeSend(fate);
        await talk.says(['three', 'four']);

        await agentHas(talk, ['one', 'two', 'three', 'four']);
      });

      it.each(FATES)('lets another worker send what one could not: %s', async (fate) => {
        const talk = await aTalk();
        await talk.says(['one']);
        const batch = talk.batch(['two', 'three']);

        await stage.strikeSend(fate);
        await talk.send(batch).catch(() => undefined);
        await talk.killed();
        await talk.carry(batch);

        await agentHas(talk, ['one', 'two', 'three']);
      });

      it(`has files ${capabilities.attachments}`, async () => {
        const talk = await aTalk();

        const receipt = await talk.send({
          first: 1,
          messages: [{ id: 'f1', text: 'My invoice', attachment: PDF }],
        });

        if (capabilities.attachments === 'refused')
          expect(receipt).toMatchObject({ taken: 0, refused: 'attachment' });
        else {
          expect(receipt).toMatchObject({ taken: 1 });
          const [read] = await until(
            () => stage.agentRead(talk.ref()),
            (found) => found.length > 0,
          );
          expect(read).toContain('My invoice');
          if (capabilities.attachments === 'as_link') expect(read).toContain(PDF.url);
        }
      });
    });

    const speaks = !harness.speaksInAnswers;
    const whereItSpeaks = (name: string, tests: () => void): void => void (speaks && describe(name, tests));
    const ifItSpeaks = (name: string, test: () => Promise<void>): void => void (speaks && it(name, test));

    whereItSpeaks('to the user', () => {
      it('tells messages in their order, each with an id of its own', async () => {
        const talk = await aTalk();

        for (const text of ['one', 'two', ODD]) await stage.agentWrites(talk.ref(), text);

        await userHas(talk, ['one', 'two', ODD]);
        expect(new Set(talk.messages().map(({ message }) => message.id)).size).toBe(3);
      });

      it('tells nothing of what the user wrote', async () => {
        const talk = await aTalk();

        await talk.says(['mine']);
        await stage.agentWrites(talk.ref(), 'yours');

        await userHas(talk, ['yours']);
      });

      it('tells another worker what none has taken, and nothing that one has', async () => {
        const talk = await aTalk();
        await stage.agentWrites(talk.ref(), 'one');
        await userHas(talk, ['one']);

        await talk.stopsListening();
        await stage.agentWrites(talk.ref(), 'two');
        await talk.killed();
        await stage.agentWrites(talk.ref(), 'three');

        await userHas(talk, ['one', 'two', 'three']);
      });

      it('goes on after a delivery that failed, from what was taken last', async () => {
        const talk = await aTalk();
        await stage.agentWrites(talk.ref(), 'one');
        await userHas(talk, ['one']);

        talk.failsDeliveries(2);
        await stage.agentWrites(talk.ref(), 'two');
        await stage.agentWrites(talk.ref(), 'three');

        await userHas(talk, ['one', 'two', 'three']);
      });

      it.each([0, 1, 2, 3, 4, 5])(
        'loses and doubles nothing when a worker dies after word %i',
        async (dies) => {
          const talk = await aTalk();
          const texts = ['a', 'b', 'c', 'd', 'e'];
          talk.diesAfter(dies);

          for (const text of texts) await stage.agentWrites(talk.ref(), text);
          await talk.isDead();
          await talk.killed();

          await userHas(talk, texts);
        },
      );

      it('gives its words the same ids again, where it can be heard again', async () => {
        if (!['replayed', 'read_back'].includes(capabilities.resumes)) return expect(talks).toEqual([]);
        const talk = await aTalk();
        await stage.agentWrites(talk.ref(), 'one');
        await userHas(talk, ['one']);
        await talk.stopsListening();

        const again = talk.fromTheStart();
        talks.push(again);

        await userHas(again, ['one']);
        expect(again.heard).toEqual(talk.heard);
      });
    });

    describe('the agents', () => {
      it('are told of when another takes over', async () => {
        if (!stage.agentHandsOver) return expect(stage.agentHandsOver).toBeUndefined();
        const talk = await aTalk();
        await stage.agentWrites(talk.ref(), 'one');

        await stage.agentHandsOver(talk.ref());
        await stage.agentWrites(talk.ref(), 'two');

        await userHas(talk, ['one', 'two']);
        expect(talk.kinds()).toContain('agentChanged');
        expect(talk.kinds()).not.toContain('agentLeft');
        expect(talk.kinds()).not.toContain('ended');
      });

      it('are told of when the last one is gone, and the chat goes on with another', async () => {
        if (!stage.agentLeaves) return expect(stage.agentLeaves).toBeUndefined();
        const talk = await aTalk();

        await stage.agentLeaves(talk.ref());
        await talk.hears('agentLeft');
        await stage.agentJoins(talk.ref());
        await stage.agentWrites(talk.ref(), 'back');

        await userHas(talk, ['back']);
        await talk.says(['good']);
        await agentHas(talk, ['good']);
        expect(talk.kinds()).not.toContain('ended');
      });

      it('are shown to write, and see the user write, where the desk can', async () => {
        const talk = await aTalk();
        if (capabilities.typing.toUser && stage.agentTypes) {
          await stage.agentTypes(talk.ref(), true);
          await until(
            async () => talk.typing,
            (typing) => typing.includes(true),
          );
          await stage.agentTypes(talk.ref(), false);
          await until(
            async () => talk.typing,
            (typing) => typing.at(-1) === false,
          );
        }
        if (capabilities.typing.toAgent && stage.userTypes) {
          await talk.chatOf().typing?.(talk.ref(), true, call());
          expect(await stage.userTypes(talk.ref())).toBe(true);
        }
        expect(talk.kinds().filter((kind) => kind === 'message')).toEqual([]);
      });
    });

    describe('the end', () => {
      ifItSpeaks('by the agent is told after their last words, and ends the listening', async () => {
        const talk = await aTalk();

        await stage.agentWrites(talk.ref(), 'bye');
        await stage.agentEnds(talk.ref());
        const ended = await talk.hears('ended');

        expect(ended.by ?? 'agent').toBe(harness.endedBy ?? 'agent');
        expect(talk.texts()).toEqual(['bye']);
        expect(talk.kinds().at(-1)).toBe('ended');
        await talk.listensNoMore();
      });

      ifItSpeaks('is told to a worker who was not there', async () => {
        const talk = await aTalk();
        await talk.stopsListening();

        await stage.agentWrites(talk.ref(), 'bye');
        await stage.agentEnds(talk.ref());
        await talk.killed();

        await talk.hears('ended');
        expect(talk.texts()).toEqual(['bye']);
      });

      it('by the user can be asked for again, by another worker too', async () => {
        const talk = await aTalk();

        await talk.chatOf().close(talk.ref(), call());
        await talk.chatOf().close(talk.ref(), call());
        await talk.killed();
        await talk.chatOf().close(talk.ref(), call());

        expect(await stage.isOpen(talk.ref())).toBe(false);
      });

      it('leaves nothing to send to', async () => {
        const talk = await aTalk();
        await talk.says(['one']);
        await talk.chatOf().close(talk.ref(), call());

        const receipt = await talk.send(talk.batch(['two']));

        expect(receipt).toMatchObject({ taken: 0, gone: true });
        expect(await stage.agentRead(talk.ref())).toEqual(['one']);
      });

      it('of the agent leaves nothing to send to', async () => {
        const talk = await aTalk();
        await stage.agentEnds(talk.ref());

        const receipt = await talk.send(talk.batch(['too late']));

        expect(receipt).toMatchObject({ taken: 0, gone: true });
      });
    });

    whereItSpeaks('a long talk', () => {
      it('of both sides at once is what was sent', async () => {
        const talk = await aTalk();
        const [mine, theirs] = [texts('u', 8), texts('a', 8)];

        await Promise.all([
          (async () => {
            for (const text of mine) await talk.says([text]);
          })(),
          (async () => {
            for (const text of theirs) await stage.agentWrites(talk.ref(), text);
          })(),
        ]);

        await agentHas(talk, mine);
        await userHas(talk, theirs);
      });

      it.each(harness.troubles.length > 0 ? [...harness.troubles] : ['no trouble'])(
        'is what was sent, in spite of: %s',
        async (name) => {
          const talk = await aTalk();
          const [mine, theirs] = [texts('u', 6), texts('a', 6)];

          for (let n = 0; n < 6; n += 1) {
            if (n === 2 || n === 4) if (name !== 'no trouble') await stage.trouble(name, talk.ref());
            await talk.says([mine[n] ?? '']);
            await stage.agentWrites(talk.ref(), theirs[n] ?? '');
          }

          await agentHas(talk, mine);
          await userHas(talk, theirs);
        },
      );

      it('is what was sent, with the worker killed at every step of twenty messages', async () => {
        const talk = await aTalk();
        const [mine, theirs] = [texts('u', 10), texts('a', 10)];

        for (let n = 0; n < 10; n += 1) {
          const batch = talk.batch([mine[n] ?? '']);
          const abort = new AbortController();
          const sending = talk.send(batch, abort.signal).catch(() => undefined);
          await sleep(n);
          abort.abort(new Error('killed'));
          await sending;
          await talk.killed();
          await talk.carry(batch);
          await stage.agentWrites(talk.ref(), theirs[n] ?? '');
          await talk.killed();
        }

        await agentHas(talk, mine);
        await userHas(talk, theirs);
      });
    });
  });
}

interface Batch {
  readonly first: number;
  readonly messages: readonly ChatMessage[];
}

type Heard = { readonly id: string; readonly word: DeskWord };

/** The small relay of one transfer. */
class Talk {
  readonly heard: Heard[] = [];
  readonly typing: boolean[] = [];
  private desk: Desk;
  private chat: ChatState | undefined;
  private firstChat: ChatState | undefined;
  private accepted = 0;
  private listening: { readonly stop: AbortController; readonly done: Promise<void> } | undefined;
  private failures = 0;
  private lifeLeft = Infinity;
  private died: () => void = () => undefined;
  private death: Promise<void> = Promise.resolve();

  constructor(
    private readonly stage: ChatStage,
    readonly request: TransferRequest,
  ) {
    this.desk = stage.openDesk();
  }

  async begin(): Promise<void> {
    const answer = await insisting(() => this.desk.requestTransfer(this.refOf(this.request), call()));
    if ('chat' in answer && answer.chat) this.keep(answer.chat);
    this.firstChat = this.chat;
    this.listens();
  }

  /** Another who knows only what was known when the transfer had been asked for, and listens. */
  fromTheStart(): Talk {
    const another = new Talk(this.stage, this.request);
    another.chat = this.firstChat;
    another.listens();
    return another;
  }

  ref(): TransferRef {
    const { conversationId, transferId, target } = this.request;
    return this.refOf({ conversationId, transferId, target });
  }

  chatOf(): DeskChat {
    if (!this.desk.chat) throw new Error('the desk has no chat');
    return this.desk.chat;
  }

  /** Numbers messages that are new. */
  batch(texts: readonly string[]): Batch {
    const first = this.accepted + 1;
    this.accepted += texts.length;
    return { first, messages: texts.map((text, index) => ({ id: `u${first + index}`, text })) };
  }

  async send(batch: Batch, signal: AbortSignal = call().signal): Promise<SendReceipt> {
    const receipt = await this.chatOf().send(this.ref(), batch, { signal });
    if (receipt.chat) this.keep(receipt.chat);
    this.note(receipt.words ?? []);
    return receipt;
  }

  /** Sends until all is taken. */
  async carry({ first, messages }: Batch): Promise<void> {
    for (let taken = 0; taken < messages.length;) {
      const rest = { first: first + taken, messages: messages.slice(taken) };
      const receipt = await insisting(() => this.send(rest));
      if (receipt.gone || receipt.refused) throw new Error(`not taken: ${JSON.stringify(receipt)}`);
      taken += receipt.taken;
    }
  }

  says(texts: readonly string[]): Promise<void> {
    return this.carry(this.batch(texts));
  }

  /** The worker is gone with all that it knew; another goes on from what the workflow has. */
  async killed(): Promise<void> {
    await this.stopsListening();
    await this.desk.close();
    this.lifeLeft = Infinity;
    this.desk = this.stage.openDesk();
    this.listens();
  }

  async stopsListening(): Promise<void> {
    this.listening?.stop.abort(new Error('stopped'));
    await this.listening?.done;
    this.listening = undefined;
  }

  /** Resolves when the desk has nothing more to say. */
  async listensNoMore(): Promise<void> {
    const silent = Symbol('still listening');
    const first = await Promise.race([this.listening?.done, sleep(CALL_MS, silent, { ref: false })]);
    expect(first).toBeUndefined();
  }

  /** The next so many deliveries reach nobody. */
  failsDeliveries(count: number): void {
    this.failures = count;
  }

  /** The worker takes so many words of the agent and is then deaf. */
  diesAfter(words: number): void {
    this.lifeLeft = words;
    this.death = new Promise((resolve) => (this.died = resolve));
    if (words === 0) void this.stopsListening().then(this.died);
  }

  /** Resolves when it has died; one that hears several words at once may outlive the last. */
  async isDead(): Promise<void> {
    await Promise.race([this.death, sleep(PATIENCE_MS, undefined, { ref: false })]);
  }

  messages(): readonly (ChatEvent & { kind: 'message' })[] {
    return this.heard.map(({ word }) => word).filter((word) => word.kind === 'message');
  }

  texts(): readonly string[] {
    return this.messages().map(({ message }) => message.text ?? '');
  }

  kinds(): readonly DeskWord['kind'][] {
    return this.heard.map(({ word }) => word.kind);
  }

  async hears<K extends DeskWord['kind']>(kind: K): Promise<(DeskEvent | ChatEvent) & { kind: K }> {
    const isIt = (word: DeskWord): word is DeskWord & { kind: K } => word.kind === kind;
    const words = (): DeskWord[] => this.heard.map(({ word }) => word);
    const found = await until(
      async () => words().find(isIt),
      (word) => word !== undefined,
    );
    if (!found) throw new Error(`never heard ${kind}`);
    return found;
  }

  async close(): Promise<void> {
    await this.stopsListening();
    await this.desk.close();
  }

  private refOf<R extends TransferRef>(ref: R): R {
    return this.chat ? { ...ref, chat: this.chat } : ref;
  }

  private keep(chat: ChatState): void {
    if (!this.chat || chat.generation >= this.chat.generation) this.chat = chat;
  }

  private listens(): void {
    const stop = new AbortController();
    this.listening = { stop, done: this.listenOn(stop) };
  }

  private note(words: readonly Heard[]): void {
    for (const { id, word } of words)
      if (!this.heard.some((each) => each.id === id)) this.heard.push({ id, word });
  }

  /** Again and again, as the activity is retried, until the chat is over. */
  private async listenOn(stop: AbortController): Promise<void> {
    const listen = this.stage.listen ?? this.chatOf().listen;
    if (!listen) throw new Error('a desk that is not listened to needs the stage to bring what it says');
    while (!stop.signal.aborted) {
      try {
        return await listen(this.ref(), (news) => this.take(news, stop), stop);
      } catch (error) {
        if (stop.signal.aborted) return;
        if (error instanceof BatonError && error.retry !== 'retryable') throw error;
        await sleep(5);
      }
    }
  }

  private async take({ words, chat, typing }: DeskNews, stop: AbortController): Promise<void> {
    if (stop.signal.aborted) throw new Error('dead');
    if (typing !== undefined) this.typing.push(typing);
    if (words.length === 0 && !chat) return;
    if (this.failures > 0) {
      this.failures -= 1;
      throw new Error('the signal could not be sent');
    }
    this.note(words);
    if (chat) this.keep(chat);
    this.lifeLeft -= words.length;
    if (this.lifeLeft > 0) return;
    stop.abort(new Error('dead'));
    this.died();
  }
}

function call(): Call {
  return { signal: AbortSignal.timeout(CALL_MS) };
}

function texts(prefix: string, count: number): readonly string[] {
  return Array.from({ length: count }, (_, index) => `${prefix}${index + 1}`);
}

/** What the workflow does with a retryable error. */
async function insisting<T>(attempt: () => Promise<T>): Promise<T> {
  const deadline = AbortSignal.timeout(PATIENCE_MS);
  for (;;) {
    try {
      return await attempt();
    } catch (error) {
      if (deadline.aborted || !(error instanceof BatonError) || error.retry !== 'retryable') throw error;
      await sleep(error.retryAfterMs ?? 10);
    }
  }
}

async function until<T>(ask: () => Promise<T>, isRight: (value: T) => boolean, ms = PATIENCE_MS): Promise<T> {
  const deadline = AbortSignal.timeout(ms);
  for (;;) {
    const value = await ask();
    if (isRight(value)) return value;
    if (deadline.aborted) throw new Error(`never became right: ${JSON.stringify(value)}`);
    await sleep(10);
  }
}
