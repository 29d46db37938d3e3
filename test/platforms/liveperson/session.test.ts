// The agent socket on the simulator: kept alive, opened again, logged in again when the vendor wants it.
import { createLivePerson } from '../../../platforms/liveperson';
import { readConnector } from '../../../platforms/liveperson/connector-options';
import { createRuntime } from '../../../platforms/liveperson/runtime';
import type { Runtime, RuntimeTuning } from '../../../platforms/liveperson/runtime';
import { BOT, call, CONTEXT, deskOf, eventually, openStage } from './stage';
import type { Stage } from './stage';

const CLOCK = { type: '.GetClock', body: {} };

let stage: Stage;
let runtimes: Runtime[];
beforeEach(async () => {
  stage = await openStage();
  runtimes = [];
});
afterEach(async () => {
  await Promise.all(runtimes.map((runtime) => runtime.close()));
  await stage.close();
});

function openRuntime(tuning: RuntimeTuning = {}, requestMs = 1_000): Runtime {
  const timeouts = { ...stage.connector.timeouts, requestMs };
  const runtime = createRuntime(readConnector({ ...stage.connector, timeouts }), CONTEXT.log, tuning);
  runtimes.push(runtime);
  return runtime;
}

async function count(name: string): Promise<number> {
  return (await stage.control.counters())[name] ?? 0;
}

async function ask(runtime: Runtime): Promise<number> {
  return (await runtime.session.request(CLOCK, call().signal)).code;
}

async function openSockets(): Promise<number> {
  return (await stage.control.sockets()).sockets.length;
}

describe('the agent socket', () => {
  it('is opened once for any number of callers', async () => {
    const runtime = openRuntime();

    const codes = await Promise.all(Array.from({ length: 20 }, () => ask(runtime)));

    expect(new Set(codes)).toEqual(new Set([200]));
    expect(await count('http:login')).toBe(1);
    expect(await count('upgrade')).toBe(1);
  });

  it('is shared by desk and bot side of one connector, and closes with the last of them', async () => {
    const platform = createLivePerson();
    const connector = { ...stage.connector };
    const desk = deskOf(platform, connector);
    const bot = { platform: 'liveperson', options: {}, retryWindowMs: 1, allowPrivateNetwork: true };
    const side = platform.botSide?.createBotSide(
      { ...bot, notices: { kind: 'platform' } },
      connector,
      CONTEXT,
    );
    const conversationId = await stage.newConversation();

    await side?.postToUser(conversationId, { id: 'm', text: 'Hi' }, call());
    await desk.lookUp({ conversationId, transferId: 't', target: { kind: 'skill', id: '1' } }, call());
    expect(await openSockets()).toBe(1);
    await desk.close();
    expect(await openSockets()).toBe(1);
    await side?.close();

    expect(await eventually(openSockets, (open) => open === 0)).toBe(0);
  });

  it('asks for the clock to stay alive', async () => {
    const runtime = openRuntime({ keepAliveEveryMs: 20 });
    await runtime.own(call().signal);

    await eventually(
      () => count('ws:.GetClock'),
      (asked) => asked >= 3,
    );
    expect(await openSockets()).toBe(1);
  });

  it('is given up and opened again when the clock is not answered', async () => {
    const runtime = openRuntime({ keepAliveEveryMs: 20 }, 500);
    await runtime.own(call().signal);
    await stage.control.addFault({ channel: 'ws', match: '.GetClock', times: 1, action: { kind: 'hang' } });

    await eventually(
      () => count('upgrade'),
      (upgrades) => upgrades >= 2,
    );
    expect(
      await eventually(
        () => ask(runtime).catch(() => 0),
        (code) => code === 200,
      ),
    ).toBe(200);
  });

  it.each([
    [1001, 1],
    [1012, 1],
    [4401, 2],
    [4407, 2],
    [1011, 2],
    [1006, 2],
  ])('after a close with %i has logged in %i times in all', async (code, logins) => {
    const runtime = openRuntime();
    await ask(runtime);

    await stage.control.closeSockets({ code });
    await eventually(
      () => count('upgrade'),
      (upgrades) => upgrades === 2,
    );

    expect(await ask(runtime)).toBe(200);
    expect(await count('http:login')).toBe(logins);
  });

  it.each([4401, 1006])(
    'is opened with a new login after the token was revoked, told by %i',
    async (closeCode) => {
      const runtime = openRuntime();
      await ask(runtime);

      await stage.control.revokeTokens({ user: BOT, closeCode });
      await eventually(
        () => count('upgrade'),
        (upgrades) => upgrades === 2,
      );

      expect(await ask(runtime)).toBe(200);
      expect(await count('http:login')).toBe(2);
    },
  );

  it('is opened with one new login when the upgrade is refused with 401', async () => {
    const runtime = openRuntime();
    await ask(runtime);
    await stage.control.revokeTokens({ user: BOT, closeCode: null });
    await stage.control.closeSockets({ code: 1001 });
    await eventually(openSockets, (open) => open === 0);

    expect(await ask(runtime)).toBe(200);
    expect(await count('http:login')).toBe(2);
  });

  it('says what kept it from opening, and opens later', async () => {
    const runtime = openRuntime();
    await stage.control.addFault({
      channel: 'upgrade',
      times: 1,
      action: { kind: 'status', status: 502 },
    });

    await expect(ask(runtime)).rejects.toMatchObject({ code: 'ESC_PLATFORM_ERROR' });
    expect(
      await eventually(
        () => ask(runtime).catch(() => 0),
        (code) => code === 200,
      ),
    ).toBe(200);
  });

  it('says what permission is missing when it may not see all conversations', async () => {
    await stage.control.setUser({ userId: BOT, seesAllConversations: false });

    await expect(ask(openRuntime())).rejects.toMatchObject({
      code: 'ESC_PLATFORM_REJECTED',
      message: expect.stringContaining('all conversations of the account'),
    });
  });
});

describe('a request', () => {
  it('whose answer never comes ends with an unknown result', async () => {
    const runtime = openRuntime({}, 500);
    await runtime.own(call().signal);
    await stage.control.addFault({ channel: 'ws', match: '.GetClock', times: 1, action: { kind: 'hang' } });

    await expect(ask(runtime)).rejects.toMatchObject({ code: 'ESC_PLATFORM_TIMEOUT', resultUnknown: true });
  });

  it.each(['dropBefore', 'dropAfter'] as const)(
    'on a socket that breaks (%s) ends with an unknown result',
    async (kind) => {
      const runtime = openRuntime();
      await runtime.own(call().signal);
      await stage.control.addFault({ channel: 'ws', match: '.GetClock', times: 1, action: { kind } });

      await expect(ask(runtime)).rejects.toMatchObject({
        code: 'ESC_PLATFORM_UNREACHABLE',
        resultUnknown: true,
      });
    },
  );

  it('that never was sent has no unknown result', async () => {
    const runtime = openRuntime();
    await stage.control.addFault({ channel: 'upgrade', action: { kind: 'hang' } });

    const error = await runtime.session
      .request(CLOCK, AbortSignal.timeout(200))
      .catch((thrown: unknown) => thrown);

    expect(error).toMatchObject({ code: 'ESC_PLATFORM_TIMEOUT', resultUnknown: false });
  });

  it('refused with 401 is sent again after one new login', async () => {
    const runtime = openRuntime();
    await runtime.own(call().signal);
    const action = { kind: 'status', status: 401 } as const;
    await stage.control.addFault({ channel: 'ws', match: '.GetClock', times: 1, action });

    expect(await ask(runtime)).toBe(200);
    expect(await count('http:login')).toBe(2);
  });

  it('refused with 401 twice is refused for good', async () => {
    const runtime = openRuntime();
    await runtime.own(call().signal);
    const action = { kind: 'status', status: 401 } as const;
    await stage.control.addFault({ channel: 'ws', match: '.GetClock', action });

    await expect(ask(runtime)).rejects.toMatchObject({ code: 'ESC_PLATFORM_UNAUTHORIZED', retry: 'auth' });
  });

  it.each([
    [429, 'ESC_PLATFORM_RATE_LIMITED', 1_000],
    [500, 'ESC_PLATFORM_ERROR', 5_000],
    [503, 'ESC_PLATFORM_ERROR', 5_000],
  ])(
    'answered with %i is worth retrying after the time that the vendor asks for',
    async (status, code, retryAfterMs) => {
      const runtime = openRuntime();
      await runtime.own(call().signal);
      await stage.control.addFault({
        channel: 'ws',
        match: '.GetClock',
        times: 1,
        action: { kind: 'status', status },
      });

      await expect(ask(runtime)).rejects.toMatchObject({ code, retryAfterMs, retry: 'retryable' });
    },
  );
});
