// One effect, whatever gets lost: every call of a transfer and of its withdrawal loses its answer once, hangs, or comes
// late, and is repeated as the workflow would, by the same worker or another. In the end there is one Case and one
// piece of work; and what was withdrawn stays so.
import { BatonError } from '../../../domain/errors';
import type { Target } from '../../../domain/target';
import type { Desk, TransferRequest } from '../../../platforms/desk';
import { salesforceOmni } from '../../../platforms/salesforce-omni';
import { connectControl, startOmniSimulator } from '../../../platforms/salesforce-omni/simulator';
import type { OmniControl, OmniSimulator } from '../../../platforms/salesforce-omni/simulator';
import { until } from '../../support/until';
import { aConnector, CONTEXT } from './builders';

type Kind = 'queue' | 'records' | 'action' | 'agent' | 'ticket';
const KINDS: readonly Kind[] = ['queue', 'records', 'action', 'agent', 'ticket'];
/** More calls of a kind than any transfer makes. */
const CALLS = [
  ['query', 0],
  ['query', 1],
  ['transfer', 0],
  ['transfer', 1],
  ['change', 0],
  ['change', 1],
] as const;

let simulator: OmniSimulator;
let control: OmniControl;
let desks: Desk[];

beforeEach(async () => {
  simulator = await startOmniSimulator({
    org: {
      queues: [{ name: 'Support' }, { name: 'Tickets', omni: false }],
      agents: [{ username: 'ada@acme.example', skills: [{ name: 'Returns' }], queues: ['Support'] }],
    },
  });
  control = connectControl(simulator.url);
  desks = [];
});
afterEach(async () => {
  await Promise.all(desks.map((desk) => desk.close()));
  await simulator.close();
});

function openDesk(kind: Kind, options: Record<string, unknown> = {}): Desk {
  const skillsRouting = kind === 'action' ? 'action' : 'records';
  const connector = aConnector(simulator.url, { options: { skillsRouting, ...options } });
  const desk = salesforceOmni.desk!.createDesk(connector, CONTEXT);
  desks.push(desk);
  return desk;
}

function requestTo(kind: Kind): TransferRequest {
  const targets: Record<Kind, Target> = {
    queue: { kind: 'queue', id: 'Support' },
    records: { kind: 'skill', id: 'Returns' },
    action: { kind: 'skill', id: 'Returns' },
    agent: { kind: 'agent', id: 'ada@acme.example' },
    ticket: { kind: 'ticket', id: 'Tickets' },
  };
  return { conversationId: 'c', transferId: 'c/r/0', target: targets[kind] };
}

const call = (ms = 5_000) => ({ signal: AbortSignal.timeout(ms) });

/** As the workflow does with what can be tried again, every try on a worker that remembers nothing. */
async function insisting<T>(kind: Kind, ask: (desk: Desk) => Promise<T>): Promise<T> {
  for (let tries = 0; ; tries += 1) {
    try {
      return await ask(openDesk(kind));
    } catch (error) {
      if (tries === 4 || !(error instanceof BatonError) || error.retry !== 'retryable') throw error;
    }
  }
}

async function effects(kind: Kind) {
  const [cases, work] = await Promise.all([
    control.ever({ object: 'Case' }),
    control.ever({ object: 'PendingServiceRouting' }),
  ]);
  expect(cases.records).toHaveLength(1);
  expect(work.records).toHaveLength(kind === 'ticket' ? 0 : 1);
  return cases.records[0]!;
}

describe.each(KINDS)('a transfer to: %s', (kind) => {
  test.each(CALLS)('is made once when the answer to a %s call is lost after %d others', async (on, after) => {
    await control.fault({ on, after, action: { kind: 'lostAnswer' } });

    const answer = await insisting(kind, (desk) => desk.requestTransfer(requestTo(kind), call()));

    expect(answer.kind).toBe('queued');
    await effects(kind);
  });

  test.each(CALLS)(
    'is withdrawn for good when the answer to a %s call is lost after %d others',
    async (on, after) => {
      await openDesk(kind).requestTransfer(requestTo(kind), call());
      await control.fault({ on, after, action: { kind: 'lostAnswer' } });

      const withdrawal = await insisting(kind, (desk) => desk.withdraw(requestTo(kind), call()));

      expect(withdrawal).toEqual({ kind: 'withdrawn' });
      const { Id } = await effects(kind);
      expect((await control.accept({ caseId: Id })).userId).toBeUndefined();
      const { records } = await control.records({ object: 'Case' });
      expect(records).toMatchObject([{ IsClosed: true }]);
      expect((await control.records({ object: 'PendingServiceRouting' })).records).toEqual([]);
    },
  );

  test('is made once by three workers at the same time', async () => {
    const answers = await Promise.all(
      [1, 2, 3].map(() => openDesk(kind).requestTransfer(requestTo(kind), call())),
    );

    expect(answers.map((answer) => answer.kind)).toEqual(['queued', 'queued', 'queued']);
    expect((await control.ever({ object: 'Case' })).records).toHaveLength(1);
    // The action cannot be made idempotent: see the README.
    if (kind !== 'action') await effects(kind);
  });

  test('cannot come back after it was withdrawn: a request that is still under way is refused', async () => {
    await control.fault({ on: 'transfer', action: { kind: 'delay', ms: 400 } });
    const lost = openDesk(kind).requestTransfer(requestTo(kind), call(250));
    await expect(lost).rejects.toMatchObject({ code: 'ESC_PLATFORM_TIMEOUT', resultUnknown: true });

    expect(await openDesk(kind).withdraw(requestTo(kind), call())).toEqual({ kind: 'withdrawn' });
    await until('the late request to be done', async () =>
      (await control.traffic()).calls.every(({ answered }) => answered),
    );

    expect(await openDesk(kind).lookUp(requestTo(kind), call())).toEqual({ kind: 'absent' });
    expect((await control.records({ object: 'Case' })).records).toMatchObject([{ IsClosed: true }]);
    expect((await control.ever({ object: 'PendingServiceRouting' })).records).toEqual([]);
  });
});

test('a repeat after the withdrawal does not open the Case again', async () => {
  const desk = openDesk('queue');
  const request = requestTo('queue');
  await desk.requestTransfer(request, call());
  await desk.withdraw(request, call());

  const answer = await desk.requestTransfer(request, call());

  expect(answer).toMatchObject({ kind: 'declined', detail: 'the Case was closed' });
  expect((await control.records({ object: 'Case' })).records).toMatchObject([{ IsClosed: true }]);
});

test('where withdrawn Cases are deleted, nothing is left of one', async () => {
  const desk = openDesk('records', { onWithdraw: 'delete' });
  const request = requestTo('records');
  await desk.requestTransfer(request, call());

  expect(await desk.withdraw(request, call())).toEqual({ kind: 'withdrawn' });
  expect(await desk.withdraw(request, call())).toEqual({ kind: 'withdrawn' });

  expect((await control.records({ object: 'Case' })).records).toEqual([]);
  expect(await desk.lookUp(request, call())).toEqual({ kind: 'absent' });
});
