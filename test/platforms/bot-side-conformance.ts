// What every bot side must do, whatever its vendor: one suite, run against a stage that plays the bot's platform, its
// user and its bot. The workflow's part is played here: it sends one message after the other and repeats what failed.
import { inspect } from 'node:util';
import type { BotState } from '../../domain/bot-state';
import { BatonError } from '../../domain/errors';
import type { Notice, NoticeType } from '../../domain/notice';
import type { BotCall, BotSide, BotSideCapabilities, PostResult } from '../../platforms/bot-side';
import type { BotSidePlatform, PlatformContext, PlatformLog } from '../../platforms/platform';

/** What goes wrong with the next call of one kind, and with no other. */
export type BotSideFault =
  /** 429; with this Retry-After where the platform sends one. */
  | { readonly kind: 'rateLimited'; readonly retryAfterMs: number }
  /** 503, and no effect. */
  | { readonly kind: 'serverError' }
  /** The platform says no: a 4xx that is no other of these. */
  | { readonly kind: 'refused' }
  /** No answer, ever, and no effect. */
  | { readonly kind: 'hang' }
  /** The effect, and the connection breaks instead of the answer. */
  | { readonly kind: 'lostAnswer' }
  /** The connection breaks before any effect. */
  | { readonly kind: 'lostRequest' };

/** One line on the user's screen that is not the user's own. */
export interface ReadLine {
  readonly text: string;
  /** Where the platform shows who wrote. */
  readonly agentName?: string;
  /** Where the platform shows files as such. */
  readonly attachment?: string;
}

/** One simulated platform with one bot, made new for each test. */
export interface BotSideStage {
  /** Texts that must be in no log and no error. */
  readonly secrets: readonly string[];
  /** A bot side; several stand for several workers. The suite closes what it opens. */
  openBotSide(options?: { readonly badCredential?: boolean }): BotSide;
  /** A conversation of the bot with a user. */
  newConversation(): Promise<string>;
  /** The newest of what the platform gives for calls. Absent: it gives nothing. */
  state?(conversationId: string): Promise<BotState>;
  /** What the user read, in order. */
  userRead(conversationId: string): Promise<readonly ReadLine[]>;
  /** What the bot's platform was told in its own words, in order of arrival; repeats that it drops are not there. */
  botHeard(conversationId: string): Promise<readonly string[]>;
  /** The user's side is over for good. */
  endConversation(conversationId: string): Promise<void>;
  /** The platform forgets every credential that it gave out. Absent: it gives none. */
  expireCredentials?(): Promise<void>;
  /** Strikes the next message to the user, or the next call that tells the bot a notice. */
  fault(on: 'message' | 'notice', fault: BotSideFault): Promise<void>;
  /** Open connections from bot sides to the platform. */
  connections(): Promise<number>;
  close(): Promise<void>;
}

/** What a platform gives to the suite. */
export interface BotSideHarness {
  readonly name: string;
  readonly platform: BotSidePlatform;
  readonly settlesUnknownBy: BotSideCapabilities['settlesUnknownBy'];
  /** Whether a 429 says how long to wait. @default true */
  readonly tellsRetryAfter?: boolean;
  /** Whether calls carry something that can be refused. @default true */
  readonly refusesCredentials?: boolean;
  /** Whether it tells that a conversation is over. @default true */
  readonly tellsGone?: boolean;
  /** What the user sees of an agent. */
  readonly shows: { readonly agentName: boolean; readonly attachment: 'carried' | 'as_link' };
  /** What the bot hears of each notice in the platform's own words. Absent: it hears notices elsewhere. */
  readonly words?: Readonly<Partial<Record<NoticeType, readonly string[]>>>;
  /** Whether the platform knows a notice that it has heard. @default false */
  readonly knowsRepeats?: boolean;
  /** Opens the stage; bot sides are made with the context. */
  open(context: PlatformContext): Promise<BotSideStage>;
}

const CALL_MS = 30_000;
const SHORT_MS = 400;
const TRIES = 4;
const ODD = 'Zwei\nZeilen, "Zitate" & <b>Zeichen</b> 👩‍🔧 \\u0041 {$x}';
const PICTURE = { url: 'https://files.example.com/a.png', name: 'a.png', mediaType: 'image/png' } as const;
const ENDINGS: readonly NoticeType[] = [
  'escalation.connected',
  'escalation.queued',
  'escalation.failed',
  'escalation.abandoned',
  'escalation.cancelled',
  'escalation.returned',
  'escalation.ended',
];

/** Registers the suite for one platform. */
export function describeBotSideConformance(harness: BotSideHarness): void {
  const isOnce = harness.settlesUnknownBy !== 'nothing';

  describe(`the bot side of ${harness.name}`, () => {
    let stage: BotSideStage;
    let sides: BotSide[];
    let side: BotSide;
    let witnesses: string[];

    const openSide = (options?: { badCredential?: boolean }): BotSide => {
      const opened = stage.openBotSide(options);
      sides.push(opened);
      return opened;
    };
    beforeEach(async () => {
      witnesses = [];
      stage = await harness.open({ tenant: 'acme', name: 'bot', log: recordingLog(witnesses) });
      sides = [];
      side = openSide();
    });
    afterEach(async () => {
      await Promise.all(sides.map((opened) => opened.close()));
      await stage.close();
    });

    const call = async (conversationId: string, ms = CALL_MS): Promise<BotCall> => {
      const state = await stage.state?.(conversationId);
      return { signal: AbortSignal.timeout(ms), ...(state && { state }) };
    };
    const post = async (
      conversationId: string,
      message: { readonly id: string; readonly text: string },
      { from = side, ms = CALL_MS }: { readonly from?: BotSide; readonly ms?: number } = {},
    ): Promise<PostResult> => from.postToUser(conversationId, message, await call(conversationId, ms));
    const read = async (conversationId: string): Promise<readonly string[]> =>
      (await stage.userRead(conversationId)).map(({ text }) => text);
    const tell = async (notice: Notice, { from = side, ms = CALL_MS } = {}): Promise<void> =>
      from.deliverNotice?.(notice, await call(notice.conversationId, ms));
    /** The error that a call must end with; what it says is kept for the tests of secrets. */
    const failureOf = async (promise: Promise<unknown>): Promise<BatonError> => {
      const outcome: unknown = await promise.then(
        (value) => new Error(`it succeeded: ${JSON.stringify(value)}`),
        (error: unknown) => error,
      );
      witnesses.push(inspect(outcome, { depth: 8, maxStringLength: 5_000 }));
      if (outcome instanceof BatonError) return outcome;
      throw outcome;
    };

    describe('capabilities', () => {
      it('name how a post whose result is not known is settled', () => {
        expect(side.capabilities.settlesUnknownBy).toBe(harness.settlesUnknownBy);
      });

      it('say truthfully whether it has words of its own for notices', () => {
        expect(side.deliverNotice !== undefined).toBe(harness.words !== undefined);
        // Where Baton holds the session, the session hears them.
        if (harness.words) expect(harness.platform.deliversNotices).toBe(true);
        if (harness.platform.deliversNotices && !harness.words)
          expect(harness.platform.sessions).toBeDefined();
      });

      it('come with everything that the platform promises to be able to', () => {
        const { extendEveryMs, readsTranscript, readInbound } = harness.platform;
        expect(side.extend !== undefined).toBe(extendEveryMs !== undefined);
        expect(side.readTranscript !== undefined).toBe(readsTranscript !== undefined);
        if (side.passOn) expect(readInbound).toBeDefined();
      });
    });

    describe('a message to the user', () => {
      it('is read once, and several in their order', async () => {
        const conversationId = await stage.newConversation();

        for (const text of ['one', 'two', ODD])
          expect(await post(conversationId, { id: `m/${text}`, text })).toEqual({ kind: 'posted' });

        expect(await read(conversationId)).toEqual(['one', 'two', ODD]);
      });

      it('is read in its own conversation only', async () => {
        const [mine, other] = [await stage.newConversation(), await stage.newConversation()];

        await Promise.all([
          post(mine, { id: 'm1', text: 'for me' }),
          post(other, { id: 'm1', text: 'for another' }),
        ]);

        expect(await read(mine)).toEqual(['for me']);
        expect(await read(other)).toEqual(['for another']);
      });

      it(`of the same id again is ${isOnce ? 'posted once, by whichever worker' : 'not lost'}`, async () => {
        const conversationId = await stage.newConversation();
        const message = { id: 'm1', text: 'Hello' };

        await post(conversationId, message);
        await post(conversationId, message);
        await post(conversationId, message, { from: openSide() });
        await post(conversationId, { id: 'm2', text: 'Hello' });

        const texts = await read(conversationId);
        if (isOnce) expect(texts).toEqual(['Hello', 'Hello']);
        else expect(texts.length).toBeGreaterThanOrEqual(2);
      });

      it.each(['lostAnswer', 'lostRequest', 'hang'] as const)(
        `is ${isOnce ? 'there once' : 'not lost'} when the first try met %s and another worker tries again`,
        async (kind) => {
          const conversationId = await stage.newConversation();
          await post(conversationId, { id: 'm1', text: 'before' });
          await stage.fault('message', { kind });

          const error = await failureOf(
            post(conversationId, { id: 'm2', text: 'the one' }, { ms: SHORT_MS }),
          );
          expect(error.retry).toBe('retryable');
          await retried(() => post(conversationId, { id: 'm2', text: 'the one' }, { from: openSide() }));
          await post(conversationId, { id: 'm3', text: 'after' });

          const texts = await read(conversationId);
          const mayBeTwice = !isOnce && kind === 'lostAnswer';
          expect(mayBeTwice ? texts.filter((text, index) => text !== texts[index - 1]) : texts).toEqual([
            'before',
            'the one',
            'after',
          ]);
        },
      );

      it('has nobody to read it once the conversation is over', async () => {
        const conversationId = await stage.newConversation();
        await post(conversationId, { id: 'm1', text: 'Hi' });

        await stage.endConversation(conversationId);
        const late = { id: 'm2', text: 'Ho' };
        const outcomes = [
          await post(conversationId, late).catch(errorOf),
          await post(conversationId, late, { from: openSide() }).catch(errorOf),
        ];

        if (harness.tellsGone ?? true) expect(outcomes).toEqual([{ kind: 'gone' }, { kind: 'gone' }]);
        // Where the platform does not say that this is why it refuses, it is a no, and tried no more.
        for (const outcome of outcomes)
          if (outcome instanceof BatonError) expect(outcome.retry).toBe('terminal');
        expect((await read(conversationId)).filter((text) => text !== late.text)).toEqual(['Hi']);
      });
    });

    describe('a fault of the platform', () => {
      it('that asks to wait says for how long', async () => {
        const conversationId = await stage.newConversation();
        await post(conversationId, { id: 'm0', text: 'before' });
        await stage.fault('message', { kind: 'rateLimited', retryAfterMs: 3_000 });

        const error = await failureOf(post(conversationId, { id: 'm1', text: 'x' }));

        expect(error).toMatchObject({ code: 'ESC_PLATFORM_RATE_LIMITED', retry: 'retryable' });
        if (harness.tellsRetryAfter ?? true) expect(error.retryAfterMs).toBe(3_000);
        else expect(error.retryAfterMs).toBeGreaterThan(0);
      });

      it('of its server is worth a repeat, which posts it', async () => {
        const conversationId = await stage.newConversation();
        await stage.fault('message', { kind: 'serverError' });

        const error = await failureOf(post(conversationId, { id: 'm1', text: 'x' }));
        await retried(() => post(conversationId, { id: 'm1', text: 'x' }));

        expect(error).toMatchObject({ code: 'ESC_PLATFORM_ERROR', retry: 'retryable' });
        expect(await read(conversationId)).toEqual(['x']);
      });

      it('that is a no is final', async () => {
        const conversationId = await stage.newConversation();
        await stage.fault('message', { kind: 'refused' });

        const error = await failureOf(post(conversationId, { id: 'm1', text: 'x' }));

        expect(error).toMatchObject({ code: 'ESC_PLATFORM_REJECTED', retry: 'terminal' });
        expect(await read(conversationId)).toEqual([]);
      });

      it('that is silence ends with the signal', async () => {
        const conversationId = await stage.newConversation();
        await post(conversationId, { id: 'm0', text: 'before' });
        await stage.fault('message', { kind: 'hang' });

        const error = await failureOf(post(conversationId, { id: 'm1', text: 'x' }, { ms: SHORT_MS }));

        expect(error).toMatchObject({ code: 'ESC_PLATFORM_TIMEOUT', retry: 'retryable' });
      });

      it('that refuses the credential is told as such, and nothing is posted', async () => {
        if (!(harness.refusesCredentials ?? true)) return expect(stage.expireCredentials).toBeUndefined();
        const conversationId = await stage.newConversation();

        const from = openSide({ badCredential: true });
        const error = await failureOf(post(conversationId, { id: 'm1', text: 'x' }, { from }));

        expect(error).toMatchObject({ code: 'ESC_PLATFORM_UNAUTHORIZED', retry: 'auth' });
        expect(await read(conversationId)).toEqual([]);
      });

      it('that is an expired credential is over with a new one', async () => {
        const conversationId = await stage.newConversation();
        await post(conversationId, { id: 'm1', text: 'one' });

        await stage.expireCredentials?.();
        await retried(() => post(conversationId, { id: 'm2', text: 'two' }));

        expect(await read(conversationId)).toEqual(['one', 'two']);
      });
    });

    describe('what an agent wrote', () => {
      const fromAgent = async (
        conversationId: string,
        message: Parameters<NonNullable<BotSide['postFromAgent']>>[1],
      ): Promise<PostResult | undefined> =>
        side.postFromAgent?.(conversationId, message, await call(conversationId));

      it(`is read ${harness.shows.agentName ? "with the agent's name" : 'without a name'}`, async () => {
        const conversationId = await stage.newConversation();
        if (!side.postFromAgent) return expect(harness.shows.agentName).toBe(false);

        await fromAgent(conversationId, { id: 'a1', text: ODD, agentName: 'Ann Lee' });
        await fromAgent(conversationId, { id: 'a2', text: 'Nobody in particular.' });

        expect(
          (await stage.userRead(conversationId)).map(({ text, agentName }) => [text, agentName]),
        ).toEqual([
          [ODD, harness.shows.agentName ? 'Ann Lee' : undefined],
          ['Nobody in particular.', undefined],
        ]);
      });

      it(`has files ${harness.shows.attachment}`, async () => {
        const conversationId = await stage.newConversation();
        if (!side.postFromAgent) return expect(harness.shows.attachment).toBe('as_link');

        await fromAgent(conversationId, { id: 'a1', text: 'Look:', attachment: PICTURE, agentName: 'Ann' });
        await fromAgent(conversationId, { id: 'a2', attachment: PICTURE });

        const lines = await stage.userRead(conversationId);
        expect(lines).toHaveLength(2);
        expect(lines[0]?.text).toContain('Look:');
        for (const { text, attachment } of lines)
          expect(harness.shows.attachment === 'carried' ? attachment : text).toContain(PICTURE.url);
      });

      it(`is ${isOnce ? 'read once' : 'not lost'} when the answer to the first try was lost`, async () => {
        const conversationId = await stage.newConversation();
        if (!side.postFromAgent) return expect(harness.shows.agentName).toBe(false);
        await stage.fault('message', { kind: 'lostAnswer' });

        const message = { id: 'a1', text: 'Hi', agentName: 'Ann' };
        await failureOf(fromAgent(conversationId, message));
        await retried(() => fromAgent(conversationId, message));

        const texts = await read(conversationId);
        expect(isOnce ? texts : [...new Set(texts)]).toEqual(['Hi']);
      });

      it('has nobody to read it once the conversation is over', async () => {
        const conversationId = await stage.newConversation();
        if (!side.postFromAgent) return expect(harness.shows.agentName).toBe(false);
        await stage.endConversation(conversationId);

        const outcome = await fromAgent(conversationId, { id: 'a1', text: 'Hi' }).catch(errorOf);

        if (harness.tellsGone ?? true) expect(outcome).toEqual({ kind: 'gone' });
        else expect(outcome).not.toMatchObject({ retry: 'retryable' });
      });
    });

    describe('typing', () => {
      it('is no message, and disturbs none', async () => {
        const conversationId = await stage.newConversation();

        await side.typing?.(conversationId, true, await call(conversationId));
        await post(conversationId, { id: 'm1', text: 'one' });
        await side.typing?.(conversationId, false, await call(conversationId));
        await post(conversationId, { id: 'm2', text: 'two' });

        expect(await read(conversationId)).toEqual(['one', 'two']);
      });

      it('that comes when the conversation is over is nothing, or an error like any other', async () => {
        const conversationId = await stage.newConversation();
        await stage.endConversation(conversationId);

        const outcome: unknown = await side
          .typing?.(conversationId, true, await call(conversationId))
          .catch(errorOf);

        if (outcome !== undefined) expect(outcome).toBeInstanceOf(BatonError);
        expect(await read(conversationId)).toEqual([]);
      });
    });

    if (harness.words) {
      const { words } = harness;
      const told = ENDINGS.find((type) => (words[type] ?? []).length > 0);
      if (!told) throw new Error(`${harness.name} has words, but not for any end`);
      const expected = words[told] ?? [];

      describe('a notice in own words', () => {
        it.each(ENDINGS)('of %s is what the platform expects', async (type) => {
          const conversationId = await stage.newConversation();

          await tell(aNotice(conversationId, type));

          expect(await stage.botHeard(conversationId)).toEqual(words[type] ?? []);
        });

        if (harness.platform.ownProgress?.includes('accepted'))
          it('of a human with whom Baton carries the messages leaves the conversation where it is', async () => {
            const conversationId = await stage.newConversation();

            await tell(aNotice(conversationId, 'escalation.accepted', { progress: true }));
            await tell(aNotice(conversationId, 'escalation.connected', { relayed: true }));

            expect(await stage.botHeard(conversationId)).toEqual(words['escalation.accepted']);
          });

        for (const progress of harness.platform.ownProgress ?? [])
          it(`of escalation.${progress} on the way is what the platform expects`, async () => {
            const conversationId = await stage.newConversation();

            await tell(aNotice(conversationId, `escalation.${progress}`, { progress: true }));

            expect(await stage.botHeard(conversationId)).toEqual(words[`escalation.${progress}`] ?? []);
          });

        it(`again is heard ${harness.knowsRepeats ? 'once' : 'again, and as the same'}`, async () => {
          const conversationId = await stage.newConversation();
          const notice = aNotice(conversationId, told);

          await tell(notice);
          await tell(notice, { from: openSide() });

          const heard = await stage.botHeard(conversationId);
          expect(heard).toEqual(harness.knowsRepeats ? expected : [...expected, ...expected]);
        });

        it.each(['serverError', 'lostRequest', 'hang'] as const)(
          'that met %s is delivered by the next try',
          async (kind) => {
            const conversationId = await stage.newConversation();
            await stage.fault('notice', { kind });

            const error = await failureOf(tell(aNotice(conversationId, told), { ms: SHORT_MS }));
            await retried(() => tell(aNotice(conversationId, told), { from: openSide() }));

            expect(error.retry).toBe('retryable');
            expect(await stage.botHeard(conversationId)).toEqual(expected);
          },
        );

        it('that the platform wants later says when', async () => {
          const conversationId = await stage.newConversation();
          await stage.fault('notice', { kind: 'rateLimited', retryAfterMs: 3_000 });

          const error = await failureOf(tell(aNotice(conversationId, told)));

          expect(error).toMatchObject({ retry: 'retryable', retryAfterMs: 3_000 });
        });

        it('that the platform refuses is not tried for ever', async () => {
          const conversationId = await stage.newConversation();
          await stage.fault('notice', { kind: 'refused' });

          expect((await failureOf(tell(aNotice(conversationId, told)))).retry).toBe('terminal');
        });
      });
    }

    describe('secrets and what people write', () => {
      it('are in no error and in no log', async () => {
        const conversationId = await stage.newConversation();
        const text = 'my-card-is-4111-1111';
        const kinds = ['serverError', 'refused', 'lostAnswer', 'lostRequest', 'hang'] as const;
        for (const kind of kinds) {
          await stage.fault('message', { kind });
          await failureOf(post(conversationId, { id: kind, text }, { ms: SHORT_MS }));
          if (!harness.words) continue;
          const type =
            ENDINGS.find((each) => (harness.words?.[each] ?? []).length > 0) ?? 'escalation.failed';
          await stage.fault('notice', { kind });
          await failureOf(tell(aNotice(conversationId, type), { ms: SHORT_MS }));
        }
        if (harness.refusesCredentials ?? true) {
          const from = openSide({ badCredential: true });
          await failureOf(post(conversationId, { id: 'bad', text }, { from }));
        }

        expect(stage.secrets.length).toBeGreaterThan(0);
        expect(witnesses.length).toBeGreaterThan(kinds.length);
        for (const secret of [...stage.secrets, text]) expect(witnesses.join('\n')).not.toContain(secret);
      });
    });

    describe('close', () => {
      it('leaves no connection open', async () => {
        const conversationId = await stage.newConversation();
        await post(conversationId, { id: 'm1', text: 'x' });
        expect(await stage.connections()).toBeGreaterThan(0);

        await side.close();

        expect(await eventually(stage.connections, (open) => open === 0)).toBe(0);
      });

      it('can come twice', async () => {
        await side.close();

        expect(await side.close().then(() => 'closed', errorOf)).toBe('closed');
      });
    });
  });
}

function aNotice(conversationId: string, type: NoticeType, more: Partial<Notice> = {}): Notice {
  return {
    id: `${conversationId}/r1/${type}`,
    type,
    conversationId,
    requestId: 'r1',
    sequence: 1,
    attempt: 1,
    epoch: 1,
    at: 1,
    ...(type === 'escalation.failed' && { reason: 'no_agents' }),
    ...more,
  };
}

function errorOf(error: unknown): unknown {
  return error;
}

function recordingLog(lines: string[]): PlatformLog {
  const keep = (fields: Record<string, unknown>, message: string): void =>
    void lines.push(inspect({ ...fields, message }, { depth: 8, maxStringLength: 5_000 }));
  return { debug: keep, info: keep, warn: keep };
}

/** What the workflow does with a retryable error, without its waits. */
async function retried<T>(attempt: () => Promise<T>): Promise<T> {
  for (let n = 1; ; n += 1) {
    try {
      return await attempt();
    } catch (error) {
      if (n === TRIES || !(error instanceof BatonError) || error.retry === 'terminal') throw error;
    }
  }
}

async function eventually<T>(ask: () => Promise<T>, isRight: (value: T) => boolean): Promise<T> {
  const deadline = AbortSignal.timeout(CALL_MS / 2);
  for (;;) {
    const value = await ask();
    if (isRight(value)) return value;
    if (deadline.aborted) throw new Error(`never became right: ${JSON.stringify(value)}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
