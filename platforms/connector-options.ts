// What the readers of connectors share: texts that may be secrets, faults at their path, and the limits that every
// connector has.
import { createPrivateKey } from 'node:crypto';
import { z } from 'zod';
import type { ConnectorConfiguration, Secret } from '../domain/configuration';
import type { OptionFault } from './platform';

/** A text, written out or as a secret; revealed where it is read. */
export const textOrSecret = z
  .union([z.string(), z.custom<Secret>((value) => isSecret(value))])
  .transform((value) => (typeof value === 'string' ? value : value.reveal()))
  .pipe(z.string().min(1));

/** A private key in PEM. Environment variables often carry it with `\\n` written out. */
export const pemOrSecret = textOrSecret.transform((key) => key.replace(/\\n/g, '\n'));

/** What every connector says of its calls. */
export interface ConnectorLimits {
  readonly requestMs: number;
  readonly connectMs: number;
  readonly allowPrivateNetwork: boolean;
  readonly privateHosts?: readonly string[] | undefined;
  readonly rateLimit?: NonNullable<ConnectorConfiguration['rateLimit']>;
}

/** The limits of a connector. */
export function limitsOf(connector: ConnectorConfiguration): ConnectorLimits {
  return {
    requestMs: connector.timeouts.requestMs,
    connectMs: connector.timeouts.connectMs,
    allowPrivateNetwork: connector.allowPrivateNetwork,
    privateHosts: connector.privateHosts,
    ...(connector.rateLimit && { rateLimit: connector.rateLimit }),
  };
}

/** One fault, by its path below the connector or bot. */
export function fault(path: readonly string[], message: string, remedy: string): OptionFault {
  return { path, message, remedy };
}

/** Every fault that a schema finds. `root` is the member that was read. */
export function schemaFaults(error: z.ZodError, root: string, remedy: string): OptionFault[] {
  return error.issues.map(({ path, message }) => fault([root, ...path.map(String)], message, remedy));
}

/** Whether a text is an RSA private key in PEM. */
export function isRsaKey(pem: string): boolean {
  try {
    return createPrivateKey(pem).asymmetricKeyType === 'rsa';
  } catch {
    return false;
  }
}

function isSecret(value: unknown): boolean {
  return (
    typeof value === 'object' && value !== null && 'reveal' in value && typeof value.reveal === 'function'
  );
}
