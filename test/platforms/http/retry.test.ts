// Retry-After, the meaning of statuses, and the rate limiter.
import { createRateLimiter, errorForStatus, parseRetryAfter } from '../../../platforms/http';
import { failureOf } from './servers';

const NOW = Date.parse('2026-03-01T12:00:00Z');

describe('Retry-After', () => {
  it.each([
    ['0', 0],
    ['1', 1_000],
    [' 30 ', 30_000],
    ['1.5', 1_500],
    ['600', 600_000],
    ['601', 600_000],
    ['1000000000', 600_000],
    ['Sun, 01 Mar 2026 12:00:10 GMT', 10_000],
    ['Sunday, 01-Mar-26 12:00:10 GMT', 10_000],
    ['Sun, 01 Mar 2026 11:59:00 GMT', 0],
    ['Sun, 01 Mar 2027 12:00:00 GMT', 600_000],
    ['-5', undefined],
    ['soon', undefined],
    ['', undefined],
    ['1e3', undefined],
    ['NaN', undefined],
    ['Infinity', undefined],
    [undefined, undefined],
  ])('reads %p as %p ms', (value, ms) => {
    expect(parseRetryAfter(value, NOW)).toBe(ms);
  });
});

describe('a status', () => {
  it.each([
    [302, 'ESC_PLATFORM_PROTOCOL', 'retryable', false],
    [400, 'ESC_PLATFORM_REJECTED', 'terminal', false],
    [401, 'ESC_PLATFORM_UNAUTHORIZED', 'auth', false],
    [403, 'ESC_PLATFORM_REJECTED', 'terminal', false],
    [404, 'ESC_PLATFORM_REJECTED', 'terminal', false],
    [408, 'ESC_PLATFORM_ERROR', 'retryable', false],
    [423, 'ESC_PLATFORM_ERROR', 'retryable', false],
    [429, 'ESC_PLATFORM_RATE_LIMITED', 'retryable', false],
    [500, 'ESC_PLATFORM_ERROR', 'retryable', true],
    [502, 'ESC_PLATFORM_ERROR', 'retryable', true],
    [503, 'ESC_PLATFORM_ERROR', 'retryable', false],
    [504, 'ESC_PLATFORM_ERROR', 'retryable', true],
  ])('%i is %s, %s, result unknown: %p', (status, code, retry, resultUnknown) => {
    expect(errorForStatus(status, {}, 'a call')).toMatchObject({ code, retry, resultUnknown });
  });

  it.each([200, 201, 204, 299])('%i is no error', (status) => {
    expect(errorForStatus(status, {}, 'a call')).toBeUndefined();
  });

  it('carries the wait that the platform asks for', () => {
    expect(errorForStatus(429, { 'retry-after': '4' }, 'a call')?.retryAfterMs).toBe(4_000);
    expect(errorForStatus(503, { 'retry-after': 'later' }, 'a call')?.retryAfterMs).toBeUndefined();
  });
});

describe('the rate limiter', () => {
  const never = new AbortController().signal;
  beforeEach(() => jest.useFakeTimers({ now: NOW }));
  afterEach(() => jest.useRealTimers());

  function passes(limiter: ReturnType<typeof createRateLimiter>, count: number): number[] {
    const passed: number[] = [];
    for (let n = 0; n < count; n += 1) void limiter.acquire(never).then(() => passed.push(n));
    return passed;
  }

  it('lets a burst through at once and the rest at the rate, in order', async () => {
    const passed = passes(createRateLimiter({ perSecond: 2, burst: 3 }), 6);

    await jest.advanceTimersByTimeAsync(0);
    expect(passed).toEqual([0, 1, 2]);
    await jest.advanceTimersByTimeAsync(499);
    expect(passed).toEqual([0, 1, 2]);
    await jest.advanceTimersByTimeAsync(1);
    expect(passed).toEqual([0, 1, 2, 3]);
    await jest.advanceTimersByTimeAsync(1_000);
    expect(passed).toEqual([0, 1, 2, 3, 4, 5]);
  });

  it('saves up no more than a burst', async () => {
    const limiter = createRateLimiter({ perSecond: 10, burst: 2 });
    await jest.advanceTimersByTimeAsync(60_000);

    const passed = passes(limiter, 5);
    await jest.advanceTimersByTimeAsync(0);

    expect(passed).toEqual([0, 1]);
  });

  it('lets nobody through while held back', async () => {
    const limiter = createRateLimiter();
    limiter.holdBack(5_000);

    const passed = passes(limiter, 2);
    await jest.advanceTimersByTimeAsync(4_999);
    expect(passed).toEqual([]);
    await jest.advanceTimersByTimeAsync(1);

    expect(passed).toEqual([0, 1]);
  });

  it('gives up at the signal and leaves its turn to the next', async () => {
    const limiter = createRateLimiter({ perSecond: 1, burst: 1 });
    const impatient = new AbortController();
    await limiter.acquire(never);
    const failure = failureOf(limiter.acquire(impatient.signal));
    const passed = passes(limiter, 1);

    impatient.abort();
    await jest.advanceTimersByTimeAsync(1_000);

    expect(await failure).toMatchObject({ code: 'ESC_PLATFORM_TIMEOUT', resultUnknown: false });
    expect(passed).toEqual([0]);
    expect(jest.getTimerCount()).toBe(0);
  });

  it('says how long the account is still held back when a call cannot wait for it', async () => {
    const limiter = createRateLimiter();
    const impatient = new AbortController();
    limiter.holdBack(60_000);
    const failure = failureOf(limiter.acquire(impatient.signal));

    await jest.advanceTimersByTimeAsync(20_000);
    impatient.abort();

    expect(await failure).toMatchObject({ code: 'ESC_PLATFORM_RATE_LIMITED', retryAfterMs: 40_000 });
  });

  it('refuses a signal that has aborted already', async () => {
    const failure = await failureOf(createRateLimiter().acquire(AbortSignal.abort()));

    expect(failure.code).toBe('ESC_PLATFORM_TIMEOUT');
  });
});
