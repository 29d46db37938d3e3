// The consumer's way in: application token, consumer token, open, send.
import { fetch } from 'undici';
import { startLivePersonSimulator } from '../../../../platforms/liveperson/simulator';
import type { LivePersonSimulator } from '../../../../platforms/liveperson/simulator';
import { ACCOUNT, aWorld, post } from './world';

describe('the Connector API', () => {
  let simulator: LivePersonSimulator;
  const at = (path: string): string => simulator.url + path.replace('{acct}', ACCOUNT);
  const CONVERSATION = '/api/account/{acct}/messaging/consumer/conversation';

  beforeEach(async () => {
    simulator = await startLivePersonSimulator({ world: aWorld() });
  });

  afterEach(() => simulator.close());

  const appToken = async (secret = 'shh'): Promise<{ status: number; token: string }> => {
    const response = await fetch(
      at('/sentinel/api/account/{acct}/app/token?v=1.0&grant_type=client_credentials'),
      { method: 'POST', body: new URLSearchParams({ client_id: 'key', client_secret: secret }) },
    );
    const { access_token } = (await response.json()) as { access_token: string };
    return { status: response.status, token: access_token };
  };
  const consumer = async (authorization: string): Promise<string> => {
    const response = await post(
      at('/api/account/{acct}/consumer?v=1.0'),
      { ext_consumer_id: 'kim' },
      { authorization },
    );
    expect(response.status).toBe(201);
    return ((await response.json()) as { token: string }).token;
  };
  const openBody = (skillId: string): unknown => [
    { kind: 'req', id: '1', type: 'userprofile.SetUserProfile', body: { firstName: 'Kim' } },
    {
      kind: 'req',
      id: '2',
      type: 'cm.ConsumerRequestConversation',
      body: { brandId: ACCOUNT, ttrDefName: 'NORMAL', channelType: 'MESSAGING', skillId },
    },
  ];
  const sendBody = (dialogId: string): unknown => ({
    kind: 'req',
    id: '1',
    type: 'ms.PublishEvent',
    body: { dialogId, event: { type: 'ContentEvent', contentType: 'text/plain', message: 'hello' } },
  });

  it('opens a conversation which waits in its skill, and takes what the consumer says', async () => {
    const authorization = (await appToken()).token;
    const headers = { authorization, 'x-lp-on-behalf': await consumer(authorization) };

    const opened = await post(at(`${CONVERSATION}?v=3`), openBody('20'), headers);
    const answers = (await opened.json()) as { code: string; body: { conversationId: string } }[];
    const conversationId = answers[1]?.body.conversationId ?? '';
    const sent = await post(at(`${CONVERSATION}/send?v=3`), sendBody(conversationId), headers);

    expect(answers.map((answer) => answer.code)).toEqual(['OK', 'OK']);
    expect(await sent.json()).toEqual({ reqId: '1', code: 'OK', body: { sequence: 0 } });
    expect(await simulator.control.conversation({ conversationId })).toMatchObject({
      skillId: '20',
      ringing: ['21'],
      transcript: [{ from: 'consumer', text: 'hello' }],
    });
  });

  it('refuses missing and wrong tokens with their codes', async () => {
    expect((await appToken('wrong')).status).toBe(401);
    const authorization = (await appToken()).token;
    const tokens: [Record<string, string>, number][] = [
      [{}, 40104],
      [{ authorization: 'wrong' }, 40102],
      [{ authorization }, 40105],
      [{ authorization, 'x-lp-on-behalf': 'wrong' }, 40103],
    ];
    for (const [headers, errorCode] of tokens) {
      const refused = await post(at(`${CONVERSATION}?v=3`), openBody('20'), headers);
      expect(refused.status).toBe(401);
      expect(await refused.json()).toMatchObject({ type: '.ReqBody$ErrorResp', body: { errorCode } });
    }
  });

  it("refuses an unknown skill, a body out of order, and a message in somebody else's conversation", async () => {
    const authorization = (await appToken()).token;
    const headers = { authorization, 'x-lp-on-behalf': await consumer(authorization) };
    const { conversationId } = await simulator.control.createConversation({ assignedTo: 'bot' });

    const statuses = [
      await post(at(`${CONVERSATION}?v=3`), openBody('99'), headers),
      await post(at(`${CONVERSATION}?v=3`), (openBody('20') as unknown[]).reverse(), headers),
      await post(at(`${CONVERSATION}/send?v=3`), sendBody(conversationId), headers),
    ].map((response) => response.status);

    expect(statuses).toEqual([400, 400, 400]);
    expect((await simulator.control.conversation({ conversationId })).transcript).toEqual([]);
  });

  it('signs up a visitor of the web', async () => {
    const { jwt } = (await (await post(at('/api/account/{acct}/signup'), {})).json()) as { jwt: string };
    const headers = { authorization: (await appToken()).token, 'x-lp-on-behalf': jwt };

    expect((await post(at(`${CONVERSATION}?v=3`), openBody('-1'), headers)).status).toBe(200);
  });
});
