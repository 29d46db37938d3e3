// Everything at any time: random conversations, with what bots, users and desks do in every order. The stage checks
// every scene's promises and replays its history; here the world is made to misbehave. A failure prints its seed.
// Operators do not cancel here: this server cannot always complete a workflow that was asked to cancel.
import { WorkflowUpdateFailedError } from '@temporalio/client';
import { ApplicationFailure } from '@temporalio/common';
import fc from 'fast-check';
import type { TransferReply } from '../../activities/types';
import type { DeskEvent } from '../../domain/desk-event';
import { PROGRESS_NOTICES, type ProgressNotice } from '../../domain/notice';
import type { Rung } from '../../domain/plan';
import { aFallbackRung, aPlan, aRequest, aRung } from '../support/builders';
import { aFault } from '../support/faults';
import { createStage, type Scene, type SceneOptions, type Stage } from '../support/time-skipping-stage';
import type { World } from '../support/world';

let stage: Stage;

beforeAll(async () => {
  stage = await createStage();
});
afterAll(() => stage.close());

type Step =
  | { readonly do: 'desk'; readonly transfer: number; readonly event: DeskEvent; readonly twice: boolean }
  | { readonly do: 'ask'; readonly id: number }
  | { readonly do: 'pass'; readonly ms: number }
  | { readonly do: 'say' | 'giveBack'; readonly epoch: number }
  | { readonly do: 'userLeaves' | 'cancel' | 'nonsense' };

/** What the world answers, call by call; the last answer stays. */
interface Temper {
  readonly rungs: readonly Rung[];
  readonly delayMs: number;
  readonly progress: readonly ProgressNotice[];
  readonly transfers: readonly (TransferReply['kind'] | 'fault' | 'unknown')[];
  readonly withdrawals: readonly boolean[];
}

const anEvent: fc.Arbitrary<DeskEvent> = fc.oneof(
  { weight: 3, arbitrary: fc.constant<DeskEvent>({ kind: 'connected', agentId: 'maria' }) },
  { weight: 2, arbitrary: fc.constant<DeskEvent>({ kind: 'declined', reason: 'no_agents' }) },
  fc.constantFrom<DeskEvent>(
    { kind: 'queued' },
    { kind: 'position', position: 2 },
    { kind: 'position', position: 1 },
    { kind: 'ended', by: 'agent' },
    { kind: 'userLeft' },
  ),
);

const aWord: fc.Arbitrary<Step> = fc.record({
  do: fc.constantFrom('say', 'say', 'giveBack'),
  epoch: fc.nat({ max: 4 }),
});

const aStep: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constant('desk' as const),
      transfer: fc.nat({ max: 3 }),
      event: anEvent,
      twice: fc.boolean(),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({ do: fc.constant('ask' as const), id: fc.integer({ min: 1, max: 5 }) }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constant('pass' as const),
      ms: fc.constantFrom(500, 5_000, 60_000, 190_000),
    }),
  },
  { weight: 3, arbitrary: aWord },
  {
    weight: 2,
    arbitrary: fc.record({ do: fc.constantFrom('userLeaves', 'cancel', 'nonsense') }),
  },
);

const aPatientStep: fc.Arbitrary<Step> = fc.oneof(
  fc.record({ do: fc.constant('ask' as const), id: fc.integer({ min: 1, max: 5 }) }),
  fc.record({ do: fc.constant('pass' as const), ms: fc.constantFrom(500, 5_000, 60_000, 190_000) }),
  fc.record({ do: fc.constant('nonsense' as const) }),
  aWord,
);

const aRungOfAny = fc.constantFrom(
  aRung(),
  aFallbackRung(),
  aRung({ connector: 'other', skill: 'queue-7' }),
  aRung({ skill: '5000', open: [] }),
  aRung({ connector: 'third', skill: '6000', queueTimeoutMs: 400_000 }),
);

const aTemper = (replies: readonly Temper['transfers'][number][]): fc.Arbitrary<Temper> =>
  fc.record({
    rungs: fc.array(aRungOfAny, { minLength: 1, maxLength: 3 }),
    delayMs: fc.constantFrom(0, 3_000),
    progress: fc.subarray([...PROGRESS_NOTICES]),
    transfers: fc.array(fc.constantFrom(...replies), { maxLength: 4 }),
    withdrawals: fc.array(fc.boolean(), { maxLength: 14 }),
  });

/** A world that answers as its temper says; what stands can always be taken back, sooner or later. */
function aWorld(temper: Temper): SceneOptions {
  const next = { transfer: 0, withdrawal: 0 };
  // Asked again with the same id, a desk says the same again.
  const answers = new Map<string, TransferReply>();
  let connected: World | undefined;
  return {
    plan: () => {
      // A bot that asks after a success has the conversation back from the human: the next run begins.
      connected?.humans.clear();
      connected = undefined;
      const { rungs, delayMs, progress } = temper;
      return aPlan({ rungs, interactionDelayMs: delayMs, ...(progress.length > 0 && { progress }) });
    },
    requestTransfer: ({ transferId }) => {
      const known = answers.get(transferId);
      if (known) return known;
      const reply = temper.transfers[next.transfer++] ?? 'queued';
      if (reply === 'fault') throw aFault('ESC_PLATFORM_ERROR');
      if (reply === 'unknown') throw aFault('ESC_PLATFORM_TIMEOUT', { resultUnknown: true });
      const answer: TransferReply =
        reply === 'declined' ? { kind: reply, reason: 'no_agents' } : { kind: reply };
      answers.set(transferId, answer);
      return answer;
    },
    withdrawTransfer: () => {
      if (temper.withdrawals[next.withdrawal++] === false) throw aFault('ESC_PLATFORM_UNREACHABLE');
      return { kind: 'withdrawn' };
    },
    deliverNotice: (notice, world) => {
      if (notice.type === 'escalation.connected') connected = world;
    },
  };
}

async function take(scene: Scene, step: Step): Promise<void> {
  switch (step.do) {
    case 'desk':
      return deskSays(scene, step);
    case 'ask':
      return scene.ask(aRequest({ requestId: `r${step.id}` }));
    case 'pass':
      return scene.pass(step.ms);
    case 'userLeaves':
      return scene.userLeaves();
    case 'cancel':
      return scene.cancel();
    case 'say':
      return speak(scene, step.epoch);
    case 'giveBack':
      return giveBack(scene, step.epoch);
    case 'nonsense':
      return scene.handle.signal('deskEvent', { id: null, event: 7 });
  }
}

/** A message that is posted was said by the owner of the conversation. */
async function speak(scene: Scene, epoch: number): Promise<void> {
  const id = `m${scene.world.seen.length}`;
  const said = await scene.say(id, epoch).catch(unlessRefused);
  if (said?.kind === 'posted') expect(said).toMatchObject({ owner: 'bot', epoch });
  expect(scene.world.userRead.includes(id)).toBe(said !== undefined);
}

async function giveBack(scene: Scene, epoch: number): Promise<void> {
  const owned = await scene.giveBack(epoch).catch(unlessRefused);
  if (owned) expect(owned).toEqual({ owner: 'bot', epoch: epoch + 1 });
}

function unlessRefused(error: unknown): undefined {
  const cause = error instanceof WorkflowUpdateFailedError ? error.cause : error;
  if (!(cause instanceof ApplicationFailure) || cause.type !== 'ESC_NOT_OWNER') throw error;
}

/** The desk speaks of a transfer that it was asked for, and has not given back. */
async function deskSays(scene: Scene, step: Extract<Step, { do: 'desk' }>): Promise<void> {
  const asked = [...new Set(scene.world.transfers.map(({ transferId }) => transferId))][step.transfer];
  const [requestId, rung] = asked?.split('/').slice(-2) ?? [];
  if (asked === undefined || requestId === undefined) return;
  const before = new Set(scene.world.humans);
  const id = `event-${scene.world.seen.length}-${step.transfer}-${step.event.kind}`;
  try {
    await scene.deskSays(requestId, Number(rung), step.event, id);
    if (step.twice) await scene.deskSays(requestId, Number(rung), step.event, id);
  } catch (error) {
    // The escalation is over: nobody joins any more.
    if (!before.has(asked)) scene.world.humans.delete(asked);
    throw error;
  }
}

const LONGEST_SCENE_MS = 20_000;

/** Time skips while the result is awaited; a scene that still runs after a while hangs, and tells where. */
async function comesToAnEnd(scene: Scene): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const hangs = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => void tellWhere(scene).then(reject, reject), LONGEST_SCENE_MS);
  });
  const ended = scene.handle.result().catch(() => undefined);
  await Promise.race([ended, hangs]).finally(() => clearTimeout(timer));
}

async function tellWhere(scene: Scene): Promise<Error> {
  const { status, story } = await scene.explain();
  return new Error(`hangs in ${status.phase}: ${story.map((line) => line.event).join(', ')}`);
}

async function everyPromiseIsKept(temper: fc.Arbitrary<Temper>, step: fc.Arbitrary<Step>): Promise<void> {
  const story = fc.array(step, { minLength: 1, maxLength: 10 });
  const scene = fc.asyncProperty(temper, story, (world, steps) =>
    stage.play(aWorld(world), playThrough(steps)),
  );
  const numRuns = Number(process.env['BATON_INTERLEAVINGS'] ?? 30);
  await fc.assert(scene, { numRuns, endOnFailure: true });
}

/** What a step expects in vain is no end; any other error is one: there is nobody to tell any more. */
function isOver(error: unknown): true {
  if (error instanceof Error && 'matcherResult' in error) throw error;
  return true;
}

const playThrough =
  (steps: readonly Step[]) =>
  async (scene: Scene): Promise<void> => {
    for (const step of steps) {
      const over = await take(scene, step).then(() => false, isOver);
      if (over) break;
    }
    await comesToAnEnd(scene);
    expect((await scene.handle.describe()).status.name).toBe('COMPLETED');
  };

test('keeps every promise and comes to an end, whatever bots, users and desks do in whichever order', async () => {
  const replies = ['queued', 'requested', 'connected', 'declined', 'userLeft'] as const;
  await everyPromiseIsKept(aTemper(replies), aStep);
}, 300_000);

// Nothing interrupts a call here: this server loses a workflow task that cancels an activity which ends meanwhile.
test('keeps every promise and comes to an end while calls fail and the bot keeps asking', async () => {
  const replies = ['queued', 'requested', 'declined', 'fault', 'unknown', 'fault'] as const;
  await everyPromiseIsKept(aTemper(replies), aPatientStep);
}, 300_000);
