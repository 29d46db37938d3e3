// What Salesforce's errors lead to: which are tried again, which end the rung, which say no.
import { BatonError } from '../../../domain/errors';
import type { ConnectorConfiguration } from '../../../domain/configuration';
import type { Desk } from '../../../platforms/desk';
import { salesforceOmni } from '../../../platforms/salesforce-omni';
import { readUsage } from '../../../platforms/salesforce-omni/api-usage';
import { connectControl, startOmniSimulator } from '../../../platforms/salesforce-omni/simulator';
import type { OmniControl, OmniSimulator } from '../../../platforms/salesforce-omni/simulator';
import { until } from '../../support/until';
import { aConnector, aLog, CONTEXT } from './builders';

let simulator: OmniSimulator;
let control: OmniControl;
let desks: Desk[];
let log: ReturnType<typeof aLog>;

beforeEach(async () => {
  simulator = await startOmniSimulator({ org: { queues: [{ name: 'Support' }], skills: ['Returns'] } });
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
const toQueue = {
  conversationId: 'c',
  transferId: 'c/r/0',
  target: { kind: 'queue', id: 'Support' },
} as const;
const toSkill = { ...toQueue, target: { kind: 'skill', id: 'Returns' } } as const;

async function failureOf(promise: Promise<unknown>): Promise<BatonError> {
  const outcome: unknown = await promise.then(
    (value) => new Error(`it succeeded: ${JSON.stringify(value)}`),
    (error: unknown) => error,
  );
  if (outcome instanceof BatonError) return outcome;
  throw outcome;
}

describe('an error of the core API', () => {
  it.each([
    [400, 'UNABLE_TO_LOCK_ROW', 'ESC_PLATFORM_ERROR', 'retryable'],
    [503, 'SERVER_UNAVAILABLE', 'ESC_PLATFORM_ERROR', 'retryable'],
    [500, 'UNKNOWN_EXCEPTION', 'ESC_PLATFORM_ERROR', 'retryable'],
    [403, 'REQUEST_LIMIT_EXCEEDED', 'ESC_PLATFORM_QUOTA_EXHAUSTED', 'terminal'],
  ])('%d %s is %s, which is %s', async (status, errorCode, code, retry) => {
    await control.fault({ on: 'transfer', action: { kind: 'error', status, errorCode } });

    expect(await failureOf(openDesk().requestTransfer(toQueue, call()))).toMatchObject({ code, retry });
  });

  it('leaves the result open only where something may have happened', async () => {
    const desk = openDesk();
    const doubt = async (status: number, errorCode: string): Promise<boolean> => {
      await control.fault({ on: 'transfer', action: { kind: 'error', status, errorCode } });
      return (await failureOf(desk.requestTransfer(toQueue, call()))).resultUnknown;
    };

    expect(await doubt(500, 'UNKNOWN_EXCEPTION')).toBe(true);
    expect(await doubt(503, 'SERVER_UNAVAILABLE')).toBe(false);
    expect(await doubt(400, 'UNABLE_TO_LOCK_ROW')).toBe(false);
    expect(await doubt(403, 'REQUEST_LIMIT_EXCEEDED')).toBe(false);
  });

  it('for too many calls at a time is over in seconds', async () => {
    const message = 'ConcurrentRequests (Concurrent API Requests) Limit exceeded.';
    const action = { kind: 'error', status: 403, errorCode: 'REQUEST_LIMIT_EXCEEDED', message } as const;
    await control.fault({ on: 'transfer', action });

    expect(await failureOf(openDesk().requestTransfer(toQueue, call()))).toMatchObject({
      code: 'ESC_PLATFORM_RATE_LIMITED',
      retryAfterMs: 5_000,
    });
  });

  it('never brings what it quotes into the error', async () => {
    const message = 'duplicate value found: Ada Lovelace';
    await control.fault({ on: 'transfer', action: { kind: 'error', status: 500, errorCode: 'X', message } });

    expect((await failureOf(openDesk().requestTransfer(toQueue, call()))).message).not.toContain('Ada');
  });
});

describe('a part that is refused within a composite call that answers 200', () => {
  it('undoes the whole call', async () => {
    const action = {
      kind: 'refusePart',
      reference: 'ready',
      errorCode: 'FIELD_INTEGRITY_EXCEPTION',
    } as const;
    await control.fault({ on: 'transfer', action });

    const answer = await openDesk().requestTransfer(toSkill, call());

    expect(answer).toMatchObject({
      kind: 'declined',
      reason: 'rejected',
      detail: 'FIELD_INTEGRITY_EXCEPTION',
    });
    expect((await control.records({ object: 'Case' })).records).toEqual([]);
    expect((await control.records({ object: 'PendingServiceRouting' })).records).toEqual([]);
  });

  it('is tried again if it could not lock a row', async () => {
    const desk = openDesk();
    const action = { kind: 'refusePart', reference: 'skill', errorCode: 'UNABLE_TO_LOCK_ROW' } as const;
    await control.fault({ on: 'transfer', action });

    const error = await failureOf(desk.requestTransfer(toSkill, call()));
    const answer = await desk.requestTransfer(toSkill, call());

    expect(error).toMatchObject({ code: 'ESC_PLATFORM_ERROR', retry: 'retryable' });
    expect(answer.kind).toBe('queued');
    expect((await control.ever({ object: 'Case' })).records).toHaveLength(1);
  });

  it.each([
    ['skill', 'invalid_target'],
    ['routing', 'rejected'],
  ])('is the fault of the target only in the part that names it: %s, %s', async (reference, reason) => {
    const errorCode = 'INVALID_CROSS_REFERENCE_KEY';
    await control.fault({ on: 'transfer', action: { kind: 'refusePart', reference, errorCode } });

    expect(await openDesk().requestTransfer(toSkill, call())).toMatchObject({ kind: 'declined', reason });
  });
});

describe('a configuration that does not fit the org', () => {
  it('is named: a field that is not there', async () => {
    const error = await failureOf(
      openDesk({ externalIdField: 'Missing__c' }).requestTransfer(toQueue, call()),
    );

    expect(error).toMatchObject({ code: 'ESC_PLATFORM_REJECTED', retry: 'terminal' });
    expect(error.message).toContain('INVALID_FIELD');
  });

  it('is named: a service channel that is not there', async () => {
    const error = await failureOf(openDesk({ serviceChannel: 'Nowhere' }).requestTransfer(toSkill, call()));

    expect(error).toMatchObject({ code: 'ESC_PLAN_MISCONFIGURED', retry: 'terminal' });
    expect(error.message).toContain('Nowhere');
  });

  it('is told as the reason of a decline: a field that the Case does not have', async () => {
    const answer = await openDesk({ caseFields: { Mood__c: 'calm' } }).requestTransfer(toQueue, call());

    expect(answer).toMatchObject({ kind: 'declined', reason: 'rejected', detail: 'INVALID_FIELD' });
  });
});

describe('the daily quota', () => {
  it('is read from the header in both of its forms', () => {
    expect(readUsage('api-usage=10018/100000')).toEqual({ used: 10_018, max: 100_000 });
    expect(readUsage('api-usage=25/5000; per-app-api-usage=17/250(appName=x)')).toEqual({
      used: 25,
      max: 5_000,
    });
    expect(readUsage(undefined)).toBeUndefined();
    expect(readUsage('per-app-api-usage=17/250(appName=x)')).toBeUndefined();
  });

  it('is warned of once near its end, not at every call', async () => {
    const desk = openDesk();
    await control.usage({ used: 800, max: 1_000 });

    for (let n = 0; n < 5; n += 1) await desk.lookUp(toQueue, call());

    const quota = log.warnings.filter(({ event }) => event === 'salesforce.quota');
    expect(quota).toMatchObject([{ max: 1_000 }]);
  });

  it('ends a watch when it is spent, so that the ladder goes on', async () => {
    const desk = openDesk();
    await desk.requestTransfer(toQueue, call());
    const watching = failureOf(desk.watch!(toQueue, 'queued', call()));
    await until('the watch', async () => (await control.traffic()).calls.length > 4);

    await control.usage({ used: 1_000, max: 1_000 });

    expect(await watching).toMatchObject({ code: 'ESC_PLATFORM_QUOTA_EXHAUSTED', retry: 'terminal' });
  });
});

test('a watch outlives errors that pass', async () => {
  const desk = openDesk();
  await desk.requestTransfer(toQueue, call());
  await control.setAgent({ username: 'ada@acme.example', queues: ['Support'] });
  const action = { kind: 'error', status: 503, errorCode: 'SERVER_UNAVAILABLE' } as const;
  // The first question of the watch is the caller's own; what fails after it is the polling.
  await control.fault({ on: 'query', after: 2, times: 2, action });

  const watching = desk.watch!(toQueue, 'queued', call());
  await until('failed polls', () => log.warnings.length === 2);
  const [pending] = (await control.records({ object: 'Case' })).records;
  await control.accept({ caseId: pending!.Id });

  expect((await watching).kind).toBe('connected');
});

test('many users who wait cost one question at a time', async () => {
  const desk = openDesk();
  const refs = Array.from({ length: 20 }, (_none, n) => ({ ...toQueue, transferId: `c/r/${n}` }));
  await Promise.all(refs.map((ref) => desk.requestTransfer(ref, call())));
  const controllers = refs.map(() => new AbortController());
  const watches = refs.map((ref, n) =>
    desk.watch!(ref, 'queued', { signal: controllers[n]!.signal }).catch(() => 'given up'),
  );
  // Each watch asks twice to begin with; then they are polled together.
  const begun = 20 * 2;
  const before = (await control.traffic()).calls.length;
  await until('all watches and three polls', async () => {
    const { calls } = await control.traffic();
    return calls.slice(before).filter(({ what }) => what === 'POST composite').length >= 20 + 3;
  });

  const { calls } = await control.traffic();
  for (const controller of controllers) controller.abort();
  await Promise.all(watches);

  expect(calls.length - before).toBeLessThan(begun + 20);
});
