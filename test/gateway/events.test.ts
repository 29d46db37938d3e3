// The event stream of an escalation on a real server: complete, in order, resumable, bounded, and nobody else's.
import { noticeEnvelope } from '../../platforms/webhook/notice-envelope';
import { BatonClient, type BatonEvent } from '../../client';
import { openStream, type OpenStream } from '../support/event-streams';
import { aKey, anEncryption } from '../support/encryption';
import { keyOf, setGatewayStage, type GatewayStage, type StageConversation } from '../support/gateway-stage';
import { until } from '../support/until';

const MAX_STREAMS = 3;
const asked = { requestId: 'r1', integration: 'sales' };

let stage: GatewayStage;
const open: OpenStream[] = [];
beforeAll(async () => {
  stage = await setGatewayStage({
    gateway: { maxStreams: MAX_STREAMS },
    encryption: anEncryption({ k1: aKey(1) }),
  });
}, 120_000);
afterEach(() => {
  for (const stream of open.splice(0)) stream.leave();
});
afterAll(() => stage?.close());

/** Opens a stream; waits for a seat, since the one before may just be leaving. */
async function read(
  path: string,
  lastEventId?: string,
  tenant: 'acme' | 'rival' = 'acme',
): Promise<OpenStream> {
  return until('a seat', async () => {
    const stream = await openStream(`${stage.url}${path}/events`, {
      authorization: `Bearer ${keyOf(tenant)}`,
      ...(lastEventId !== undefined && { 'last-event-id': lastEventId }),
    });
    if (stream.status === 429) return undefined;
    open.push(stream);
    return stream;
  });
}

async function start({ conversationId }: StageConversation): Promise<void> {
  await stage.as().escalate(conversationId, asked);
}

/** The desk says that an agent has joined. */
async function connect({ conversationId, world }: StageConversation): Promise<void> {
  const { transferId } = await until('the transfer', () => world.transfers[0]);
  await stage.client.workflow
    .getHandle(stage.workflowId(conversationId))
    .signal('deskEvent', { id: 'e1', transferId, event: { kind: 'connected', agentId: 'maria' } });
}

async function finish(conversation: StageConversation): Promise<OpenStream> {
  await start(conversation);
  await connect(conversation);
  const whole = await read(conversation.path);
  await whole.ended;
  return whole;
}

describe('the stream of an open escalation', () => {
  it('begins at once, tells every notice as a webhook would have it, and ends with the escalation', async () => {
    const conversation = stage.conversation();
    await start(conversation);

    const stream = await read(conversation.path);
    await stream.untilEvents(2);
    await connect(conversation);
    await stream.ended;

    expect(stream.status).toBe(200);
    expect(Object.fromEntries(stream.headers)).toMatchObject({
      'content-type': expect.stringContaining('text/event-stream') as string,
      'cache-control': 'no-store',
      'x-accel-buffering': 'no',
    });
    expect(stream.text()).toMatch(/^retry: \d+\n/);
    const events = stream.events();
    expect(events.map(({ event }) => event)).toEqual([
      'escalation.accepted',
      'escalation.queued',
      'escalation.connected',
    ]);
    expect(events.map(({ id }) => id.split('/')[1])).toEqual(['1', '2', '3']);
    expect(new Set(events.map(({ id }) => id.split('/')[0])).size).toBe(1);
    const notice = conversation.world.notices.find(({ type }) => type === 'escalation.connected');
    expect(events[2]?.data).toEqual(noticeEnvelope(notice!));
  });

  it('goes on after the last event that was read, and answers 204 when nothing comes any more', async () => {
    const conversation = stage.conversation();
    await start(conversation);
    const first = await read(conversation.path);
    const [, second] = await first.untilEvents(2);
    first.leave();

    const resumed = await read(conversation.path, second?.id);
    await connect(conversation);
    await resumed.ended;

    expect(resumed.events().map(({ event }) => event)).toEqual(['escalation.connected']);
    const after = await read(conversation.path, resumed.events()[0]?.id);
    expect([after.status, after.text()]).toEqual([204, '']);
  });

  it('is there for several readers at once', async () => {
    const conversation = stage.conversation();
    await start(conversation);
    const [one, other] = await Promise.all([read(conversation.path), read(conversation.path)]);
    await one.untilEvents(2);
    await connect(conversation);
    await Promise.all([one.ended, other.ended]);

    expect(one.events()).toHaveLength(3);
    expect(other.events()).toEqual(one.events());
  });

  it('ends when an operator terminates the escalation', async () => {
    const conversation = stage.conversation();
    await start(conversation);
    const stream = await read(conversation.path);
    await stream.untilEvents(2);

    await stage.client.workflow.getHandle(stage.workflowId(conversation.conversationId)).terminate();
    await stream.ended;

    expect(stream.events()).toHaveLength(2);
  });
});

describe('the stream of an escalation that is over', () => {
  it('tells all of it and ends', async () => {
    const whole = await finish(stage.conversation());

    expect(whole.events()).toHaveLength(3);
  });

  it('resumes in the run that was read, also when the conversation has another one', async () => {
    const conversation = stage.conversation();
    const [first, second, third] = (await finish(conversation)).events();
    await stage.as().escalate(conversation.conversationId, { ...asked, requestId: 'r2' });

    const old = await read(conversation.path, second?.id);
    await old.ended;
    const current = await read(conversation.path);
    await current.untilEvents(1);

    expect(old.events()).toEqual([third]);
    expect(current.events()[0]?.id.split('/')[0]).not.toBe(first?.id.split('/')[0]);
    expect(current.events()[0]?.data.data.requestId).toBe('r2');
  });

  it('begins anew for the id of a run that this conversation never had', async () => {
    const conversation = stage.conversation();
    const whole = await finish(conversation);
    const strange = await finish(stage.conversation());

    for (const id of [`${crypto.randomUUID()}/2`, strange.events()[1]?.id]) {
      const stream = await read(conversation.path, id);
      await stream.ended;
      expect(stream.events()).toEqual(whole.events());
    }
  });
});

describe('a stream', () => {
  it.each(['17', 'a/b', '00000000-0000-0000-0000-000000000000/-1', '../1'])(
    'is refused for the malformed id %s',
    async (id) => {
      const conversation = stage.conversation();
      const { status, json } = await stage
        .as()
        .call('GET', `${conversation.path}/events`, { headers: { 'last-event-id': id } });

      expect([status, json['code']]).toEqual([400, 'ESC_REQUEST_INVALID']);
    },
  );

  it("of another tenant's escalation is answered like one that never was, also with one of its event ids", async () => {
    const conversation = stage.conversation();
    const [first] = (await finish(conversation)).events();
    const ask = async (path: string, headers: Record<string, string> = {}): Promise<unknown> => {
      const { status, json } = await stage.as('rival').call('GET', `${path}/events`, { headers });
      const { requestId: _requestId, ...rest } = json;
      return { status, ...rest };
    };

    const unknown = await ask('/v1/escalations/never');

    expect(unknown).toMatchObject({ status: 404, code: 'ESC_ESCALATION_NOT_FOUND' });
    expect(await ask(conversation.path)).toEqual(unknown);
    expect(await ask(conversation.path, { 'last-event-id': first?.id ?? '' })).toEqual(unknown);
  });

  it('beyond the limit of its key is refused, and others of the tenant leave room again', async () => {
    const conversation = stage.conversation();
    await start(conversation);
    for (let held = 0; held < MAX_STREAMS; held += 1) await read(conversation.path);

    const { status, headers, json } = await stage.as().call('GET', `${conversation.path}/events`);

    expect([status, json['code']]).toEqual([429, 'ESC_TOO_MANY_STREAMS']);
    expect(Number(headers['retry-after'])).toBeGreaterThan(0);
    open.pop()?.leave();
    expect((await read(conversation.path)).status).toBe(200);
  });
});

describe('the long poll behind a stream', () => {
  /** Polls that have no answer yet. */
  function watchPolls(): { pending: number } {
    const polls = { pending: 0 };
    const service = stage.client.workflowService;
    const poll = service.getWorkflowExecutionHistory.bind(service);
    jest.spyOn(service, 'getWorkflowExecutionHistory').mockImplementation(((request: never) => {
      polls.pending += 1;
      return poll(request).finally(() => (polls.pending -= 1));
    }) as typeof poll);
    return polls;
  }
  afterEach(() => jest.restoreAllMocks());

  it('ends when its reader leaves', async () => {
    const conversation = stage.conversation();
    await start(conversation);
    const polls = watchPolls();
    const stream = await read(conversation.path);
    await stream.untilEvents(2);
    await until('a poll', () => polls.pending === 1);

    stream.leave();

    // Temporal itself answers a poll without news after 20 seconds.
    await until('no poll', () => polls.pending === 0, { timeoutMs: 10_000 });
    expect(polls.pending).toBe(0);
  });

  it('rings once for what happens at once, and asks no worker in between', async () => {
    const conversation = stage.conversation();
    await start(conversation);
    const query = jest.spyOn(stage.client.workflowService, 'queryWorkflow');
    const stream = await read(conversation.path);
    await stream.untilEvents(2);
    const { transferId } = await until('the transfer', () => conversation.world.transfers[0]);
    const asked = query.mock.calls.length;

    const handle = stage.client.workflow.getHandle(stage.workflowId(conversation.conversationId));
    for (const position of [3, 2, 1]) {
      const event = { kind: 'position', position };
      await handle.signal('deskEvent', { id: `p${position}`, transferId, event });
    }
    await stream.untilEvents(5);

    expect(stream.events().map(({ data }) => data.data.position)).toEqual([undefined, undefined, 3, 2, 1]);
    expect(query.mock.calls.length - asked).toBeLessThanOrEqual(3);
  });
});

describe('while no worker runs', () => {
  it('the stream stays open and goes on when one is back', async () => {
    const conversation = stage.conversation();
    await start(conversation);
    const stream = await read(conversation.path);
    await stream.untilEvents(2);
    const { transferId } = await until('the transfer', () => conversation.world.transfers[0]);
    await stage.stopWorker();

    const late = await read(conversation.path);
    await stage.client.workflow
      .getHandle(stage.workflowId(conversation.conversationId))
      .signal('deskEvent', { id: 'e1', transferId, event: { kind: 'connected' } });
    await until('a word about it', () => late.text().includes(': waiting\n'));
    expect(late.events()).toEqual([]);
    await stage.startWorker();
    await Promise.all([stream.ended, late.ended]);

    expect(stream.events()).toHaveLength(3);
    expect(late.events()).toEqual(stream.events());
  }, 120_000);

  it('the stream of an escalation that is over says so', async () => {
    const conversation = stage.conversation();
    await finish(conversation);
    await stage.stopWorker();

    const { status, headers, json } = await stage.as().call('GET', `${conversation.path}/events`);
    await stage.startWorker();

    expect([status, json['code']]).toEqual([503, 'ESC_NO_WORKER']);
    expect(Number(headers['retry-after'])).toBeGreaterThan(0);
  }, 120_000);
});

describe('while Temporal is away', () => {
  it('a stream outlives a short absence', async () => {
    const conversation = stage.conversation();
    await start(conversation);
    const baton = new BatonClient({ baseUrl: stage.url, apiKey: keyOf('acme') });
    const events: BatonEvent[] = [];
    const follow = (async () => {
      for await (const event of baton.events(conversation.conversationId)) events.push(event);
    })();
    await until('two events', () => events.length === 2);

    await stage.killTemporal();
    await stage.restartTemporal();
    await until('the desk to be heard', () =>
      connect(conversation).then(
        () => true,
        () => undefined,
      ),
    );
    await follow;

    expect(events.map(({ notice }) => notice.data.sequence)).toEqual([1, 2, 3]);
  }, 120_000);
});
