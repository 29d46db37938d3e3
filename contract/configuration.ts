// The one schema of baton.yaml. It turns the file's words into the plain values of domain/configuration.ts:
// durations in milliseconds, defaults filled, references to secrets followed. Names that point at each other
// are checked in check-references.ts, because that must also work on a file with other faults.
import { z } from 'zod';
import type { Configuration, TenantConfiguration } from '../domain/configuration';
import { botSchema } from './bot';
import { connectorSchema } from './connector';
import { encryptionSchema } from './encryption';
import { apiKeysSchema, gatewaySchema, oidcSchema } from './gateway';
import { integrationSchema } from './integration';
import { maskingSchema } from './masking';
import { NAME_RULES } from './names';
import type { ResolveReference } from './secret';

/** Names are checked in check-references.ts: zod does not look into a member whose name it refuses. */
const nameOf = (section: keyof typeof NAME_RULES): z.ZodString =>
  z.string().meta({ pattern: NAME_RULES[section].is.source });

const tenantSchema = (resolve: ResolveReference): z.ZodType<TenantConfiguration, unknown> =>
  z.strictObject({
    apiKeys: apiKeysSchema(
      resolve,
      'Bearer keys of the gateway for this tenant: a name to a hash made by `baton keys create`.',
    ),
    oidc: z.exactOptional(oidcSchema(resolve)),
    masking: z.exactOptional(maskingSchema()),
    bots: z.record(nameOf('bots'), botSchema(resolve)).readonly().meta({ description: 'Bots by name.' }),
    connectors: z
      .record(nameOf('connectors'), connectorSchema(resolve))
      .readonly()
      .meta({ description: 'Accounts on desks ("agent connectors") by name.' }),
    integrations: z
      .record(nameOf('integrations'), integrationSchema(resolve))
      .readonly()
      .meta({ description: 'Recipes for an escalation by integration name.' }),
  });

/** The whole file. */
export const configurationSchema = (resolve: ResolveReference): z.ZodType<Configuration, unknown> =>
  z
    .strictObject({
      version: z.literal(1).prefault(1).meta({ description: 'Version of this format.' }),
      tenants: z
        .record(nameOf('tenants'), tenantSchema(resolve))
        .readonly()
        .refine((tenants) => Object.keys(tenants).length > 0, {
          error: 'is empty',
          params: { remedy: 'Name at least one tenant.' },
        })
        .meta({ description: 'Tenants by name; a small installation has one.' }),
      encryption: z.exactOptional(encryptionSchema(resolve)),
      gateway: z.exactOptional(gatewaySchema(resolve)),
    })
    .transform(({ version: _version, ...file }): Configuration => file);
