// The one way in which worker, gateway and replay come to their data converter: encrypting when the configuration has
// keys, the SDK's own otherwise.
import type { DataConverter } from '@temporalio/common';
import type { EncryptionConfiguration } from '../domain/configuration';
import { createKeyRing } from './key-ring';
import { createPayloadCodec } from './payload-codec';

/** The option of `Client`, `Worker` and replay; empty without keys. */
export interface DataConverterOption {
  readonly dataConverter?: DataConverter;
}

/** Spread it into the options: `new Client({ connection, namespace, ...dataConverterFor(configuration, namespace) })`. */
export function dataConverterFor(
  { encryption }: { readonly encryption?: EncryptionConfiguration },
  namespace: string,
): DataConverterOption {
  if (!encryption) return {};
  return {
    dataConverter: {
      payloadCodecs: [createPayloadCodec({ ring: createKeyRing(encryption), namespace })],
      failureConverterPath: require.resolve('./failure-converter'),
    },
  };
}
