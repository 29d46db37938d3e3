// An agent is silent for longer than a request of Kore.ai's platform lives: the escalation's own timer keeps it alive at
// the simulated platform, whose clock goes with the workflow's.
import { kore } from '../../../platforms/kore';
import { aChatPlan, aRequest } from '../../support/builders';
import { joins } from '../../support/relay-scene';
import { createStage, type Stage } from '../../support/time-skipping-stage';
import { openKoreStage, type KoreStage } from './stage';

const USER = 'u-ada';
const EVERY_MS = kore.botSide!.extendEveryMs!;
const TIMES = 6;

let workflows: Stage;
let platform: KoreStage;

beforeAll(async () => {
  workflows = await createStage();
  platform = await openKoreStage();
});
afterAll(async () => {
  await platform?.close();
  await workflows?.close();
});

test('an agent who answers after nearly half an hour is heard by the user', async () => {
  await platform.control.write(USER, 'I want a human');
  await platform.control.settled();
  const { state } = platform.call(USER);
  const side = platform.open();
  await workflows.play(
    {
      plan: aChatPlan({ botSide: { extendEveryMs: EVERY_MS } }),
      request: aRequest({ ...(state && { botState: state }) }),
      extendConversation: ({ conversationId, botState }) =>
        side.extend!(conversationId, {
          signal: AbortSignal.timeout(30_000),
          ...(botState && { state: botState }),
        }),
    },
    async (scene) => {
      const extended = (): number => scene.world.seen.filter((line) => line === 'extend').length;
      await scene.until(() => scene.world.transfers.length > 0);
      await joins(scene);
      for (let times = 1; times <= TIMES; times += 1) {
        await platform.control.advance(EVERY_MS);
        await scene.pass(EVERY_MS + 1_000);
        await scene.until(() => extended() === times);
      }
      const heard = await side.postFromAgent!(
        platform.conversationId(USER),
        { id: 'a1', text: 'Sorry for the wait.', agentName: 'Ann' },
        platform.call(USER),
      );
      await scene.userLeaves();
      await scene.handle.result();

      expect(heard).toEqual({ kind: 'posted' });
      expect((await platform.userReads(USER)).at(-1)).toBe('Sorry for the wait.');
      const { calls } = await platform.control.state();
      expect(calls.map(({ operation, status }) => [operation, status])).toEqual([
        ['sendBotMessage', 200],
        ['sendUserMessage', 200],
        ...Array.from({ length: TIMES }, () => ['extendcallid', 200]),
        ['sendUserMessage', 200],
      ]);
    },
  );
});
