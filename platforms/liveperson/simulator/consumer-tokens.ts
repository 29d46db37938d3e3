// Tokens of the consumer side: an application's (AppJWT) and a consumer's (ConsumerJWS). They are opaque here:
// only this server reads them. In memory only.
import { randomBytes } from 'node:crypto';

/** An application token is valid for an hour (LivePerson Send API notes). */
const APP_TOKEN_MS = 3_600_000;

/** See {@link createConsumerTokens}. */
export interface ConsumerTokens {
  issueApp(accountId: string): string;
  isApp(accountId: string, token: string): boolean;
  issueConsumer(accountId: string, consumerId: string): string;
  /** The consumer's id. */
  consumer(accountId: string, token: string): string | undefined;
}

/** A store without tokens. */
export function createConsumerTokens(): ConsumerTokens {
  const apps = new Map<string, { readonly accountId: string; readonly expiresAt: number }>();
  const consumers = new Map<string, { readonly accountId: string; readonly consumerId: string }>();
  const fresh = (): string => [8, 40, 32].map((size) => randomBytes(size).toString('base64url')).join('.');
  return {
    issueApp(accountId) {
      const token = fresh();
      apps.set(token, { accountId, expiresAt: Date.now() + APP_TOKEN_MS });
      return token;
    },
    isApp(accountId, token) {
      const known = apps.get(token);
      return known?.accountId === accountId && known.expiresAt > Date.now();
    },
    issueConsumer(accountId, consumerId) {
      const token = fresh();
      consumers.set(token, { accountId, consumerId });
      return token;
    },
    consumer(accountId, token) {
      const known = consumers.get(token);
      return known?.accountId === accountId ? known.consumerId : undefined;
    },
  };
}
