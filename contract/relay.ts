// How messages between user and agent are carried: the section `relay` of an integration.
import { z } from 'zod';
import type { RelayConfiguration } from '../domain/configuration';
import { DEFAULT_UNDELIVERED } from '../domain/plan';
import { compact } from './compact';
import { duration, text } from './fields';

/** The section of an integration. */
export const relaySchema: z.ZodType<RelayConfiguration, unknown> = z
  .strictObject({
    deliverWithin: duration({
      description: 'How long a message is tried; then its sender is told that it did not arrive.',
      min: '5s',
      max: '1h',
    }).prefault('2m'),
    maxLength: duration({
      description: 'The longest chat; then it is ended.',
      min: '1m',
      max: '7d',
    }).prefault('8h'),
    agentGone: duration({
      description: 'How long a chat waits for another agent when the one it had is gone.',
      min: '1s',
      max: '1h',
    }).prefault('2m'),
    userIdle: z.exactOptional(
      z
        .strictObject({
          warnAfter: duration({
            description: 'Silence of the user before the warning.',
            min: '10s',
            max: '7d',
          }),
          endAfter: duration({ description: 'Silence before the chat is ended.', min: '20s', max: '7d' }),
          warning: text({ description: 'What the user reads then.', max: 2_000 }),
        })
        .refine(({ warnAfter, endAfter }) => endAfter > warnAfter, {
          error: 'ends before it warns',
          path: ['endAfter'],
          params: { remedy: 'Make `endAfter` longer than `warnAfter`.' },
        })
        .transform(({ warnAfter, endAfter, warning }) => ({
          warnAfterMs: warnAfter,
          endAfterMs: endAfter,
          warning,
        }))
        .meta({ description: 'What to do with a user who is silent. Absent: nothing.' }),
    ),
    undeliveredMessage: text({
      description: 'What the user reads when a message of theirs did not arrive.',
      max: 2_000,
    }).prefault(DEFAULT_UNDELIVERED),
    queueMessage: z.exactOptional(
      text({
        description:
          'What the user reads while waiting, when the place in the queue changes; `{position}` and `{wait}` (minutes) are filled. Absent: nothing.',
        max: 2_000,
      }),
    ),
    variables: z
      .array(z.string().min(1).max(100))
      .max(100)
      .readonly()
      .prefault([])
      .meta({ description: "Names of the bot's variables that the agent gets to see." }),
  })
  .transform(
    ({
      deliverWithin: deliverWithinMs,
      maxLength: maxLengthMs,
      agentGone: agentGoneMs,
      undeliveredMessage: undelivered,
      ...file
    }): RelayConfiguration => compact({ ...file, deliverWithinMs, maxLengthMs, agentGoneMs, undelivered }),
  )
  .meta({
    description:
      'How the messages between user and agent are carried. On desks where somebody else could carry them, this section asks Baton to.',
  });
