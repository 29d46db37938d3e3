// Fields that several sections of baton.yaml share.
import { z } from 'zod';
import { PROGRESS_NOTICES } from '../domain/notice';
import { duration, text } from './fields';

/** Name of a platform. */
export const platformName = text({
  description: 'The platform: one of the folders in platforms/, such as `liveperson` or `webhook`.',
  max: 100,
});

/** How long a target may take. */
export const responseTimeout = duration({
  description:
    'How long this target may take until a human joined, retries included; then the next rung is tried.',
  min: '1s',
  max: '24h',
});

/** How long a target may take once it has queued the request. */
export const queueTimeout = duration({
  description:
    'If set: once the desk has queued the request, this bounds the wait instead of the response timeout.',
  min: '1s',
  max: '36h',
});

/** Whether to ask the desk first. */
export const onlyIfAvailable = z
  .boolean()
  .prefault(false)
  .meta({ description: 'Ask the desk first and skip the rung if it says that nobody is available.' });

/** Whether any private address may be called. */
export const allowPrivateNetwork = z.boolean().prefault(false).meta({
  description:
    'Whether loopback and private addresses may be called: for simulators, self-hosted desks and bots beside Baton.',
});

/** Notices besides how an attempt ended. */
export const progress = z.exactOptional(
  z.array(z.enum(PROGRESS_NOTICES)).max(PROGRESS_NOTICES.length).readonly().meta({
    description:
      'What to tell besides how an attempt ended. Each such notice is an activity of its own; event streams have all of them anyway.',
  }),
);

/** Names that may lead to private addresses. */
export const privateHosts = z.exactOptional(
  z
    .array(
      text({
        description: 'A host name.',
        max: 253,
        pattern: {
          is: /^(?!(?:.*\.)?(?:\d+|0[xX][\dA-Fa-f]*)$)[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?(\.[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?)*$/,
          message: 'is not a host name',
          remedy: 'Write the name only, such as `crm.internal`: no scheme, port or address.',
        },
      }),
    )
    .max(100)
    .readonly()
    .meta({
      description:
        'Host names that may lead to loopback and private addresses, by any port and without TLS, where not all may. Exactly these names.',
    }),
);
