// The processes behind the scripts: replaced when they die or wear out, bounded, and gone after close().
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createTransformer } from '../../../activities/transform';
import { isAlive, PATIENT, requireCompiledRunner, runScript, until } from './sandbox';

const GOOD = `botContext.setBotVariable('ok', 'yes');`;
/** Native code that never asks the engine for an interrupt: only a kill ends it. */
const STUCK = `Array.prototype.reverse.call({ length: Math.pow(2, 53) - 1 });`;
/** Short enough for tests of kills, long enough that a good script is never hit. */
const SHORT = { ...PATIENT, deadlineMs: 1_000, killAfterMs: 1_000 };

describe('the pool of sandboxes', () => {
  beforeAll(requireCompiledRunner);

  it('keeps one warm spare beside the process that works', async () => {
    const transformer = createTransformer({ limits: PATIENT });

    await runScript(transformer, GOOD);

    expect(transformer.sandboxPids()).toHaveLength(2);
    await transformer.close();
  });

  it('leaves no process behind when it is closed', async () => {
    const transformer = createTransformer({ limits: PATIENT, concurrency: 2 });
    await Promise.all([1, 2, 3].map(() => runScript(transformer, GOOD)));
    const pids = transformer.sandboxPids();
    expect(pids.length).toBeGreaterThanOrEqual(2);
    expect(pids.every(isAlive)).toBe(true);

    await transformer.close();

    expect(transformer.sandboxPids()).toEqual([]);
    expect(pids.filter(isAlive)).toEqual([]);
  });

  it('leaves no process behind when it is closed in the middle of a run and of a start', async () => {
    const transformer = createTransformer({ limits: PATIENT });
    await runScript(transformer, GOOD);
    const stuck = runScript(transformer, STUCK);
    const waiting = runScript(transformer, GOOD);
    const pids = transformer.sandboxPids();

    await transformer.close();

    expect((await stuck).error?.code).toBe('ESC_TRANSFORM_SCRIPT_FAILED');
    expect((await waiting).error?.code).toBe('ESC_TRANSFORM_BUSY');
    expect(pids.filter(isAlive)).toEqual([]);
  });

  it('answers busy once it is closed', async () => {
    const transformer = createTransformer({ limits: PATIENT });
    await transformer.close();

    expect((await runScript(transformer, GOOD)).error?.code).toBe('ESC_TRANSFORM_BUSY');
    expect(transformer.sandboxPids()).toEqual([]);
  });

  it('recovers when every process is killed from outside', async () => {
    const transformer = createTransformer({ limits: PATIENT });
    await runScript(transformer, GOOD);
    const before = transformer.sandboxPids();

    for (const pid of before) process.kill(pid, 'SIGKILL');
    await until(() => !before.some(isAlive));
    const output = await runScript(transformer, GOOD);

    expect(output).toEqual({ data: { api_OrderStatus: 200, ok: 'yes' }, debugMessages: 0 });
    expect(transformer.sandboxPids().filter((pid) => before.includes(pid))).toEqual([]);
    await transformer.close();
  });

  it('kills a process that a script has got stuck in, and goes on with another', async () => {
    const transformer = createTransformer({ limits: { ...SHORT, killAfterMs: 400, deadlineMs: 100 } });
    const stuck = runScript(transformer, STUCK);
    await until(() => transformer.sandboxPids().length > 0);
    const [working] = transformer.sandboxPids();

    expect((await stuck).error).toMatchObject({ code: 'ESC_TRANSFORM_TIMED_OUT' });
    await until(() => working === undefined || !isAlive(working) || transformer.sandboxPids().length >= 2);
    await transformer.close();
  });

  it('replaces a process after its number of runs', async () => {
    const transformer = createTransformer({ limits: { ...PATIENT, runsPerProcess: 2 } });
    const seen = new Set<number>();

    for (let run = 0; run < 8; run += 1) {
      expect((await runScript(transformer, GOOD)).error).toBeUndefined();
      for (const pid of transformer.sandboxPids()) seen.add(pid);
    }

    expect(seen.size).toBeGreaterThanOrEqual(4);
    await transformer.close();
  });

  it('replaces a process that has grown too large', async () => {
    const transformer = createTransformer({ limits: { ...PATIENT, processBytes: 1 } });
    await runScript(transformer, GOOD);
    const before = transformer.sandboxPids();
    const isOld = (pid: number): boolean => before.includes(pid);

    // Which process takes a script is the pool's choice; each is replaced once it has.
    for (let runs = 0; runs < 20 && transformer.sandboxPids().some(isOld); runs += 1)
      await runScript(transformer, GOOD);

    expect(transformer.sandboxPids().filter(isOld)).toEqual([]);
    await transformer.close();
  });

  it('answers busy when its queue is full, at once', async () => {
    const transformer = createTransformer({ limits: PATIENT, queueLimit: 2 });

    const outputs = await Promise.all([1, 2, 3, 4].map(() => runScript(transformer, GOOD)));

    expect(outputs.map(({ error }) => error?.code)).toEqual([
      undefined,
      undefined,
      'ESC_TRANSFORM_BUSY',
      'ESC_TRANSFORM_BUSY',
    ]);
    await transformer.close();
  });

  it('answers busy when a script has waited too long for its turn', async () => {
    const transformer = createTransformer({
      limits: { ...PATIENT, queueWaitMs: 50, deadlineMs: 2_000, killAfterMs: 2_000 },
    });
    for (let tries = 0; (await runScript(transformer, GOOD)).error !== undefined; tries += 1) {
      expect(tries).toBeLessThan(200);
    }
    const stuck = runScript(transformer, STUCK);

    expect((await runScript(transformer, GOOD)).error?.code).toBe('ESC_TRANSFORM_BUSY');
    expect((await stuck).error?.code).toBe('ESC_TRANSFORM_TIMED_OUT');
    await transformer.close();
  });

  it('works through more scripts than it has processes', async () => {
    const transformer = createTransformer({ limits: PATIENT, concurrency: 2 });

    const outputs = await Promise.all(
      Array.from({ length: 30 }, (_, n) =>
        runScript(transformer, `botContext.setBotVariable('n', ${String(n)})`),
      ),
    );

    expect(outputs.map(({ data }) => data['n'])).toEqual(Array.from({ length: 30 }, (_, n) => String(n)));
    expect(transformer.sandboxPids().length).toBeLessThanOrEqual(3);
    await transformer.close();
  });

  it('answers busy, and does not start for ever, when the runner is missing or broken', async () => {
    for (const runnerPath of ['/nowhere/runner.js', join(__dirname, 'broken-runner.js')]) {
      const transformer = createTransformer({ limits: PATIENT, runnerPath });

      expect((await runScript(transformer, GOOD)).error?.code).toBe('ESC_TRANSFORM_BUSY');
      expect((await runScript(transformer, GOOD)).error?.code).toBe('ESC_TRANSFORM_BUSY');

      await until(() => transformer.sandboxPids().length === 0);
      await transformer.close();
    }
  });

  it('disables a script that had to be killed five times, for ten minutes, and no other', async () => {
    let now = 1_000_000;
    const transformer = createTransformer({
      limits: { ...PATIENT, deadlineMs: 60_000, killAfterMs: 150 },
      clock: () => now,
    });
    for (let kill = 0; kill < 5; kill += 1) {
      expect((await runScript(transformer, STUCK)).error?.code).toBe('ESC_TRANSFORM_TIMED_OUT');
    }

    const disabled = await transformer.transform({
      ...{
        integration: 'Orders',
        raw: { id: 1 },
        status: 200,
        variables: {},
        conversationId: 'c',
        now: 0,
        seed: '',
      },
      mapping: { responseVariable: 'Order', script: STUCK, customData: { id: '{$.api_Order.id}' } },
    });
    expect(disabled).toEqual({
      data: { api_OrderStatus: 200, 'Orders.id': '1' },
      error: {
        code: 'ESC_TRANSFORM_DISABLED',
        message: 'The script had to be killed 5 times and is disabled until 1970-01-01T00:26:40.000Z.',
      },
    });
    expect((await runScript(transformer, `${STUCK} // another`)).error?.code).toBe('ESC_TRANSFORM_TIMED_OUT');

    now += 600_000;
    expect((await runScript(transformer, STUCK)).error?.code).toBe('ESC_TRANSFORM_TIMED_OUT');
    await transformer.close();
  });

  const onLinux = process.platform === 'linux' ? it : it.skip;
  onLinux('starts its processes without an environment, without streams and with few rights', async () => {
    const transformer = createTransformer({ limits: PATIENT });
    await runScript(transformer, GOOD);
    const [pid] = transformer.sandboxPids();

    const environment = readFileSync(`/proc/${String(pid)}/environ`, 'utf8')
      .split('\0')
      .filter(Boolean);
    const commandLine = readFileSync(`/proc/${String(pid)}/cmdline`, 'utf8').split('\0');
    const limits = readFileSync(`/proc/${String(pid)}/limits`, 'utf8');

    // The channel's own two names, and what a shell adds by itself.
    expect(environment.filter((each) => !/^(NODE_CHANNEL_|PWD=|OLDPWD=|_=|SHLVL=)/.test(each))).toEqual([]);
    expect(commandLine).toContain('--max-old-space-size=64');
    expect(commandLine.some((each) => /^--(experimental-)?permission$/.test(each))).toBe(true);
    expect(limits).toMatch(/Max file size\s+0\s/);
    expect(limits).toMatch(/Max cpu time\s+300\s/);
    await transformer.close();
  });
});
