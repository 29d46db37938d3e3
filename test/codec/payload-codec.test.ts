// The codec: what it hides, what it gives back, and what it refuses.
import type { Payload } from '@temporalio/common';
import { defaultPayloadConverter } from '@temporalio/common';
import fc from 'fast-check';
import { createKeyRing, createPayloadCodec, generateKey, KEY_ID_METADATA, keyIdOf } from '../../codec';
import { isEncryptionKey } from '../../domain/encryption-key';
import { aKey, anEncryption } from '../support/encryption';

const codecOf = (keys: Record<string, string>, namespace = 'default') =>
  createPayloadCodec({ ring: createKeyRing(anEncryption(keys)), namespace });
const payloadOf = (value: unknown): Payload => defaultPayloadConverter.toPayload(value);
const text = (payload: Payload | undefined, name: string) =>
  Buffer.from(payload?.metadata?.[name] ?? []).toString();
const payloads = fc.array(
  fc.record({
    metadata: fc.dictionary(fc.string({ minLength: 1 }), fc.uint8Array({ maxLength: 50 })),
    data: fc.uint8Array({ maxLength: 2_000 }),
  }),
  { maxLength: 5 },
);
const plain = (each: Payload) => ({
  metadata: Object.fromEntries(
    Object.entries(each.metadata ?? {}).map(([name, value]) => [name, [...value]]),
  ),
  data: [...(each.data ?? [])],
});

describe('the payload codec', () => {
  const codec = codecOf({ k1: aKey(1) });

  it('gives back every payload as it was', async () => {
    await fc.assert(
      fc.asyncProperty(payloads, async (given) => {
        const back = await codec.decode(await codec.encode(given));

        expect(back.map(plain)).toEqual(given.map(plain));
      }),
    );
  });

  it('shows nothing of a payload but the id of the key', async () => {
    const payload = payloadOf({ secret: 'canary-4711' });

    const [encrypted] = await codec.encode([payload]);

    expect(Object.keys(encrypted?.metadata ?? {}).sort()).toEqual(['encoding', KEY_ID_METADATA].sort());
    expect(text(encrypted, 'encoding')).toBe('binary/encrypted');
    expect(text(encrypted, KEY_ID_METADATA)).toBe('k1');
    const data = Buffer.from(encrypted?.data ?? []);
    expect(data.includes('canary')).toBe(false);
    expect(data.includes('json/plain')).toBe(false);
  });

  it('encrypts the same payload differently each time', async () => {
    const payload = payloadOf('same');

    const [one, other] = await codec.encode([payload, payload]);

    expect(one?.data).not.toEqual(other?.data);
  });

  it('passes payloads of another encoding through, so that it can be turned on while escalations run', async () => {
    const payload = payloadOf({ written: 'before' });

    expect(await codec.decode([payload, {}])).toEqual([payload, {}]);
    expect(keyIdOf(payload)).toBeUndefined();
  });

  it('refuses a payload of which any bit was changed', async () => {
    const [encrypted] = await codec.encode([payloadOf('x')]);
    const data = encrypted?.data ?? new Uint8Array();

    await fc.assert(
      fc.asyncProperty(fc.nat(data.length * 8 - 1), async (bit) => {
        const changed = Uint8Array.from(data);
        changed[bit >> 3] = (changed[bit >> 3] ?? 0) ^ (1 << (bit & 7));

        await expect(codec.decode([{ ...encrypted, data: changed }])).rejects.toMatchObject({
          code: 'ESC_CODEC_UNREADABLE',
        });
      }),
    );
  });

  it.each([0, 12, 27])('refuses a payload of %d bytes', async (length) => {
    const [encrypted] = await codec.encode([{ data: Buffer.from('x') }]);

    await expect(
      codec.decode([{ ...encrypted, data: encrypted?.data?.subarray(0, length) ?? null }]),
    ).rejects.toMatchObject({ code: 'ESC_CODEC_UNREADABLE' });
  });

  it('refuses what another key encrypted under the same id', async () => {
    const encrypted = await codecOf({ k1: aKey(2) }).encode([{ data: Buffer.from('x') }]);

    await expect(codec.decode(encrypted)).rejects.toMatchObject({ code: 'ESC_CODEC_UNREADABLE' });
  });

  it('refuses what was encrypted for another namespace', async () => {
    const encrypted = await codecOf({ k1: aKey(1) }, 'other').encode([{ data: Buffer.from('x') }]);

    await expect(codec.decode(encrypted)).rejects.toMatchObject({ code: 'ESC_CODEC_UNREADABLE' });
  });

  it('refuses a payload whose key id was exchanged, even for one with the same key', async () => {
    const twins = codecOf({ k1: aKey(1), k2: aKey(1) });
    const [encrypted] = await twins.encode([{ data: Buffer.from('x') }]);
    const metadata = { ...encrypted?.metadata, [KEY_ID_METADATA]: Buffer.from('k2') };

    await expect(twins.decode([{ ...encrypted, metadata }])).rejects.toMatchObject({
      code: 'ESC_CODEC_UNREADABLE',
    });
  });

  it('names the key that it does not know, and nothing that is not an id', async () => {
    const [encrypted] = await codecOf({ 'k-2027.1': aKey(3) }).encode([{ data: Buffer.from('x') }]);
    const odd = {
      ...encrypted,
      metadata: { ...encrypted?.metadata, [KEY_ID_METADATA]: Buffer.from('a b\n') },
    };

    await expect(codec.decode([encrypted as Payload])).rejects.toMatchObject({
      code: 'ESC_CODEC_KEY_UNKNOWN',
      message: expect.stringContaining('k-2027.1'),
    });
    await expect(codec.decode([odd])).rejects.toThrow('(not a key id)');
  });

  it('reads what either key encrypted once both are there, whichever is active', async () => {
    const before = await codecOf({ old: aKey(1) }).encode([{ data: Buffer.from('before') }]);
    const prepared = codecOf({ old: aKey(1), new: aKey(2) });
    const switched = codecOf({ new: aKey(2), old: aKey(1) });
    const after = await switched.encode([{ data: Buffer.from('after') }]);

    for (const each of [prepared, switched]) {
      const read = await each.decode([...before, ...after]);
      expect(read.map(({ data }) => Buffer.from(data ?? []).toString())).toEqual(['before', 'after']);
    }
    expect(after.map(keyIdOf)).toEqual(['new']);
  });
});

describe('a key ring', () => {
  it('refuses what is not a key', () => {
    expect(() => createKeyRing(anEncryption({ short: Buffer.alloc(16).toString('base64') }))).toThrow(
      'what is named short is not a key',
    );
  });

  it('is made of keys that keygen prints', () => {
    const keys = Array.from({ length: 20 }, generateKey);

    expect(keys.every(isEncryptionKey)).toBe(true);
    expect(new Set(keys).size).toBe(20);
  });

  it('takes the base64 of 32 bytes and nothing else for a key', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 64 }), (bytes) => {
        expect(isEncryptionKey(Buffer.from(bytes).toString('base64'))).toBe(bytes.length === 32);
      }),
    );
    expect(isEncryptionKey(`${aKey(1)}\n`)).toBe(false);
    expect(isEncryptionKey(aKey(1).replace('=', ''))).toBe(false);
  });
});
