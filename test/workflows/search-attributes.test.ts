// The typed search attributes: what the list of workflows can be filtered by, and how few events they cost.
import { defineSearchAttributeKey } from '@temporalio/common';
import { SEARCH_ATTRIBUTES, type SearchAttributeName } from '../../domain/search-attributes';
import { aFallbackRung, aPlan, aRung } from '../support/builders';
import { createStage, type Scene, type Stage } from '../support/time-skipping-stage';

let stage: Stage;

beforeAll(async () => {
  stage = await createStage();
});
afterAll(() => stage.close());

async function attributes(scene: Scene): Promise<Partial<Record<SearchAttributeName, unknown>>> {
  const { typedSearchAttributes } = await scene.handle.describe();
  const names = Object.keys(SEARCH_ATTRIBUTES) as SearchAttributeName[];
  const pairs = names.map((name) => {
    const key = defineSearchAttributeKey(name, SEARCH_ATTRIBUTES[name]);
    return [name, typedSearchAttributes.get(key)] as const;
  });
  return Object.fromEntries(pairs.filter(([, value]) => value !== undefined));
}

const declined = (): { kind: 'declined'; reason: 'no_agents' } => ({ kind: 'declined', reason: 'no_agents' });

test('has tenant, conversation, platform, skill, phase and attempt while it runs', async () => {
  await stage.play({}, async (scene) => {
    await scene.until(async () => (await scene.status()).phase === 'queued');
    expect(await attributes(scene)).toEqual({
      BatonTenant: 'acme',
      BatonConversationId: scene.conversationId,
      BatonPlatform: 'webhook',
      BatonSkill: '4711',
      BatonPhase: 'transferring',
      BatonAttempt: 1,
    });
    await scene.deskSays('r1', 0, { kind: 'connected' });
    await scene.handle.result();
  });
});

test('has outcome and the rung that answered at the end', async () => {
  const rungs = [aRung({ open: [] }), aFallbackRung()];
  await stage.play(
    { plan: aPlan({ rungs }), requestTransfer: () => ({ kind: 'connected' }) },
    async (scene) => {
      await scene.handle.result();
      expect(await attributes(scene)).toMatchObject({
        BatonPhase: 'closed',
        BatonOutcome: 'connected',
        BatonSkill: '4712',
      });
    },
  );
});

test('shows that it waits for the bot, and which attempt it is', async () => {
  await stage.play({ requestTransfer: declined }, async (scene) => {
    await scene.until(async () => (await scene.status()).phase === 'awaiting_bot');
    await scene.until(async () => (await attributes(scene)).BatonPhase === 'awaiting_bot');
    await scene.ask({ requestId: 'r2', integration: 'to-service' });
    await scene.until(async () => (await attributes(scene)).BatonAttempt === 2);
    await scene.handle.result();

    expect(await attributes(scene)).toMatchObject({
      BatonPhase: 'closed',
      BatonOutcome: 'failed:no_agents',
      BatonAttempt: 2,
    });
  });
});

test.each([
  ['abandoned', (scene: Scene): Promise<unknown> => scene.userLeaves()],
  ['cancelled', (scene: Scene): Promise<unknown> => scene.cancel()],
])('spells the outcome %s', async (outcome, does) => {
  await stage.play({}, async (scene) => {
    await scene.until(async () => (await scene.status()).phase === 'queued');
    await does(scene);
    await scene.handle.result();
    expect((await attributes(scene)).BatonOutcome).toBe(outcome);
  });
});

test('costs two upserts for a plain success', async () => {
  await stage.play({ requestTransfer: () => ({ kind: 'connected' }) }, async (scene) => {
    await scene.handle.result();
    const { events } = await scene.handle.fetchHistory();
    const upserts = events?.filter((event) => event.upsertWorkflowSearchAttributesEventAttributes) ?? [];
    expect(upserts.length).toBeLessThanOrEqual(2);
  });
});
