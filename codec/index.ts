// Encryption of what Temporal keeps: payloads, failure messages, and the keys for them.
export { dataConverterFor, type DataConverterOption } from './data-converter';
export { createKeyRing, generateKey, type KeyRing } from './key-ring';
export { createPayloadCodec, keyIdOf, KEY_ID_METADATA } from './payload-codec';
