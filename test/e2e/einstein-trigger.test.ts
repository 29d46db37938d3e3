// A client that speaks to an Einstein bot itself and hands the escalating answer over: from there on Baton is the client.
// The real worker and gateway on a real Temporal server, and a simulated org.
import { randomUUID } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { BatonClient } from '../../client';
import { PRESET_ORGS } from '../../platforms/einstein-bots/simulator';
import { aJwt } from '../platforms/einstein-bots/simulator-builders';
import { uniqueId } from '../support/builders';
import { addToConfiguration } from '../support/chat-stages/stage';
import {
  EINSTEIN_BOTS,
  EINSTEIN_VARIABLES,
  EINSTEIN_WORDS,
  startEinsteinOrg,
  wantsHuman,
  type EinsteinOrg,
} from '../support/einstein-org';
import { startSystem, type System } from '../support/system';
import { API_KEY } from '../support/system-configuration';
import { TALK } from '../support/talk';
import { until } from '../support/until';

const BOT = 'einstein-entry';
const INTEGRATION = 'einstein-to-bot';

let system: System;
let org: EinsteinOrg;
let baton: BatonClient;
const closers: (() => Promise<unknown>)[] = [];

beforeAll(async () => {
  system = await startSystem({ processes: [] });
  closers.push(() => system.close());
  org = await startEinsteinOrg();
  closers.push(() => org.close());
  configure();
  await Promise.all([system.startWorker(), system.startGateway()]);
  baton = new BatonClient({ baseUrl: system.gateway.url, apiKey: API_KEY });
}, 120_000);
afterAll(async () => {
  for (const close of closers.splice(0).reverse()) await close().catch(() => undefined);
});

function configure(): void {
  const { connector, secrets } = org.configuration;
  for (const [name, secret] of Object.entries(secrets))
    writeFileSync(join(dirname(system.configFile), name), secret);
  addToConfiguration(system.configFile, {
    bots: {
      [BOT]: {
        platform: 'einstein-bots',
        connector: org.connector,
        options: {
          botId: EINSTEIN_BOTS.entry,
          integration: INTEGRATION,
          url: system.botUrls.messages,
          secret: '${env:BATON_ACME_BOT_SECRET}',
        },
        notices: 'platform',
        retryWindow: '60s',
        allowPrivateNetwork: true,
      },
    },
    connectors: {
      [org.connector]: {
        ...connector,
        timeouts: { request: '2s', connect: '2s', heartbeat: '3s' },
        allowPrivateNetwork: true,
      },
    },
    integrations: {
      [INTEGRATION]: {
        bot: BOT,
        connector: org.connector,
        responseDataVariableName: 'transfer',
        requestedTargets: { bot: org.connector },
        messageToUser: 'BLANK_MESSAGE',
        responseTimeout: '60s',
      },
    },
  });
}

/** The runtime as a client calls it. */
async function callRuntime(method: string, path: string, body: object): Promise<Response> {
  const { runtimeUrl } = (org.configuration.connector as { options: { runtimeUrl: string } }).options;
  const { clientId, username, privateKey } = await org.control.credentials(PRESET_ORGS.acme);
  const assertion = aJwt(
    {
      iss: clientId,
      sub: username,
      aud: 'https://login.salesforce.com',
      exp: Math.floor(Date.now() / 1_000) + 180,
    },
    privateKey,
  );
  const token = await fetch(`${runtimeUrl}/services/oauth2/token`, {
    method: 'POST',
    body: new URLSearchParams({ grant_type: 'urn:ietf:params:oauth:grant-type:jwt-bearer', assertion }),
  });
  const { access_token: bearer } = (await token.json()) as { access_token: string };
  return fetch(`${runtimeUrl}${path}`, {
    method,
    headers: {
      authorization: `Bearer ${bearer}`,
      'x-org-id': PRESET_ORGS.acme,
      'content-type': 'application/json',
    },
    body: JSON.stringify(body),
  });
}

/** The client's own talk with the bot, up to the answer in which the bot escalates to this one. */
async function talkToBot(target: string) {
  const start = await callRuntime('POST', `/v5.3.0/bots/${EINSTEIN_BOTS.entry}/sessions`, {
    externalSessionKey: randomUUID(),
    forceConfig: { endpoint: 'https://acme.my.salesforce.com/' },
    variables: [{ name: EINSTEIN_VARIABLES.target, type: 'text', value: target }],
  });
  const { sessionId } = (await start.json()) as { sessionId: string };
  const crc = start.headers.get('x-runtime-crc');
  const answer = await callRuntime('POST', `/v5.3.0/sessions/${sessionId}/messages`, {
    message: { type: 'text', sequenceId: 7, text: wantsHuman('bot') },
  });
  const runtimeCrc = answer.headers.get('x-runtime-crc') ?? crc;
  const response = (await answer.json()) as Record<string, unknown>;
  return {
    bot: BOT,
    sessionId,
    response,
    lastSequenceId: 7,
    ...(runtimeCrc !== null && { runtimeCrc }),
    reason: 'user_request' as const,
  };
}

/** What the bot was told in its session, in order. */
async function toldBot(sessionId: string): Promise<string[]> {
  const { requests } = await org.control.state();
  return requests
    .filter((request) => request.sessionId === sessionId)
    .flatMap(({ kinds, headers }) => {
      if (kinds.includes('end')) return [`end ${headers['x-session-end-reason'] ?? ''}`];
      return kinds.filter((kind) => kind !== 'start' && kind !== 'message');
    });
}

async function screen(conversationId: string): Promise<readonly string[]> {
  const { transcripts } = await system.bot.state();
  return (transcripts[conversationId] ?? []).map(({ text }) => text);
}

it('Baton does what the bot asked for, tells it, and carries on with the bot that took over', async () => {
  const conversationId = uniqueId('trigger');
  const handover = await talkToBot(EINSTEIN_BOTS.receiver);

  const handed = await baton.handOver({ conversationId, ...handover });

  expect(handed).toMatchObject({ conversationId, sessionUrl: `/v1/sessions/${conversationId}` });
  const told = await until('the session to be ended', async () => {
    const all = await toldBot(handover.sessionId);
    return all.some((each) => each.startsWith('end')) && all;
  });
  expect(told).toEqual(['text', 'transferSucceeded', 'end Transfer']);
  const session = await until('the other bot', async () => {
    const now = await baton.session(conversationId);
    return now.botId === EINSTEIN_BOTS.receiver && now;
  });
  expect(session).toMatchObject({ bot: BOT, hops: 1 });
  const [first, answer] = TALK;
  await baton.tellBot(conversationId, { bot: BOT, id: 'u1', text: first!.text });
  await until('the answer of the other bot', async () =>
    (await screen(conversationId)).includes(answer!.text),
  );

  // Handed over again, it is the same.
  await baton.handOver({ conversationId, ...handover });
  await baton.tellBot(conversationId, { bot: BOT, id: 'u1', text: first!.text });
  await baton.endSession(conversationId);
  await until('the end', async () => (await baton.session(conversationId)).phase === 'over');
  expect(await toldBot(handover.sessionId)).toEqual(told);
  expect((await baton.get(conversationId)).attempts).toHaveLength(1);
});

it('a bot whose target cannot take over is told so, and what it says to that reaches the user', async () => {
  const conversationId = uniqueId('trigger');
  const handover = await talkToBot(EINSTEIN_BOTS.inactive);

  await baton.handOver({ conversationId, ...handover });

  await until('the words of the bot', async () =>
    (await screen(conversationId)).includes(EINSTEIN_WORDS.nobody),
  );
  expect(await toldBot(handover.sessionId)).toEqual(['text', 'transferFailed']);
  // The client has shown what was said before it handed over.
  expect(await screen(conversationId)).toEqual([EINSTEIN_WORDS.nobody]);
});
