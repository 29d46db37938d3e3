// Escalations on LivePerson through the gateway, with the real worker and gateway on a real Temporal server: the
// ladder, the last words, failures and notices, leaving and cancelling.
import { createScenarios, textOf, type Scenario, type Scenarios } from '../support/scenario';
import { startSystem, type System } from '../support/system';
import {
  agentIdOf,
  AGENTS,
  HOLD_ON,
  POLITE_FALLBACK,
  POLITE_RESPONSE,
  SKILLS,
} from '../support/system-configuration';
import { DEFAULT_FAILURE_MESSAGE } from '../../domain/plan';

let system: System;
let scenarios: Scenarios;

beforeAll(async () => {
  system = await startSystem();
  scenarios = createScenarios(system);
}, 120_000);
afterEach(() => scenarios.replay());
afterAll(() => system?.close());

/** Asks until the escalation is over, once after each failure notice. */
async function askUntilItEnds(scenario: Scenario, integration: string): Promise<void> {
  for (let attempt = 1; attempt <= 4; attempt += 1) {
    await scenario.ask({ requestId: `r${attempt}`, integration, variables: { skillId: SKILLS.returns } });
    await scenario.untilNotices(attempt);
  }
}

describe('the ladder', () => {
  it('hands the user to a human of the skill, with the transfer message last, and tells the bot', async () => {
    const scenario = await scenarios.open();

    const answer = await scenario.ask();
    const { outcome } = await scenario.ended();

    expect(answer.status).toBe(202);
    expect(outcome).toEqual({ kind: 'connected', rung: 0, agentId: agentIdOf('maria') });
    const { transcript, transfers, assignedTo } = await scenario.conversation();
    expect(transcript.at(-1)).toMatchObject({ from: 'bot', text: HOLD_ON });
    expect(transfers).toHaveLength(1);
    expect(transfers[0]).toMatchObject({ toSkillId: SKILLS.service });
    expect(assignedTo?.loginName).toBe('maria');
    expect(await scenario.noticeTypes()).toEqual(['escalation.connected']);
  });

  it('takes the user out of a skill where nobody answers and tries the fallback skill of the connector', async () => {
    const scenario = await scenarios.open();

    await scenario.ask({ integration: 'with-fallback', variables: { skillId: SKILLS.returns } });
    const { outcome, attempts } = await scenario.ended();

    expect(outcome).toEqual({ kind: 'connected', rung: 1, agentId: agentIdOf('maria') });
    expect(attempts).toBe(1);
    const { transfers, joined } = await scenario.conversation();
    expect(transfers.flatMap(({ toSkillId }) => toSkillId ?? [])).toEqual(
      expect.arrayContaining([SKILLS.returns, SKILLS.service]),
    );
    expect(joined.filter(({ kind }) => kind === 'human').map(({ loginName }) => loginName)).toEqual([
      'maria',
    ]);
    expect(await scenario.botTexts()).toEqual([HOLD_ON]);
    expect(await scenario.noticeTypes()).toEqual(['escalation.connected']);
  });

  it('asks a named agent who is assigned to the skill and available', async () => {
    const scenario = await scenarios.open();

    await scenario.ask({ variables: { agentId: AGENTS.nina } });
    const { outcome } = await scenario.ended();

    expect(outcome).toMatchObject({ kind: 'connected', agentId: agentIdOf('nina') });
  });

  it.each([
    ['is away', AGENTS.omar],
    ['is not assigned to the skill', AGENTS.lena],
    ['does not exist', '9999'],
  ])('asks the skill when the named agent %s', async (_why, agentId) => {
    const scenario = await scenarios.open();

    await scenario.ask({ variables: { agentId } });
    const { outcome } = await scenario.ended();

    expect(outcome).toMatchObject({ kind: 'connected', agentId: agentIdOf('maria') });
    expect((await scenario.conversation()).transfers).toHaveLength(1);
  });

  it('undoes the late acceptance of an agent whose skill was given up: the user has one agent', async () => {
    const scenario = await scenarios.open();
    await scenario.ask({ integration: 'with-fallback', variables: { skillId: SKILLS.returns } });
    await scenario.ended();

    const { joined } = await system.liveperson.control.agentJoins({
      conversationId: scenario.conversationId,
      user: AGENTS.paul,
    });

    const view = await scenario.conversation();
    expect(joined).toBe(false);
    expect(view.joined.filter(({ kind }) => kind === 'human').map(({ loginName }) => loginName)).toEqual([
      'maria',
    ]);
    expect(view.assignedTo?.loginName).toBe('maria');
  });

  it('keeps an agent who joins while the transfer is being withdrawn, and asks nobody else', async () => {
    const scenario = await scenarios.open();
    const { conversationId } = scenario;
    // The request that takes the conversation back, not the transfer before it.
    const withdrawal = await scenario.fault('UpdateConversationField', { kind: 'delay', ms: 1_000 }, 1);
    await scenario.ask({ integration: 'with-fallback', variables: { skillId: SKILLS.returns } });
    await withdrawal.struck();
    const { joined } = await system.liveperson.control.agentJoins({ conversationId, user: AGENTS.paul });
    const { outcome } = await scenario.ended();

    expect(joined).toBe(true);
    expect(outcome).toMatchObject({ kind: 'connected', rung: 0, agentId: agentIdOf('paul') });
    const humans = (await scenario.conversation()).joined.filter(({ kind }) => kind === 'human');
    expect(humans.map(({ loginName }) => loginName)).toEqual(['paul']);
    expect(await scenario.noticeTypes()).toEqual(['escalation.connected']);
  });
});

describe('the last words', () => {
  it("posts the bot's own last messages in order before the transfer message, each once", async () => {
    const scenario = await scenarios.open();
    const lastMessages = ['First.', 'Second.', 'Third.'].map((text, index) => ({ id: `m${index}`, text }));

    await scenario.ask({ lastMessages });
    await scenario.ended();

    expect(await scenario.botTexts()).toEqual(['First.', 'Second.', 'Third.', HOLD_ON]);
    const { transcript, transfers } = await scenario.conversation();
    expect(transfers[0]?.at).toBeGreaterThanOrEqual(transcript.at(-1)?.at ?? Infinity);
  });

  it('sends none for BLANK_MESSAGE', async () => {
    const scenario = await scenarios.open();

    await scenario.ask({ integration: 'blank' });
    const { outcome } = await scenario.ended();

    expect(outcome).toMatchObject({ kind: 'connected' });
    expect(await scenario.botTexts()).toEqual([]);
  });

  it('waits the delay per message times the messages that the bot sent, as a durable timer', async () => {
    const scenario = await scenarios.open();

    await scenario.ask({ integration: 'delayed-by-messages', precedingMessages: 3 });
    await scenario.ended();

    const { events } = await scenario.history();
    const timers = (events ?? []).flatMap(({ timerStartedEventAttributes: timer }) => timer ?? []);
    expect(timers).toHaveLength(1);
    expect(Number(timers[0]?.startToFireTimeout?.nanos) / 1_000_000).toBe(450);
    const story = (await scenario.explain()).story.map(({ event }) => event);
    expect(story.indexOf('delaying')).toBeLessThan(story.indexOf('transfer_requested'));
  });
});

describe('an invalid target', () => {
  it('is answered with the fallback message and the notice invalid_target, without a transfer', async () => {
    const scenario = await scenarios.open();

    await scenario.ask({ integration: 'polite', variables: { skillId: 'returns' } });
    const [notice] = await scenario.untilNotices(1);

    expect(notice).toMatchObject({ type: 'escalation.failed', data: { reason: 'invalid_target' } });
    expect(await scenario.botTexts()).toEqual([POLITE_FALLBACK]);
    expect((await scenario.conversation()).transfers).toEqual([]);
    await scenario.cancel();
    await scenario.ended();
  });

  it('is what a numeric skill that does not exist is, too, by the word of LivePerson', async () => {
    const scenario = await scenarios.open();

    await scenario.ask({ variables: { skillId: SKILLS.missing } });
    const [notice] = await scenario.untilNotices(1);

    expect(notice).toMatchObject({ type: 'escalation.failed', data: { reason: 'invalid_target' } });
    expect((await scenario.conversation()).transfers).toEqual([]);
    await scenario.cancel();
    await scenario.ended();
  });
});

describe('failures', () => {
  it.each([
    ["the vendor's default text", 'impatient', DEFAULT_FAILURE_MESSAGE],
    ["the bot's default user-friendly response", 'polite', POLITE_RESPONSE],
  ])('are told three times; the fourth ends it with %s', async (_text, integration, expected) => {
    const scenario = await scenarios.open();

    await askUntilItEnds(scenario, integration);
    const { outcome, attempts } = await scenario.ended();

    expect(outcome).toEqual({ kind: 'failed', reason: 'timed_out' });
    expect(attempts).toBe(4);
    const notices = await scenario.notices();
    expect(notices.map(({ type, data }) => [type, data['attempt'], data['noticesLeft']])).toEqual([
      ['escalation.failed', 1, 2],
      ['escalation.failed', 2, 1],
      ['escalation.failed', 3, 0],
      ['escalation.ended', 4, undefined],
    ]);
    expect(notices.every(({ deliveries }) => deliveries === 1)).toBe(true);
    expect((await scenario.botTexts()).filter((text) => text === expected)).toEqual([expected]);
    expect((await scenario.botTexts()).at(-1)).toBe(expected);
    expect((await scenario.conversation()).assignedTo?.loginName).toBe('baton-bot');
  });

  it('end with the failure text when the bot does not ask again within its retry window', async () => {
    const scenario = await scenarios.open();

    await scenario.ask({ integration: 'hasty', variables: { skillId: SKILLS.returns } });
    const { outcome } = await scenario.ended();

    expect(outcome).toEqual({ kind: 'failed', reason: 'timed_out' });
    expect(await scenario.noticeTypes()).toEqual(['escalation.failed', 'escalation.ended']);
    expect((await scenario.botTexts()).at(-1)).toBe(DEFAULT_FAILURE_MESSAGE);
  });

  it('may be followed by an attempt that succeeds', async () => {
    const scenario = await scenarios.open();

    await scenario.ask({ integration: 'impatient', variables: { skillId: SKILLS.returns } });
    await scenario.untilNotices(1);
    await scenario.ask({ requestId: 'r2' });
    const { outcome, attempts } = await scenario.ended();

    expect(outcome).toMatchObject({ kind: 'connected', agentId: agentIdOf('maria') });
    expect(attempts).toBe(2);
    expect(await scenario.noticeTypes()).toEqual(['escalation.failed', 'escalation.connected']);
  });
});

describe('a user who leaves', () => {
  it.each(['in the delay', 'in the queue', 'between two attempts'])(
    '%s ends it as abandoned',
    async (when) => {
      const scenario = await scenarios.open();
      await bringTo(scenario, when);

      await system.liveperson.control.consumerCloses({ conversationId: scenario.conversationId });
      if (when !== 'in the queue') await leave(scenario);
      const { outcome } = await scenario.ended();

      expect(outcome).toEqual({ kind: 'abandoned' });
      expect((await scenario.noticeTypes()).at(-1)).toBe('escalation.abandoned');
      const { joined } = await scenario.conversation();
      expect(joined.filter(({ kind }) => kind === 'human')).toEqual([]);
    },
  );
});

describe('a bot that cancels', () => {
  it.each(['in the delay', 'in the queue', 'between two attempts'])('%s has the user back', async (when) => {
    const scenario = await scenarios.open();
    await bringTo(scenario, when);

    const answer = await scenario.cancel();
    const { outcome } = await scenario.ended();

    expect(answer.status).toBe(202);
    expect(outcome).toEqual({ kind: 'cancelled', by: 'bot' });
    expect((await scenario.noticeTypes()).at(-1)).toBe('escalation.cancelled');
    const { assignedTo, ringing } = await scenario.conversation();
    expect(assignedTo?.loginName).toBe('baton-bot');
    expect(ringing).toEqual([]);
  });
});

async function bringTo(scenario: Scenario, when: string): Promise<void> {
  switch (when) {
    case 'in the delay':
      await scenario.ask({ integration: 'delayed' });
      await scenario.untilTold('delaying');
      return;
    case 'in the queue':
      await scenario.ask({ variables: { skillId: SKILLS.returns } });
      await scenario.untilTold('queued');
      return;
    default:
      await scenario.ask({ integration: 'impatient', variables: { skillId: SKILLS.returns } });
      await scenario.untilNotices(1);
  }
}

async function leave({ conversationId }: Scenario): Promise<void> {
  const { status } = await system.gateway.call('POST', `/v1/escalations/${conversationId}/user-left`, {
    body: {},
  });
  expect(status).toBe(202);
}

describe('the result for the bot', () => {
  it('holds what the script set and the custom data fields', async () => {
    const scenario = await scenarios.open();

    await scenario.ask({ integration: 'scripted' });
    await scenario.ended();

    const [notice] = await scenario.notices();
    expect(notice?.data['data']).toEqual({
      reachedSkill: SKILLS.service,
      'scripted.skill': SKILLS.service,
      'scripted.source': 'returns',
      api_transferStatus: 200,
    });
    expect(notice?.data['dataError']).toBeUndefined();
  });

  it.each([
    [
      'fails',
      'failing-script',
      'ESC_TRANSFORM_SCRIPT_FAILED',
      { api_transferStatus: 200, 'failing-script.skill': SKILLS.service },
    ],
    ['loops', 'looping-script', 'ESC_TRANSFORM_TIMED_OUT', { api_transferStatus: 200 }],
  ])('names the error of a script that %s; the escalation goes on', async (_how, integration, code, data) => {
    const scenario = await scenarios.open();

    await scenario.ask({ integration });
    const { outcome } = await scenario.ended();

    expect(outcome).toMatchObject({ kind: 'connected' });
    const [notice] = await scenario.notices();
    expect(notice?.data['dataError']).toContain(code);
    expect(notice?.data['data']).toEqual(data);
    const told = (await scenario.explain()).story.find(({ event }) => event === 'script_failed');
    expect(told?.detail).toContain(code);
    expect(textOf(await scenario.history())).toContain(code);
  });
});
