// The `encryption` section of baton.yaml: keys by id, the one that encrypts, and the codec server's login.
import { z } from 'zod';
import type { EncryptionConfiguration } from '../domain/configuration';
import { isEncryptionKey } from '../domain/encryption-key';
import { secret, text } from './fields';
import { NAME_RULES } from './names';
import type { ResolveReference } from './secret';

const ORIGIN_PATTERN = {
  is: /^https?:\/\/[A-Za-z0-9.-]+(?::\d{1,5})?$|^https?:\/\/\[[0-9a-fA-F:]+\](?::\d{1,5})?$/,
  message: 'is not an origin',
  remedy: 'Write scheme, host and port as the browser shows them, such as `https://temporal.example.com`.',
};

const keySchema = (resolve: ResolveReference): ReturnType<typeof secret> =>
  secret(resolve, {
    description: 'A key: base64 of 32 random bytes, as `baton codec keygen` prints one.',
  }).refine((key) => isEncryptionKey(key.reveal()), {
    error: 'is not the base64 of 32 bytes',
    params: { remedy: 'Make one with `baton codec keygen` and put it where the reference leads.' },
  });

const codecServerSchema = (resolve: ResolveReference) =>
  z
    .strictObject({
      token: secret(resolve, {
        description:
          'What the Temporal CLI sends and an operator enters in the browser: 16 characters or more.',
        minLength: 16,
      }),
      uiOrigin: text({
        description: 'Origin of the Temporal UI; pages of no other origin may ask.',
        max: 300,
        pattern: ORIGIN_PATTERN,
      }),
    })
    .meta({
      description: 'Who may have payloads decrypted, for `baton gateway --codec-port`. Absent: nobody.',
    });

/** The section by itself. */
export const encryptionSchema = (resolve: ResolveReference): z.ZodType<EncryptionConfiguration, unknown> =>
  z
    .strictObject({
      activeKey: text({ description: 'Id of the key that encrypts.', max: 63 }),
      keys: z
        .record(z.string().meta({ pattern: NAME_RULES.keys.is.source }), keySchema(resolve))
        .readonly()
        .meta({ description: 'Every key that decrypts, by id. An id never gets another key.' }),
      codecServer: z.exactOptional(codecServerSchema(resolve)),
    })
    .refine(({ activeKey, keys }) => Object.hasOwn(keys, activeKey), {
      error: 'is none of the keys',
      path: ['activeKey'],
      params: { remedy: 'Name one of the ids under `keys`.' },
    })
    .meta({
      description:
        'Encrypts what Temporal keeps: payloads and failure messages. Absent: nothing is encrypted. See docs/encryption.md.',
    });
