// Everything at any time, once user and agent talk: what they write, calls that fail before or after their effect, and
// time that passes. The stage replays each history. A failure prints its seed.
import fc from 'fast-check';
import type { CarryReply } from '../../activities/types';
import { aChatPlan } from '../support/builders';
import { aFault } from '../support/faults';
import { agentEnds, agentGot, joins, patiently, userGot } from '../support/relay-scene';
import { createStage, type Scene, type Stage } from '../support/time-skipping-stage';
import { agentTakes, carryAll, userTakes } from '../support/world';

let stage: Stage;

beforeAll(async () => {
  stage = await createStage();
});
afterAll(() => stage.close());

type Temper = 'fine' | 'unreachable' | 'answer lost' | 'half';
type Step =
  | { readonly do: 'user'; readonly id: number }
  | { readonly do: 'agent'; readonly ids: readonly number[] }
  | { readonly do: 'temper'; readonly temper: Temper }
  | { readonly do: 'pass'; readonly ms: number }
  | { readonly do: 'agentLeft' | 'agentChanged' };

const aStep: fc.Arbitrary<Step> = fc.oneof(
  { weight: 5, arbitrary: fc.record({ do: fc.constant('user' as const), id: fc.nat({ max: 30 }) }) },
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constant('agent' as const),
      ids: fc.array(fc.nat({ max: 30 }), { minLength: 1, maxLength: 4 }),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constant('temper' as const),
      temper: fc.constantFrom<Temper>('fine', 'fine', 'unreachable', 'answer lost', 'half'),
    }),
  },
  fc.record({ do: fc.constant('pass' as const), ms: fc.constantFrom(10, 2_000, 30_000) }),
  fc.record({ do: fc.constantFrom('agentLeft' as const, 'agentChanged' as const) }),
);

async function take(scene: Scene, step: Step, turn: { temper: Temper }): Promise<void> {
  switch (step.do) {
    case 'user':
      return scene.userWrites(`u${step.id}`);
    case 'agent':
      return scene.agentWrites(...step.ids.map((id) => `a${id}`));
    case 'temper':
      turn.temper = step.temper;
      return undefined;
    case 'pass':
      return scene.pass(step.ms);
    case 'agentLeft':
    case 'agentChanged':
      return scene.deskTells('r1', 0, [{ kind: step.do }, { kind: 'agentChanged', agentName: 'Ben' }]);
  }
}

async function play(steps: readonly Step[]): Promise<void> {
  const turn = { temper: 'fine' as Temper };
  const plan = aChatPlan({ limits: { deliverWithinMs: 3_600_000, eventsPerRun: 100 } });
  await stage.play(
    {
      plan,
      carry: (input, world): CarryReply => {
        if (turn.temper === 'unreachable') throw aFault('ESC_PLATFORM_UNREACHABLE');
        if (turn.temper !== 'half') {
          const reply = carryAll(input, world);
          if (turn.temper === 'answer lost') throw aFault('ESC_PLATFORM_TIMEOUT', { resultUnknown: true });
          return reply;
        }
        const half = ({ length }: readonly unknown[]): number => Math.ceil(length / 2);
        return {
          toAgent: agentTakes(input, world, half(input.toAgent.messages)),
          toUser: userTakes(input, world, half(input.toUser)),
        };
      },
    },
    async (scene) => {
      await joins(scene);
      for (const step of steps) await patiently(scene, () => take(scene, step, turn));
      turn.temper = 'fine';
      const sent = sentBy(steps);
      await scene.pass(20_000);
      await scene.until(
        () => agentGot(scene).length >= sent.user.length && userGot(scene).length >= sent.agent.length,
      );
      await patiently(scene, () => agentEnds(scene));
      await scene.handle.result();

      expect(agentGot(scene)).toEqual(sent.user);
      expect(userGot(scene)).toEqual(sent.agent);
      expect(scene.world.notices.at(-1)?.transcript).toHaveLength(sent.user.length + sent.agent.length);
    },
  );
}

/** In the order in which each id came first. */
function sentBy(steps: readonly Step[]): { user: string[]; agent: string[] } {
  const user = steps.flatMap((step) => (step.do === 'user' ? [`u${step.id}`] : []));
  const agent = steps.flatMap((step) => (step.do === 'agent' ? step.ids.map((id) => `a${id}`) : []));
  return { user: [...new Set(user)], agent: [...new Set(agent)] };
}

test('each side reads what the other wrote, once and in order, and every history replays', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(aStep, { minLength: 3, maxLength: 25 }), (steps) => play(steps)),
    { numRuns: 25, endOnFailure: true },
  );
}, 240_000);
