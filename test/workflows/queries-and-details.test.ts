// What operators see: status, explain, the details and the history as a story, and never a message's text or a name.
import { historyToJSON } from '@temporalio/common/lib/proto-utils';
import type { ChatState } from '../../domain/chat';
import { aFallbackRung, aPlan, aRequest, aRung } from '../support/builders';
import { aFault, failingFirst } from '../support/faults';
import type { History } from '../support/histories';
import { createStage, type Scene, type Stage } from '../support/time-skipping-stage';

let stage: Stage;

beforeAll(async () => {
  stage = await createStage();
});
afterAll(() => stage.close());

const SECRET = 'canary-my-name-is-jane-doe';

async function detailsOf(scene: Scene): Promise<string> {
  const metadata = await scene.handle.query<{ currentDetails?: string }>('__temporal_workflow_metadata');
  return metadata.currentDetails ?? '';
}

/** The summaries of a history's events, in order. */
function summariesOf(history: History): string[] {
  const summaries = history.events?.flatMap((event) => event.userMetadata?.summary?.data ?? []) ?? [];
  return summaries.map((data) => JSON.parse(Buffer.from(data).toString()) as string);
}

test('tells at each point where the escalation stands and until when it waits', async () => {
  const plan = aPlan({ interactionDelayMs: 60_000, rungs: [aRung(), aFallbackRung()] });
  await stage.play({ plan, requestTransfer: () => ({ kind: 'requested' }) }, async (scene) => {
    await scene.until(async () => (await scene.status()).phase === 'delaying');
    expect(await scene.status()).toMatchObject({ owner: 'baton', epoch: 1, attempt: 1, requestId: 'r1' });
    await scene.pass(61_000);
    await scene.until(() => scene.world.transfers.length === 1);
    const requested = await scene.status();
    expect(requested).toMatchObject({ phase: 'requested', rung: 0, target: { id: '4711' } });
    expect(requested.waiting?.until).toBeGreaterThan(0);
    await scene.deskSays('r1', 0, { kind: 'queued' });
    await scene.until(async () => (await scene.status()).phase === 'queued');
    await scene.pass(181_000);
    await scene.until(() => scene.world.transfers.length === 2);
    await scene.deskSays('r1', 1, { kind: 'connected', agentId: 'maria' });
    await scene.handle.result();

    expect(await scene.status()).toMatchObject({
      phase: 'closed',
      owner: 'agent',
      epoch: 2,
      outcome: { kind: 'connected', rung: 1 },
      attempts: [{ requestId: 'r1', attempt: 1 }],
    });
  });
});

test('tells activities where the chat of a transfer stands, by what was said last', async () => {
  const asked: ChatState = { generation: 1, place: 'asked' };
  const heard: ChatState = { generation: 2, place: 'heard' };
  await stage.play(
    { plan: aPlan(), requestTransfer: () => ({ kind: 'requested', chat: asked }) },
    async (scene) => {
      await scene.until(() => scene.world.transfers.length === 1);
      const transferId = scene.world.transfers[0]?.transferId ?? '';
      const chatOf = (id: string): Promise<unknown> => scene.handle.query('chat', id);
      await scene.until(async () => Boolean(await chatOf(transferId)));
      expect(await chatOf(transferId)).toEqual(asked);

      await scene.handle.signal('deskNews', { transferId, news: [], chat: heard });
      expect(await chatOf(transferId)).toEqual(heard);
      expect((await chatOf('another')) ?? undefined).toBeUndefined();

      await scene.deskSays('r1', 0, { kind: 'connected', agentId: 'maria' });
      await scene.handle.result();
    },
  );
});

test('tells the story with what was tried and why not', async () => {
  const rungs = [aRung({ open: [] }), aRung({ skill: '5000' }), aFallbackRung()];
  await stage.play(
    {
      plan: aPlan({ rungs }),
      requestTransfer: ({ target }) =>
        target.id === '5000'
          ? { kind: 'declined', reason: 'no_agents', detail: 'E7' }
          : { kind: 'connected' },
    },
    async (scene) => {
      await scene.handle.result();
      const { story, transfers } = await scene.explain();

      expect(story.map((line) => line.event)).toEqual([
        'planned',
        'posted',
        'rung_skipped',
        'transfer_requested',
        'declined',
        'transfer_requested',
        'connected',
        'attempt_over',
        'bot_told',
        'closed',
      ]);
      expect(story.find((line) => line.event === 'declined')).toMatchObject({
        detail: 'no_agents (E7)',
        rung: 1,
      });
      expect(transfers.map(({ standing }) => standing)).toEqual(['declined', 'connected']);
    },
  );
});

test('renders the details at each step: phase, rung, what it waits for, what was tried', async () => {
  const plan = aPlan({ rungs: [aRung(), aFallbackRung()] });
  await stage.play({ plan }, async (scene) => {
    await scene.until(async () => (await scene.status()).phase === 'queued');
    const waiting = await detailsOf(scene);
    expect(waiting).toContain('**Phase** queued');
    expect(waiting).toMatch(/\*\*Rung\*\* 1 of 2: skill 4711/);
    expect(waiting).toMatch(/\*\*Waits for\*\* .*UTC/);
    await scene.pass(181_000);
    await scene.until(() => scene.world.transfers.length === 2);
    await scene.deskSays('r1', 1, { kind: 'connected' });
    await scene.handle.result();

    const details = await detailsOf(scene);
    expect(details).toContain('**Phase** closed');
    expect(details).toMatch(/no_answer .*\| timed_out/);
  });
});

test('reads as a story in the history: every activity and timer has a summary', async () => {
  const plan = aPlan({
    interactionDelayMs: 6_000,
    rungs: [aRung({ onlyIfAvailable: true }), aFallbackRung()],
  });
  const faults = [aFault('ESC_PLATFORM_ERROR')];
  await stage.play(
    {
      plan,
      checkTarget: () => Promise.resolve({ kind: 'go' }),
      requestTransfer: failingFirst(faults, { kind: 'queued' }),
    },
    async (scene) => {
      await scene.until(async () => (await scene.status()).phase === 'delaying');
      await scene.pass(7_000);
      await scene.until(() => scene.world.transfers.length === 2);
      await scene.deskSays('r1', 0, { kind: 'connected' });
      await scene.handle.result();
      const history = await scene.handle.fetchHistory();
      const summaries = summariesOf(history).join('\n');

      for (const words of [
        'Plan attempt 1',
        'Post last words to the user',
        'Interaction delay 6000 ms',
        'Is skill 4711 on desk available?',
        'Ask skill 4711 on desk',
        'Wait for an answer of skill 4711',
        'Tell the bot: escalation.connected',
      ])
        expect(summaries).toContain(words);
      const silent = history.events?.filter(
        (event) =>
          (event.timerStartedEventAttributes || event.activityTaskScheduledEventAttributes) &&
          !event.userMetadata?.summary,
      );
      expect(silent).toEqual([]);
    },
  );
});

test('keeps message texts and what users said out of summaries, details, status, explain and attributes', async () => {
  const plan = aPlan({
    transferMessage: SECRET,
    failureMessage: SECRET,
    lastMessages: [{ id: 'm1', text: SECRET }],
    context: { intent: SECRET, userMessage: SECRET },
    retryWindowMs: 1_000,
  });
  const request = aRequest({ variables: { name: SECRET }, userMessage: SECRET, intent: SECRET });
  await stage.play(
    {
      plan,
      request,
      requestTransfer: () => ({ kind: 'declined', reason: 'rejected' }),
      texts: { failure: SECRET, fallback: SECRET },
      postToUser: () => Promise.resolve({ kind: 'posted' }),
    },
    async (scene) => {
      await scene.handle.signal('escalate', { requestId: 'r2', integration: 7, userMessage: SECRET });
      await scene.handle.signal('deskEvent', { id: 'e1', transferId: 't', event: { kind: SECRET } });
      await scene.handle.result();
      const history = await scene.handle.fetchHistory();
      const seen = [
        await detailsOf(scene),
        JSON.stringify(await scene.status()),
        JSON.stringify(await scene.explain()),
        ...summariesOf(history),
        ...attributesOf(history),
      ];

      expect(historyToJSON(history)).toContain(Buffer.from(SECRET).toString('base64').slice(4, -4));
      expect(seen.join('\n')).not.toContain(SECRET);
      // The failure text stands for the transfer message here: both are the canary.
      scene.world.userRead.splice(0, scene.world.userRead.length, SECRET);
    },
  );
});

test('keeps the story to its last two hundred lines', async () => {
  await stage.play({}, async (scene) => {
    await scene.until(() => scene.world.transfers.length === 1);
    for (let index = 0; index < 220; index += 1)
      await scene.deskSays('r1', 0, { kind: 'position', position: index });
    await scene.until(async () => (await scene.explain()).story.at(-1)?.detail === '219');
    await scene.cancel();
    await scene.handle.result();

    expect((await scene.explain()).story).toHaveLength(200);
  });
});

function attributesOf(history: History): string[] {
  return (
    history.events?.flatMap((event) => {
      const fields =
        event.upsertWorkflowSearchAttributesEventAttributes?.searchAttributes?.indexedFields ??
        event.workflowExecutionStartedEventAttributes?.searchAttributes?.indexedFields ??
        {};
      return Object.values(fields).map((field) => Buffer.from(field.data ?? []).toString());
    }) ?? []
  );
}
