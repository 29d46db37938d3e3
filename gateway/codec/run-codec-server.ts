// The codec server beside the gateway, when `--codec-port` asks for it.
import type { AddressInfo } from 'node:net';
import type { Configuration } from '../../domain/configuration';
import { BatonError } from '../../domain/errors';
import type { PlatformLog } from '../../platforms/platform';
import { createCodecServer } from './create-codec-server';

/** Settings of {@link startCodecServer}. */
export interface CodecServerSettings {
  readonly configuration: Configuration;
  readonly namespace: string;
  readonly host: string;
  /** Absent: there is no codec server. 0 picks a free one. */
  readonly codecPort?: number;
  readonly log: PlatformLog;
}

/** Starts it; the answer stops it. @throws BatonError `ESC_CODEC_SERVER_OFF`, `ESC_SERVER_PORT_BUSY` */
export async function startCodecServer(settings: CodecServerSettings): Promise<() => Promise<void>> {
  const { configuration, namespace, host, codecPort: port, log } = settings;
  if (port === undefined) return () => Promise.resolve();
  const { encryption } = configuration;
  if (!encryption)
    throw new BatonError('ESC_CODEC_SERVER_OFF', 'there is no encryption in the configuration');
  const app = createCodecServer({ encryption, namespace, log });
  await app.listen({ port, host }).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'EADDRINUSE') throw error;
    const detail = `port ${port} for the codec server: choose another with --codec-port or BATON_CODEC_PORT`;
    throw new BatonError('ESC_SERVER_PORT_BUSY', detail, { cause: error });
  });
  log.info(
    { event: 'codec.ready', port: (app.server.address() as AddressInfo).port },
    'codec server listens',
  );
  return () => app.close();
}
