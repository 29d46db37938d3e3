// The worker is stopped with SIGTERM, as in every deployment, while escalations run: it ends what it has begun, leaves
// with code 0, and the next worker goes on. No activity is recorded as failed.
import { createScenarios, type Scenario, type Scenarios } from '../support/scenario';
import { startSystem, type System } from '../support/system';
import { HOLD_ON, SKILLS } from '../support/system-configuration';

let system: System;
let scenarios: Scenarios;

beforeAll(async () => {
  system = await startSystem({ limits: { responseTimeout: '60s' } });
  scenarios = createScenarios(system);
}, 120_000);
afterEach(() => scenarios.replay());
afterAll(() => system?.close());

it('hands over what runs to the next worker, without a failed activity', async () => {
  const open = [scenarios.open(), scenarios.open(), scenarios.open()] as const;
  const [queued, laddering, posting] = await Promise.all(open);
  await queued.ask({ variables: { skillId: SKILLS.billing } });
  await laddering.ask({ integration: 'with-fallback', variables: { skillId: SKILLS.returns } });
  await queued.untilTold('queued');
  await laddering.untilTold('queued');
  const posts = await posting.fault('PublishEvent', { kind: 'delay', ms: 700 });
  await posting.ask();
  await posts.struck();

  const stopping = system.worker();
  const end = await stopping.terminate();
  await system.startWorker();
  await system.liveperson.control.agentJoins({ conversationId: queued.conversationId, user: 'lena' });

  expect(end).toEqual({ code: 0, signal: null });
  expect(stopping.logged().at(-1)).toMatchObject({ event: 'worker.stopped' });
  expect(await queued.summary()).toMatchObject({ outcome: 'connected', agents: ['lena'] });
  expect(await laddering.summary()).toMatchObject({ outcome: 'connected', agents: ['maria'] });
  expect(await posting.summary()).toMatchObject({ outcome: 'connected', userRead: [HOLD_ON] });
  for (const scenario of [queued, laddering, posting]) expect(await failuresIn(scenario)).toEqual([]);
});

async function failuresIn(scenario: Scenario): Promise<string[]> {
  const { events } = await scenario.history();
  return (events ?? []).flatMap(
    ({ eventId, activityTaskFailedEventAttributes, workflowTaskFailedEventAttributes }) =>
      activityTaskFailedEventAttributes || workflowTaskFailedEventAttributes ? [String(eventId)] : [],
  );
}
