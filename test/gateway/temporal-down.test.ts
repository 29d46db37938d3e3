// Temporal goes away in the middle of everything: 503 with Retry-After, nothing by halves, and afterwards the same
// requests are taken once.
import type { RouteDescription } from '../../contract/http/route';
import { ROUTES, type RouteName } from '../../contract/http/routes';
import type { BotTurn } from '../../domain/bot-session';
import type { BotDeed } from '../../platforms/platform';
import { uniqueId } from '../support/builders';
import type { GatewayAnswer } from '../support/gateway-calls';
import { setGatewayStage, type GatewayStage, type StageConversation } from '../support/gateway-stage';
import {
  aScriptedBot,
  callBot,
  createScriptedBots,
  SCRIPTED_BOTS,
  type ScriptedInbound,
} from '../support/scripted-bots';
import { aTenant } from '../support/tenant-builders';
import { until } from '../support/until';

/** A bot's answer that escalates, as the scripted platform reads it. */
const TURN: BotTurn = { session: { generation: 1 }, said: [], escalates: { messageId: 'm', targets: [] } };

let stage: GatewayStage;
let conversations: readonly StageConversation[];
let first: readonly GatewayAnswer[];

/** Half of the callers send a key. */
function ask({ conversationId }: StageConversation, index: number): Promise<GatewayAnswer> {
  const headers = index % 2 === 0 ? {} : { 'idempotency-key': `key-of-${conversationId}` };
  return stage.as().escalate(conversationId, { requestId: 'r1', integration: 'sales' }, headers);
}

beforeAll(async () => {
  const bots = { bot: aTenant().bots['bot']!, thin: aScriptedBot() };
  stage = await setGatewayStage({
    worker: false,
    platforms: { [SCRIPTED_BOTS]: createScriptedBots().platform },
    tenants: { acme: { bots } },
  });
  conversations = Array.from({ length: 40 }, () => stage.conversation());
  const answers = conversations.map((each, index) => ask(each, index));
  // In the middle: some are answered, some are not.
  await Promise.any(answers);
  await stage.killTemporal();
  first = await Promise.all(answers);
}, 120_000);
afterAll(() => stage?.close());

function expectUnavailable({ status, json, headers }: GatewayAnswer): void {
  expect([status, json['code']]).toEqual([503, 'ESC_TEMPORAL_UNAVAILABLE']);
  expect(headers['content-type']).toContain('application/problem+json');
  expect(Number(headers['retry-after'])).toBeGreaterThan(0);
}

describe('while Temporal is away', () => {
  it('a request in the middle is either taken or 503', () => {
    expect(first.some(({ status }) => status === 202)).toBe(true);
    for (const answer of first) if (answer.status !== 202) expectUnavailable(answer);
  });

  // An indicator is never refused: nothing is lost with it.
  const routes = (Object.keys(ROUTES) as RouteName[]).filter(
    (name) => ROUTES[name].caller === 'tenant' && name !== 'postTyping',
  );

  it('every route of a tenant is 503 with Retry-After', async () => {
    const answers = await Promise.all(routes.map(askRoute));

    expect(answers.length).toBeGreaterThan(8);
    for (const answer of answers) expectUnavailable(answer);
  });

  it('a platform of bots hears its own words for that, or the problem', async () => {
    const conversationId = uniqueId('away');
    const deeds: readonly BotDeed[] = [
      { kind: 'escalate', conversationId, request: { requestId: 'r1', integration: 'sales' } },
      { kind: 'userMessage', conversationId, message: { id: 'm', text: 'Hello.' } },
      { kind: 'userLeft', conversationId },
      { kind: 'passOn', conversationId, id: 'm', items: [{}] },
    ];
    const failure = { status: 500, body: '{"errors":["later"]}' };
    const call = (script: ScriptedInbound): Promise<Response> =>
      callBot(stage.url, 'acme/thin/event', { script });
    const answers = await Promise.all(
      deeds.flatMap((deed) => [call({ deeds: [deed] }), call({ deeds: [deed], failure })]),
    );

    expect(answers).toHaveLength(8);
    for (let index = 0; index < answers.length; index += 2) {
      const [plain, inWords] = answers.slice(index, index + 2) as [Response, Response];
      expectUnavailable({
        status: plain.status,
        headers: Object.fromEntries(plain.headers),
        json: (await plain.json()) as Record<string, unknown>,
      });
      expect([inWords.status, await inWords.text()]).toEqual([500, failure.body]);
    }
  });

  function askRoute(name: RouteName): Promise<GatewayAnswer> {
    const route: RouteDescription = ROUTES[name];
    const conversationId = uniqueId('away');
    const bodies: Partial<Record<RouteName, object>> = {
      startEscalation: { conversationId, requestId: 'r1', integration: 'sales' },
      triggerEinsteinBots: { conversationId, bot: 'thin', response: { turn: TURN } },
      sendSessionMessage: { bot: 'thin', id: 'u-1', text: 'Hello.' },
      postMessage: { bot: 'bot', epoch: 0, id: 'm-1', text: 'Hello.' },
      postUserMessage: { id: 'u-1', text: 'Hello.' },
      returnConversation: { epoch: 0 },
    };
    const path = route.url.replace('{conversationId}', conversationId).replace('{sequence}', '1');
    const body = bodies[name];
    return stage.as().call(route.method, path, { ...(body && { body }) });
  }
});

describe('when it is back', () => {
  beforeAll(async () => {
    await stage.restartTemporal();
    await until('the gateway to be ready', async () => {
      const { status } = await stage.as().call('GET', '/v1/escalations?limit=1');
      return status === 200;
    });
    await stage.startWorker();
  }, 120_000);

  it('every request is taken, and worked on once', async () => {
    const again = await Promise.all(
      conversations.map((conversation, index) =>
        until(`${conversation.conversationId} to be taken`, async () => {
          const answer = await ask(conversation, index);
          return answer.status === 202 && answer;
        }),
      ),
    );
    for (const { world } of conversations) await until('the transfer', () => world.transfers.length > 0);

    expect(again).toHaveLength(conversations.length);
    for (const [index, { conversationId, world, path }] of conversations.entries()) {
      const { json } = await stage.as().call('GET', path);
      expect(json).toMatchObject({ conversationId, status: 'open', attempt: 1, requestId: 'r1' });
      expect(world.transfers).toHaveLength(1);
      expect(again[index]?.json['workflowId']).toBe(stage.workflowId(conversationId));
    }
  });

  it('each has one workflow', async () => {
    await until('the list to have them', async () => {
      const { json } = await stage.as().call('GET', '/v1/escalations?limit=100');
      return (json['escalations'] as unknown[]).length === conversations.length;
    });
  });
});
