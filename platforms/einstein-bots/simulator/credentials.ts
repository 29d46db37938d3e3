// What a client logs in with. Where an organisation's app has no key, the simulator makes a pair, so that nobody has to
// keep a private key for a demo.
import { generateKeyPairSync } from 'node:crypto';
import type { World } from './world';

/** What a client needs to log in with a JWT. */
export interface Credentials {
  readonly orgId: string;
  /** `iss`. */
  readonly clientId: string;
  /** `sub`. */
  readonly username: string;
  /** PEM. */
  readonly privateKey: string;
}

/**
 * Credentials of an organisation's first app.
 *
 * @throws RangeError when there is no such app, or its private key was never here
 */
export function credentialsOf(world: World, orgId: string): Credentials {
  const app = world.organisations.find(({ id }) => id === orgId)?.apps[0];
  if (!app) throw new RangeError(`no app in organisation ${orgId}`);
  if (app.publicKey === undefined) {
    const { publicKey, privateKey } = generateKeyPairSync('rsa', {
      modulusLength: 2048,
      publicKeyEncoding: { type: 'spki', format: 'pem' },
      privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
    });
    Object.assign(app, { publicKey, privateKey });
  }
  const { clientId, runAs: username, privateKey } = app;
  if (privateKey === undefined) throw new RangeError(`the private key of ${clientId} was never here`);
  return { orgId, clientId, username, privateKey };
}
