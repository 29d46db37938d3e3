// LivePerson misbehaves in each way that its simulator knows: whatever happens, the user reads each message once, is
// transferred once, and the bot hears one outcome.
import type { FaultSpec } from '../../platforms/liveperson/simulator';
import { createScenarios, orderFault, type Scenarios } from '../support/scenario';
import { startSystem, type System } from '../support/system';
import { agentIdOf, HOLD_ON, SKILLS } from '../support/system-configuration';

let system: System;
let scenarios: Scenarios;

beforeAll(async () => {
  system = await startSystem({ limits: { request: '1s', responseTimeout: '20s' } });
  scenarios = createScenarios(system);
}, 120_000);
afterEach(async () => {
  await system.liveperson.control.clearFaults({});
  await scenarios.replay();
});
afterAll(() => system?.close());

const ASKED = { lastMessages: [{ id: 'm1', text: 'One moment.' }] };

/** One transfer, each message once, one agent, one notice. */
const ONE_OF_EACH = {
  outcome: 'connected',
  transfers: [SKILLS.service],
  userRead: ['One moment.', HOLD_ON],
  agents: ['maria'],
  botHeard: ['escalation.connected'],
};

describe('the user is handed over once', () => {
  const requests = [
    { name: 'message', match: 'PublishEvent', skip: 0 },
    { name: 'transfer message', match: 'PublishEvent', skip: 1 },
    { name: 'transfer', match: 'UpdateConversationField', skip: 0 },
    { name: 'look for what was posted', match: 'QueryMessages', skip: 0 },
  ];

  // The four escalations of a test share a socket: where it breaks for one, it breaks for all.
  it.each([
    ['is answered with 429', { kind: 'status', status: 429 }],
    ['is answered with 500', { kind: 'status', status: 500 }],
    ['is never answered', { kind: 'hang' }],
    ['has its effect but no answer', { kind: 'loseAnswer' }],
    ['has its effect but the socket breaks', { kind: 'dropAfter' }],
    ['finds the socket broken', { kind: 'dropBefore' }],
    ['finds the socket closed with 4407', { kind: 'close', code: 4407 }],
  ] as const)('when a message, the transfer, or the look for what was posted %s', async (_how, action) => {
    const played = await Promise.all(
      requests.map(async ({ name, match, skip }) => {
        const scenario = await scenarios.open();
        const fault = await scenario.fault(match, action, skip);
        await scenario.ask(ASKED);
        return [name, { ...(await scenario.summary()), struck: await fault.isStruck() }] as const;
      }),
    );

    const expected = requests.map(({ name }) => [name, { ...ONE_OF_EACH, struck: true }]);
    expect(Object.fromEntries(played)).toEqual(Object.fromEntries(expected));
  });

  const http = (match: string, action: FaultSpec['action']): FaultSpec => ({
    channel: 'http',
    match,
    action,
  });
  const upgrade = (action: FaultSpec['action']): FaultSpec => ({ channel: 'upgrade', action });
  it.each<[string, FaultSpec[]]>([
    [
      'the domain lookup fails, the login is limited, and the upgrade is refused',
      [
        http('csds', { kind: 'status', status: 502 }),
        http('login', { kind: 'status', status: 429, retryAfterSeconds: 1 }),
        upgrade({ kind: 'status', status: 503 }),
      ],
    ],
    [
      'a login hangs, another loses its answer, and the upgrade hangs',
      [http('login', { kind: 'hang' }), http('login', { kind: 'dropAfter' }), upgrade({ kind: 'hang' })],
    ],
  ])('by a worker that was never there, when %s', async (_how, specs) => {
    await system.worker().terminate();
    const faults = [];
    for (const spec of specs) faults.push(await orderFault(system, spec));
    await system.startWorker();
    const scenario = await scenarios.open();

    await scenario.ask(ASKED);

    expect(await scenario.summary()).toEqual(ONE_OF_EACH);
    expect(await Promise.all(faults.map((fault) => fault.isStruck()))).toEqual(specs.map(() => true));
  });
});

describe('a login that ends', () => {
  it.each([
    ['closes the sockets', 4401],
    ['leaves the sockets open', null],
  ])('and %s is followed by one new login, and the escalation goes on', async (_how, closeCode) => {
    const warm = await scenarios.open();
    await warm.ask(ASKED);
    await warm.ended();
    const waiting = await scenarios.open();
    await waiting.ask({ ...ASKED, variables: { skillId: SKILLS.billing } });
    await waiting.untilTold('queued');

    await system.liveperson.control.revokeTokens({ user: 'baton-bot', closeCode });
    const scenario = await scenarios.open();
    await scenario.ask(ASKED);
    const others = await scenario.summary();
    await system.liveperson.control.agentJoins({ conversationId: waiting.conversationId, user: 'lena' });
    const { outcome } = await waiting.ended();

    expect(others).toEqual(ONE_OF_EACH);
    expect(outcome).toMatchObject({ kind: 'connected', agentId: agentIdOf('lena') });
    expect((await waiting.conversation()).transfers).toHaveLength(1);
  });
});

describe('news of LivePerson', () => {
  it.each([
    ['come twice', { kind: 'duplicate' }],
    ['come in another order', { kind: 'reorder' }],
  ] as const)('that %s change nothing', async (_how, action) => {
    await system.liveperson.control.addFault({ channel: 'notification', action });
    const scenario = await scenarios.open();

    await scenario.ask(ASKED);

    expect(await scenario.summary()).toEqual(ONE_OF_EACH);
  });

  it('that came while the socket was away are found when it is back', async () => {
    const scenario = await scenarios.open();
    await scenario.ask({ ...ASKED, variables: { skillId: SKILLS.billing } });
    await scenario.untilTold('queued');

    const upgrades = await orderFault(system, {
      channel: 'upgrade',
      action: { kind: 'status', status: 503 },
    });
    await system.liveperson.control.closeSockets({ user: 'baton-bot', code: 1006 });
    await system.liveperson.control.agentJoins({ conversationId: scenario.conversationId, user: 'lena' });
    const { outcome } = await scenario.ended();

    expect(await upgrades.isStruck()).toBe(true);
    expect(outcome).toMatchObject({ kind: 'connected', agentId: agentIdOf('lena') });
  });
});
