// What the user writes while an escalation is open is the agent's or the bot's, and the escalation alone decides: no
// message falls between the two.
import type { TransferReply } from '../../activities/types';
import type { UserMessage } from '../../domain/user-message';
import { aChatPlan, aRequest } from '../support/builders';
import { aFault, aGate, failingFirst } from '../support/faults';
import { agentEnds, agentGot, joins } from '../support/relay-scene';
import type { Scene } from '../support/scene';
import { createStage, type Stage } from '../support/time-skipping-stage';

let stage: Stage;

beforeAll(async () => {
  stage = await createStage();
});
afterAll(() => stage.close());

const NOBODY: TransferReply = { kind: 'declined', reason: 'no_agents' };
const RETRY_MS = 60_000;

/** A message as a platform gives it whose bot goes on by itself. */
function aMessage(id: string): UserMessage {
  return {
    id,
    text: id,
    otherwise: { id: `${id} to the bot`, bot: 'shop-bot', items: [{ call: id }] },
    ifTaken: { id: `${id} again`, bot: 'shop-bot', items: [{ call: id }] },
  };
}

function passed({ world }: Scene): string[] {
  return world.seen.flatMap((line) => (line.startsWith('pass on ') ? [line.slice('pass on '.length)] : []));
}

test('it is the bot’s from the failure on until it asks again, and the agent’s from then on', async () => {
  await stage.play(
    {
      record: 'whose-message-after-a-failure',
      plan: aChatPlan(),
      requestTransfer: ({ transferId }) => (transferId.includes('r1') ? NOBODY : { kind: 'queued' }),
    },
    async (scene) => {
      await scene.until(() => scene.world.notices.length === 1);
      await scene.userWrites(aMessage('u1'));
      await scene.userWrites(aMessage('u2'));
      await scene.until(() => passed(scene).length === 2);
      await scene.ask(aRequest({ requestId: 'r2' }));
      await scene.userWrites(aMessage('u3'));
      await scene.until(() => scene.world.transfers.length === 2);
      await scene.deskTells('r2', 0, [{ kind: 'connected', agentId: 'maria' }]);
      await scene.userWrites(aMessage('u4'));
      await scene.until(() => agentGot(scene).length === 2);
      await scene.deskTells('r2', 0, [{ kind: 'ended', by: 'agent' }]);
      await scene.handle.result();

      expect(passed(scene)).toEqual(['u1 to the bot', 'u2 to the bot', 'u3 again', 'u4 again']);
      expect(agentGot(scene)).toEqual(['u3', 'u4']);
    },
  );
});

test.each<[string, 'escalation.failed' | 'escalation.returned']>([
  ['it failed', 'escalation.failed'],
  ['the agent is gone', 'escalation.returned'],
])('it is the bot’s as soon as %s, while its platform is still being told', async (_, type) => {
  const gate = aGate();
  const fails = type === 'escalation.failed';
  await stage.play(
    {
      record: `whose-message-while-told-${fails ? 'failed' : 'returned'}`,
      plan: aChatPlan({ retryWindowMs: RETRY_MS }),
      requestTransfer: () => (fails ? NOBODY : { kind: 'queued' }),
      deliverNotice: (notice) => (notice.type === type ? gate.pass() : undefined),
    },
    async (scene) => {
      if (!fails) {
        await joins(scene);
        await agentEnds(scene);
      }
      await scene.until(() => gate.waiting > 0);
      await scene.userWrites(aMessage('u1'));
      gate.open();
      await scene.handle.result();

      expect(passed(scene)).toEqual(['u1 to the bot']);
      expect(agentGot(scene)).toEqual([]);
    },
  );
});

test('it is the bot’s where a human has the conversation, and Baton does not carry it', async () => {
  const gate = aGate();
  await stage.play(
    {
      requestTransfer: () => ({ kind: 'connected', agentId: 'maria' }),
      deliverNotice: () => gate.pass(),
    },
    async (scene) => {
      await scene.until(() => gate.waiting > 0);
      await scene.userWrites(aMessage('u1'));
      gate.open();
      await scene.handle.result();

      expect(passed(scene)).toEqual(['u1 to the bot']);
    },
  );
});

test('what the bot gets keeps its order when it has to be tried again, and the end waits for it', async () => {
  const fail = failingFirst(
    [aFault('ESC_TEMPORAL_UNAVAILABLE'), aFault('ESC_TEMPORAL_UNAVAILABLE')],
    undefined,
  );
  await stage.play(
    {
      record: 'whose-message-tried-again',
      plan: aChatPlan({ retryWindowMs: 1_000 }),
      requestTransfer: () => NOBODY,
      askForPassage: fail,
    },
    async (scene) => {
      await scene.until(() => scene.world.notices.length === 1);
      for (const id of ['u1', 'u2', 'u3']) await scene.userWrites(aMessage(id));
      await scene.handle.result();

      expect(passed(scene)).toEqual(['u1 to the bot', 'u2 to the bot', 'u3 to the bot']);
    },
  );
});

test('what the bot cannot be given holds nothing else up, and the story tells of it', async () => {
  await stage.play(
    {
      plan: aChatPlan({ retryWindowMs: RETRY_MS }),
      requestTransfer: () => NOBODY,
      askForPassage: ({ id }) => {
        if (id.startsWith('u1')) throw aFault('ESC_REQUEST_INVALID');
      },
    },
    async (scene) => {
      await scene.until(() => scene.world.notices.length === 1);
      await scene.userWrites(aMessage('u1'));
      await scene.userWrites(aMessage('u2'));
      await scene.handle.result();

      expect(passed(scene)).toEqual(['u2 to the bot']);
      const { story } = await scene.explain();
      expect(story.find(({ event }) => event === 'not_passed_on')).toMatchObject({
        detail: 'ESC_REQUEST_INVALID',
      });
    },
  );
});

test('a message with something to pass on that cannot be understood is a dead letter', async () => {
  await stage.play(
    { plan: aChatPlan({ retryWindowMs: RETRY_MS }), requestTransfer: () => NOBODY },
    async (scene) => {
      await scene.until(() => scene.world.notices.length === 1);
      await scene.userWrites({ ...aMessage('u1'), otherwise: { id: 'x', bot: '', items: [] } });
      await scene.userWrites({ ...aMessage('u2'), ifTaken: 'nonsense' as never });
      await scene.handle.result();

      expect(passed(scene)).toEqual([]);
      const { deadLetters } = await scene.explain();
      expect(deadLetters.map(({ signal, problem }) => `${signal}: ${problem}`)).toEqual([
        'userMessage: otherwise: bot is not a string of 1 to 200 characters',
        'userMessage: ifTaken: it is not an object',
      ]);
    },
  );
});
