// Who is calling, by key or by token.
import type { Configuration } from '../../domain/configuration';
import { BatonError } from '../../domain/errors';
import type { PlatformLog } from '../../platforms/platform';
import { findKey } from './api-keys';
import type { Access } from './caller';
import { KEY_TIMES, type KeyTimes } from './provider-keys';
import { createTokens } from './tokens';

/** What {@link createAccess} needs. */
export interface AccessDeps {
  readonly configuration: Configuration;
  readonly log: PlatformLog;
  /** @default KEY_TIMES */
  readonly keyTimes?: KeyTimes;
}

/** The access of a configuration's tenants and operators. */
export function createAccess({ configuration, log, keyTimes = KEY_TIMES }: AccessDeps): Access {
  const { tenants, gateway } = configuration;
  const ofTenants = Object.entries(tenants).flatMap(([owner, { apiKeys }]) =>
    apiKeys.map((key) => ({ ...key, owner })),
  );
  const ofOperators = (gateway?.operatorKeys ?? []).map((key) => ({ ...key, owner: 'operator' }));
  const tokens = createTokens({ tenants, log, times: keyTimes });
  return {
    tenant: async (authorization) => {
      const given = bearer(authorization);
      // Keys first: no identity provider is in their way.
      const key = findKey(ofTenants, given);
      const caller = key ? { tenant: key.owner, key: key.name } : await tokens.callerOf(given);
      if (!caller) throw new BatonError('ESC_KEY_UNKNOWN', 'no tenant has this key');
      return caller;
    },
    operator: (authorization) => {
      const key = findKey(ofOperators, bearer(authorization));
      if (!key) throw new BatonError('ESC_KEY_UNKNOWN', 'no operator has this key');
      return key.name;
    },
    close: () => tokens.close(),
  };
}

function bearer(authorization: string | undefined): string {
  return /^Bearer +(\S+)$/i.exec(authorization ?? '')?.[1] ?? '';
}
