// Standard Webhooks: published vectors, the negative cases, and agreement with the reference library.
import fc from 'fast-check';
import { Webhook } from 'standardwebhooks';
import { isSecret, signWebhook, verifyWebhook, webhookId } from '../../../platforms/webhook/signing';
import type { VerifyInput } from '../../../platforms/webhook/signing';
import { OTHER_SECRET, SECRET } from './builders';

const ID = 'msg_p5jXN8AQM9LWM0D4loKWxJek';
const TIMESTAMP = 1614265330;
const BODY = '{"test": 2432232314}';

function verify(overrides: Partial<VerifyInput> = {}, headers: Record<string, string | undefined> = {}) {
  return verifyWebhook({
    headers: { ...signWebhook({ id: ID, timestamp: TIMESTAMP, body: BODY, secrets: [SECRET] }), ...headers },
    body: BODY,
    secrets: [SECRET],
    now: TIMESTAMP * 1000,
    ...overrides,
  });
}
const goodSignature = signWebhook({ id: ID, timestamp: TIMESTAMP, body: BODY, secrets: [SECRET] })[
  'webhook-signature'
];

describe('signing a webhook', () => {
  it.each([
    [BODY, 'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE='],
    ['', 'v1,v48jdbgvh29KJz2Qc+ghw8G6vG3nAKnujWBg8oM/62A='],
    ['{"t":"café 👋"}', 'v1,B/nG1/bQ3UntZz6615snUZWPQU8NIG371ilmzJLMpH0='],
  ])('gives the published signature of %p', (body, signature) => {
    const headers = signWebhook({ id: ID, timestamp: TIMESTAMP, body, secrets: [SECRET] });

    expect(headers).toEqual({
      'webhook-id': ID,
      'webhook-timestamp': '1614265330',
      'webhook-signature': signature,
    });
  });

  it('signs with every secret during a rotation, and each of them verifies', () => {
    const headers = signWebhook({
      id: ID,
      timestamp: TIMESTAMP,
      body: BODY,
      secrets: [OTHER_SECRET, SECRET],
    });

    expect(headers['webhook-signature'].split(' ')).toHaveLength(2);
    for (const secret of [SECRET, OTHER_SECRET])
      expect(verify({ headers: { ...headers }, secrets: [secret] })).toMatchObject({ kind: 'verified' });
  });

  it.each(['', 'a.b'])('refuses the id %p', (id) => {
    expect(() => signWebhook({ id, timestamp: TIMESTAMP, body: BODY, secrets: [SECRET] })).toThrow(
      RangeError,
    );
  });

  it('refuses to send unsigned, and never names the secret', () => {
    const sign = (secrets: string[]) => () =>
      signWebhook({ id: ID, timestamp: TIMESTAMP, body: BODY, secrets });

    expect(sign([])).toThrow(RangeError);
    expect(sign(['whsec_canary'])).toThrow(/^(?!.*canary)/);
  });

  it('agrees with the reference library on any body', () => {
    const reference = new Webhook(SECRET);
    fc.assert(
      fc.property(
        fc.string({ unit: 'binary' }),
        fc.integer({ min: 1, max: 2_000_000_000 }),
        (text, timestamp) => {
          // What cannot be encoded in UTF-8 cannot be sent either.
          const body = Buffer.from(text, 'utf8').toString('utf8');
          const headers = signWebhook({ id: ID, timestamp, body, secrets: [SECRET] });
          expect(headers['webhook-signature']).toBe(reference.sign(ID, new Date(timestamp * 1000), body));
        },
      ),
    );
  });

  it('is taken by the reference library, and takes what it signs', () => {
    const now = Date.now();
    const timestamp = Math.floor(now / 1000);
    const headers = signWebhook({ id: ID, timestamp, body: BODY, secrets: [SECRET] });

    expect(new Webhook(SECRET).verify(BODY, { ...headers })).toEqual({ test: 2432232314 });
    const theirs = new Webhook(SECRET).sign(ID, new Date(now), BODY);
    expect(verify({ now }, { 'webhook-timestamp': String(timestamp), 'webhook-signature': theirs })).toEqual({
      kind: 'verified',
      id: ID,
      timestamp,
    });
  });
});

describe('verifying a webhook', () => {
  it('takes what was signed with the secret', () => {
    expect(verify()).toEqual({ kind: 'verified', id: ID, timestamp: TIMESTAMP });
  });

  it.each(['webhook-id', 'webhook-timestamp', 'webhook-signature'])(
    'refuses a webhook without %s',
    (header) => {
      expect(verify({}, { [header]: undefined })).toEqual({ kind: 'refused', why: 'headers' });
      expect(verify({}, { [header]: '' })).toEqual({ kind: 'refused', why: 'headers' });
    },
  );

  it.each(['hello', '1614265330.5', '-1', '1e9', ' 1614265330', '16142653300000000'])(
    'refuses the timestamp %p',
    (timestamp) => {
      expect(verify({}, { 'webhook-timestamp': timestamp })).toEqual({ kind: 'refused', why: 'timestamp' });
    },
  );

  it.each([
    [-301, 'refused'],
    [-300, 'verified'],
    [300, 'verified'],
    [301, 'refused'],
  ])('%i seconds from our clock is %s', (seconds, kind) => {
    expect(verify({ now: (TIMESTAMP + seconds) * 1000 }).kind).toBe(kind);
  });

  it.each([
    ['cut', goodSignature.slice(0, 8)],
    ['empty', 'v1,'],
    ['of another body', 'v1,v48jdbgvh29KJz2Qc+ghw8G6vG3nAKnujWBg8oM/62A='],
    ['without version', goodSignature.slice(3)],
    ['of an unknown version', goodSignature.replace('v1', 'v2')],
    ['longer than it should be', `${goodSignature.slice(0, -1)}AAAA`],
  ])('refuses a signature that is %s', (_what, signature) => {
    expect(verify({}, { 'webhook-signature': signature })).toEqual({ kind: 'refused', why: 'signature' });
  });

  it('finds the good signature among bad and unknown ones', () => {
    const bad = 'v1,v48jdbgvh29KJz2Qc+ghw8G6vG3nAKnujWBg8oM/62A=';
    const signatures = [bad, goodSignature.replace('v1', 'v2'), goodSignature, bad].join(' ');

    expect(verify({}, { 'webhook-signature': signatures }).kind).toBe('verified');
  });

  it('refuses a body signed with another secret, another body, and another id', () => {
    expect(verify({ secrets: [OTHER_SECRET] })).toEqual({ kind: 'refused', why: 'signature' });
    expect(verify({ body: `${BODY} ` })).toEqual({ kind: 'refused', why: 'signature' });
    expect(verify({}, { 'webhook-id': 'msg_other' })).toEqual({ kind: 'refused', why: 'signature' });
  });

  it.each([
    '',
    'whsec_',
    'whsec_c2hvcnQ=',
    'MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw',
    `whsec_${'A'.repeat(88)}`,
    'whsec_****',
  ])('does not take %p for a secret', (secret) => {
    expect(isSecret(secret)).toBe(false);
    expect(verify({ secrets: [secret] })).toEqual({ kind: 'refused', why: 'secret' });
  });
});

describe('a webhook id', () => {
  it('is the same for the same key, without dots, and another for another', () => {
    expect(webhookId('a', 'b.c/d')).toBe(webhookId('a', 'b.c/d'));
    expect(webhookId('a', 'b.c/d')).toMatch(/^msg_[A-Za-z0-9_-]{43}$/);
    expect(webhookId('ab', 'c')).not.toBe(webhookId('a', 'bc'));
  });
});
