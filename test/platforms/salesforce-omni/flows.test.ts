// A flow as target: what it is given, what its result leads to, and what is left of it.
import type { ConnectorConfiguration } from '../../../domain/configuration';
import { makePlan } from '../../../domain/make-plan';
import { PLATFORMS } from '../../../platforms';
import type { Desk, TransferRequest } from '../../../platforms/desk';
import { planDesk } from '../../../platforms/plan-desk';
import { salesforceOmni } from '../../../platforms/salesforce-omni';
import { externalIdOf } from '../../../platforms/salesforce-omni/ids';
import { connectControl, startOmniSimulator } from '../../../platforms/salesforce-omni/simulator';
import type { OmniControl, OmniSimulator } from '../../../platforms/salesforce-omni/simulator';
import { anEnvironment, aRequest, aTenant } from '../../support/tenant-builders';
import { until } from '../../support/until';
import { aConnector, aLog, CONTEXT } from './builders';

let simulator: OmniSimulator;
let control: OmniControl;
let desks: Desk[];
let log: ReturnType<typeof aLog>;

beforeEach(async () => {
  simulator = await startOmniSimulator({ org: { queues: [{ name: 'Support' }] } });
  control = connectControl(simulator.url);
  desks = [];
  log = aLog();
});
afterEach(async () => {
  await Promise.all(desks.map((desk) => desk.close()));
  await simulator.close();
});

function openDesk(options: ConnectorConfiguration['options'] = {}): Desk {
  const connector = aConnector(simulator.url, { options });
  const desk = salesforceOmni.desk!.createDesk(connector, { ...CONTEXT, log });
  desks.push(desk);
  return desk;
}

const call = () => ({ signal: AbortSignal.timeout(30_000) });
const requestTo = (id: string, more: Partial<TransferRequest> = {}): TransferRequest => ({
  conversationId: 'c',
  transferId: 'c/r/0',
  target: { kind: 'flow', id },
  ...more,
});
const context = { intent: 'returns', userMessage: 'Where is my parcel?', summary: 'a parcel' };
const transfer = externalIdOf(CONTEXT.tenant, 'c/r/0');
const makesCase = { queue: 'Support', output: 'Baton_Case_Id' } as const;
const cases = async () => (await control.records({ object: 'Case' })).records;

test('is planned as what nobody asks twice, and of which queued is as good as it gets', () => {
  const furtherRungs = (['flow', 'ticket'] as const).map((kind) => ({
    connector: 'desk',
    target: { kind, id: 'Place' },
    onlyIfAvailable: false,
  }));
  const tenant = aTenant({ integration: { agentSkillId: 'Returns', furtherRungs } });

  const { rungs } = makePlan(
    tenant,
    aRequest(),
    anEnvironment({ deskOf: () => planDesk(PLATFORMS, 'salesforce-omni') }),
  );

  const planned = rungs.map(({ target, desk }) => [target.kind, desk.confirmsConnection, desk.unrepeatable]);
  expect(planned).toEqual([
    ['skill', true, undefined],
    ['flow', false, true],
    ['ticket', false, undefined],
  ]);
});

describe('what a flow is given', () => {
  it('is the conversation, the transfer, and what the integration passes, each in its variable', async () => {
    await control.setFlow({ name: 'Hand_Over' });

    await openDesk().requestTransfer(requestTo('Hand_Over', { context }), call());

    expect((await control.flowRuns()).runs).toEqual([
      {
        name: 'Hand_Over',
        inputs: {
          Baton_Conversation_Id: 'c',
          Baton_Transfer_Id: transfer,
          Baton_Intent: 'returns',
          Baton_User_Message: 'Where is my parcel?',
          Baton_Summary: 'a parcel',
        },
      },
    ]);
  });

  it('is only what is named, where the connector names variables', async () => {
    await control.setFlow({ name: 'Old', inputs: { Topic: 'optional', Chat: 'required' } });
    const desk = openDesk({ flowInputs: { intent: 'Topic', conversation: 'Chat' } });

    const answer = await desk.requestTransfer(requestTo('Old', { context }), call());

    expect(answer.kind).toBe('queued');
    expect((await control.flowRuns()).runs).toEqual([
      { name: 'Old', inputs: { Topic: 'returns', Chat: 'c' } },
    ]);
  });

  it('is refused by a flow that has no such variable, which says no to the transfer', async () => {
    await control.setFlow({ name: 'Old', inputs: {} });

    const answer = await openDesk().requestTransfer(requestTo('Old'), call());

    expect(answer).toEqual({ kind: 'declined', reason: 'rejected', detail: 'INVALID_INPUT' });
  });
});

describe('a flow is named', () => {
  it.each(['flowId', 'versionId'] as const)('by its %s, which is looked up once', async (which) => {
    const ids = await control.setFlow({ name: 'Hand_Over' });
    const desk = openDesk();

    await desk.requestTransfer(requestTo(ids[which].slice(0, 15)), call());
    await desk.requestTransfer(requestTo(ids[which], { transferId: 'c/r/1' }), call());

    expect((await control.flowRuns()).runs.map(({ name }) => name)).toEqual(['Hand_Over', 'Hand_Over']);
    const { calls } = await control.traffic();
    // For each transfer it is asked for the Case; once for the flow.
    expect(calls.filter(({ what }) => what === 'GET query')).toHaveLength(3);
  });

  it('by an id, and runs with the namespace of its package', async () => {
    const { flowId } = await control.setFlow({ name: 'Hand_Over', namespace: 'acme' });

    expect(await openDesk().requestTransfer(requestTo(flowId), call())).toMatchObject({
      kind: 'queued',
      raw: { flow: 'acme__Hand_Over' },
    });
  });

  it.each(['300000000000XyZ', 'Nowhere', 'Resting'])(
    'as %s, which cannot be run: an invalid target',
    async (id) => {
      await control.setFlow({ name: 'Resting', active: false });
      const desk = openDesk();

      expect(await desk.check({ kind: 'flow', id }, call())).toEqual({ exists: 'no', available: 'unknown' });
      expect(await desk.requestTransfer(requestTo(id), call())).toMatchObject({
        kind: 'declined',
        reason: 'invalid_target',
      });
    },
  );

  it('and found to be there, or not known where it came in a package', async () => {
    const { versionId } = await control.setFlow({ name: 'Hand_Over' });
    const desk = openDesk();
    const exists = async (id: string) => (await desk.check({ kind: 'flow', id }, call())).exists;

    expect(await exists('Hand_Over')).toBe('yes');
    expect(await exists(versionId)).toBe('yes');
    expect(await exists('acme__Hand_Over')).toBe('unknown');
  });
});

describe('the result of a flow decides', () => {
  it.each([
    [undefined, { kind: 'queued' }],
    ['', { kind: 'queued' }],
    ['queued', { kind: 'queued' }],
    ['Connected', { kind: 'connected' }],
    ['no_agents', { kind: 'declined', reason: 'no_agents' }],
    ['closed_hours', { kind: 'declined', reason: 'closed_hours' }],
    ['rejected', { kind: 'declined', reason: 'rejected' }],
    ['Ada wants her money back', { kind: 'declined', reason: 'rejected' }],
    [7, { kind: 'declined', reason: 'rejected' }],
  ])('an outcome of %p is %p', async (outcome, expected) => {
    await control.setFlow({
      name: 'Hand_Over',
      ...(outcome !== undefined && { outputs: { Baton_Outcome: outcome } }),
    });

    const answer = await openDesk().requestTransfer(requestTo('Hand_Over'), call());

    expect(answer).toMatchObject(expected);
    // What it said may be of somebody: only words that are known are passed on.
    if (answer.kind === 'declined') expect(JSON.stringify(answer)).not.toContain('Ada');
  });

  it('read from the variables that the connector names, and all of it is there for the script', async () => {
    const outputs = { Result: 'connected', Ticket: 'T-1' };
    await control.setFlow({ name: 'Hand_Over', outputs });
    const desk = openDesk({ flowOutputs: { outcome: 'Result' } });

    expect(await desk.requestTransfer(requestTo('Hand_Over'), call())).toEqual({
      kind: 'connected',
      raw: { flow: 'Hand_Over', outputs: { Flow__InterviewStatus: 'Finished', ...outputs } },
    });
  });

  it('a failure is a no, of which only the code is told', async () => {
    await control.setFlow({ name: 'Hand_Over', failsWith: 'FLOW_EXCEPTION' });

    expect(await openDesk().requestTransfer(requestTo('Hand_Over'), call())).toEqual({
      kind: 'declined',
      reason: 'rejected',
      detail: 'FLOW_EXCEPTION',
    });
  });
});

describe('a Case that a flow names', () => {
  it('gets the transfer’s id, by which it is found and withdrawn', async () => {
    await control.setFlow({ name: 'Hand_Over', makesCase });
    const desk = openDesk();

    const answer = await desk.requestTransfer(requestTo('Hand_Over'), call());
    const [made] = await cases();

    expect(answer).toMatchObject({ kind: 'queued', raw: { caseId: made!.Id } });
    expect(made).toMatchObject({ Baton_Transfer__c: transfer, IsClosed: false });
    expect(await openDesk().lookUp(requestTo('Hand_Over'), call())).toMatchObject({ kind: 'queued' });
    expect(await openDesk().withdraw(requestTo('Hand_Over'), call())).toEqual({ kind: 'withdrawn' });
    expect(await cases()).toMatchObject([{ IsClosed: true }]);
  });

  it('is closed when the transfer was withdrawn while the flow ran', async () => {
    await control.setFlow({ name: 'Hand_Over', makesCase });
    await control.fault({ on: 'transfer', action: { kind: 'delay', ms: 300 } });
    const running = openDesk().requestTransfer(requestTo('Hand_Over'), call());
    await until('the flow to run', async () =>
      (await control.traffic()).calls.some(({ what }) => what === 'POST actions/custom'),
    );
    expect(await openDesk().withdraw(requestTo('Hand_Over'), call())).toEqual({ kind: 'withdrawn' });

    expect(await running).toMatchObject({ kind: 'declined', reason: 'rejected' });
    expect((await cases()).map(({ IsClosed }) => IsClosed)).toEqual([true, true]);
  });

  it('loses no result when it cannot be marked', async () => {
    await control.setFlow({ name: 'Hand_Over', makesCase });
    await control.fault({
      on: 'change',
      action: { kind: 'error', status: 503, errorCode: 'SERVER_UNAVAILABLE' },
    });

    expect(await openDesk().requestTransfer(requestTo('Hand_Over'), call())).toMatchObject({
      kind: 'queued',
    });
    expect(log.warnings).toMatchObject([{ event: 'salesforce.not_marked', code: 'ESC_PLATFORM_ERROR' }]);
  });
});

describe('a flow whose answer is lost', () => {
  const lost = { on: 'transfer', action: { kind: 'lostAnswer' } } as const;

  it('is in doubt, which the workflow does not ask again', async () => {
    await control.setFlow({ name: 'Hand_Over' });
    await control.fault(lost);

    await expect(openDesk().requestTransfer(requestTo('Hand_Over'), call())).rejects.toMatchObject({
      code: 'ESC_PLATFORM_UNREACHABLE',
      resultUnknown: true,
    });
    expect(salesforceOmni.desk!.capabilities.unrepeatable).toEqual(['flow']);
  });

  it('can be taken back if it wrote the transfer’s id into its Case', async () => {
    const fields = { Baton_Transfer__c: 'Baton_Transfer_Id' };
    await control.setFlow({ name: 'Hand_Over', makesCase: { queue: 'Support', fields } });
    await control.fault(lost);
    await openDesk()
      .requestTransfer(requestTo('Hand_Over'), call())
      .catch(() => undefined);

    expect(await openDesk().withdraw(requestTo('Hand_Over'), call())).toEqual({ kind: 'withdrawn' });

    expect(await cases()).toMatchObject([{ IsClosed: true }]);
    expect((await control.records({ object: 'PendingServiceRouting' })).records).toEqual([]);
  });

  it('fails by itself if it comes after the withdrawal and writes the id: nothing of it stays', async () => {
    const fields = { Baton_Transfer__c: 'Baton_Transfer_Id' };
    await control.setFlow({ name: 'Hand_Over', makesCase: { queue: 'Support', fields } });
    await openDesk().withdraw(requestTo('Hand_Over'), call());

    const answer = await openDesk().requestTransfer(requestTo('Hand_Over'), call());

    expect(answer.kind).toBe('declined');
    expect(await cases()).toMatchObject([{ IsClosed: true }]);
  });

  it('is not in doubt when only the lookups before it failed', async () => {
    const { flowId } = await control.setFlow({ name: 'Hand_Over' });
    const desk = openDesk();
    await desk.check({ kind: 'queue', id: 'Support' }, call());
    for (const after of [0, 1]) {
      await control.fault({ on: 'query', after, action: { kind: 'lostAnswer' } });

      await expect(desk.requestTransfer(requestTo(flowId), call())).rejects.toMatchObject({
        retry: 'retryable',
        resultUnknown: false,
      });
      await control.clearFaults();
    }
    expect((await control.flowRuns()).runs).toEqual([]);
  });
});
