// A connector in baton.yaml: one account on a desk, and how long its calls may take.
import { z } from 'zod';
import type { ConnectorConfiguration } from '../domain/configuration';
import { compact } from './compact';
import { credentials, duration, id, options, textOrReference } from './fields';
import type { ResolveReference } from './secret';
import { allowPrivateNetwork, platformName, privateHosts } from './shared-fields';

const timeoutsSchema = z
  .strictObject({
    request: duration({ description: 'One call to the platform.', min: '100ms', max: '60s' }).prefault('10s'),
    connect: duration({ description: 'Making a connection.', min: '100ms', max: '60s' }).prefault('5s'),
    heartbeat: duration({
      description:
        'Longest silence of a watching worker before another takes over. Shorter is quicker after a crash; each heartbeat is a billed action.',
      min: '1s',
      max: '5m',
    }).prefault('60s'),
  })
  .transform(({ request, connect, heartbeat }) => ({
    requestMs: request,
    connectMs: connect,
    heartbeatMs: heartbeat,
  }))
  .meta({ description: 'How long calls to the platform may take.' });

/** One connector, by itself. */
export const connectorSchema = (resolve: ResolveReference): z.ZodType<ConnectorConfiguration, unknown> =>
  z
    .strictObject({
      platform: platformName,
      account: z
        .union([
          textOrReference(resolve, { description: 'The account at the vendor.', max: 200 }),
          z.int().nonnegative().transform(String),
        ])
        .meta({ description: 'The account at the vendor.' }),
      credentials: credentials(
        resolve,
        'The credential fields that the platform names. Each is a reference, except identities such as `username`, which may be written out.',
      ).prefault({}),
      options: options(resolve, "What only the platform knows; see the platform's README.").prefault({}),
      fallbackSkillId: z.exactOptional(
        id({ description: 'The skill to try when all of the ladder failed ("fallback skill").' }),
      ),
      timeouts: timeoutsSchema.prefault({}),
      rateLimit: z.exactOptional(
        z
          .strictObject({
            perSecond: z.number().positive().max(10_000).meta({ description: 'Calls per second.' }),
            burst: z.int().positive().max(10_000).meta({ description: 'Calls at once.' }),
          })
          .meta({ description: 'Most calls to this account, for each worker process. Absent: no limit.' }),
      ),
      allowPrivateNetwork,
      privateHosts,
    })
    .transform((file) => compact(file));
