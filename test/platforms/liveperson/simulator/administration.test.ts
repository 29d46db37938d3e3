// Skills, users, shifts and agent metrics by raw HTTP.
import { fetch } from 'undici';
import { startLivePersonSimulator } from '../../../../platforms/liveperson/simulator';
import type { LivePersonSimulator } from '../../../../platforms/liveperson/simulator';
import { ACCOUNT, aWorld, logIn, post } from './world';

describe('administration', () => {
  let simulator: LivePersonSimulator;
  let authorization: string;
  const config = `/api/account/${ACCOUNT}/configuration/le-users`;
  const get = async (path: string, headers: Record<string, string> = {}): Promise<unknown> =>
    (await fetch(simulator.url + path, { headers: { authorization, ...headers } })).json();
  const ask = async (path: string, body: unknown): Promise<unknown> =>
    (await post(simulator.url + path, body, { authorization })).json();

  beforeEach(async () => {
    simulator = await startLivePersonSimulator({ world: aWorld() });
    authorization = `Bearer ${(await logIn(simulator)).bearer}`;
  });

  afterEach(() => simulator.close());

  it.each([
    `${config}/skills`,
    `${config}/skills/10`,
    `${config}/users`,
    `/api/account/${ACCOUNT}/skills/10/shift-status-skill`,
  ])('refuses %s without a bearer, with another one, and for another account', async (path) => {
    const bare = await fetch(simulator.url + path);
    const wrong = await fetch(simulator.url + path, { headers: { authorization: 'Bearer x' } });
    const foreign = await fetch(simulator.url + path.replace(ACCOUNT, '999'), { headers: { authorization } });

    expect([bare.status, wrong.status, foreign.status]).toEqual([401, 401, 401]);
  });

  it('lists skills with the default members, the selected ones or all', async () => {
    const summary = (await get(`${config}/skills?v=4.0`)) as unknown[];
    const some = (await get(`${config}/skills?v=4.0&select=id,canTransfer`)) as unknown[];
    const all = (await get(`${config}/skills?v=4.0&select=$all`)) as unknown[];

    expect(summary[0]).toEqual({ id: 10, name: 'Service', deleted: false });
    expect(some[0]).toEqual({ id: 10, canTransfer: true });
    expect(all[1]).toMatchObject({ id: 20, transferToAgentMaxWaitInSeconds: 0.05, skillTransferList: null });
  });

  it('answers 304 to the revision it gave, and in full to -1', async () => {
    const first = await fetch(`${simulator.url}${config}/skills`, { headers: { authorization } });
    const revision = first.headers.get('ac-revision') ?? '';
    await first.text();

    const same = await fetch(`${simulator.url}${config}/skills`, {
      headers: { authorization, 'if-match': revision },
    });
    const full = await fetch(`${simulator.url}${config}/skills`, {
      headers: { authorization, 'if-match': '-1' },
    });

    expect([same.status, full.status]).toEqual([304, 200]);
  });

  it('answers one skill in full and 404 for an unknown one', async () => {
    expect(await get(`${config}/skills/20?v=4.0`)).toMatchObject({
      id: 20,
      name: 'Silent',
      maxWaitTime: 120,
    });
    const unknown = await fetch(`${simulator.url}${config}/skills/99`, { headers: { authorization } });
    expect(unknown.status).toBe(404);
  });

  it.each([
    [true, { id: '11', isEnabled: 'true', userTypeId: '1', skillIds: [10] }],
    [false, { id: 11, isEnabled: true, userTypeId: 1, skillIds: [10] }],
  ])('lists users (values as strings: %s)', async (stringlyUsers, ann) => {
    await simulator.control.setSettings({ stringlyUsers });

    const users = (await get(`${config}/users?v=6.0`)) as { loginName: string }[];

    expect(users.find((user) => user.loginName === 'ann')).toMatchObject(ann);
    expect(await get(`${config}/users/11?v=6.0`)).toMatchObject(ann);
  });

  it("answers a skill's shift, and the account's for a skill that it does not know", async () => {
    await simulator.control.setSkill({ id: '10', onShift: false });
    const shift = (skill: string): Promise<unknown> =>
      get(`/api/account/${ACCOUNT}/skills/${skill}/shift-status-skill`);

    expect(await shift('10')).toMatchObject({
      skill: 10,
      onShift: false,
      nextOn: expect.any(Number) as number,
    });
    const unknown = await shift('99');
    expect(unknown).toMatchObject({ onShift: true });
    expect(unknown).not.toHaveProperty('skill');
  });

  it('reports the agents who are logged in, filtered by skill, id and status', async () => {
    const path = `/messaging_history/api/account/${ACCOUNT}/agent-view/status?offset=0&limit=50`;
    const names = async (filter: unknown): Promise<unknown[]> =>
      ((await ask(path, filter)) as { agentStatusRecords: { agentName: string }[] }).agentStatusRecords.map(
        (record) => record.agentName,
      );

    expect(await names({})).toEqual(['ann', 'ben', 'cid']);
    expect(await names({ skillIds: ['20'] })).toEqual(['ben', 'cid']);
    expect(await names({ skillIds: [20], Status: ['ONLINE'] })).toEqual(['ben']);
    expect(await names({ agentIds: ['22'] })).toEqual(['cid']);
    expect(await names({ connectionStates: ['DISCONNECTED'] })).toEqual([]);
    expect(await ask(path, { agentIds: ['11'] })).toMatchObject({
      _metadata: { count: 1 },
      accountID: ACCOUNT,
      agentStatusRecords: [
        { agentId: '11', agentSkills: [{ skillId: '10', skillName: 'Service' }], currentStatus: 'ONLINE' },
      ],
    });
    await simulator.control.setUser({ userId: 'ben', connected: false });
    expect(await names({ skillIds: ['20'] })).toEqual(['cid']);
  });

  it('pages the agents and refuses a page beyond 1000', async () => {
    const page = (query: string): string =>
      `/messaging_history/api/account/${ACCOUNT}/agent-view/status?${query}`;

    expect(await ask(page('offset=1&limit=1'), {})).toMatchObject({
      _metadata: { count: 3 },
      agentStatusRecords: [{ agentId: '21' }],
    });
    expect((await post(simulator.url + page('limit=1001'), {}, { authorization })).status).toBe(400);
  });

  it('lists eligible agents and counts availability by skill in the workspace', async () => {
    const workspace = `/manager_workspace/api/account/${ACCOUNT}`;
    await simulator.control.setUser({ userId: 'ben', availability: 'OFFLINE' });

    expect(await ask(`${workspace}/agent_view`, {})).toMatchObject({ _metadata: { count: 2 } });
    expect(await ask(`${workspace}/agent_view/list`, { skillIds: ['20'] })).toMatchObject({
      agentStatusRecords: [{ agentId: '22' }],
    });
    expect(await ask(`${workspace}/skill/availability`, { filters: { userTypes: ['HUMAN'] } })).toEqual({
      metadata: { count: 2 },
      skillAvailabilities: [
        { skillId: 10, onlineAgents: 1, backSoonAgents: 0, awayAgents: 0 },
        { skillId: 20, onlineAgents: 0, backSoonAgents: 0, awayAgents: 1 },
      ],
    });
    expect((await post(`${simulator.url}${workspace}/agent_view/list`, {}, { authorization })).status).toBe(
      400,
    );
  });
});
