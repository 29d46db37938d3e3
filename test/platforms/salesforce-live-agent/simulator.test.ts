// The simulator refuses what the vendor refuses: seen with plain requests.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fetch } from 'undici';
import {
  createLiveAgentControl,
  startLiveAgentSimulator,
} from '../../../platforms/salesforce-live-agent/simulator';
import { aChat, aClient, anEstablishedChat, ANN, aStage, aWorld, readUntil, taken } from './stage';
import type { Stage } from './stage';

describe('the simulated Live Agent', () => {
  let stage: Stage;
  const V = { 'x-liveagent-api-version': '48' };
  const call = async (method: string, path: string, headers: Record<string, string> = {}, body?: string) => {
    const url = `${stage.simulator.baseUrl}/${path}`;
    const response = await fetch(url, {
      method,
      headers: { ...V, ...headers },
      ...(body !== undefined && { body }),
    });
    return { status: response.status, text: await response.text() };
  };

  beforeEach(async () => {
    stage = await aStage();
  });
  afterEach(() => stage.close());

  it('knows its resources and their methods', async () => {
    const statuses = await Promise.all([
      call('GET', 'System/Nothing'),
      call('POST', 'System/SessionId', {}, '{}'),
      call('GET', 'Chasitor/ChatMessage'),
      call('GET', 'System/SessionId', { 'x-liveagent-api-version': '' }),
    ]);
    expect(statuses.map(({ status }) => status)).toEqual([404, 405, 405, 200]);
    const bare = await fetch(`${stage.simulator.baseUrl}/System/SessionId`);
    expect(bare.status).toBe(400);
    await bare.text();
  });

  it('speaks as the guide shows', async () => {
    const { text } = await call('GET', 'System/SessionId', { 'x-liveagent-affinity': 'null' });
    expect(JSON.parse(text)).toEqual({
      id: expect.any(String),
      key: expect.stringContaining('!'),
      affinityToken: expect.stringMatching(/^[0-9a-f]{8}$/),
      clientPollTimeout: 5,
    });
  });

  it('wants a key, the affinity, JSON, and the first POST first', async () => {
    const session = await stage.client.openSession({ signal: stage.signal });
    const own = { 'x-liveagent-session-key': session.key, 'x-liveagent-affinity': session.affinity };
    const post = (headers: Record<string, string>, body = '{"text":"x"}') =>
      call('POST', 'Chasitor/ChatMessage', headers, body);

    expect((await post({})).status).toBe(403);
    expect((await post({ ...own, 'x-liveagent-affinity': 'other' })).status).toBe(503);
    expect((await post(own, '{')).status).toBe(400);
    expect((await post({ ...own, 'x-liveagent-sequence': '1' })).status).toBe(400);
    expect(await post({ ...own, 'x-liveagent-sequence': '4' })).toEqual({
      status: 409,
      text: 'Out of sync Ack. Expected 4. Actual 0',
    });
    expect((await call('GET', 'System/Messages?ack=x', own)).status).toBe(400);
  });

  it('takes POSTs without numbers, and several in one', async () => {
    const { id, key, affinity } = await anEstablishedChat(stage);
    const own = { 'x-liveagent-session-key': key, 'x-liveagent-affinity': affinity };
    const nouns = [
      { prefix: 'Chasitor', noun: 'ChatMessage', object: { text: 'two' } },
      { prefix: 'Chasitor', noun: 'ChatEnd', object: { reason: 'client' } },
    ];

    const one = await call('POST', 'Chasitor/ChatMessage', own, '{"text":"one"}');
    const many = await call(
      'POST',
      'System/MultiNoun',
      { ...own, 'x-liveagent-sequence': '2' },
      JSON.stringify({ nouns }),
    );

    expect([one, many]).toEqual([
      { status: 200, text: 'OK' },
      { status: 200, text: 'OK' },
    ]);
    expect(await stage.control.chat(id)).toMatchObject({
      state: 'ended',
      transcript: [{ text: 'one' }, { text: 'two' }],
    });
  });

  it('answers 204 to a poll with nothing to tell', async () => {
    const { key, affinity, ack } = await anEstablishedChat(stage);
    const own = { 'x-liveagent-session-key': key, 'x-liveagent-affinity': affinity };
    expect(await call('GET', `System/Messages?ack=${ack}`, own)).toEqual({ status: 204, text: '' });
  });

  it('says when a deed cannot be done', async () => {
    const asked = await aChat(stage);
    await expect(stage.control.write(asked.id, 'too early')).rejects.toThrow('could not do it: write');
    await expect(stage.control.accept('nobody')).rejects.toThrow('could not do it: accept');
  });

  it('goes on with its chats after a restart', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'live-agent-'));
    const stateFile = join(folder, 'state.json');
    const world = aWorld({
      agents: [{ id: ANN, name: 'Ann', behaviour: { kind: 'accepts', afterMs: 150 } }],
    });
    const before = await startLiveAgentSimulator({ world, stateFile });
    const client = aClient(before.baseUrl);
    const control = createLiveAgentControl(before.url);
    const own = { ...stage, client, control };
    const asked = await aChat(own);
    await before.close();

    const port = Number(new URL(before.url).port);
    const after = await startLiveAgentSimulator({ stateFile, port });
    const { session } = await readUntil(own, asked, ({ kind }) => kind === 'established');
    const sent = await client.sendMessage(session, 'Hello', {
      signal: stage.signal,
      sequence: 2,
      isRepeat: false,
    });

    expect(taken(sent).sequence).toBe(2);
    expect((await control.chat(asked.id)).transcript).toEqual([{ from: 'visitor', text: 'Hello' }]);
    await Promise.all([client.close(), control.close()]);
    await after.close();
    await rm(folder, { recursive: true });
  });
});
