// The control API itself, the default world, and the state file.
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fetch } from 'undici';
import {
  ControlError,
  DEMO_ACCOUNT,
  connectControl,
  startLivePersonSimulator,
} from '../../../../platforms/liveperson/simulator';
import { ACCOUNT, RawSocket, aWorld, logIn, post, removeBot, suggest, toSkill, until } from './world';

describe('the control API', () => {
  it('is the same from another process: plain HTTP and JSON', async () => {
    const simulator = await startLivePersonSimulator({ world: aWorld() });
    const created = await post(`${simulator.url}/_control/create-conversation`, { assignedTo: 'bot' });
    const { conversationId } = (await created.json()) as { conversationId: string };

    const read = await fetch(`${simulator.url}/_control/conversation?conversationId=${conversationId}`);

    expect(await read.json()).toEqual(await connectControl(simulator.url).conversation({ conversationId }));
    expect((await fetch(`${simulator.url}/_control/health`)).status).toBe(200);
    await simulator.close();
  });

  it('refuses what it does not understand', async () => {
    const simulator = await startLivePersonSimulator({ world: aWorld() });
    const { control, url } = simulator;

    await expect(control.conversation({ conversationId: 'unknown' })).rejects.toThrow(ControlError);
    await expect(control.setUser({ userId: '11', availability: 'ASLEEP' as 'AWAY' })).rejects.toThrow(
      'ONLINE',
    );
    await expect(control.setUser({ userId: '11', nonsense: 1 } as never)).rejects.toThrow('nonsense');
    await expect(control.createAccount({ id: ACCOUNT })).rejects.toThrow('exists');
    expect((await post(`${url}/_control/nonsense`, {})).status).toBe(404);
    expect((await post(`${url}/_control/consumer-message`, { text: 1 })).status).toBe(400);
    await simulator.close();
  });

  it('keeps what a change leaves out', async () => {
    const simulator = await startLivePersonSimulator({ world: aWorld() });
    const before = (await simulator.control.users()).users.find((user) => user.loginName === 'ann');

    const after = await simulator.control.setUser({ userId: 'ann', availability: 'AWAY' });

    expect(after).toEqual({ ...before, availability: 'AWAY' });
    await simulator.close();
  });

  it('makes accounts, skills and users which are apart from each other', async () => {
    const simulator = await startLivePersonSimulator({ world: aWorld() });
    const { control } = simulator;
    await control.createAccount({ id: '777' });
    await control.setSkill({ account: '777', id: '10', name: 'Elsewhere' });
    await control.setUser({ account: '777', userId: '1', loginName: 'b', credentials: { password: 'p' } });

    const { bearer } = await logIn(simulator, 'b', 'p', '777');

    await control.createConversation({ account: '777', assignedTo: 'b' });
    const socket = await RawSocket.open(simulator, bearer, '777');
    await socket.subscribe();
    await until(() => socket.changes()[0]);
    expect(socket.changes()).toHaveLength(1);
    expect((await control.conversations({ account: ACCOUNT })).conversations).toEqual([]);
    expect((await control.conversations({ account: '777', state: 'CLOSE' })).conversations).toEqual([]);
    await expect(RawSocket.open(simulator, bearer, ACCOUNT)).rejects.toThrow('401');
    socket.close();
    await simulator.close();
  });
});

describe('the default world', () => {
  it('has a silent desk, a desk where Maria answers, and agents for every case of an agent id', async () => {
    const simulator = await startLivePersonSimulator();
    await logIn(simulator, 'baton-bot', 'demo-password', DEMO_ACCOUNT);
    const silent = await simulator.control.createConversation({ skillId: '4711' });
    const service = await simulator.control.createConversation({ skillId: '4712' });

    const view = await until(async () => {
      const seen = await simulator.control.conversation(service);
      return seen.assignedTo === undefined ? undefined : seen;
    });

    expect(view.assignedTo?.loginName).toBe('maria');
    expect((await simulator.control.conversation(silent)).ringing).toEqual(['2001', '2002']);
    const { users } = await simulator.control.users();
    const agents = users.map(({ userId, skillIds, availability }) => [userId, skillIds[0], availability]);
    expect(agents).toEqual(
      expect.arrayContaining([
        ['2102', '4712', 'ONLINE'],
        ['2103', '4712', 'AWAY'],
        ['2104', '4713', 'ONLINE'],
      ]),
    );
    await simulator.close();
  });
});

describe('the state file', () => {
  let folder: string;
  let stateFile: string;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'liveperson-'));
    stateFile = join(folder, 'deep', 'state.json');
  });

  afterEach(() => rm(folder, { recursive: true }));

  it('brings back conversations, queues and suggestions, but no session', async () => {
    const first = await startLivePersonSimulator({ world: aWorld(), stateFile });
    await first.control.setSkill({ id: '20', transferToAgentMaxWaitInSeconds: 60 });
    const { bearer } = await logIn(first);
    const socket = await RawSocket.open(first, bearer);
    const ids: string[] = [];
    for (const fields of [
      [removeBot, toSkill('20')],
      [removeBot, suggest('22'), toSkill('20')],
    ]) {
      const { conversationId } = await first.control.createConversation({ assignedTo: 'bot', message: 'hi' });
      await socket.update(conversationId, ...fields);
      ids.push(conversationId);
    }
    await first.control.setUser({ userId: 'cid', behaviour: { kind: 'accept' }, availability: 'ONLINE' });
    await first.close();

    const second = await startLivePersonSimulator({ stateFile });

    const [queued, suggested] = await Promise.all(
      ids.map((conversationId) => second.control.conversation({ conversationId })),
    );
    expect(queued).toMatchObject({ skillId: '20', transcript: [{ text: 'hi' }] });
    expect(suggested?.transfers).toMatchObject([{ kind: 'agent', suggestedUserId: '22' }]);
    await until(async () => {
      const view = await second.control.conversation({ conversationId: ids[1] ?? '' });
      return view.assignedTo?.loginName === 'cid' ? true : undefined;
    });
    await expect(RawSocket.open(second, bearer)).rejects.toThrow('401');
    await second.close();
  });

  it('is written while the simulator runs, so that a crash loses little', async () => {
    const simulator = await startLivePersonSimulator({ world: aWorld(), stateFile });
    const { conversationId } = await simulator.control.createConversation({ assignedTo: 'bot' });

    const written = await until(() => readFile(stateFile, 'utf8').catch(() => undefined));

    expect(written).toContain(conversationId);
    await simulator.close();
  });
});
