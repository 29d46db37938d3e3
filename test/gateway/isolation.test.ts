// A tenant sees nothing of another: on every route of the table, the id of another tenant's conversation is answered as
// an id that never existed, byte for byte but for the ids themselves.
import type { RouteDescription } from '../../contract/http/route';
import { ROUTES, type RouteName } from '../../contract/http/routes';
import { ApplicationFailure } from '@temporalio/common';
import type { BotTurn } from '../../domain/bot-session';
import { uniqueId } from '../support/builders';
import { keyOf, setGatewayStage, type GatewayStage, type StageTenant } from '../support/gateway-stage';
import { aScriptedBot, createScriptedBots, SCRIPTED_BOTS } from '../support/scripted-bots';
import { aTenant } from '../support/tenant-builders';
import { until } from '../support/until';

let stage: GatewayStage;
/** Of acme: one whose agent has it, one that is open, one in which only the bot has spoken. */
let theirs: Record<'connected' | 'open' | 'spoken', string>;

beforeAll(async () => {
  const bots = { bot: aTenant().bots['bot']!, thin: aScriptedBot() };
  stage = await setGatewayStage({
    platforms: { [SCRIPTED_BOTS]: createScriptedBots().platform },
    tenants: { acme: { bots }, rival: { bots } },
    activities: { planSession: noBot },
  });
  theirs = { connected: uniqueId('isolated'), open: uniqueId('isolated'), spoken: uniqueId('isolated') };
  stage.conversation({ requestTransfer: () => ({ kind: 'connected' }) }, theirs.connected);
  stage.conversation({}, theirs.open);
  stage.conversation({}, theirs.spoken);
  const asked = { requestId: 'r1', integration: 'sales' };
  await stage.as().escalate(theirs.connected, asked);
  await stage.as().escalate(theirs.open, asked);
  await stage.as().call('POST', `/v1/conversations/${theirs.spoken}/messages`, {
    body: { bot: 'bot', epoch: 0, id: 'm', text: 'Hello.' },
  });
  for (const conversationId of Object.values(theirs))
    await stage
      .as()
      .call('POST', `/v1/sessions/${conversationId}/messages`, { body: { bot: 'thin', id: 'u1' } });
  await until('the escalations', async () => (await phaseOf(theirs.connected)) === 'closed');
  await until('the escalations', async () => (await phaseOf(theirs.open)) === 'queued');
}, 120_000);
afterAll(() => stage?.close());

async function phaseOf(conversationId: string): Promise<unknown> {
  return (await stage.as().call('GET', `/v1/escalations/${conversationId}`)).json['phase'];
}

/** A bot's answer that escalates, as the scripted platform reads it. */
const TURN: BotTurn = {
  session: { generation: 1 },
  said: [],
  escalates: { messageId: 'm', targets: [] },
};

/** Whatever the bot of a session would say: nobody is there. */
function noBot(): never {
  throw ApplicationFailure.nonRetryable('no bot', 'ESC_CONFIG_UNKNOWN_NAME');
}

/** From here on the conversation is one of the tenant's own. */
const BEGIN: readonly RouteName[] = ['startEscalation', 'sendSessionMessage', 'triggerEinsteinBots'];

/** What is sent to a route about a conversation; every route of a tenant must be here. */
const CALLS: Readonly<Record<string, (conversationId: string) => { body?: object; query?: string }>> = {
  startEscalation: (conversationId) => ({
    body: { conversationId, requestId: 'r1', integration: 'sales' },
  }),
  listEscalations: (conversationId) => ({ query: `?conversationId=${conversationId}` }),
  getEscalation: () => ({}),
  explainEscalation: () => ({}),
  streamEvents: () => ({}),
  cancelEscalation: () => ({ body: {} }),
  userLeft: () => ({ body: {} }),
  redeliverNotice: () => ({ body: {} }),
  getOwner: () => ({}),
  triggerEinsteinBots: (conversationId) => ({
    body: { conversationId, bot: 'thin', sessionId: 's', response: { turn: TURN } },
  }),
  sendSessionMessage: () => ({ body: { bot: 'thin', id: 'u-1', text: 'Hello.' } }),
  getSession: () => ({}),
  endSession: () => ({ body: {} }),
  postMessage: () => ({ body: { bot: 'bot', epoch: 2, id: 'm-1', text: 'Hello.' } }),
  postUserMessage: () => ({ body: { id: 'u-1', text: 'Hello.' } }),
  postTyping: () => ({ body: { writes: true } }),
  returnConversation: () => ({ body: { epoch: 2 } }),
};

/** Differs from call to call, whatever is asked. */
const CHANGING = /^(?:date|ratelimit.*|x-ratelimit.*|retry-after|keep-alive|connection|.*request-id)$/i;

async function answerTo(name: RouteName, conversationId: string, tenant: StageTenant) {
  const route: RouteDescription = ROUTES[name];
  const { body, query = '' } = CALLS[name]?.(conversationId) ?? {};
  const path = route.url.replace('{conversationId}', conversationId).replace('{sequence}', '1');
  const answer = await fetch(`${stage.url}${path}${query}`, {
    method: route.method,
    headers: {
      authorization: `Bearer ${keyOf(tenant)}`,
      ...(body && { 'content-type': 'application/json' }),
    },
    ...(body && { body: JSON.stringify(body) }),
  });
  const withoutIds = (text: string): string =>
    text
      .replaceAll(conversationId, '<conversation>')
      .replace(/"requestId":"[0-9a-f-]{36}"/, '"requestId":"<request>"');
  return {
    status: answer.status,
    headers: [...answer.headers]
      .filter(([header]) => !CHANGING.test(header))
      .map(([header, value]) => [header, withoutIds(value)]),
    text: withoutIds(await answer.text()),
  };
}

const OF_TENANTS = (Object.keys(ROUTES) as RouteName[]).filter((name) => ROUTES[name].caller === 'tenant');

it('every route of a tenant is tried', () => {
  expect(Object.keys(CALLS).sort()).toEqual([...OF_TENANTS].sort());
});

describe.each(['connected', 'open', 'spoken'] as const)('a conversation of another tenant: %s', (which) => {
  // What begins something is last.
  const inOrder = OF_TENANTS.toSorted((a, b) => Number(BEGIN.includes(a)) - Number(BEGIN.includes(b)));

  it.each(inOrder)('%s answers as if it had never been', async (name) => {
    const known = theirs[which];
    const never = uniqueId('isolated').slice(0, known.length).padEnd(known.length, 'x');
    stage.conversation({}, never);

    const aboutTheirs = await answerTo(name, known, 'rival');
    const aboutNothing = await answerTo(name, never, 'rival');

    expect(aboutTheirs).toEqual(aboutNothing);
  });

  it('and nothing of it has changed', async () => {
    const { status, json } = await stage.as().call('GET', `/v1/escalations/${theirs[which]}`);
    const owner = await stage.as().call('GET', `/v1/conversations/${theirs[which]}/owner`);

    const expected = {
      connected: [200, 'closed', 'agent', 2],
      open: [200, 'queued', 'baton', 1],
      spoken: [404, undefined, 'bot', 0],
    }[which];
    expect([status, json['phase'], owner.json['owner'], owner.json['epoch']]).toEqual(expected);
    const { json: session } = await stage.as().call('GET', `/v1/sessions/${theirs[which]}`);
    expect(session).toMatchObject({ conversationId: theirs[which], bot: 'thin' });
    expect(JSON.stringify(session['story'])).not.toMatch(/left|handed/);
  });
});

it('the lists of two tenants with the same conversation have one each', async () => {
  const lists = await until('both to be listed', async () => {
    const both = await Promise.all([listed('acme'), listed('rival')]);
    return both.every(({ length }) => length === 1) && both;
  });

  const [mine, others] = lists.map(([only]) => only?.['startedAt']);
  expect(mine).not.toEqual(others);
});

async function listed(tenant: StageTenant): Promise<Record<string, unknown>[]> {
  const { json } = await stage.as(tenant).call('GET', `/v1/escalations?conversationId=${theirs.connected}`);
  return json['escalations'] as Record<string, unknown>[];
}
