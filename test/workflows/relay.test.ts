// The chat between user and agent: carried both ways, until one of them ends it and the bot owns the conversation again.
import { aChatPlan } from '../support/builders';
import { createStage, type Scene, type Stage } from '../support/time-skipping-stage';

let stage: Stage;

beforeAll(async () => {
  stage = await createStage();
});
afterAll(() => stage.close());

async function joined(scene: Scene): Promise<void> {
  await scene.until(() => scene.world.transfers.length > 0);
  await scene.deskTells('r1', 0, [{ kind: 'connected', agentId: 'maria' }]);
  await scene.until(() => scene.world.notices.length > 0);
}

const agentGot = ({ world }: Scene): string[] => world.agentGot.map(({ id }) => id);
const userGot = ({ world }: Scene): string[] => world.userGot.map(({ id }) => id);

test('carries what user and agent write, and gives the conversation back when the agent ends it', async () => {
  await stage.play({ plan: aChatPlan() }, async (scene) => {
    await joined(scene);
    await scene.userWrites('u1');
    await scene.until(() => agentGot(scene).length === 1);
    await scene.agentWrites('a1', 'a2');
    await scene.userWrites('u2');
    await scene.until(() => agentGot(scene).length === 2 && userGot(scene).length === 2);
    await scene.deskTells('r1', 0, [
      { kind: 'message', message: { id: 'bye', text: 'bye' }, agentName: 'Maria' },
      { kind: 'ended', by: 'agent' },
    ]);
    const result = await scene.handle.result();

    expect(agentGot(scene)).toEqual(['u1', 'u2']);
    expect(userGot(scene)).toEqual(['a1', 'a2', 'bye']);
    expect(result).toMatchObject({
      outcome: { kind: 'connected' },
      returned: { by: 'agent', reason: 'left' },
      owner: 'bot',
      epoch: 3,
    });
    expect(scene.world.notices.map(({ type }) => type)).toEqual([
      'escalation.connected',
      'escalation.returned',
    ]);
    expect(scene.world.notices[1]).toMatchObject({
      sequence: 4,
      epoch: 3,
      ended: { by: 'agent', reason: 'left' },
      transcript: [
        { from: 'user', text: 'u1' },
        { from: 'agent', text: 'a1' },
        { from: 'agent', text: 'a2' },
        { from: 'user', text: 'u2' },
        { from: 'agent', text: 'bye', agentName: 'Maria' },
      ],
    });
    expect(scene.world.seen).not.toContain('close 4711');
  });
});
