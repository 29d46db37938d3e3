// The client against the table of routes: every route of a tenant has a method, and what the method sends is what the
// table, and so openapi.json, describes.
import { BatonClient } from '../../client';
import type { RouteDescription } from '../../contract/http/route';
import { ROUTES, type RouteName } from '../../contract/http/routes';
import { startScriptedServer, type ScriptedServer } from '../support/scripted-server';

type TenantRoute = { [N in RouteName]: (typeof ROUTES)[N]['caller'] extends 'tenant' ? N : never }[RouteName];

const ID = 'a/b c?ü';
const PATH = { conversationId: encodeURIComponent(ID), sequence: '7' };

/** One call of each. A new route without one does not compile. */
const CALLS: Record<TenantRoute, (baton: BatonClient) => Promise<unknown>> = {
  startEscalation: (baton) =>
    baton.start(
      { conversationId: ID, requestId: 'r1', integration: 'sales', variables: { vip: true } },
      { idempotencyKey: 'k-1', waitSeconds: 20 },
    ),
  listEscalations: (baton) =>
    baton
      .list({ status: 'open', conversationId: ID, startedAfter: '2026-11-21T09:30:00.000Z', limit: 7 })
      .next(),
  getEscalation: (baton) => baton.get(ID),
  explainEscalation: (baton) => baton.explain(ID),
  streamEvents: (baton) => baton.events(ID, { lastEventId: '1e7a0f7c-4c8e-4b1e-9f65-0f6a3c9b2d11/3' }).next(),
  cancelEscalation: (baton) => baton.cancel(ID),
  userLeft: (baton) => baton.userLeft(ID),
  redeliverNotice: (baton) => baton.redeliver(ID, 7),
  getOwner: (baton) => baton.owner(ID),
  postMessage: (baton) => baton.say(ID, { bot: 'bot', epoch: 2, id: 'm1', text: 'Hello' }),
  postUserMessage: (baton) => baton.userMessage(ID, { id: 'u1', text: 'My parcel is broken.' }),
  postTyping: (baton) => baton.typing(ID, true),
  triggerEinsteinBots: (baton) =>
    baton.handOver({ conversationId: ID, bot: 'bot', sessionId: 's-1', response: { messages: [] } }),
  sendSessionMessage: (baton) =>
    baton.tellBot(ID, {
      bot: 'bot',
      id: 'u1',
      text: 'Hello',
      variables: [{ name: 'n', type: 'number', value: 1 }],
    }),
  getSession: (baton) => baton.session(ID),
  endSession: (baton) => baton.endSession(ID),
  returnConversation: (baton) => baton.returned(ID, { epoch: 3 }),
};

let server: ScriptedServer | undefined;
afterEach(() => server?.close());

it('has a method for every route of a tenant', () => {
  const routes = Object.entries<RouteDescription>(ROUTES).filter(([, { caller }]) => caller === 'tenant');

  expect(Object.keys(CALLS).sort()).toEqual(routes.map(([name]) => name).sort());
});

it.each(Object.keys(CALLS) as TenantRoute[])('sends %s as the route is described', async (name) => {
  const route: RouteDescription = ROUTES[name];
  server = await startScriptedServer(
    name === 'streamEvents' ? { status: 204 } : { status: 200, json: { escalations: [] } },
  );

  await CALLS[name](new BatonClient({ baseUrl: server.url, apiKey: 'the-key' }));

  const { method, url, headers, body } = server.requests[0]!;
  const { pathname, searchParams } = new URL(url, server.url);
  expect(method).toBe(route.method);
  expect(pathname).toBe(route.url.replace(/\{(\w+)\}/g, (_all, part: keyof typeof PATH) => PATH[part]));
  expect(headers.authorization).toBe('Bearer the-key');
  const query = Object.fromEntries(searchParams);
  if (Object.keys(query).length > 0) route.query?.parse(query);
  expect(Object.keys(query).every((each) => each in (route.query?.shape ?? {}))).toBe(true);
  expect(body === '').toBe(route.body === undefined);
  if (route.body) route.body.parse(JSON.parse(body));
  if (route.headers)
    expect(Object.keys(headers)).toEqual(expect.arrayContaining(Object.keys(route.headers.shape)));
  if (route.headers)
    route.headers.parse(
      Object.fromEntries(Object.keys(route.headers.shape).map((each) => [each, headers[each]])),
    );
});
