// How work finds its agent: offers that are declined, time out or lose their agent go to the next one, and only an
// agent who opened the work has joined. Withdrawals meet agents who are being asked.
import type { ConnectorConfiguration } from '../../../domain/configuration';
import type { Desk, TransferRequest } from '../../../platforms/desk';
import { salesforceOmni } from '../../../platforms/salesforce-omni';
import { connectControl, startOmniSimulator } from '../../../platforms/salesforce-omni/simulator';
import type { OmniControl, OmniSimulator } from '../../../platforms/salesforce-omni/simulator';
import { until } from '../../support/until';
import { aConnector, CONTEXT } from './builders';

let simulator: OmniSimulator;
let control: OmniControl;
let desks: Desk[];

beforeEach(async () => {
  simulator = await startOmniSimulator({ org: { queues: [{ name: 'Support' }], skills: ['Returns'] } });
  control = connectControl(simulator.url);
  desks = [];
});
afterEach(async () => {
  await Promise.all(desks.map((desk) => desk.close()));
  await simulator.close();
});

function openDesk(options: ConnectorConfiguration['options'] = {}): Desk {
  const desk = salesforceOmni.desk!.createDesk(aConnector(simulator.url, { options }), CONTEXT);
  desks.push(desk);
  return desk;
}

const call = () => ({ signal: AbortSignal.timeout(30_000) });
const toSkill: TransferRequest = {
  conversationId: 'c',
  transferId: 'c/r/0',
  target: { kind: 'skill', id: 'Returns' },
};
const toQueue: TransferRequest = { ...toSkill, target: { kind: 'queue', id: 'Support' } };
const returns = { skills: [{ name: 'Returns' }] };

async function offers(): Promise<readonly string[]> {
  return (await control.records({ object: 'AgentWork' })).records.map(({ Status }) => String(Status));
}

async function theCase(): Promise<Record<string, unknown> & { readonly Id: string }> {
  const { records } = await control.records({ object: 'Case' });
  expect(records).toHaveLength(1);
  return records[0]!;
}

describe('an offer that is not taken', () => {
  it('goes to the next agent when it is declined: no decline of the desk', async () => {
    await control.setAgent({
      username: 'no@a.example',
      ...returns,
      behaviour: { kind: 'decline', afterMs: 5 },
    });
    const { userId } = await control.setAgent({ username: 'yes@a.example', ...returns });
    const desk = openDesk();

    await desk.requestTransfer(toSkill, call());
    await until('the second offer', async () => (await offers()).length === 2);
    expect((await desk.lookUp(toSkill, call())).kind).toBe('queued');
    await control.accept({ caseId: (await theCase()).Id });

    expect(await desk.watch!(toSkill, 'queued', call())).toEqual({ kind: 'connected', agentId: userId });
    expect(await offers()).toEqual(['Declined', 'Opened']);
  });

  it('goes to the next agent when it was let ring too long', async () => {
    await control.settings({ secondMs: 10 });
    await control.setAgent({ username: 'asleep@a.example', ...returns });
    const { userId } = await control.setAgent({
      username: 'awake@a.example',
      ...returns,
      behaviour: { kind: 'accept', afterMs: 5 },
    });
    const desk = openDesk({ pushTimeoutSeconds: 2 });

    await desk.requestTransfer(toSkill, call());

    expect(await desk.watch!(toSkill, 'queued', call())).toEqual({ kind: 'connected', agentId: userId });
    expect(await offers()).toEqual(['DeclinedOnPushTimeout', 'Opened']);
  });

  it('goes to the next agent when the one who was asked goes offline', async () => {
    await control.setAgent({ username: 'gone@a.example', ...returns });
    const desk = openDesk();
    await desk.requestTransfer(toSkill, call());
    await control.setAgent({ username: 'here@a.example', ...returns });

    await control.setPresence({ username: 'gone@a.example', presence: 'offline' });

    expect(await offers()).toEqual(['Unavailable', 'Assigned']);
    expect((await desk.lookUp(toSkill, call())).kind).toBe('queued');
  });

  it('waits for somebody to come when everybody has declined', async () => {
    await control.setAgent({
      username: 'no@a.example',
      ...returns,
      behaviour: { kind: 'decline', afterMs: 5 },
    });
    const desk = openDesk();
    await desk.requestTransfer(toSkill, call());
    await until('the decline', async () => (await offers())[0] === 'Declined');

    expect((await desk.lookUp(toSkill, call())).kind).toBe('queued');
    await control.setAgent({
      username: 'yes@a.example',
      ...returns,
      behaviour: { kind: 'accept', afterMs: 5 },
    });

    expect((await desk.watch!(toSkill, 'queued', call())).kind).toBe('connected');
  });

  it('is a decline of the desk only when the work itself was canceled, whose Case is closed then', async () => {
    await control.setAgent({
      username: 'boss@a.example',
      ...returns,
      behaviour: { kind: 'cancel', afterMs: 5 },
    });
    const desk = openDesk();
    await desk.requestTransfer(toSkill, call());

    const event = await desk.watch!(toSkill, 'queued', call());

    expect(event).toEqual({ kind: 'declined', reason: 'rejected', detail: 'the work was canceled' });
    expect(await theCase()).toMatchObject({ IsClosed: true });
  });
});

test('a repeat of a request whose work was canceled declines, and leaves no open Case', async () => {
  await control.setAgent({ username: 'ada@a.example', ...returns });
  const desk = openDesk();
  await desk.requestTransfer(toSkill, call());
  await control.cancel({ caseId: (await theCase()).Id });

  expect(await desk.requestTransfer(toSkill, call())).toMatchObject({ kind: 'declined', reason: 'rejected' });

  expect(await theCase()).toMatchObject({ IsClosed: true });
});

test('a Case that the action cannot route is closed', async () => {
  const desk = openDesk({ skillsRouting: 'action' });
  const target = { kind: 'skill', id: '0C5000000000XyZ' } as const;

  expect(await desk.requestTransfer({ ...toSkill, target }, call())).toMatchObject({
    kind: 'declined',
    reason: 'invalid_target',
  });

  expect(await theCase()).toMatchObject({ IsClosed: true });
});

test('a preferred agent is asked by records where skills go by the action', async () => {
  await control.setAgent({ username: 'bob@a.example', ...returns });
  const { userId } = await control.setAgent({ username: 'ada@a.example', ...returns });
  const desk = openDesk({ skillsRouting: 'action' });
  const target = { kind: 'skill', id: 'Returns', agentId: 'ada@a.example' } as const;

  await desk.requestTransfer({ ...toSkill, target }, call());

  expect(await control.accept({ caseId: (await theCase()).Id })).toEqual({ userId });
});

describe('a Case', () => {
  it('carries the context and stays with its queue whatever the assignment rules say', async () => {
    await control.settings({ assignedQueue: 'Elsewhere' });
    const context = { intent: 'return', userMessage: 'My parcel is [card number]' };

    await openDesk({ caseFields: { Priority: 'High' } }).requestTransfer({ ...toQueue, context }, call());

    const { records } = await control.records({ object: 'Group' });
    const queue = records.find(({ DeveloperName }) => DeveloperName === 'Support');
    expect(await theCase()).toMatchObject({
      OwnerId: queue?.Id,
      Subject: 'Conversation handed over by the bot',
      Description: 'User: My parcel is [card number]\nIntent: return\nConversation: c',
      Origin: 'Chat',
      Status: 'New',
      Priority: 'High',
    });
  });

  it('of a ticket without an owner is left to the assignment rules', async () => {
    await control.settings({ assignedQueue: 'Elsewhere' });
    const target = { kind: 'ticket', id: 'default' } as const;

    expect((await openDesk().requestTransfer({ ...toQueue, target }, call())).kind).toBe('queued');

    const { records } = await control.records({ object: 'Group' });
    const queue = records.find(({ DeveloperName }) => DeveloperName === 'Elsewhere');
    expect((await theCase())['OwnerId']).toBe(queue?.Id);
  });

  it('cuts a text that Salesforce would not take, and keeps the conversation', async () => {
    const context = { userMessage: 'x'.repeat(40_000) };

    await openDesk().requestTransfer({ ...toQueue, context }, call());

    const description = String((await theCase())['Description']);
    expect(description.length).toBeLessThanOrEqual(32_000);
    expect(description).toMatch(/^User: x+…\nConversation: c$/);
  });

  it('that somebody closes while the user waits is a decline', async () => {
    const desk = openDesk();
    await desk.requestTransfer(toQueue, call());
    await control.setStatus({ caseId: (await theCase()).Id, status: 'Closed' });

    const event = await desk.watch!(toQueue, 'queued', call());

    expect(event).toEqual({ kind: 'declined', reason: 'rejected', detail: 'the Case was closed' });
    // What waited is taken away with it.
    expect((await control.records({ object: 'PendingServiceRouting' })).records).toEqual([]);
  });
});

describe('an agent as target', () => {
  const toAgent: TransferRequest = { ...toSkill, target: { kind: 'agent', id: 'ada@a.example' } };

  it('is the only one who is asked', async () => {
    await control.setAgent({ username: 'bob@a.example' });
    const { userId } = await control.setAgent({ username: 'ada@a.example' });
    const desk = openDesk();

    await desk.requestTransfer(toAgent, call());
    const asked = (await control.accept({ caseId: (await theCase()).Id })).userId;

    expect(asked).toBe(userId);
    expect(await desk.watch!(toAgent, undefined, call())).toEqual({ kind: 'connected', agentId: userId });
  });

  it('is waited for while offline', async () => {
    await control.setAgent({ username: 'bob@a.example' });
    await control.setAgent({ username: 'ada@a.example', presence: 'offline' });

    expect((await openDesk().requestTransfer(toAgent, call())).kind).toBe('queued');

    expect(await offers()).toEqual([]);
  });

  it('is an invalid target when there is no such user', async () => {
    expect(await openDesk().requestTransfer(toAgent, call())).toMatchObject({
      kind: 'declined',
      reason: 'invalid_target',
    });
  });

  it('can be checked', async () => {
    const desk = openDesk();
    const { target } = toAgent;
    expect(await desk.check(target, call())).toEqual({ exists: 'no', available: 'no' });

    await control.setAgent({ username: 'ada@a.example', presence: 'busy' });
    expect(await desk.check(target, call())).toEqual({ exists: 'yes', available: 'no' });

    await control.setPresence({ username: 'ada@a.example', presence: 'online' });
    expect(await desk.check(target, call())).toEqual({ exists: 'yes', available: 'yes' });
  });
});

describe('availability', () => {
  it.each([
    ['online', 'yes'],
    ['away', 'no'],
    ['busy', 'no'],
    ['offline', 'no'],
  ] as const)('of a queue whose member is %s is %s', async (presence, available) => {
    await control.setAgent({ username: 'ada@a.example', queues: ['Support'], presence });

    expect(await openDesk().check(toQueue.target, call())).toEqual({ exists: 'yes', available });
  });

  it('of a skill counts only who has the level that is asked for', async () => {
    await control.setAgent({ username: 'ada@a.example', skills: [{ name: 'Returns', level: 3 }] });

    expect((await openDesk({ skillLevel: 3 }).check(toSkill.target, call())).available).toBe('yes');
    expect((await openDesk({ skillLevel: 4 }).check(toSkill.target, call())).available).toBe('no');
  });

  it('is unknown when Salesforce does not tell, and a transfer goes on', async () => {
    const action = { kind: 'error', status: 400, errorCode: 'INVALID_TYPE' } as const;
    await control.fault({ on: 'query', times: 3, action });
    const desk = openDesk();

    expect(await desk.check(toQueue.target, call())).toEqual({ exists: 'unknown', available: 'unknown' });
  });

  it('of a ticket needs nobody to be there', async () => {
    const check = (id: string) => openDesk().check({ kind: 'ticket', id }, call());

    expect(await check('default')).toEqual({ exists: 'yes', available: 'yes' });
    expect(await check('Support')).toEqual({ exists: 'yes', available: 'yes' });
    expect(await check('Nowhere')).toEqual({ exists: 'no', available: 'yes' });
  });
});

describe('a withdrawal', () => {
  it('is not confirmed while an agent who was asked can still accept', async () => {
    await control.settings({ endsOfferOnDelete: false });
    await control.setAgent({ username: 'ada@a.example', ...returns });
    const desk = openDesk();
    await desk.requestTransfer(toSkill, call());

    await expect(desk.withdraw(toSkill, call())).rejects.toMatchObject({
      code: 'ESC_PLATFORM_ERROR',
      retry: 'retryable',
    });
    await control.decline({ caseId: (await theCase()).Id });

    expect(await desk.withdraw(toSkill, call())).toEqual({ kind: 'withdrawn' });
    expect(await offers()).toEqual(['Declined']);
  });

  it('leaves the Case, open, to an agent who accepted at the last moment', async () => {
    await control.settings({ endsOfferOnDelete: false });
    const { userId } = await control.setAgent({ username: 'ada@a.example', ...returns });
    const desk = openDesk();
    await desk.requestTransfer(toSkill, call());
    await desk.withdraw(toSkill, call()).catch(() => undefined);

    await control.accept({ caseId: (await theCase()).Id });

    expect(await desk.withdraw(toSkill, call())).toEqual({ kind: 'connected', agentId: userId });
    expect(await theCase()).toMatchObject({ IsClosed: false, OwnerId: userId });
  });

  it('works where what waits is gone while it is offered', async () => {
    await control.settings({ keepsPendingWhileOffered: false, endsOfferOnDelete: false });
    await control.setAgent({ username: 'ada@a.example', ...returns });
    const desk = openDesk();
    await desk.requestTransfer(toSkill, call());
    expect((await desk.lookUp(toSkill, call())).kind).toBe('queued');

    await expect(desk.withdraw(toSkill, call())).rejects.toMatchObject({ retry: 'retryable' });
    await control.decline({ caseId: (await theCase()).Id });

    expect(await desk.withdraw(toSkill, call())).toEqual({ kind: 'withdrawn' });
    expect((await control.records({ object: 'PendingServiceRouting' })).records).toEqual([]);
  });
});

test('an agent who is done ends what was connected', async () => {
  await control.setAgent({ username: 'ada@a.example', ...returns });
  const desk = openDesk();
  await desk.requestTransfer(toSkill, call());
  const { Id: caseId } = await theCase();
  await control.accept({ caseId });
  expect((await desk.watch!(toSkill, undefined, call())).kind).toBe('connected');

  const watching = desk.watch!(toSkill, 'connected', call());
  await control.finish({ caseId });

  expect(await watching).toEqual({ kind: 'ended', by: 'agent' });
  expect(await desk.lookUp(toSkill, call())).toMatchObject({ kind: 'connected' });
});

test('answers of more than one page are read to the end', async () => {
  await control.settings({ queryPageSize: 2 });
  for (const n of [1, 2, 3, 4, 5])
    await control.setAgent({
      username: `agent${n}@a.example`,
      ...returns,
      presence: n === 5 ? 'online' : 'offline',
    });

  expect((await openDesk().check(toSkill.target, call())).available).toBe('yes');
});
