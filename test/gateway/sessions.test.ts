// Sessions of thin chat clients and the trigger, at a real gateway on a real Temporal server. The worker knows no
// platform: what the workflow was told is in its history, and it can be asked.
import { defaultPayloadConverter } from '@temporalio/client';
import { ApplicationFailure } from '@temporalio/common';
import type { BotTurn } from '../../domain/bot-session';
import { sessionWorkflowId } from '../../domain/ids';
import { uniqueId } from '../support/builders';
import type { GatewayAnswer } from '../support/gateway-calls';
import { setGatewayStage, type GatewayStage } from '../support/gateway-stage';
import { aScriptedBot, createScriptedBots, SCRIPTED_BOTS } from '../support/scripted-bots';
import { aTenant } from '../support/tenant-builders';
import { until } from '../support/until';

const { platform } = createScriptedBots();
const masking = { cardNumbers: true, emails: true, phones: false, patterns: [] };
const EINSTEIN = '0Xx5e000000sYhdCAE';
let stage: GatewayStage;

beforeAll(async () => {
  const einstein = aScriptedBot({ platform: 'einstein-bots', options: { botId: EINSTEIN } });
  const bots = { bot: aTenant().bots['bot']!, thin: aScriptedBot(), einstein };
  // Whatever the bot would say: nobody is there.
  const planSession = (): never => {
    throw ApplicationFailure.nonRetryable('no bot', 'ESC_CONFIG_UNKNOWN_NAME');
  };
  stage = await setGatewayStage({
    activities: { planSession },
    platforms: { [SCRIPTED_BOTS]: platform },
    tenants: { acme: { bots, masking }, rival: { bots: { only: aScriptedBot() } } },
  });
}, 120_000);
afterAll(() => stage?.close());

/** What the conversation's workflow was started with and signalled, in order: waits for so many. */
function told(conversationId: string, count: number, tenant = 'acme'): Promise<unknown[]> {
  return until('what was told', async () => {
    const all = await toldSoFar(conversationId, tenant);
    return all.length >= count && all;
  });
}

async function toldSoFar(conversationId: string, tenant: string): Promise<unknown[]> {
  const { events = [] } = await stage.client.workflow
    .getHandle(sessionWorkflowId(tenant, conversationId))
    .fetchHistory();
  return (events ?? []).flatMap((event) => {
    const started = event.workflowExecutionStartedEventAttributes?.input?.payloads;
    const signal = event.workflowExecutionSignaledEventAttributes;
    const payload = started?.[0] ?? signal?.input?.payloads?.[0];
    if (!started && !signal) return [];
    const value = payload && defaultPayloadConverter.fromPayload(payload);
    return [signal ? { [signal.signalName ?? '']: value ?? null } : { start: value }];
  });
}

const pathOf = (conversationId: string): string => `/v1/sessions/${encodeURIComponent(conversationId)}`;
const says = (conversationId: string, body: object, tenant?: 'rival'): Promise<GatewayAnswer> =>
  stage.as(tenant).call('POST', `${pathOf(conversationId)}/messages`, { body });

describe('what the user says', () => {
  it('begins a conversation with the bot, masked, and goes on in it', async () => {
    const conversationId = uniqueId('thin/é');
    const variables = [{ name: 'Email', type: 'text', value: 'ada@example.com' }];

    const first = await says(conversationId, {
      bot: 'thin',
      id: 'u1',
      text: 'I am ada@example.com',
      variables,
    });
    const second = await says(conversationId, { bot: 'thin', id: 'u2', choiceId: 'yes' });

    expect([first.status, first.json, second.status]).toEqual([202, { accepted: 'message' }, 202]);
    expect(await told(conversationId, 3)).toEqual([
      { start: { tenant: 'acme', conversationId, bot: 'thin' } },
      { userSays: { id: 'u1', text: 'I am [e-mail]', variables: [{ ...variables[0], value: '[e-mail]' }] } },
      { userSays: { id: 'u2', choiceId: 'yes' } },
    ]);
  });

  it('needs no name of the bot where there is one only, and no words to let it begin', async () => {
    const conversationId = uniqueId('thin');

    expect((await says(conversationId, { id: 'u1' }, 'rival')).status).toBe(202);

    expect(await told(conversationId, 2, 'rival')).toEqual([
      { start: { tenant: 'rival', conversationId, bot: 'only' } },
      { userSays: { id: 'u1' } },
    ]);
  });

  it.each<[string, object, number, string]>([
    ['to a bot that is not named among several', { id: 'u1', text: 'x' }, 422, 'ESC_CONFIG_UNKNOWN_NAME'],
    ['to a bot that there is not', { bot: 'nobody', id: 'u1', text: 'x' }, 422, 'ESC_CONFIG_UNKNOWN_NAME'],
    ['to a bot without sessions', { bot: 'bot', id: 'u1', text: 'x' }, 422, 'ESC_BOT_WITHOUT_SESSIONS'],
    ['in two ways at once', { bot: 'thin', id: 'u1', text: 'x', choiceId: 'y' }, 400, 'ESC_REQUEST_INVALID'],
    ['with nothing', { bot: 'thin', id: 'u1', text: '' }, 400, 'ESC_REQUEST_INVALID'],
    ['with more than 8 KB', { bot: 'thin', id: 'u1', text: 'é'.repeat(4_100) }, 400, 'ESC_REQUEST_INVALID'],
    [
      'that masking makes too long',
      { bot: 'thin', id: 'u1', text: 'a@b.c '.repeat(1_360) },
      413,
      'ESC_REQUEST_TOO_LARGE',
    ],
    [
      'with a variable of no type',
      { bot: 'thin', id: 'u1', variables: [{ name: 'a', type: 'b', value: 1 }] },
      400,
      'ESC_REQUEST_INVALID',
    ],
  ])('%s is refused, and begins nothing', async (_, body, status, code) => {
    const conversationId = uniqueId('thin');
    const answer = await says(conversationId, body);

    expect([answer.status, answer.json['code']]).toEqual([status, code]);
    expect((await stage.as().call('GET', pathOf(conversationId))).status).toBe(404);
  });
});

describe('a conversation with a bot', () => {
  it('says where it stands', async () => {
    const conversationId = uniqueId('thin');
    await says(conversationId, { bot: 'thin', id: 'u1', text: 'Hello' });

    const { status, json } = await stage.as().call('GET', pathOf(conversationId));

    expect(status).toBe(200);
    expect(json).toMatchObject({
      conversationId,
      bot: 'thin',
      sequence: 0,
      hops: 0,
      url: pathOf(conversationId),
      escalationUrl: `/v1/escalations/${conversationId}`,
    });
    expect(json['movedAt']).toMatch(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/);
    expect(JSON.stringify(json)).not.toContain('Hello');
  });

  it('is told that the user left', async () => {
    const conversationId = uniqueId('thin');
    await says(conversationId, { bot: 'thin', id: 'u1', text: 'Hello' });

    const { status, json } = await stage.as().call('POST', `${pathOf(conversationId)}/end`);

    expect([status, json]).toEqual([202, { accepted: 'end' }]);
    expect((await told(conversationId, 3)).at(-1)).toEqual({ end: null });
  });

  it.each(['', '/end'])('that there is not is not found: %s', async (what) => {
    const method = what === '' ? 'GET' : 'POST';
    for (const id of [uniqueId('never'), 'x'.repeat(300), '%00'])
      expect((await stage.as().call(method, `/v1/sessions/${id}${what}`)).json['code']).toBe(
        'ESC_BOT_SESSION_NOT_FOUND',
      );
  });
});

describe('the trigger', () => {
  const trigger = (body: object): Promise<GatewayAnswer> =>
    stage.as().call('POST', '/v1/triggers/einstein-bots', { body });
  const turn: BotTurn = {
    session: { generation: 1, session: 's' },
    said: [
      {
        id: 'm1',
        text: 'Is it ada@example.com?',
        choices: [{ id: 'y', label: 'ada@example.com' }],
        delayMs: 0,
      },
    ],
    escalates: { messageId: 'm2', targets: [{ kind: 'bot', id: 'b' }] },
    variables: [{ name: 'Email', type: 'text', value: 'ada@example.com' }],
    intents: [{ label: 'mail ada@example.com', confidence: 1 }],
  };

  it('hands the session over as its platform reads it, masked, and leads to it', async () => {
    const conversationId = uniqueId('trigger/é');
    const transcript = [{ from: 'user', text: 'I am ada@example.com' }];
    const body = {
      conversationId,
      bot: 'thin',
      sessionId: 's',
      response: { turn },
      lastSequenceId: 4,
      transcript,
    };

    const first = await trigger(body);
    const again = await trigger(body);

    const answer = {
      conversationId,
      url: `/v1/escalations/${encodeURIComponent(conversationId)}`,
      sessionUrl: pathOf(conversationId),
    };
    expect([first.status, first.json]).toEqual([202, answer]);
    expect([again.status, again.json]).toEqual([202, answer]);
    const [start, handed] = (await told(conversationId, 2)) as [object, { handedOver: object }];
    expect(start).toEqual({ start: { tenant: 'acme', conversationId, bot: 'thin' } });
    expect(handed.handedOver).toEqual({
      botId: 'entry',
      sequence: 4,
      transcript: [{ from: 'user', text: 'I am [e-mail]' }],
      turn: {
        ...turn,
        said: [{ id: 'm1', text: 'Is it [e-mail]?', choices: [{ id: 'y', label: '[e-mail]' }], delayMs: 0 }],
        variables: [{ name: 'Email', type: 'text', value: '[e-mail]' }],
        intents: [{ label: 'mail [e-mail]', confidence: 1 }],
      },
    });
  });

  it('takes the answer of an Einstein bot as it came', async () => {
    const conversationId = uniqueId('trigger');
    const response = {
      sessionId: '85bce2f1-0000-4000-8000-000000000001',
      botVersion: '0X9SB00000006wf0AA',
      processedSequenceIds: [3],
      messages: [
        { type: 'text', id: 'm1', text: 'One moment', schedule: { responseDelayMilliseconds: 600 } },
        {
          type: 'escalate',
          id: 'm2',
          targets: [{ type: 'Salesforce:Core:Queue:Id', value: '00G5e000001CSupEAG' }],
        },
      ],
      _links: { self: { href: 'https://runtime.example/x' } },
    };

    const answer = await trigger({ conversationId, bot: 'einstein', response, reason: 'user_request' });

    expect([answer.status, answer.json['conversationId']]).toEqual([202, conversationId]);
    expect((await told(conversationId, 2))[1]).toMatchObject({
      handedOver: {
        botId: EINSTEIN,
        sequence: 3,
        reason: 'user_request',
        turn: { escalates: { messageId: 'm2', targets: [{ kind: 'queue', id: '00G5e000001CSupEAG' }] } },
      },
    });
  });

  it.each<[string, object, string]>([
    [
      'without an escalate message',
      { messages: [{ type: 'text', id: 'm', text: 'Hi' }], processedSequenceIds: [] },
      '/response',
    ],
    ['that is none of an Einstein bot', { messages: 'none', processedSequenceIds: [] }, '/response/messages'],
    ['without anything', {}, '/response/processedSequenceIds'],
  ])('refuses an answer %s, and says where', async (_, response, pointer) => {
    const answer = await trigger({
      conversationId: uniqueId('trigger'),
      bot: 'einstein',
      sessionId: 's',
      response,
    });

    expect([answer.status, answer.json['code']]).toEqual([400, 'ESC_REQUEST_INVALID']);
    const pointers = (answer.json['errors'] as { pointer: string }[]).map((fault) => fault.pointer);
    expect(pointers).toContain(pointer);
  });

  it.each<[string, object, number, string]>([
    ['without an answer', { bot: 'thin', response: undefined }, 400, 'ESC_REQUEST_INVALID'],
    ['of a bot without sessions', { bot: 'bot' }, 422, 'ESC_BOT_WITHOUT_SESSIONS'],
    ['of a bot that there is not', { bot: 'nobody' }, 422, 'ESC_CONFIG_UNKNOWN_NAME'],
    [
      'that asks for nothing',
      { response: { turn: { session: { generation: 1 }, said: [] } } },
      400,
      'ESC_REQUEST_INVALID',
    ],
    [
      'that the workflow could not read',
      { response: { turn: { ...turn, escalates: { messageId: '', targets: [] } } } },
      400,
      'ESC_REQUEST_INVALID',
    ],
    [
      'that is nested too deep',
      { response: JSON.parse(`${'{"a":'.repeat(40)}1${'}'.repeat(40)}`) as object },
      400,
      'ESC_REQUEST_INVALID',
    ],
    [
      'that is too large',
      { response: { turn: { ...turn, said: [{ id: 'm', text: 'x'.repeat(70_000), delayMs: 0 }] } } },
      413,
      'ESC_REQUEST_TOO_LARGE',
    ],
  ])('refuses what is handed over %s, and begins nothing', async (_, change, status, code) => {
    const conversationId = uniqueId('trigger');
    const answer = await trigger({
      conversationId,
      bot: 'thin',
      sessionId: 's',
      response: { turn },
      ...change,
    });

    expect([answer.status, answer.json['code']]).toEqual([status, code]);
    expect((await stage.as().call('GET', pathOf(conversationId))).status).toBe(404);
  });
});
