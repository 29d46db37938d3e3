// The Temporal server is killed with SIGKILL while escalations are at every step, and started again on its file: what
// it had acknowledged is there, and every escalation ends as if nothing had been.
import { setTimeout as sleep } from 'node:timers/promises';
import { createScenarios, type Scenario, type Scenarios } from '../support/scenario';
import { startSystem, type System } from '../support/system';
import { HOLD_ON, SKILLS } from '../support/system-configuration';

/** Between two escalations that are begun one after the other, so that the kill finds each at another step. */
const APART_MS = 200;
const IN_FLIGHT = 12;

let system: System;
let scenarios: Scenarios;

beforeAll(async () => {
  system = await startSystem({ limits: { responseTimeout: '60s' } });
  scenarios = createScenarios(system);
}, 120_000);
afterEach(() => scenarios.replay());
afterAll(() => system?.close());

const ASKED = {
  integration: 'scripted-fallback',
  variables: { skillId: SKILLS.returns },
  lastMessages: [{ id: 'm1', text: 'One moment.' }],
};

it('loses no escalation, whatever its step, and does nothing twice', async () => {
  const before = await scenarios.open();
  await before.ask(ASKED);
  const undisturbed = await before.summary();
  const waiting = await openWaiting();

  const inFlight: Scenario[] = [];
  for (let begun = 0; begun < IN_FLIGHT; begun += 1) {
    const scenario = await scenarios.open();
    await scenario.ask(ASKED);
    inFlight.push(scenario);
    await sleep(APART_MS);
  }
  await system.temporal.kill();
  // Timers and timeouts that fall into the outage are late, not lost.
  await sleep(1_000);
  await system.temporal.restart();

  const summaries = await Promise.all(inFlight.map((scenario) => scenario.summary()));
  expect(summaries).toEqual(inFlight.map(() => undisturbed));
  await expectWaitingOnesGoOn(waiting);
}, 180_000);

interface Waiting {
  readonly queued: Scenario;
  readonly between: Scenario;
}

async function openWaiting(): Promise<Waiting> {
  const [queued, between] = await Promise.all([scenarios.open(), scenarios.open()]);
  await queued.ask({ variables: { skillId: SKILLS.billing } });
  await between.ask({ integration: 'impatient', variables: { skillId: SKILLS.returns } });
  await queued.untilTold('queued');
  await between.untilNotices(1);
  return { queued, between };
}

async function expectWaitingOnesGoOn({ queued, between }: Waiting): Promise<void> {
  await system.liveperson.control.agentJoins({ conversationId: queued.conversationId, user: 'lena' });
  await between.ask({ requestId: 'r2' });

  expect(await queued.summary()).toMatchObject({
    outcome: 'connected',
    agents: ['lena'],
    transfers: [SKILLS.billing],
    userRead: [HOLD_ON],
  });
  expect(await between.summary()).toMatchObject({
    outcome: 'connected',
    agents: ['maria'],
    botHeard: ['escalation.failed', 'escalation.connected'],
  });
}
