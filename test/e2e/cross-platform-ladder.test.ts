// A ladder over two vendors, with the real worker and gateway on a real Temporal server: a skill on LivePerson, then a
// queue on Salesforce, then a ticket there. Each rung is undone before the next begins, and one history tells it all.
import { createOmniStory, type OmniStory } from '../support/omni-story';
import { record, type History } from '../support/histories';
import { createScenarios, type Scenario, type Scenarios } from '../support/scenario';
import { startSystem, type System } from '../support/system';
import { agentIdOf, HOLD_ON, SKILLS } from '../support/system-configuration';
import { until } from '../support/until';

let system: System;
let scenarios: Scenarios;
let salesforce: OmniStory;

beforeAll(async () => {
  system = await startSystem({ processes: [] });
  salesforce = await createOmniStory();
  salesforce.addTo(system.configFile);
  await Promise.all([system.startWorker(), system.startGateway()]);
  scenarios = createScenarios(system);
}, 120_000);
afterEach(async () => {
  await salesforce.control.clearFaults();
  await scenarios.replay();
});
afterAll(async () => {
  await system?.close();
  await salesforce?.close();
});

const ask = (scenario: Scenario, integration: string, skillId: string = SKILLS.returns) =>
  scenario.ask({ integration, intent: 'return', userMessage: 'My parcel is broken', variables: { skillId } });

/** What was asked of desks, in the order in which it was written down; tries of the same call count once. */
function deskCalls(history: History): readonly string[] {
  const calls = ['requestTransfer', 'withdrawTransfer'];
  const all = (history.events ?? []).flatMap((event) => {
    const marker = event.markerRecordedEventAttributes?.details?.['data']?.payloads?.[0]?.data;
    const local = marker ? (JSON.parse(Buffer.from(marker).toString()) as { activity_type?: string }) : {};
    const name = event.activityTaskScheduledEventAttributes?.activityType?.name ?? local.activity_type;
    return name !== undefined && calls.includes(name) ? [name] : [];
  });
  return all.filter((name, index) => name !== all[index - 1]);
}

async function rungsTold(scenario: Scenario): Promise<readonly string[]> {
  const { story } = await scenario.explain();
  const told = [
    'transfer_requested',
    'queued',
    'no_answer',
    'withdrawal_withdrawn',
    'connected',
    'queued_only',
  ];
  return story.map(({ event }) => event).filter((event) => told.includes(event));
}

it('goes from a LivePerson skill to a Salesforce queue to a ticket, each undone before the next', async () => {
  const scenario = await scenarios.open();

  await ask(scenario, 'over-two-vendors');
  const { outcome, attempts } = await scenario.ended();

  expect(outcome).toEqual({ kind: 'queued_only', rung: 2 });
  expect(attempts).toBe(1);
  expect(await rungsTold(scenario)).toEqual([
    ...['transfer_requested', 'queued', 'no_answer', 'withdrawal_withdrawn'],
    ...['transfer_requested', 'queued', 'no_answer', 'withdrawal_withdrawn'],
    ...['transfer_requested', 'queued_only'],
  ]);
  const history = await scenario.history();
  expect(deskCalls(history)).toEqual([
    ...['requestTransfer', 'withdrawTransfer'],
    ...['requestTransfer', 'withdrawTransfer'],
    'requestTransfer',
  ]);
  const [inQueue, ticket, ...more] = await salesforce.casesOf(scenario.conversationId);
  expect(inQueue).toMatchObject({ owner: 'Support', isClosed: true, isWaiting: false });
  expect(ticket).toMatchObject({ owner: 'Tickets', isClosed: false });
  expect(ticket?.description).toBe(
    `User: My parcel is broken\nIntent: return\nConversation: ${scenario.conversationId}`,
  );
  expect(more).toEqual([]);
  // LivePerson's rung was undone: the bot has the conversation, and nobody else.
  expect((await scenario.conversation()).assignedTo?.loginName).toBe('baton-bot');
  expect(await scenario.botTexts()).toEqual([HOLD_ON]);
  expect(await scenario.noticeTypes()).toEqual(['escalation.queued']);
  record('omni-ladder-to-ticket', history);
});

it('ends with the Salesforce agent who opens the work', async () => {
  const scenario = await scenarios.open();

  await ask(scenario, 'over-two-vendors');
  const userId = await salesforce.agentOpens(scenario.conversationId);
  const { outcome } = await scenario.ended();

  expect(outcome).toEqual({ kind: 'connected', rung: 1, agentId: userId });
  expect(await salesforce.casesOf(scenario.conversationId)).toMatchObject([{ isClosed: false }]);
  expect(await scenario.noticeTypes()).toEqual(['escalation.connected']);
  record('omni-queue-connected', await scenario.history());
});

it('never reaches Salesforce when a human on LivePerson is there', async () => {
  const scenario = await scenarios.open();

  await ask(scenario, 'over-two-vendors', SKILLS.service);
  const { outcome } = await scenario.ended();

  expect(outcome).toEqual({ kind: 'connected', rung: 0, agentId: agentIdOf('maria') });
  expect(await salesforce.casesOf(scenario.conversationId)).toEqual([]);
});

it('routes by a skill of Salesforce as well, past agents who decline', async () => {
  const scenario = await scenarios.open();

  await ask(scenario, 'to-salesforce-skill');
  const { outcome } = await scenario.ended();

  expect(outcome).toMatchObject({ kind: 'connected', rung: 1, agentId: salesforce.willing });
  expect(await salesforce.offersOf(scenario.conversationId)).toEqual(['Declined', 'Opened']);
  record('omni-skill-declined-once', await scenario.history());
});

it('skips a queue where nobody is there', async () => {
  const scenario = await scenarios.open();

  await ask(scenario, 'only-if-available');
  const { outcome } = await scenario.ended();

  expect(outcome).toEqual({ kind: 'queued_only', rung: 2 });
  expect(await salesforce.casesOf(scenario.conversationId)).toMatchObject([{ owner: 'Tickets' }]);
  record('omni-unavailable-skipped', await scenario.history());
});

it('makes one Case when the answer to its making is lost', async () => {
  const scenario = await scenarios.open();
  await salesforce.control.fault({ on: 'transfer', action: { kind: 'lostAnswer' } });

  await ask(scenario, 'over-two-vendors');
  const userId = await salesforce.agentOpens(scenario.conversationId);

  expect((await scenario.ended()).outcome).toEqual({ kind: 'connected', rung: 1, agentId: userId });
  expect(await salesforce.casesOf(scenario.conversationId)).toHaveLength(1);
  record('omni-lost-answer', await scenario.history());
});

it('goes on to the next rung at once when the quota of calls is spent', async () => {
  const scenario = await scenarios.open();
  await salesforce.control.fault({
    on: 'transfer',
    action: { kind: 'error', status: 403, errorCode: 'REQUEST_LIMIT_EXCEEDED', message: 'TotalRequests' },
  });

  await ask(scenario, 'over-two-vendors');

  expect((await scenario.ended()).outcome).toEqual({ kind: 'queued_only', rung: 2 });
  const { story } = await scenario.explain();
  expect(story.map(({ detail }) => detail).join('\n')).toContain('ESC_PLATFORM_QUOTA_EXHAUSTED');
  expect(await salesforce.casesOf(scenario.conversationId)).toMatchObject([{ owner: 'Tickets' }]);
});

it('is watched by another worker when the one that watched is killed', async () => {
  const scenario = await scenarios.open();
  await ask(scenario, 'patient-over-two-vendors');
  await scenario.untilTold('queued', 2);

  await system.worker().kill();
  await system.startWorker();
  const userId = await salesforce.agentOpens(scenario.conversationId);

  expect((await scenario.ended()).outcome).toEqual({ kind: 'connected', rung: 1, agentId: userId });
  expect(await salesforce.casesOf(scenario.conversationId)).toHaveLength(1);
  expect(await scenario.noticeTypes()).toEqual(['escalation.connected']);
  record('omni-worker-killed', await scenario.history());
}, 120_000);

describe('the worker is killed', () => {
  const underWay = (kind: string) =>
    until(`a ${kind} under way`, async () =>
      (await salesforce.control.traffic()).calls.some((each) => each.kind === kind && !each.answered),
    );

  it('while the Case is being made: there is one all the same', async () => {
    const scenario = await scenarios.open();
    await salesforce.control.fault({ on: 'transfer', action: { kind: 'delay', ms: 1_000 } });
    await ask(scenario, 'patient-over-two-vendors');
    await underWay('transfer');

    await system.worker().kill();
    await system.startWorker();
    const userId = await salesforce.agentOpens(scenario.conversationId);

    expect((await scenario.ended()).outcome).toEqual({ kind: 'connected', rung: 1, agentId: userId });
    expect(await salesforce.casesOf(scenario.conversationId)).toHaveLength(1);
    record('omni-worker-killed-making', await scenario.history());
  }, 120_000);

  it('while the rung is being withdrawn: it is closed before the ticket is made', async () => {
    const scenario = await scenarios.open();
    await salesforce.control.fault({ on: 'change', action: { kind: 'delay', ms: 1_000 } });
    await ask(scenario, 'over-two-vendors');
    await underWay('change');

    await system.worker().kill();
    await system.startWorker();

    expect((await scenario.ended()).outcome).toEqual({ kind: 'queued_only', rung: 2 });
    expect(await salesforce.casesOf(scenario.conversationId)).toMatchObject([
      { owner: 'Support', isClosed: true, isWaiting: false },
      { owner: 'Tickets', isClosed: false },
    ]);
    expect(await scenario.noticeTypes()).toEqual(['escalation.queued']);
    record('omni-worker-killed-withdrawing', await scenario.history());
  }, 120_000);
});
