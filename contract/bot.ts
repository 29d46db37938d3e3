// A bot in baton.yaml: its platform, and where it hears how an attempt ended.
import { z } from 'zod';
import type { BotConfiguration, NoticeDestination } from '../domain/configuration';
import { compact } from './compact';
import { URL_PATTERN, duration, options, secret, text, textOrReference } from './fields';
import type { ResolveReference } from './secret';
import { allowPrivateNetwork, platformName, privateHosts, progress } from './shared-fields';

const noticesSchema = (resolve: ResolveReference): z.ZodType<NoticeDestination, unknown> =>
  z
    .union([
      z.literal('platform'),
      z.strictObject({
        webhook: z
          .strictObject({
            url: textOrReference(resolve, {
              description: 'Where notices are posted.',
              max: 2_000,
              pattern: URL_PATTERN,
            }),
            secret: secret(resolve, { description: 'Signs each notice (Standard Webhooks).' }),
            previousSecret: z.exactOptional(
              secret(resolve, { description: 'During a rotation: each notice is signed with both.' }),
            ),
            progress,
          })
          .meta({ description: 'A webhook of the bot.' }),
      }),
      z.strictObject({
        signal: z
          .strictObject({
            workflowId: text({ description: 'The workflow to signal.', max: 1_000 }),
            signal: text({ description: 'Name of the signal.', max: 200 }),
            progress,
          })
          .meta({ description: 'A Temporal workflow of the bot, in the same namespace.' }),
      }),
    ])
    .transform((file): NoticeDestination => {
      if (file === 'platform') return { kind: 'platform' };
      return 'webhook' in file ? { kind: 'webhook', ...file.webhook } : { kind: 'signal', ...file.signal };
    })
    .meta({
      description:
        "Where the bot hears how an attempt ended: `webhook`, `signal`, or the word `platform` for the platform's own words.",
    });

/** One bot, by itself. */
export const botSchema = (resolve: ResolveReference): z.ZodType<BotConfiguration, unknown> =>
  z
    .strictObject({
      platform: platformName,
      connector: z.exactOptional(
        text({
          description: 'The connector whose account posts to the user, for platforms that need one.',
          max: 100,
        }),
      ),
      options: options(
        resolve,
        "What only the platform knows; see the platform's README. Names such as `secret` or `token` take only references.",
      ).prefault({}),
      notices: noticesSchema(resolve),
      defaultUserFriendlyResponse: z.exactOptional(
        text({
          description:
            'What the user reads when the escalation stops for good. Absent: "Not able to transfer to Agent at this time. Please try later."',
          max: 2_000,
        }),
      ),
      fallbackMessage: z.exactOptional(
        text({
          description:
            'What the user reads when the skill id is not numeric. Absent: the default user-friendly response.',
          max: 2_000,
        }),
      ),
      retryWindow: duration({
        description: 'How long the bot may take to ask again after a failure notice.',
        min: '1s',
        max: '7d',
      }).prefault('10m'),
      allowPrivateNetwork,
      privateHosts,
    })
    .transform(({ defaultUserFriendlyResponse: defaultResponse, retryWindow: retryWindowMs, ...file }) =>
      compact({ ...file, defaultResponse, retryWindowMs }),
    );
