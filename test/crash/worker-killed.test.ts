// The worker is killed with SIGKILL at every step of a run, and another one takes over: the user reads the same, the
// bot hears the same, nobody is transferred twice, and one agent has the user. What is compared with is the same run
// undisturbed.
import { setTimeout as sleep } from 'node:timers/promises';
import type { temporal } from '@temporalio/proto';
import { noticeId, noticeOutboxWorkflowId } from '../../domain/ids';
import type { FaultAction } from '../../platforms/liveperson/simulator';
import { createScenarios, type Scenario, type Scenarios, type Summary } from '../support/scenario';
import { startSystem, type System } from '../support/system';
import { HOLD_ON, SKILLS, TENANT } from '../support/system-configuration';
import { until } from '../support/until';

type HistoryEvent = temporal.api.history.v1.IHistoryEvent;

let system: System;
let scenarios: Scenarios;
let undisturbed: Summary;
/** Event ids at which a transaction of the server ended: what lies between them is never seen, nor lost, alone. */
let stepsOfARun: readonly number[];

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
  stepsOfARun = endsOfTransactions((await scenario.history()).events ?? []);
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
    await Promise.all(later.map(({ fault }) => fault.struck()));
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
  it('goes on in the delay, in the queue of either desk, between two attempts, and in the outbox of notices', async () => {
    system.recorder.answer('/notices', { status: 503 });
    const open = [scenarios.open(), scenarios.open(), scenarios.open(), scenarios.open()] as const;
    const [delayed, queued, between, untold] = await Promise.all(open);
    const atDesk = scenarios.openElsewhere();
    await system.desk.setTarget({ kind: 'skill', id: 'night', behaviour: { kind: 'silent' } });
    await atDesk.ask({ integration: 'to-desk', variables: { skillId: 'night' } });
    await untold.ask({ integration: 'recorded' });
    await delayed.ask({ integration: 'delayed', variables: {} });
    await queued.ask({ variables: { skillId: SKILLS.billing } });
    await between.ask({ integration: 'impatient', variables: { skillId: SKILLS.returns } });
    await delayed.untilTold('delaying');
    await queued.untilTold('queued');
    await atDesk.untilTold('queued');
    await between.untilNotices(1);
    await untold.ended();
    await until('the outbox to wait for its next try', async () => {
      const { tries } = await outboxOf(untold).query<{ tries: number }>('outbox');
      return tries > 0;
    });

    await system.worker().kill();
    system.recorder.answer('/notices', { status: 204 });
    await outboxOf(untold).signal('redeliver');
    await system.liveperson.control.agentJoins({ conversationId: queued.conversationId, user: 'lena' });
    await system.desk.accept(`${atDesk.conversationId}/r1/0`);
    await delayed.cancel();
    await between.ask({ requestId: 'r2' });
    await system.startWorker();

    expect(await outboxOf(untold).result()).toEqual({ delivered: 1 });
    expect((await atDesk.ended()).outcome).toMatchObject({ kind: 'connected', agentId: 'agent-1' });
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

describe('killed after each step of the history', () => {
  /** One escalation is killed right after the step, another some moments into what comes next. */
  const AHEAD_MS = 80;

  it('goes on to the same end, however often', async () => {
    const all: { name: string; scenario: Scenario }[] = [];
    expect(stepsOfARun.length).toBeGreaterThan(5);
    for (const step of stepsOfARun) {
      const [ahead, reached] = await Promise.all([scenarios.open(), scenarios.open()]);
      await ahead.ask(ASKED);
      await sleep(AHEAD_MS);
      await reached.ask(ASKED);
      await until(`event ${step}`, () => hasEvents(reached, step), { pollMs: 5 });
      await system.worker().kill();
      await system.startWorker();
      all.push({ name: `after event ${step}`, scenario: reached });
      all.push({ name: `some time after event ${step}`, scenario: ahead });
    }

    expect(await summaries(all)).toEqual(expectedOf(all));
  }, 240_000);

  async function hasEvents({ workflowId }: Scenario, count: number): Promise<boolean> {
    const { historyLength, status } = await system.client.workflow.getHandle(workflowId).describe();
    return historyLength >= count || status.name !== 'RUNNING';
  }
});

/** The server numbers the events of one transaction without a gap. */
function endsOfTransactions(events: readonly HistoryEvent[]): number[] {
  return events.flatMap(({ eventId, taskId }, index) => {
    const next = events[index + 1];
    return next && Number(next.taskId) !== Number(taskId) + 1 ? [Number(eventId)] : [];
  });
}

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
