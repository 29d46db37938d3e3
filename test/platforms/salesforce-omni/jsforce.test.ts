// The simulated org as a client sees it that others wrote: jsforce logs in, asks, makes, changes, deletes, and makes
// several calls in one.
import { generateKeyPairSync, sign } from 'node:crypto';
import { Connection } from 'jsforce';
import {
  connectControl,
  DEMO_APP,
  DEMO_ORG,
  DEMO_USER,
  startOmniSimulator,
} from '../../../platforms/salesforce-omni/simulator';
import type { OmniControl, OmniSimulator } from '../../../platforms/salesforce-omni/simulator';

const keys = generateKeyPairSync('rsa', { modulusLength: 2048 });
const publicKey = keys.publicKey.export({ type: 'spki', format: 'pem' }) as string;

let simulator: OmniSimulator;
let control: OmniControl;
let connection: Connection;

beforeEach(async () => {
  simulator = await startOmniSimulator({
    org: {
      apps: [DEMO_APP, { clientId: 'jwt', publicKey, runAs: DEMO_USER }],
      queues: [{ name: 'Support' }],
      agents: [{ username: 'ada@a.example', skills: [{ name: 'Returns' }], queues: ['Support'] }],
    },
  });
  control = connectControl(simulator.url);
  const { clientId, clientSecret } = DEMO_APP;
  connection = new Connection({
    version: '61.0',
    oauth2: { loginUrl: simulator.url, clientId, clientSecret },
  });
  await connection.authorize({ grant_type: 'client_credentials' });
});
afterEach(() => simulator.close());

async function idOf(soql: string): Promise<string> {
  const { records } = await connection.query<{ Id: string }>(soql);
  return records[0]!.Id;
}

describe('logging in', () => {
  it('gives the org and the user, with client credentials', () => {
    expect(connection.instanceUrl).toBe(simulator.url);
    expect(connection.userInfo?.organizationId).toBe(DEMO_ORG);
  });

  it('works with a JWT', async () => {
    const claims = {
      iss: 'jwt',
      sub: DEMO_USER,
      aud: simulator.url,
      exp: Math.floor(Date.now() / 1000) + 60,
    };
    const signed = [{ alg: 'RS256' }, claims]
      .map((part) => Buffer.from(JSON.stringify(part)).toString('base64url'))
      .join('.');
    const assertion = `${signed}.${sign('sha256', Buffer.from(signed), keys.privateKey).toString('base64url')}`;
    const other = new Connection({ version: '61.0', oauth2: { loginUrl: simulator.url } });

    await other.authorize({ grant_type: 'urn:ietf:params:oauth:grant-type:jwt-bearer', assertion });

    expect((await other.query('SELECT Id FROM Case')).totalSize).toBe(0);
  });

  it('is refused with the code of the refusal', async () => {
    const oauth2 = { loginUrl: simulator.url, clientId: DEMO_APP.clientId, clientSecret: 'no' };

    await expect(
      new Connection({ oauth2 }).authorize({ grant_type: 'client_credentials' }),
    ).rejects.toMatchObject({ name: 'invalid_client' });
  });

  it('is over when the session is revoked', async () => {
    const { instanceUrl, accessToken } = connection;
    const withToken = new Connection({ instanceUrl, accessToken: accessToken ?? '', version: '61.0' });
    expect((await withToken.query('SELECT Id FROM Case')).totalSize).toBe(0);
    await control.revokeTokens();

    await expect(withToken.query('SELECT Id FROM Case')).rejects.toMatchObject({
      errorCode: 'INVALID_SESSION_ID',
    });
  });
});

describe('records', () => {
  it('are made, read, changed and deleted', async () => {
    const cases = connection.sobject('Case');

    const made = await cases.create({ Subject: 'Parcel', Status: 'New' });
    expect(made).toMatchObject({ success: true, errors: [] });
    const { id } = made as { id: string };
    await cases.update({ Id: id, Status: 'Closed' });
    expect(await cases.retrieve(id)).toMatchObject({ Id: id, Subject: 'Parcel', IsClosed: true });
    expect(await cases.destroy(id)).toMatchObject({ success: true });

    await expect(cases.retrieve(id)).rejects.toMatchObject({ errorCode: 'ENTITY_IS_DELETED' });
  });

  it('are made once by their external id, and changed after that', async () => {
    const upsert = (Subject: string) =>
      connection.sobject('Case').upsert({ Baton_Transfer__c: 'key-1', Subject }, 'Baton_Transfer__c');

    const made = await upsert('first');
    const changed = await upsert('second');

    expect(made).toMatchObject({ success: true, created: true });
    expect(changed).toMatchObject({ success: true, created: false });
    const { records } = await connection.query("SELECT Subject FROM Case WHERE Baton_Transfer__c = 'KEY-1'");
    expect(records).toMatchObject([{ Subject: 'second' }]);
  });

  it.each([
    ['a field that is not there', { Mood: 'calm' }, 'INVALID_FIELD'],
    ['a field that cannot be written', { IsClosed: true }, 'INVALID_FIELD_FOR_INSERT_UPDATE'],
    ['an owner who is not there', { OwnerId: '005000000000xyz' }, 'INVALID_CROSS_REFERENCE_KEY'],
    ['an owner that is no id', { OwnerId: 'Support' }, 'MALFORMED_ID'],
    ['a value of another type', { Subject: 5 }, 'JSON_PARSER_ERROR'],
    ['a text that is too long', { Subject: 'x'.repeat(256) }, 'STRING_TOO_LONG'],
  ])('are refused for %s', async (_name, fields, errorCode) => {
    await expect(connection.sobject('Case').create(fields)).rejects.toMatchObject({ errorCode });
  });

  it('must be unique where the field is', async () => {
    await connection.sobject('Case').create({ Baton_Transfer__c: 'key-1' });

    await expect(connection.sobject('Case').create({ Baton_Transfer__c: 'Key-1' })).rejects.toMatchObject({
      errorCode: 'DUPLICATE_VALUE',
    });
  });

  it('of an unknown object are not there', async () => {
    await expect(connection.sobject('Parcel__c').create({})).rejects.toMatchObject({
      errorCode: 'NOT_FOUND',
    });
  });
});

describe('queries', () => {
  it('follow parents, compare, and go on over pages', async () => {
    await control.settings({ queryPageSize: 2 });
    for (const Subject of ['a', 'b', 'c', 'd', 'e']) await connection.sobject('Case').create({ Subject });

    const all = await connection.query<{ Subject: string }>(
      'SELECT Subject FROM Case ORDER BY Subject DESC',
      {
        autoFetch: true,
      },
    );
    const held = await connection.query(
      'SELECT ServiceResource.RelatedRecordId FROM ServiceResourceSkill WHERE SkillLevel >= 1 AND (EffectiveEndDate = null OR EffectiveEndDate > 2020-01-01T00:00:00Z)',
    );

    expect(all.records.map(({ Subject }) => Subject)).toEqual(['e', 'd', 'c', 'b', 'a']);
    expect(held.records).toMatchObject([
      { ServiceResource: { RelatedRecordId: expect.stringMatching(/^005/) } },
    ]);
  });

  it('count', async () => {
    await connection.sobject('Case').create({ Subject: 'a' });

    expect((await connection.query('SELECT COUNT() FROM Case')).totalSize).toBe(1);
  });

  it.each([
    ['SELECT Id FROM Case WHERE Subject = "a"', 'MALFORMED_QUERY'],
    ['SELECT Id FROM Case WHERE', 'MALFORMED_QUERY'],
    ["SELECT Id FROM Case WHERE Subject = 'a' OR Subject = 'b' AND Status = 'New'", 'MALFORMED_QUERY'],
    ['SELECT Id FROM Case GROUP BY Status', 'MALFORMED_QUERY'],
    ['SELECT Mood FROM Case', 'INVALID_FIELD'],
    ["SELECT Id FROM Case WHERE Mood = 'calm'", 'INVALID_FIELD'],
    ["SELECT Id FROM Case WHERE OwnerId = 'Support'", 'INVALID_QUERY_FILTER_OPERATOR'],
    ['SELECT Id FROM Parcel', 'INVALID_TYPE'],
  ])('are refused: %s', async (soql, errorCode) => {
    await expect(connection.query(soql)).rejects.toMatchObject({ errorCode });
  });
});

describe('several calls in one', () => {
  const root = '/services/data/v61.0';

  async function route(SkillId: string) {
    const channel = await idOf("SELECT Id FROM ServiceChannel WHERE DeveloperName = 'Baton_Cases'");
    const pending = {
      WorkItemId: '@{newCase.id}',
      ServiceChannelId: channel,
      RoutingType: 'SkillsBased',
      RoutingModel: 'MostAvailable',
      RoutingPriority: 1,
      CapacityWeight: 1,
      IsReadyForRouting: false,
    };
    const compositeRequest = [
      { method: 'POST', url: `${root}/sobjects/Case/`, referenceId: 'newCase', body: { Subject: 'Parcel' } },
      {
        method: 'POST',
        url: `${root}/sobjects/PendingServiceRouting/`,
        referenceId: 'routing',
        body: pending,
      },
      {
        method: 'POST',
        url: `${root}/sobjects/SkillRequirement/`,
        referenceId: 'skill',
        body: { RelatedRecordId: '@{routing.id}', SkillId, SkillLevel: 1 },
      },
      {
        method: 'PATCH',
        url: `${root}/sobjects/PendingServiceRouting/@{routing.id}`,
        referenceId: 'ready',
        body: { IsReadyForRouting: true },
      },
    ];
    return connection.requestPost<{
      compositeResponse: readonly { httpStatusCode: number; body: unknown; referenceId: string }[];
    }>(`${root}/composite`, { allOrNone: true, compositeRequest });
  }

  it('make a Case and route it', async () => {
    const { compositeResponse } = await route(
      await idOf("SELECT Id FROM Skill WHERE DeveloperName = 'Returns'"),
    );

    expect(compositeResponse.map(({ httpStatusCode }) => httpStatusCode)).toEqual([201, 201, 201, 204]);
    const { records } = await connection.query('SELECT Status, UserId FROM AgentWork');
    expect(records).toMatchObject([{ Status: 'Assigned' }]);
  });

  it('make nothing when one of them is refused', async () => {
    const { compositeResponse } = await route('0C5000000000xyz');

    expect(compositeResponse.map(({ httpStatusCode }) => httpStatusCode)).toEqual([400, 400, 400, 400]);
    expect(compositeResponse[2]?.body).toMatchObject([{ errorCode: 'INVALID_CROSS_REFERENCE_KEY' }]);
    expect(compositeResponse[0]?.body).toMatchObject([{ errorCode: 'PROCESSING_HALTED' }]);
    expect((await connection.query('SELECT Id FROM Case')).totalSize).toBe(0);
  });

  it('leave work alone that is ready', async () => {
    await route(await idOf("SELECT Id FROM Skill WHERE DeveloperName = 'Returns'"));
    const Id = await idOf('SELECT Id FROM PendingServiceRouting');

    await expect(
      connection.sobject('PendingServiceRouting').update({ Id, RoutingPriority: 2 }),
    ).rejects.toMatchObject({ errorCode: 'INSUFFICIENT_ACCESS_OR_READONLY' });
  });
});

test('every answer says how much of the quota is spent, and the last call is refused', async () => {
  await connection.query('SELECT Id FROM Case');
  expect(connection.limitInfo.apiUsage).toEqual({ used: 1, limit: 100_000 });
  await control.usage({ used: 10, max: 10 });

  await expect(connection.query('SELECT Id FROM Case')).rejects.toMatchObject({
    errorCode: 'REQUEST_LIMIT_EXCEEDED',
  });
});
