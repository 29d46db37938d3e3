// The simulator refuses what Salesforce refuses, says what it says, and keeps its conversations over a restart.
import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  createMessagingControl,
  startMessagingSimulator,
} from '../../../platforms/salesforce-messaging/simulator';
import type { MessagingSimulator, WorldSpec } from '../../../platforms/salesforce-messaging/simulator';
import { aWorld, ORG } from './builders';

const API = '/iamessage/api/v2';
const NAME = 'Baton_Chat';

let simulator: MessagingSimulator;
let token: string;

async function start(spec: WorldSpec = {}): Promise<void> {
  simulator = await startMessagingSimulator({ world: aWorld({ places: [{ name: 'Silent' }], ...spec }) });
  token = await guest();
}
async function guest(): Promise<string> {
  const answer = await post(`${API}/authorization/unauthenticated/access-token`, {
    orgId: ORG,
    esDeveloperName: NAME,
    capabilitiesVersion: '1',
    platform: 'Web',
  });
  return ((await answer.json()) as { accessToken: string }).accessToken;
}
const post = (path: string, body: object, bearer = token): Promise<Response> =>
  fetch(simulator.url + path, {
    method: 'POST',
    headers: { authorization: `Bearer ${bearer}`, 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
const get = (path: string, headers: Record<string, string> = {}): Promise<Response> =>
  fetch(simulator.url + path, { headers: { authorization: `Bearer ${token}`, ...headers } });
const create = (conversationId: string, bearer = token): Promise<Response> =>
  post(
    `${API}/conversation`,
    {
      conversationId,
      esDeveloperName: NAME,
      language: 'en_US',
      routingAttributes: { Skill: 'Silent' },
    },
    bearer,
  );
const message = (id: string, more: object = {}): object => ({
  message: { id, messageType: 'StaticContentMessage', staticContent: { formatType: 'Text', text: id } },
  esDeveloperName: NAME,
  isNewMessagingSession: false,
  ...more,
});

afterEach(() => simulator.close());

it('creates with 201 and no body, and takes only lower-case uuids of version 4', async () => {
  await start();
  const created = await create(randomUUID());

  expect(created.status).toBe(201);
  expect(await created.text()).toBe('');
  expect((await create(randomUUID().toUpperCase())).status).toBe(400);
  expect((await create('c1')).status).toBe(400);
});

it('keeps the conversations of one user from another', async () => {
  await start();
  const id = randomUUID();
  await create(id);
  const other = await guest();

  expect((await create(id, other)).status).toBe(403);
  expect((await post(`${API}/conversation/${id}/message`, message('m1'), other)).status).toBe(404);
  expect((await post(`${API}/conversation/${id}/message`, message('m1'), 'no token')).status).toBe(401);
});

it('opens no stream without the org and the last event, and pings', async () => {
  await start();
  const path = '/eventrouter/v1/sse';

  expect((await get(path)).status).toBe(400);
  expect((await get(path, { 'x-org-id': ORG })).status).toBe(400);
  const stream = await get(path, { 'x-org-id': ORG.slice(0, 15), 'last-event-id': '0' });
  const first = await stream.body?.getReader().read();
  expect(new TextDecoder().decode(first?.value)).toBe('event: ping\ndata: 0\n\n');
});

it.each([
  ['replays what came after the last event', true, 1],
  ['replays nothing where it is set so', false, 0],
])('%s', async (_title, replays, expected) => {
  await start({ settings: { replays } });
  const id = randomUUID();
  await create(id);
  const stream = await get('/eventrouter/v1/sse', { 'x-org-id': ORG, 'last-event-id': '0' });

  let text = '';
  const reader = stream.body!.getReader();
  while ((text.match(/event: ping/g) ?? []).length < 2)
    text += new TextDecoder().decode((await reader.read()).value);
  await reader.cancel();

  const results = [...text.matchAll(/event: CONVERSATION_ROUTING_RESULT\nid: \d+\ndata: (.*)\n/g)];
  expect(results).toHaveLength(expected);
  for (const [, data = ''] of results) {
    const { conversationEntry } = JSON.parse(data) as { conversationEntry: { entryPayload: unknown } };
    expect(typeof conversationEntry.entryPayload).toBe('string');
  }
});

it('wants a new session named with attributes and language, once the old one has ended', async () => {
  await start();
  const id = randomUUID();
  await create(id);
  await fetch(`${simulator.url}${API}/conversation/${id}/session?esDeveloperName=${NAME}`, {
    method: 'DELETE',
    headers: { authorization: `Bearer ${token}` },
  });
  const send = async (more: object): Promise<number> =>
    (await post(`${API}/conversation/${id}/message`, message('m1', more))).status;

  expect(await send({})).toBe(417);
  expect(await send({ isNewMessagingSession: true })).toBe(400);
  expect(await send({ isNewMessagingSession: true, routingAttributes: {}, language: 'en' })).toBe(202);
});

it('lists entries in pages, in both directions, by time and by kind', async () => {
  await start({ settings: { perMinute: 1_000 } });
  const id = randomUUID();
  await create(id);
  for (let n = 1; n <= 60; n += 1) await post(`${API}/conversation/${id}/message`, message(`m${n}`));
  const list = async (query: string): Promise<{ identifier: string; transcriptedTimestamp: number }[]> => {
    const answer = await get(`${API}/conversation/${id}/entries?entryTypeFilter=Message&${query}`);
    const body = (await answer.json()) as {
      conversationEntries: { identifier: string; transcriptedTimestamp: number }[];
    };
    return body.conversationEntries;
  };

  const first = await list('limit=500&direction=FromStart');
  const rest = await list(
    `limit=50&direction=FromStart&startTimestamp=${first.at(-1)?.transcriptedTimestamp}`,
  );
  expect(first.map(({ identifier }) => identifier)).toEqual(
    Array.from({ length: 50 }, (_, n) => `m${n + 1}`),
  );
  expect(rest[0]?.identifier).toBe('m50');
  expect(rest.at(-1)?.identifier).toBe('m60');
  expect((await list('direction=FromEnd')).map(({ identifier }) => identifier)).toEqual(
    Array.from({ length: 20 }, (_, n) => `m${60 - n}`),
  );
});

it('keeps its conversations over a restart', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'baton-messaging-'));
  const stateFile = join(folder, 'org.json');
  const options = { world: aWorld({ places: [{ name: 'Silent' }] }), stateFile };
  simulator = await startMessagingSimulator(options);
  token = await guest();
  const id = randomUUID();
  await create(id);
  await simulator.close();

  simulator = await startMessagingSimulator({ stateFile });
  const control = createMessagingControl(simulator.url);
  await control.accept(id, 'Ann');

  expect((await get(`${API}/conversation/${id}/entries`)).status).toBe(200);
  expect(await control.conversation(id)).toMatchObject({ status: 'active', agents: ['agent-ann'] });
  await control.close();
  rmSync(folder, { recursive: true });
});
