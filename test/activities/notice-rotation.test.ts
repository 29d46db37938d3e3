// The rotation of a bot's notice secret, step by step: whichever secret the bot holds, the official package takes the
// notice.
import { Webhook } from 'standardwebhooks';
import { createAccounts } from '../../activities/accounts';
import { createDeliverNotice } from '../../activities/notices';
import type { NoticeDestination } from '../../domain/configuration';
import type { Notice } from '../../domain/notice';
import { PLATFORMS } from '../../platforms';
import { startRecorder, type Recorder } from '../support/recorder';
import { aBot, aSecret, aTenant } from '../support/tenant-builders';
import { inActivity } from './stage';

const OLD = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw';
const NEW = 'whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYX';
const NEVER = 'whsec_F0XKZ0y8yTtRJHqxkHrWTTmBmvoJjOXS';

const NOTICE: Notice = {
  id: 'c/r1/escalation.connected',
  type: 'escalation.connected',
  conversationId: 'c',
  requestId: 'r1',
  sequence: 1,
  attempt: 1,
  epoch: 2,
  at: Date.UTC(2026, 0, 1),
};

let recorder: Recorder;
beforeAll(async () => {
  recorder = await startRecorder();
});
afterAll(() => recorder.close());

/** Sends a notice as a worker with these secrets does, and returns what came. */
async function sent(secrets: { secret: string; previousSecret?: string }) {
  const notices: NoticeDestination = {
    kind: 'webhook',
    url: `${recorder.url}/notices`,
    secret: aSecret(secrets.secret),
    ...(secrets.previousSecret !== undefined && { previousSecret: aSecret(secrets.previousSecret) }),
  };
  const bot = aBot({ notices, allowPrivateNetwork: true });
  const configuration = { tenants: { acme: { ...aTenant(), bots: { bot } } } };
  const log = { debug: () => undefined, info: () => undefined, warn: () => undefined };
  const accounts = createAccounts({ configuration, platforms: PLATFORMS, log });
  const signalBot = () => Promise.resolve();
  const askForOwner = () => Promise.resolve({ owner: 'bot', epoch: 0 } as const);
  const deliverNotice = createDeliverNotice({
    configuration,
    platforms: PLATFORMS,
    accounts,
    signalBot,
    askForOwner,
    log,
  });
  await inActivity(() => deliverNotice({ tenant: 'acme', bot: 'bot', notice: NOTICE }));
  await accounts.close();
  const request = recorder.requests.at(-1);
  if (!request) throw new Error('nothing came');
  return request;
}

const takes = (secret: string, { body, headers }: Awaited<ReturnType<typeof sent>>): boolean => {
  try {
    new Webhook(secret).verify(body, headers);
    return true;
  } catch {
    return false;
  }
};

describe('the rotation of a notice secret', () => {
  it.each([
    ['before', { secret: OLD }, { old: true, new: false }],
    ['during', { secret: NEW, previousSecret: OLD }, { old: true, new: true }],
    ['after', { secret: NEW }, { old: false, new: true }],
  ])('%s it, a bot verifies with what it holds by the official package', async (_when, secrets, expected) => {
    const request = await sent(secrets);

    expect({ old: takes(OLD, request), new: takes(NEW, request) }).toEqual(expected);
    expect(takes(NEVER, request)).toBe(false);
  });

  it('puts a signature for each secret into one header, separated by a space', async () => {
    const { headers } = await sent({ secret: NEW, previousSecret: OLD });

    expect(headers['webhook-signature']).toMatch(/^v1,[\w+/]{43}= v1,[\w+/]{43}=$/);
  });
});
