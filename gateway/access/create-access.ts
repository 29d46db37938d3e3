// Who is calling, by key or by token.
import type { Configuration } from '../../domain/configuration';
import { BatonError } from '../../domain/errors';
import { findKey } from './api-keys';
import type { Access } from './caller';

/** The access of a configuration's tenants and operators. */
export function createAccess({ tenants, gateway }: Configuration): Access {
  const ofTenants = Object.entries(tenants).flatMap(([owner, { apiKeys }]) =>
    apiKeys.map((key) => ({ ...key, owner })),
  );
  const ofOperators = (gateway?.operatorKeys ?? []).map((key) => ({ ...key, owner: 'operator' }));
  return {
    tenant: async (authorization) => {
      const key = findKey(ofTenants, bearer(authorization));
      if (!key) throw new BatonError('ESC_KEY_UNKNOWN', 'no tenant has this key');
      return { tenant: key.owner, key: key.name };
    },
    operator: (authorization) => {
      const key = findKey(ofOperators, bearer(authorization));
      if (!key) throw new BatonError('ESC_KEY_UNKNOWN', 'no operator has this key');
      return key.name;
    },
  };
}

function bearer(authorization: string | undefined): string {
  return /^Bearer (.+)$/i.exec(authorization ?? '')?.[1] ?? '';
}
