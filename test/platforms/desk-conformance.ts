// What every desk must do, whatever its vendor: one suite, run by each platform's own test with a harness that
// speaks to its simulator. It knows desks with webhooks, desks that are watched, and desks that are listened to.
import type { ChatState } from '../../domain/chat';
import { BatonError } from '../../domain/errors';
import type { DeclineReason, DeskEvent, DeskWord } from '../../domain/desk-event';
import type { Target } from '../../domain/target';
import type { Call, Desk, TransferAnswer, TransferRef, TransferRequest } from '../../platforms/desk';
import type { DeskPlatform } from '../../platforms/platform';

/** `accepting`: someone joins by themselves at once. `silent`: agents are there but wait for `agentAccepts`. `offline`: nobody is there. */
export type SkillBehaviour = 'accepting' | 'silent' | 'offline';

/** How the preferred agent of a target stands. All but `available` must lead to the skill's other agents. */
export type PreferredAgent = 'available' | 'offline' | 'unassigned';

/** What goes wrong with the next transfer call (and with no other, once it has struck). */
export type DeskFault =
  /** 429 with this Retry-After, wherever on the way to the transfer the vendor would send it. */
  | { readonly kind: 'rateLimited'; readonly retryAfterMs: number }
  /** A 5xx before anything happened. */
  | { readonly kind: 'serverError' }
  /** No answer, ever, and no effect. */
  | { readonly kind: 'hang' }
  /** The transfer is made, its answer never arrives: the connection breaks instead. */
  | { readonly kind: 'lostAnswer' };

/** One simulator with one account, made new for each test. */
export interface DeskStage {
  /** A desk on the account; several stand for several workers. The suite closes what it opens. */
  openDesk(options?: { readonly badCredential?: boolean }): Desk;
  /** A conversation that the bot holds with a user, known to the desk if it must be. */
  newConversation(): Promise<string>;
  skill(behaviour: SkillBehaviour): Promise<Target>;
  /** Well-formed, but the desk has no such skill. */
  unknownSkill(): Target;
  /**
   * A silent skill target with a preferred agent; the skill has another agent besides, who is there.
   * `reportedAs`: the preferred agent's id as `connected` gives it. Absent: the desk knows no agents.
   */
  skillWithAgent?(agent: PreferredAgent): Promise<{ readonly target: Target; readonly reportedAs: string }>;
  /** A target that the desk declines for this reason. Only for reasons in `declines`. */
  decliningTarget?(reason: DeclineReason): Promise<Target>;
  /**
   * An agent who was asked tries to accept. Gives the agent's id as the desk reports it; undefined if the desk
   * did not let anybody accept.
   */
  agentAccepts(ref: TransferRef): Promise<string | undefined>;
  /** Absent: the desk does not hold the user's conversation and never hears of the user. */
  userLeaves?(conversationId: string): Promise<void>;
  /** Strikes the next transfer call. */
  fault(fault: DeskFault): Promise<void>;
  /** How many transfers the desk ever made for the conversation. */
  transferCount(conversationId: string): Promise<number>;
  /** Agents who are in the conversation now. */
  joined(conversationId: string): Promise<readonly string[]>;
  /** What the user read, in order. */
  transcript(conversationId: string): Promise<readonly string[]>;
  /** Only with `events: 'webhook'`: the next event of this transfer, verified and parsed by `readInbound`. */
  nextEvent?(ref: TransferRef, signal: AbortSignal): Promise<DeskEvent>;
  /** Open connections from desks to the simulator. */
  connections(): Promise<number>;
  close(): Promise<void>;
}

/** What a platform's test gives to the suite. */
export interface DeskHarness {
  readonly name: string;
  readonly platform: DeskPlatform;
  /** Which questions of `check` the desk can answer with yes or no. */
  readonly tells: {
    readonly exists: boolean;
    readonly available: boolean;
    readonly agent: boolean;
    /** Whether it hears of a user who left while waiting. @default true */
    readonly userLeft?: boolean;
  };
  /**
   * When the desk is asked in fact: with the request, or by who listens, once it is written down that there is something
   * to listen to. @default with_the_request
   */
  readonly asked?: 'with_the_request' | 'when_listened_to';
  /**
   * The target answers the request itself, as a bot does: it is there and then, nothing is heard of it later, and to take
   * it back is to end it. @default false
   */
  readonly joinsAtOnce?: boolean;
  /** Reasons that the desk itself declines with. */
  readonly declines: readonly DeclineReason[];
  open(): Promise<DeskStage>;
}

const CALL_MS = 30_000;
const MESSAGE = { id: 'm1', text: 'One moment, I am handing you over.' };

/** Registers the suite for one platform. */
export function describeDeskConformance(harness: DeskHarness): void {
  const { capabilities } = harness.platform;
  const asksLater = harness.asked === 'when_listened_to';
  const { joinsAtOnce = false } = harness;
  const taken = joinsAtOnce ? ['connected'] : ['requested', 'queued'];

  describe(`the ${harness.name} desk`, () => {
    let stage: DeskStage;
    let desks: Desk[];
    let desk: Desk;
    let chats: Map<string, ChatState>;
    let hearings: Hearing[];

    const openDesk = (options?: { badCredential?: boolean }): Desk => {
      const opened = withChats(stage.openDesk(options), chats, (request) => {
        if (asksLater) hearingOf(opened, request);
      });
      desks.push(opened);
      return opened;
    };
    beforeEach(async () => {
      stage = await harness.open();
      desks = [];
      chats = new Map();
      hearings = [];
      desk = openDesk();
    });
    afterEach(async () => {
      await Promise.all(hearings.map((hearing) => hearing.end()));
      await Promise.all(desks.map((opened) => opened.close()));
      await stage.close();
    });

    const news = (from: Desk, ref: TransferRef, seen: DeskEvent['kind'] | undefined): Promise<DeskEvent> => {
      if (joinsAtOnce) return whereItStands(from, ref);
      if (from.watch) return from.watch(ref, seen, call());
      if (stage.nextEvent) return stage.nextEvent(ref, call().signal);
      if (!from.chat?.listen) throw new Error('the harness of a desk with webhooks needs nextEvent');
      return hearingOf(from, ref, true).next();
    };
    /** Who listens to the transfer: this desk from now on, if it must. Never two at a time. */
    const hearingOf = (from: Desk, ref: TransferRef, mustBeThis = false): Hearing => {
      const found = hearings.find((each) => each.transferId === ref.transferId);
      if (found && (found.desk === from || !mustBeThis)) return found;
      if (found) hearings.splice(hearings.indexOf(found), 1);
      const hearing = listenTo(from, ref, found?.end());
      hearings.push(hearing);
      return hearing;
    };
    /** An agent who was asked accepts, as soon as the desk has asked. */
    const accepts = (ref: TransferRef): Promise<string | undefined> =>
      asksLater
        ? eventually(
            () => stage.agentAccepts(ref),
            (agentId) => agentId !== undefined,
          )
        : stage.agentAccepts(ref);
    const transfersOf = (conversationId: string): Promise<number> =>
      asksLater
        ? eventually(
            () => stage.transferCount(conversationId),
            (count) => count > 0,
          )
        : stage.transferCount(conversationId);
    /** Listens until the desk says this; queued and positions may come before. */
    const hears = async <K extends DeskEvent['kind']>(
      ref: TransferRef,
      kind: K,
      from: Desk = desk,
    ): Promise<DeskEvent & { kind: K }> => {
      let seen: DeskEvent['kind'] | undefined;
      for (let n = 0; n < 10; n += 1) {
        const event = await news(from, ref, seen);
        if (isKind(event, kind)) return event;
        if (event.kind !== 'queued' && event.kind !== 'position')
          throw new Error(`waited for ${kind}, heard ${event.kind}`);
        seen = event.kind;
      }
      throw new Error(`no ${kind} among ten events`);
    };
    const aTransfer = async (target?: Target): Promise<TransferRequest> => {
      const conversationId = await stage.newConversation();
      return {
        conversationId,
        transferId: `${conversationId}/r1/0`,
        target: target ?? (await stage.skill('silent')),
        ...(capabilities.carriesMessage && { message: MESSAGE }),
      };
    };

    describe('capabilities', () => {
      it('are the same on the platform and on the desk', () => {
        expect(desk.capabilities).toEqual(capabilities);
      });

      it('name how events arrive, truthfully', () => {
        expect(desk.watch !== undefined).toBe(capabilities.events === 'watch');
        expect(desk.chat?.listen !== undefined).toBe(capabilities.events === 'stream');
        expect(harness.platform.readInbound !== undefined).toBe(
          capabilities.events === 'webhook' && !joinsAtOnce,
        );
      });

      it('name target kinds whose ids it knows', async () => {
        const { kind, id } = await stage.skill('silent');

        expect(capabilities.targets).toContain(kind);
        expect(harness.platform.isValidTargetId(kind, id)).toBe(true);
        expect(harness.platform.isValidTargetId(kind, '')).toBe(false);
      });
    });

    describe('check', () => {
      it('knows a skill with agents who are there', async () => {
        const check = await desk.check(await stage.skill('silent'), call());

        expect(check.exists).toBe(harness.tells.exists ? 'yes' : 'unknown');
        expect(check.available).toBe(harness.tells.available ? 'yes' : 'unknown');
      });

      it('knows a skill where nobody is there', async () => {
        const check = await desk.check(await stage.skill('offline'), call());

        expect(check.exists).toBe(harness.tells.exists ? 'yes' : 'unknown');
        expect(check.available).toBe(harness.tells.available ? 'no' : 'unknown');
      });

      it('knows that a skill does not exist', async () => {
        const check = await desk.check(stage.unknownSkill(), call());

        expect(check.exists).toBe(harness.tells.exists ? 'no' : 'unknown');
        expect(check.available).not.toBe('yes');
      });

      it.each<PreferredAgent>(['available', 'offline', 'unassigned'])(
        'says of a preferred agent who is %s whether the agent can be asked',
        async (standing) => {
          if (!stage.skillWithAgent) return expect(harness.tells.agent).toBe(false);

          const { target } = await stage.skillWithAgent(standing);
          const check = await desk.check(target, call());

          const expected = standing === 'available' ? 'yes' : 'no';
          expect(check.agent ?? 'unknown').toBe(harness.tells.agent ? expected : 'unknown');
        },
      );
    });

    describe('requestTransfer', () => {
      it('asks the skill, and says connected only when a human joined', async () => {
        const transfer = await aTransfer();

        const answer = await desk.requestTransfer(transfer, call());
        const before = await desk.lookUp(transfer, call());
        expect(taken).toContain(answer.kind);
        expect(taken).toContain(before.kind);
        if (!joinsAtOnce) expect(await stage.joined(transfer.conversationId)).toEqual([]);

        const agentId = await accepts(transfer);
        const event = await hears(transfer, 'connected');

        expect(agentId).toBeDefined();
        expect(event).toEqual({ kind: 'connected', agentId });
        expect(await stage.joined(transfer.conversationId)).toEqual([agentId]);
      });

      it('hears of an agent who accepts by themselves', async () => {
        const transfer = await aTransfer(await stage.skill('accepting'));

        const answer = await desk.requestTransfer(transfer, call());
        const connected = answer.kind === 'connected' ? answer : await hears(transfer, 'connected');

        expect(await stage.joined(transfer.conversationId)).toEqual([connected.agentId]);
      });

      it('carries the message to the user once, if it carries messages', async () => {
        const transfer = await aTransfer();

        await desk.requestTransfer(transfer, call());
        await desk.requestTransfer(transfer, call());

        const posted = (await stage.transcript(transfer.conversationId)).filter(
          (text) => text === MESSAGE.text,
        );
        expect(posted).toHaveLength(capabilities.carriesMessage ? 1 : 0);
      });

      it('posts nothing where there is no message', async () => {
        const { message: _none, ...transfer } = await aTransfer();
        const before = await stage.transcript(transfer.conversationId);

        await desk.requestTransfer(transfer, call());

        expect(await stage.transcript(transfer.conversationId)).toEqual(before);
      });

      it('makes one transfer of the same transferId, asked twice by one worker and once by another', async () => {
        const transfer = await aTransfer();

        await desk.requestTransfer(transfer, call());
        await desk.requestTransfer(transfer, call());
        await openDesk().requestTransfer(transfer, call());

        expect(await transfersOf(transfer.conversationId)).toBe(1);
      });

      it('does not start again after a human joined', async () => {
        const transfer = await aTransfer();
        await desk.requestTransfer(transfer, call());
        const agentId = await accepts(transfer);
        await hears(transfer, 'connected');

        await desk.requestTransfer(transfer, call());

        expect(await transfersOf(transfer.conversationId)).toBe(1);
        expect(await desk.lookUp(transfer, call())).toMatchObject({ kind: 'connected', agentId });
      });

      it('keeps conversations apart that are transferred at the same time', async () => {
        const skill = await stage.skill('silent');
        const [one, two] = await Promise.all([aTransfer(skill), aTransfer(skill)]);

        await Promise.all([desk.requestTransfer(one, call()), desk.requestTransfer(two, call())]);
        const agentId = await accepts(two);
        await hears(two, 'connected');

        if (!joinsAtOnce) expect((await desk.lookUp(one, call())).kind).not.toBe('connected');
        expect(await desk.lookUp(two, call())).toMatchObject({ kind: 'connected', agentId });
      });

      it('asks the preferred agent if assigned to the skill and available', async () => {
        if (!stage.skillWithAgent) return expect(harness.tells.agent).toBe(false);
        const { target, reportedAs } = await stage.skillWithAgent('available');
        const transfer = await aTransfer(target);

        await desk.requestTransfer(transfer, call());
        await accepts(transfer);
        const { agentId } = await hears(transfer, 'connected');

        expect(agentId).toBe(reportedAs);
      });

      it.each<PreferredAgent>(['offline', 'unassigned'])(
        'asks the skill when the preferred agent is %s',
        async (standing) => {
          if (!stage.skillWithAgent) return expect(harness.tells.agent).toBe(false);
          const { target, reportedAs } = await stage.skillWithAgent(standing);
          const transfer = await aTransfer(target);

          await desk.requestTransfer(transfer, call());
          const accepted = await accepts(transfer);
          const { agentId } = await hears(transfer, 'connected');

          expect(agentId).toBe(accepted);
          expect(agentId).not.toBe(reportedAs);
        },
      );

      it.each(harness.declines.length > 0 ? [...harness.declines] : (['none'] as const))(
        'says why it declines: %s',
        async (reason) => {
          if (reason === 'none' || !stage.decliningTarget) return expect(harness.declines).toEqual([]);
          const transfer = await aTransfer(await stage.decliningTarget(reason));

          const answer = await desk.requestTransfer(transfer, call());
          const declined = answer.kind === 'declined' ? answer : await hears(transfer, 'declined');

          expect(declined.reason).toBe(reason);
          expect(await stage.joined(transfer.conversationId)).toEqual([]);
        },
      );

      it('never says that it took a skill that does not exist', async () => {
        const transfer = await aTransfer(stage.unknownSkill());

        const outcome = await desk.requestTransfer(transfer, call()).catch((error: unknown) => error);

        const isAsked = typeof outcome === 'object' && outcome !== null && 'kind' in outcome;
        if (outcome instanceof BatonError) expect(outcome.retry).toBe('terminal');
        else if (isAsked && outcome.kind === 'requested' && capabilities.events === 'stream')
          // Only routing knows, and says so later.
          expect(['invalid_target', 'no_agents']).toContain((await hears(transfer, 'declined')).reason);
        else expect(outcome).toMatchObject({ kind: 'declined', reason: 'invalid_target' });
        expect(await stage.joined(transfer.conversationId)).toEqual([]);
      });
    });

    describe('lookUp', () => {
      it('says absent of a transfer that was never asked for', async () => {
        expect(await desk.lookUp(await aTransfer(), call())).toEqual({ kind: 'absent' });
      });

      it('tells another worker that a human joined, and who', async () => {
        const transfer = await aTransfer();
        await desk.requestTransfer(transfer, call());
        const agentId = await accepts(transfer);

        const standing = await eventually(
          () => openDesk().lookUp(transfer, call()),
          ({ kind }) => kind === 'connected',
        );

        expect(standing).toMatchObject({ kind: 'connected', agentId });
      });
    });

    describe('withdraw', () => {
      it('takes a transfer back, so that nobody can join any more', async () => {
        const transfer = await aTransfer();
        await desk.requestTransfer(transfer, call());

        expect(await desk.withdraw(transfer, call())).toEqual({ kind: 'withdrawn' });
        await stage.agentAccepts(transfer);

        await eventually(
          () => stage.joined(transfer.conversationId),
          (agents) => agents.length === 0,
        );
        if (!joinsAtOnce) expect(await desk.lookUp(transfer, call())).toEqual({ kind: 'absent' });
      });

      it('can be repeated, by another worker too', async () => {
        const transfer = await aTransfer();
        await desk.requestTransfer(transfer, call());

        await desk.withdraw(transfer, call());

        expect(await desk.withdraw(transfer, call())).toEqual({ kind: 'withdrawn' });
        expect(await openDesk().withdraw(transfer, call())).toEqual({ kind: 'withdrawn' });
      });

      it('has nothing to do for a transfer that was never asked for', async () => {
        expect(await desk.withdraw(await aTransfer(), call())).toEqual({ kind: 'withdrawn' });
      });

      it('says connected when a human was faster, and leaves them there', async () => {
        const transfer = await aTransfer();
        await desk.requestTransfer(transfer, call());
        const agentId = await accepts(transfer);
        await hears(transfer, 'connected');

        const withdrawal = await desk.withdraw(transfer, call());

        expect(withdrawal).toEqual(joinsAtOnce ? { kind: 'withdrawn' } : { kind: 'connected', agentId });
        expect(await stage.joined(transfer.conversationId)).toEqual(joinsAtOnce ? [] : [agentId]);
      });

      it('leaves the way free for the next rung', async () => {
        const first = await aTransfer();
        const second: TransferRequest = {
          conversationId: first.conversationId,
          transferId: `${first.conversationId}/r1/1`,
          target: await stage.skill('silent'),
        };
        await desk.requestTransfer(first, call());
        await desk.withdraw(first, call());

        await desk.requestTransfer(second, call());
        const agentId = await accepts(second);
        await hears(second, 'connected');

        expect(await stage.joined(first.conversationId)).toEqual([agentId]);
        expect(await desk.lookUp(second, call())).toMatchObject({ kind: 'connected', agentId });
      });
    });

    describe('a user who left', () => {
      it('is heard of while waiting', async () => {
        if (!stage.userLeaves) return expect(harness.tells.userLeft).toBe(false);
        const transfer = await aTransfer();
        await desk.requestTransfer(transfer, call());

        await stage.userLeaves(transfer.conversationId);

        expect(await hears(transfer, 'userLeft')).toEqual({ kind: 'userLeft' });
        expect(await desk.lookUp(transfer, call())).toEqual({ kind: 'userLeft' });
        expect(await desk.withdraw(transfer, call())).toEqual({ kind: 'userLeft' });
      });

      it('is not handed over', async () => {
        if (!stage.userLeaves) return expect(harness.tells.userLeft).toBe(false);
        const transfer = await aTransfer();
        await stage.userLeaves(transfer.conversationId);

        const answer: TransferAnswer = await desk.requestTransfer(transfer, call());

        expect(answer).toEqual({ kind: 'userLeft' });
        expect(await stage.joined(transfer.conversationId)).toEqual([]);
      });
    });

    describe('faults', () => {
      if (asksLater) {
        it.each<DeskFault>([
          { kind: 'rateLimited', retryAfterMs: 1_000 },
          { kind: 'serverError' },
          { kind: 'lostAnswer' },
        ])('are got over by who listens, and one transfer is made: $kind', async (fault) => {
          const transfer = await aTransfer();
          await stage.fault(fault);

          await desk.requestTransfer(transfer, call());
          const agentId = await accepts(transfer);

          expect(await hears(transfer, 'connected')).toEqual({ kind: 'connected', agentId });
          expect(await transfersOf(transfer.conversationId)).toBe(1);
        });

        it('leave nothing behind when a worker dies before anybody listens', async () => {
          const transfer = await aTransfer();
          const first = stage.openDesk();
          desks.push(first);
          await first.requestTransfer(transfer, call());
          await first.close();

          await desk.requestTransfer(transfer, call());
          await accepts(transfer);

          expect(await transfersOf(transfer.conversationId)).toBe(1);
        });
        return;
      }

      it('passes on how long to wait after a 429', async () => {
        const transfer = await aTransfer();
        await stage.fault({ kind: 'rateLimited', retryAfterMs: 3_000 });

        const error = await failureOf(desk.requestTransfer(transfer, call()));

        expect(error).toMatchObject({
          code: 'ESC_PLATFORM_RATE_LIMITED',
          retry: 'retryable',
          retryAfterMs: 3_000,
        });
      });

      it('calls a server error retryable, and the same call works afterwards', async () => {
        const transfer = await aTransfer();
        await stage.fault({ kind: 'serverError' });

        const error = await failureOf(desk.requestTransfer(transfer, call()));
        const answer = await desk.requestTransfer(transfer, call());

        expect(error).toMatchObject({ code: 'ESC_PLATFORM_ERROR', retry: 'retryable' });
        expect(taken).toContain(answer.kind);
        expect(await transfersOf(transfer.conversationId)).toBe(1);
      });

      it('ends a call that hangs when the signal aborts', async () => {
        const transfer = await aTransfer();
        await desk.lookUp(transfer, call());
        await stage.fault({ kind: 'hang' });

        const error = await failureOf(desk.requestTransfer(transfer, { signal: AbortSignal.timeout(300) }));

        expect(error).toMatchObject({ code: 'ESC_PLATFORM_TIMEOUT', retry: 'retryable' });
      });

      it('settles a lost answer without a second transfer', async () => {
        const transfer = await aTransfer();
        await desk.lookUp(transfer, call());
        await stage.fault({ kind: 'lostAnswer' });

        const answer = await retried(() => desk.requestTransfer(transfer, call()));

        expect(taken).toContain(answer.kind);
        expect(await transfersOf(transfer.conversationId)).toBe(1);
        const posted = (await stage.transcript(transfer.conversationId)).filter(
          (text) => text === MESSAGE.text,
        );
        expect(posted).toHaveLength(capabilities.carriesMessage ? 1 : 0);
      });

      it('says that a credential is refused', async () => {
        const transfer = await aTransfer();

        const error = await failureOf(openDesk({ badCredential: true }).requestTransfer(transfer, call()));

        expect(error).toMatchObject({ code: 'ESC_PLATFORM_UNAUTHORIZED', retry: 'auth' });
        expect(await stage.transferCount(transfer.conversationId)).toBe(0);
      });
    });

    if (capabilities.events === 'watch') {
      describe('watch', () => {
        it('tells a new worker at once where the desk stands', async () => {
          const transfer = await aTransfer();
          await desk.requestTransfer(transfer, call());
          const agentId = await accepts(transfer);
          await hears(transfer, 'connected');

          const resumed = await hears(transfer, 'connected', openDesk());

          expect(resumed).toEqual({ kind: 'connected', agentId });
        });

        it('tells nothing twice', async () => {
          const transfer = await aTransfer();
          await desk.requestTransfer(transfer, call());
          const first = await settled(news(desk, transfer, 'queued'), 300);

          expect(first).toBe('pending');
          await stage.agentAccepts(transfer);
        });

        it('ends when the signal aborts', async () => {
          const transfer = await aTransfer();
          await desk.requestTransfer(transfer, call());
          const controller = new AbortController();

          const watching = desk.watch?.(transfer, 'queued', { signal: controller.signal });
          controller.abort();

          await expect(watching).rejects.toThrow();
        });
      });
    }

    describe('close', () => {
      it('leaves no connection open', async () => {
        const transfer = await aTransfer();
        await desk.requestTransfer(transfer, call());
        await desk.lookUp(transfer, call());

        await desk.close();

        expect(
          await eventually(
            () => stage.connections(),
            (open) => open === 0,
          ),
        ).toBe(0);
      });
    });
  });
}

function call(): Call {
  return { signal: AbortSignal.timeout(CALL_MS) };
}

function isKind<K extends DeskEvent['kind']>(event: DeskEvent, kind: K): event is DeskEvent & { kind: K } {
  return event.kind === kind;
}

/** What can be known of a target that joined at once. */
async function whereItStands(desk: Desk, ref: TransferRef): Promise<DeskEvent> {
  const standing = await desk.lookUp(ref, call());
  if (standing.kind !== 'connected') throw new Error(`it is ${standing.kind}`);
  const { agentId } = standing;
  return { kind: 'connected', ...(agentId !== undefined && { agentId }) };
}

/** Does what the workflow does: keeps where the chat of each transfer stands, and gives it with the next call. */
function withChats(
  desk: Desk,
  chats: Map<string, ChatState>,
  onRequested: (request: TransferRequest) => void,
): Desk {
  const known = <R extends TransferRef>(ref: R): R => {
    const chat = ref.chat ?? chats.get(ref.transferId);
    return chat ? { ...ref, chat } : ref;
  };
  const listen = desk.chat?.listen;
  return {
    ...desk,
    async requestTransfer(request, limits) {
      const answer = await desk.requestTransfer(known(request), limits);
      if ('chat' in answer && answer.chat) chats.set(request.transferId, answer.chat);
      onRequested(request);
      return answer;
    },
    lookUp: (ref, limits) => desk.lookUp(known(ref), limits),
    withdraw: (ref, limits) => desk.withdraw(known(ref), limits),
    ...(desk.chat && {
      chat: {
        ...desk.chat,
        ...(listen && {
          listen: (ref: TransferRef, deliver: Parameters<typeof listen>[1], limits: Call) =>
            listen(known(ref), deliver, limits),
        }),
      },
    }),
  };
}

/** What is heard of one transfer by one desk. */
interface Hearing {
  readonly desk: Desk;
  readonly transferId: string;
  /** The next event that is not of the chat. */
  next(): Promise<DeskEvent>;
  end(): Promise<void>;
}

function listenTo(desk: Desk, ref: TransferRef, after: Promise<void> = Promise.resolve()): Hearing {
  const controller = new AbortController();
  const heard: DeskWord[] = [];
  const listening = after.then(() => listenUntilOver(desk, ref, heard, controller));
  return {
    desk,
    transferId: ref.transferId,
    async next() {
      for (;;) {
        const word = await eventually(
          async () => heard.shift(),
          (each) => each !== undefined,
        );
        if (word && !isChatWord(word)) return word;
      }
    },
    async end() {
      controller.abort();
      await listening;
    },
  };
}

/** Again after a fault that is worth it, as the activity is. */
async function listenUntilOver(
  desk: Desk,
  ref: TransferRef,
  heard: DeskWord[],
  { signal }: AbortController,
): Promise<void> {
  while (!signal.aborted) {
    try {
      return await desk.chat?.listen?.(
        ref,
        async ({ words }) => void heard.push(...words.map(({ word }) => word)),
        { signal },
      );
    } catch (error) {
      if (!(error instanceof BatonError) || error.retry !== 'retryable') return;
    }
  }
}

function isChatWord(word: DeskWord): word is Exclude<DeskWord, DeskEvent> {
  return ['message', 'agentChanged', 'agentLeft', 'delivered'].includes(word.kind);
}

/** The BatonError that a call must end with. */
async function failureOf(promise: Promise<unknown>): Promise<BatonError> {
  const outcome: unknown = await promise.then(
    (value) => new Error(`it succeeded: ${JSON.stringify(value)}`),
    (error: unknown) => error,
  );
  if (outcome instanceof BatonError) return outcome;
  throw outcome;
}

/** What the workflow does with a retryable error, without its waits. */
async function retried<T>(attempt: () => Promise<T>): Promise<T> {
  for (let n = 0; ; n += 1) {
    try {
      return await attempt();
    } catch (error) {
      if (n === 3 || !(error instanceof BatonError) || error.retry !== 'retryable') throw error;
    }
  }
}

/** Asks until the answer is right; gives the last answer either way. */
async function eventually<T>(ask: () => Promise<T>, isRight: (value: T) => boolean): Promise<T> {
  const deadline = AbortSignal.timeout(CALL_MS / 2);
  for (;;) {
    const value = await ask();
    if (isRight(value)) return value;
    if (deadline.aborted) throw new Error(`never became right: ${JSON.stringify(value)}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

/** `pending` if nothing came of it within the time. */
async function settled<T>(promise: Promise<T>, ms: number): Promise<T | 'pending'> {
  promise.catch(() => undefined);
  return Promise.race([
    promise,
    new Promise<'pending'>((resolve) => setTimeout(() => resolve('pending'), ms)),
  ]);
}
