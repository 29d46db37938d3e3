// Whatever is sent to an escalation, it goes on: what cannot be used is kept by its shape, where an operator sees it.
import { escalateSignal } from '../../workflows/messages';
import { aRequest } from '../support/builders';
import { createStage, type Scene, type Stage } from '../support/time-skipping-stage';

let stage: Stage;

beforeAll(async () => {
  stage = await createStage();
});
afterAll(() => stage.close());

const deep = (levels: number): unknown => JSON.parse(`${'{"a":'.repeat(levels)}1${'}'.repeat(levels)}`);
const own = (json: string): unknown => JSON.parse(json);

const BAD_REQUESTS: readonly (readonly [string, unknown])[] = [
  ['null', null],
  ['nothing', undefined],
  ['a number', 42],
  ['a string', 'escalate'],
  ['a list', []],
  ['an empty object', {}],
  ['an id that is a number', { requestId: 7, integration: 'to-service' }],
  ['an empty id', { requestId: '', integration: 'to-service' }],
  ['an id of 300 characters', { requestId: 'x'.repeat(300), integration: 'to-service' }],
  ['no integration', { requestId: 'x1' }],
  ['variables that are a list', { requestId: 'x2', integration: 'i', variables: [] }],
  ['variables within variables', { requestId: 'x3', integration: 'i', variables: { a: {} } }],
  ['variables 2000 levels deep', { requestId: 'x4', integration: 'i', variables: deep(2000) }],
  ['100 KB of variables', { requestId: 'x5', integration: 'i', variables: { a: 'x'.repeat(100_000) } }],
  ['messages without text', { requestId: 'x6', integration: 'i', lastMessages: [{ id: 'm' }] }],
  ['a negative count', { requestId: 'x7', integration: 'i', precedingMessages: -1 }],
  ['__proto__ as request', own('{"__proto__":{"requestId":"x8","integration":"i"}}')],
  ['a reason of its own', { requestId: 'x9', integration: 'i', reason: 'because' }],
];

const BAD_EVENTS: readonly (readonly [string, unknown])[] = [
  ['null', null],
  ['a number', 1],
  ['an empty object', {}],
  ['no event', { id: 'e', transferId: 't' }],
  ['an event that is null', { id: 'e', transferId: 't', event: null }],
  ['an unknown kind', { id: 'e', transferId: 't', event: { kind: 'exploded' } }],
  ['__proto__ as kind', own('{"id":"e","transferId":"t","event":{"kind":"__proto__"}}')],
  ['an inherited name as kind', { id: 'e', transferId: 't', event: { kind: 'constructor' } }],
  ['an empty id', { id: '', transferId: 't', event: { kind: 'connected' } }],
  ['an id of 100 KB', { id: 'x'.repeat(100_000), transferId: 't', event: { kind: 'connected' } }],
  ['a position that is none', { id: 'e1', transferId: 't', event: { kind: 'position', position: 'third' } }],
  ['a reason that is none', { id: 'e2', transferId: 't', event: { kind: 'declined', reason: {} } }],
  ['an agent that is an object', { id: 'e3', transferId: 't', event: { kind: 'connected', agentId: {} } }],
  ['a transfer that is not there', { id: 'e4', transferId: 'nowhere', event: { kind: 'connected' } }],
];

async function deadLetters(scene: Scene): Promise<readonly { signal: string; problem: string }[]> {
  return (await scene.explain()).deadLetters;
}

test('keeps requests that cannot be used as dead letters and goes on', async () => {
  await stage.play({}, async (scene) => {
    await scene.until(() => scene.world.transfers.length === 1);
    for (const [, bad] of BAD_REQUESTS) await scene.handle.signal('escalate', bad);
    await scene.until(async () => (await deadLetters(scene)).length === BAD_REQUESTS.length);
    await scene.deskSays('r1', 0, { kind: 'connected' });

    expect(await scene.handle.result()).toMatchObject({ outcome: { kind: 'connected' }, attempts: 1 });
    for (const letter of await deadLetters(scene)) {
      expect(letter).toMatchObject({ signal: 'escalate', problem: expect.any(String) });
      expect(letter.problem.length).toBeLessThan(200);
    }
  });
});

test('keeps desk events that cannot be used as dead letters and goes on', async () => {
  await stage.play({}, async (scene) => {
    await scene.until(() => scene.world.transfers.length === 1);
    for (const [, bad] of BAD_EVENTS) await scene.handle.signal('deskEvent', bad);
    await scene.until(async () => (await deadLetters(scene)).length === BAD_EVENTS.length);
    await scene.deskSays('r1', 0, { kind: 'connected' });

    expect((await scene.handle.result()).outcome?.kind).toBe('connected');
  });
});

test('keeps signals of other names as dead letters', async () => {
  await stage.play({}, async (scene) => {
    await scene.handle.signal('escalte', aRequest());
    await scene.handle.signal('x'.repeat(900));
    await scene.until(async () => (await deadLetters(scene)).length === 2);
    await scene.until(() => scene.world.transfers.length === 1);
    await scene.deskSays('r1', 0, { kind: 'connected' });
    await scene.handle.result();

    expect(await deadLetters(scene)).toMatchObject([
      { signal: 'escalte', problem: 'no such signal' },
      { signal: 'x'.repeat(100) },
    ]);
  });
});

test('takes whatever comes with cancel and userLeft', async () => {
  for (const [signal, kind] of [
    ['cancel', 'cancelled'],
    ['userLeft', 'abandoned'],
  ] as const) {
    await stage.play({}, async (scene) => {
      await scene.until(() => scene.world.transfers.length === 1);
      await scene.handle.signal(signal, deep(100), null, 7);

      expect((await scene.handle.result()).outcome?.kind).toBe(kind);
    });
  }
});

test('keeps only the fields it knows of a request', async () => {
  let planned: unknown;
  await stage.play(
    {
      request: { ...aRequest(), junk: deep(500), __proto__: { more: 1 } } as never,
      plan: (request) => {
        planned = request;
        throw Object.assign(new Error('enough'), { nonRetryable: true });
      },
    },
    async (scene) => {
      await scene.until(() => planned !== undefined);
      await scene.cancel();
      await scene.handle.result();

      expect(planned).toEqual(aRequest());
    },
  );
});

test('shows no more than fifty dead letters, the newest', async () => {
  await stage.play({}, async (scene) => {
    for (let index = 0; index < 60; index += 1) await scene.handle.signal(`noise-${index}`);
    await scene.until(async () => (await deadLetters(scene)).at(-1)?.signal === 'noise-59');
    await scene.cancel();
    await scene.handle.result();

    expect(await deadLetters(scene)).toHaveLength(50);
  });
});

test('starts by signal-with-start, and takes the request once if it comes twice', async () => {
  await stage.play({ request: null, requestTransfer: () => ({ kind: 'connected' }) }, async (scene) => {
    const options = {
      workflowId: scene.handle.workflowId,
      taskQueue: 'stage',
      args: [{ tenant: 'acme', conversationId: scene.conversationId }] as const,
      signal: escalateSignal,
      signalArgs: [aRequest()] as [ReturnType<typeof aRequest>],
    };
    const start = scene.env.client.workflow.signalWithStart('escalation', options as never);
    await Promise.all([start, scene.ask(aRequest())]);

    expect(await scene.handle.result()).toMatchObject({ outcome: { kind: 'connected' }, attempts: 1 });
  });
});

test('fails with ESC_REQUEST_MISSING when no usable request comes within a minute, and says what came', async () => {
  await stage.play({ request: null, record: 'no-request' }, async (scene) => {
    await scene.handle.signal('escalate', { requestId: 'r1' });

    await expect(scene.handle.result()).rejects.toMatchObject({
      cause: {
        type: 'ESC_REQUEST_MISSING',
        details: [[{ signal: 'escalate', problem: expect.stringContaining('integration') }]],
      },
    });
  });
});

test('works on a request that comes within the first minute', async () => {
  await stage.play({ request: null, requestTransfer: () => ({ kind: 'connected' }) }, async (scene) => {
    await scene.handle.signal('escalate', 'nonsense');
    await scene.pass(50_000);
    await scene.ask(aRequest());

    expect((await scene.handle.result()).outcome?.kind).toBe('connected');
  });
});

test.each([
  ['nothing', []],
  ['null', [null]],
  ['no tenant', [{ conversationId: 'c' }]],
])('fails at once when started with %s', async (_what, args) => {
  await stage.play({ request: null }, async (scene) => {
    await scene.cancel();
    const handle = await scene.env.client.workflow.start('escalation', {
      workflowId: `${scene.handle.workflowId}-bad`,
      taskQueue: 'stage',
      args,
    });

    await expect(handle.result()).rejects.toMatchObject({ cause: { type: 'ESC_REQUEST_MISSING' } });
    await scene.handle.result();
  });
});
