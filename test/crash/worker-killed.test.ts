// The worker is killed with SIGKILL at every step of a run, and another one takes over: the user reads the same, the
// bot hears the same, nobody is transferred twice, and one agent has the user. What is compared with is the same run
// undisturbed.
import { noticeId, noticeOutboxWorkflowId } from '../../domain/ids';
import type { FaultAction } from '../../platforms/liveperson/simulator';
import { createScenarios, type Scenario, type Scenarios, type Summary } from '../support/scenario';
import { startSystem, type System } from '../support/system';
import { HOLD_ON, SKILLS, TENANT } from '../support/system-configuration';
import { until } from '../support/until';

let system: System;
let scenarios: Scenarios;
let undisturbed: Summary;
let eventsOfARun: number;

/** A run with everything in it: last words, a rung that is withdrawn, the fallback skill, a result script, a notice. */
const ASKED = {
  integration: 'scripted-fallback',
  variables: { skillId: SKILLS.returns },
  lastMessages: [{ id: 'm1', text: 'One moment.' }],
};

beforeAll(async () => {
  system = await startSystem();
  scenarios = createScenarios(system);
  const scenario = await scenarios.open();
  await scenario.ask(ASKED);
  undisturbed = await scenario.summary();
  eventsOfARun = (await scenario.history()).events?.length ?? 0;
}, 120_000);
afterEach(() => scenarios.replay());
afterAll(() => system?.close());

it('is compared with a run that went well', () => {
  expect(undisturbed).toEqual({
    outcome: 'connected',
    transfers: expect.arrayContaining([SKILLS.returns, SKILLS.service]) as string[],
    userRead: ['One moment.', HOLD_ON],
    agents: ['maria'],
    botHeard: ['escalation.connected'],
  });
});

describe('killed while a request to LivePerson or to the bot is under way', () => {
  const HANG: FaultAction = { kind: 'hang' };
  const LOSE_ANSWER: FaultAction = { kind: 'loseAnswer' };
  const POINTS: readonly (readonly [name: string, match: string, skip: number])[] = [
    ['the look for the message', 'QueryMessages', 0],
    ['the message', 'PublishEvent', 0],
    ['the look for the transfer message', 'QueryMessages', 1],
    ['the transfer message', 'PublishEvent', 1],
    ['the transfer', 'UpdateConversationField', 0],
  ];
  /** These come when the first rung's time is over. */
  const LATER_POINTS: typeof POINTS = [
    ['the withdrawal', 'UpdateConversationField', 1],
    ['the transfer to the fallback skill', 'UpdateConversationField', 2],
  ];

  it('goes on as if nothing had been, whether or not the request had its effect', async () => {
    const play = async ([name, match, skip]: (typeof POINTS)[number], action: FaultAction) => {
      const scenario = await scenarios.open();
      const fault = await scenario.fault(match, action, skip);
      await scenario.ask(ASKED);
      return { name: `${name}, ${action.kind}`, scenario, fault };
    };
    const playAll = async (points: typeof POINTS) =>
      Promise.all(points.flatMap((point) => [play(point, HANG), play(point, LOSE_ANSWER)]));

    const later = await playAll(LATER_POINTS);
    await Promise.all(later.map(({ scenario }) => scenario.untilTold('queued')));
    const all = [...later, ...(await playAll(POINTS))];
    await Promise.all(all.map(({ fault }) => fault.struck()));
    await system.worker().kill();
    await system.startWorker();

    expect(await summaries(all)).toEqual(expectedOf(all));
  });

  it.each([
    ['hangs', { kind: 'hang' }],
    ['loses its answer', { kind: 'lostAnswer' }],
  ] as const)('goes on when the notice %s', async (_how, fault) => {
    const on = 'escalation.connected';
    await system.bot.fault({ ...fault, on });
    const scenario = await scenarios.open();
    await scenario.ask({ ...ASKED, integration: 'scripted', variables: {} });
    await scenario.untilConversation('the agent', ({ assignedTo }) => assignedTo?.loginName === 'maria');
    await system.worker().kill();
    await system.startWorker();

    expect(await scenario.summary()).toEqual({ ...undisturbed, transfers: [SKILLS.service] });
    await system.bot.clearFaults();
  });
});

describe('killed while nothing is under way but a wait', () => {
  it('goes on in the delay, in the queue, between two attempts, and in the outbox of notices', async () => {
    system.recorder.answer('/notices', { status: 503 });
    const open = [scenarios.open(), scenarios.open(), scenarios.open(), scenarios.open()] as const;
    const [delayed, queued, between, untold] = await Promise.all(open);
    await untold.ask({ integration: 'recorded' });
    await delayed.ask({ integration: 'delayed', variables: {} });
    await queued.ask({ variables: { skillId: SKILLS.billing } });
    await between.ask({ integration: 'impatient', variables: { skillId: SKILLS.returns } });
    await delayed.untilTold('delaying');
    await queued.untilTold('queued');
    await between.untilNotices(1);
    await untold.ended();

    await system.worker().kill();
    system.recorder.answer('/notices', { status: 204 });
    await outboxOf(untold).signal('redeliver');
    await system.liveperson.control.agentJoins({ conversationId: queued.conversationId, user: 'lena' });
    await delayed.cancel();
    await between.ask({ requestId: 'r2' });
    await system.startWorker();

    expect(await outboxOf(untold).result()).toEqual({ delivered: 1 });
    expect(await delayed.summary()).toMatchObject({ outcome: 'cancelled', transfers: [], userRead: [] });
    expect(await queued.summary()).toMatchObject({
      outcome: 'connected',
      agents: ['lena'],
      userRead: [HOLD_ON],
    });
    expect(await between.summary()).toMatchObject({
      outcome: 'connected',
      agents: ['maria'],
      userRead: [HOLD_ON, HOLD_ON],
      botHeard: ['escalation.failed', 'escalation.connected'],
    });
  });
});

function outboxOf({ conversationId }: Scenario) {
  const notice = noticeId(conversationId, 'r1', 'escalation.connected');
  return system.client.workflow.getHandle(noticeOutboxWorkflowId(TENANT, notice));
}

describe('killed after each event of the history', () => {
  it('goes on to the same end, however often', async () => {
    const all: { name: string; scenario: Scenario }[] = [];
    for (let events = 2; events <= eventsOfARun; events += 1) {
      const scenario = await scenarios.open();
      all.push({ name: `after event ${events}`, scenario });
      await scenario.ask(ASKED);
      await until(`event ${events}`, () => hasEvents(scenario, events), { pollMs: 5 });
      await system.worker().kill();
      await system.startWorker();
    }

    expect(await summaries(all)).toEqual(expectedOf(all));
  }, 240_000);

  async function hasEvents({ workflowId }: Scenario, count: number): Promise<boolean> {
    const { historyLength, status } = await system.client.workflow.getHandle(workflowId).describe();
    return historyLength >= count || status.name !== 'RUNNING';
  }
});

type Named = readonly { readonly name: string; readonly scenario: Scenario }[];

async function summaries(all: Named): Promise<Record<string, Summary>> {
  const told = await Promise.all(
    all.map(async ({ name, scenario }) => [name, await scenario.summary()] as const),
  );
  return Object.fromEntries(told);
}

function expectedOf(all: Named): Record<string, Summary> {
  return Object.fromEntries(all.map(({ name }) => [name, undisturbed]));
}
