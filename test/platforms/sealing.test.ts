// Secrets that travel in a workflow's state: opened with any of the keys, for nobody but their owner.
import { readSealer } from '../../platforms/sealing';

const key = (byte: number): string => Buffer.alloc(32, byte).toString('base64');
const PLAIN = 'a token';

it('opens what it sealed, and shows nothing of it', () => {
  const sealer = readSealer(`k1:${key(1)}`)!;
  const sealed = sealer.seal(PLAIN, 'chat-1');

  expect(sealer.unseal(sealed, 'chat-1')).toBe(PLAIN);
  expect(sealed).toMatch(/^s1\.k1\.[\w-]+$/);
  expect(Buffer.from(sealed.split('.')[2]!, 'base64url').toString()).not.toContain(PLAIN);
  expect(sealer.seal(PLAIN, 'chat-1')).not.toBe(sealed);
});

it('seals with the first key and opens with all of them', () => {
  const old = readSealer(`k1:${key(1)}`)!;
  const rotated = readSealer(`k2:${key(2)}, k1:${key(1)}`)!;

  expect(rotated.unseal(old.seal(PLAIN, 'c'), 'c')).toBe(PLAIN);
  expect(rotated.seal(PLAIN, 'c')).toMatch(/^s1\.k2\./);
  expect(() => old.unseal(rotated.seal(PLAIN, 'c'), 'c')).toThrow(
    expect.objectContaining({ code: 'ESC_SESSION_KEY_UNKNOWN' }),
  );
});

it.each([
  ['of another owner', (sealed: string) => [sealed, 'c2']],
  ['that was changed', (sealed: string) => [`${sealed.slice(0, -2)}AA`, 'c1']],
  ['of another form', () => ['s2.k1.AAAA', 'c1']],
  ['that is too short', () => ['s1.k1.AAAA', 'c1']],
])('does not open one %s, and does not say what is in it', (_what, spoil) => {
  const sealer = readSealer(`k1:${key(1)}`)!;
  const [sealed = '', owner = ''] = spoil(sealer.seal(PLAIN, 'c1'));

  expect(() => sealer.unseal(sealed, owner)).toThrow(
    expect.objectContaining({ code: 'ESC_SESSION_UNREADABLE' }),
  );
  expect(() => sealer.unseal(sealed, owner)).not.toThrow(
    expect.objectContaining({ message: expect.stringContaining(PLAIN) }),
  );
});

it.each(['', 'k1', `k1:${key(1)},k1:${key(2)}`, 'k1:short', `k 1:${key(1)}`])(
  'takes no keys of the form %j',
  (text) => {
    expect(readSealer(text)).toBeUndefined();
  },
);
