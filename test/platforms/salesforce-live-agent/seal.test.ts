// A session in a workflow's state: nobody reads it there, and it opens only for its own chat.
import { randomBytes } from 'node:crypto';
import type { ChatSession } from '../../../platforms/salesforce-live-agent/chat-session';
import { seal, unseal } from '../../../platforms/salesforce-live-agent/seal';
import { readSealer } from '../../../platforms/sealing';
import type { Sealer } from '../../../platforms/sealing';
import { BatonError } from '../../../domain/errors';

const SESSION: ChatSession = {
  baseUrl: 'https://pod.example.com/chat/rest',
  id: 'the-id',
  key: 'the-key!1!secret=',
  affinity: '73061fa0',
  sequence: 4,
  ack: 7,
  offset: 123456,
  pollTimeoutMs: 40_000,
  resyncs: 1,
};
const aKey = () => randomBytes(32).toString('base64');

function keys(text: string): Sealer {
  const read = readSealer(text);
  if (!read) throw new Error('not keys');
  return read;
}

function codeOf(run: () => unknown): string {
  try {
    run();
  } catch (error) {
    if (error instanceof BatonError) return error.code;
  }
  return 'no BatonError';
}

describe('a sealed session', () => {
  const ring = keys(`k1:${aKey()}`);

  it('opens as it was', () => {
    const { offset: _, ...fresh } = SESSION;
    expect(unseal(seal(SESSION, ring, 'chat-1'), ring, 'chat-1')).toEqual(SESSION);
    expect(unseal(seal(fresh, ring, 'chat-1'), ring, 'chat-1')).toEqual(fresh);
  });

  it('survives JSON and shows its numbers only', () => {
    const text = JSON.stringify(seal(SESSION, ring, 'chat-1'));

    for (const secret of [SESSION.key, SESSION.affinity, SESSION.id, 'pod.example.com'])
      expect(text).not.toContain(secret);
    expect(JSON.parse(text)).toMatchObject({ sequence: 4, ack: 7, offset: 123456, resyncs: 1 });
    expect(unseal(JSON.parse(text), ring, 'chat-1')).toEqual(SESSION);
  });

  it('takes the numbers of a later poll or POST', () => {
    const later = { ...seal(SESSION, ring, 'chat-1'), ack: 9, sequence: 5 };
    expect(unseal(later, ring, 'chat-1')).toEqual({ ...SESSION, ack: 9, sequence: 5 });
  });

  it('is never the same text twice', () => {
    expect(seal(SESSION, ring, 'chat-1').secret).not.toBe(seal(SESSION, ring, 'chat-1').secret);
  });

  it('does not open for another chat, when changed, or cut', () => {
    const sealed = seal(SESSION, ring, 'chat-1');
    const flipped = sealed.secret.replace(/.{6}$/, (end) => (end === 'AAAAAA' ? 'BBBBBB' : 'AAAAAA'));

    expect(codeOf(() => unseal(sealed, ring, 'chat-2'))).toBe('ESC_SESSION_UNREADABLE');
    for (const secret of [flipped, sealed.secret.slice(0, -8), 's1.k1.AAAA', '', `${sealed.secret}.x`])
      expect(codeOf(() => unseal({ ...sealed, secret }, ring, 'chat-1'))).toBe('ESC_SESSION_UNREADABLE');
  });

  it('opens with an older key while a newer one seals, and says when its key is missing', () => {
    const [older, newer] = [aKey(), aKey()];
    const before = seal(SESSION, keys(`old:${older}`), 'c');
    const rotated = keys(`new:${newer}, old:${older}`);

    expect(unseal(before, rotated, 'c')).toEqual(SESSION);
    expect(seal(SESSION, rotated, 'c').secret).toMatch(/^s1\.new\./);
    expect(codeOf(() => unseal(before, keys(`new:${newer}`), 'c'))).toBe('ESC_SESSION_KEY_UNKNOWN');
    expect(codeOf(() => unseal(before, keys(`old:${newer}`), 'c'))).toBe('ESC_SESSION_UNREADABLE');
  });

  it.each(['', 'k1', 'k1:short', `:${aKey()}`, `k.1:${aKey()}`, `a:${aKey()},a:${aKey()}`, `a:${aKey()},`])(
    'has no keys in %j',
    (text) => {
      expect(readSealer(text)).toBeUndefined();
    },
  );
});
