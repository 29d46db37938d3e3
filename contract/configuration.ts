// The one schema of baton.yaml. It turns the file's words into the plain values of domain/configuration.ts:
// durations in milliseconds, defaults filled, references to secrets followed. Names that point at each other
// are checked in check-references.ts, because that must also work on a file with other faults.
import { DEFAULT_DELAY_PER_MESSAGE_MS } from '../domain/plan';
import { z } from 'zod';
import type {
  BotConfiguration,
  Configuration,
  ConnectorConfiguration,
  IntegrationConfiguration,
  InteractionDelay,
  NoticeDestination,
  RungConfiguration,
  TenantConfiguration,
} from '../domain/configuration';
import { PROGRESS_NOTICES } from '../domain/notice';
import { TARGET_KINDS } from '../domain/target';
import { businessHoursSchema } from './business-hours';
import { compact } from './compact';
import { encryptionSchema } from './encryption';
import { apiKeysSchema, gatewaySchema, oidcSchema } from './gateway';
import {
  credentials,
  duration,
  fieldName,
  id,
  options,
  secret,
  text,
  textOrReference,
  URL_PATTERN,
} from './fields';
import { maskingSchema } from './masking';
import { relaySchema } from './relay';
import { NAME_RULES } from './names';
import { looksLikeReference, parseReference, type ResolveReference } from './secret';

const MAX_SCRIPT_LENGTH = 32_000;

/** Names are checked in check-references.ts: zod does not look into a member whose name it refuses. */
const nameOf = (section: keyof typeof NAME_RULES): z.ZodString =>
  z.string().meta({ pattern: NAME_RULES[section].is.source });

const platformName = text({
  description: 'The platform: one of the folders in platforms/, such as `liveperson` or `webhook`.',
  max: 100,
});
const responseTimeout = duration({
  description:
    'How long this target may take until a human joined, retries included; then the next rung is tried.',
  min: '1s',
  max: '24h',
});
const queueTimeout = duration({
  description:
    'If set: once the desk has queued the request, this bounds the wait instead of the response timeout.',
  min: '1s',
  max: '36h',
});
const onlyIfAvailable = z
  .boolean()
  .prefault(false)
  .meta({ description: 'Ask the desk first and skip the rung if it says that nobody is available.' });

const allowPrivateNetwork = z.boolean().prefault(false).meta({
  description:
    'Whether loopback and private addresses may be called: for simulators, self-hosted desks and bots beside Baton.',
});

const progress = z.exactOptional(
  z.array(z.enum(PROGRESS_NOTICES)).max(PROGRESS_NOTICES.length).readonly().meta({
    description:
      'What to tell besides how an attempt ended. Each such notice is an activity of its own; event streams have all of them anyway.',
  }),
);

const privateHosts = z.exactOptional(
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

const targetSchema = z
  .strictObject({
    kind: z.enum(TARGET_KINDS).meta({ description: 'What the id is an id of; the desk must know the kind.' }),
    id: id({ description: "The desk's id, or a template.", template: true }),
    name: z.exactOptional(text({ description: 'For operators only.', max: 200 })),
    agentId: z.exactOptional(
      id({ description: 'Only for a skill: the agent to prefer, or a template.', template: true }),
    ),
  })
  .refine((target) => target.agentId === undefined || target.kind === 'skill', {
    error: 'is only for a skill',
    path: ['agentId'],
    params: { remedy: 'Leave `agentId` out, or make the target `kind: skill` with the id of a skill.' },
  })
  .meta({ description: 'Where to hand off to.' });

const rungSchema = z
  .strictObject({
    connector: text({ description: 'Name of the connector to ask.', max: 100 }),
    target: targetSchema,
    responseTimeout: z.exactOptional(responseTimeout),
    queueTimeout: z.exactOptional(queueTimeout),
    businessHours: z.exactOptional(businessHoursSchema),
    onlyIfAvailable,
  })
  .transform(
    ({ responseTimeout: responseTimeoutMs, queueTimeout: queueTimeoutMs, ...file }): RungConfiguration =>
      compact({ ...file, responseTimeoutMs, queueTimeoutMs }),
  );

const interactionDelaySchema = z
  .union([
    duration({ description: 'The delay itself.', min: '0ms', max: '10m' }),
    z.strictObject({
      messages: z.int().min(0).max(100).meta({
        description: 'How many messages the bot sends before it asks, where the request does not say.',
      }),
      perMessage: duration({ description: 'For each message.', min: '0ms', max: '60s' }).prefault(
        `${DEFAULT_DELAY_PER_MESSAGE_MS}ms`,
      ),
    }),
  ])
  .transform((file): InteractionDelay =>
    typeof file === 'number'
      ? { kind: 'fixed', ms: file }
      : { kind: 'perMessage', ms: file.perMessage, messages: file.messages },
  )
  .meta({
    description:
      'How long to wait between the message to the user and the transfer: a duration such as `6s`, or `{messages: 3, perMessage: 2s}`.',
  });

const scriptSchema = (resolve: ResolveReference): z.ZodType<string, string> =>
  z
    .string()
    .transform((value, ctx): string => {
      const reference = parseReference(value.trim());
      const found = reference ? resolve(reference) : { ok: true as const, value };
      const problem = scriptProblem(found);
      if (found.ok && !problem) return found.value;
      ctx.addIssue({ code: 'custom', ...problem, path: [] });
      return z.NEVER;
    })
    .meta({
      description:
        'JavaScript that makes data for the bot out of the raw result; inline, or `${file:PATH}` beside this file.',
    });

function scriptProblem(
  found: ReturnType<ResolveReference>,
): { message: string; params: { remedy: string } } | undefined {
  if (!found.ok) return { message: found.message, params: { remedy: found.remedy } };
  if (looksLikeReference(found.value) && /^\s*\$\{(env|file):/.test(found.value))
    return {
      message: 'is not a whole reference',
      params: { remedy: 'Write the script itself, or exactly `${file:PATH}`.' },
    };
  if (found.value.trim() === '' || found.value.length > MAX_SCRIPT_LENGTH)
    return {
      message: `is not a script of 1 to ${MAX_SCRIPT_LENGTH} characters`,
      params: { remedy: 'Leave the field out to have no script, or shorten it.' },
    };
  return undefined;
}

/** One integration, by itself. */
export const integrationSchema = (resolve: ResolveReference): z.ZodType<IntegrationConfiguration, unknown> =>
  z
    .strictObject({
      bot: text({ description: 'Name of the bot that asks.', max: 100 }),
      connector: text({ description: 'Name of the agent connector to ask.', max: 100 }),
      responseDataVariableName: text({
        description: 'The raw result is found under `api_` and this name.',
        max: 64,
        pattern: {
          is: /^[A-Za-z_][A-Za-z0-9_]*$/,
          message: 'is not a name of a variable',
          remedy: 'Start with a letter and go on with letters, digits and `_`.',
        },
      }),
      integrationType: z
        .literal('LivePerson Agent Escalation')
        .prefault('LivePerson Agent Escalation')
        .meta({ description: 'The type, as the vendor spells it.' }),
      agentSkillName: z.exactOptional(
        text({
          description: 'Name of the skill: display-friendly, for operators. The id decides.',
          max: 200,
        }),
      ),
      agentSkillId: z.exactOptional(
        id({
          description:
            'Id of the skill to transfer to: a number, or a template such as `{$botContext.skillId}`. If it is not numeric when the escalation is attempted, the user gets the fallback message. May be left out only with `requestedTargets` or `furtherRungs`.',
          template: true,
        }),
      ),
      agentId: z.exactOptional(
        id({
          description:
            'The human agent to prefer, or a template. Asked for only if assigned to the skill and available; otherwise the skill is.',
          template: true,
        }),
      ),
      transferBotContext: z
        .strictObject({
          intent: z.boolean().prefault(false).meta({ description: "Pass the user's intent." }),
          userMessage: z.boolean().prefault(false).meta({ description: "Pass the user's message." }),
          variables: z.exactOptional(
            z
              .union([z.literal('all'), z.array(z.string().min(1).max(100)).max(100).readonly()])
              .meta({ description: 'Which variables a receiving bot gets: their names, or `all`.' }),
          ),
        })
        .prefault({})
        .meta({ description: 'What a receiving bot is told, for transfers from bot to bot.' }),
      requestedTargets: z.exactOptional(
        z.partialRecord(z.enum(TARGET_KINDS), z.string().min(1).max(100)).readonly().meta({
          description:
            'For bots that name their targets themselves, such as Einstein Bots: a kind of target to the connector that takes it. What the bot names is then the ladder, in its order.',
        }),
      ),
      messageToUser: text({
        description:
          'The last message before the transfer: text, variables such as `{$botContext.name}`, both, or `BLANK_MESSAGE` to send none.',
        max: 2_000,
        template: true,
      }),
      transformResultScript: z.exactOptional(scriptSchema(resolve)),
      customDataFields: z.record(fieldName, z.string().max(2_000)).readonly().prefault({}).meta({
        description:
          'Data for the bot: a name to a text or to a place in the raw result, `{$.api_<responseDataVariableName>.path}`.',
      }),
      interactionDelay: interactionDelaySchema.prefault('0ms'),
      responseTimeout: responseTimeout.prefault('3m'),
      queueTimeout: z.exactOptional(queueTimeout),
      businessHours: z.exactOptional(businessHoursSchema),
      onlyIfAvailable,
      relay: z.exactOptional(relaySchema),
      furtherRungs: z.array(rungSchema).max(20).readonly().prefault([]).meta({
        description: 'Targets to try after the own skill, in order; without one they are the ladder.',
      }),
    })
    .refine(
      (file) =>
        file.agentSkillId !== undefined ||
        file.requestedTargets !== undefined ||
        file.furtherRungs.length > 0,
      {
        error: 'is required',
        path: ['agentSkillId'],
        params: {
          remedy:
            'Write `agentSkillId:` with the skill to transfer to, `furtherRungs:` with other targets, or `requestedTargets:` if the bot names its targets.',
        },
      },
    )
    .refine(
      (file) =>
        file.agentSkillName !== undefined ||
        file.agentSkillId === undefined ||
        file.requestedTargets !== undefined,
      {
        error: 'is required',
        path: ['agentSkillName'],
        params: { remedy: 'Write `agentSkillName:` for operators.' },
      },
    )
    .transform(
      ({
        responseDataVariableName: responseDataVariable,
        integrationType: _type,
        customDataFields: customData,
        responseTimeout: responseTimeoutMs,
        queueTimeout: queueTimeoutMs,
        ...file
      }): IntegrationConfiguration =>
        compact({
          ...file,
          type: 'agent_escalation' as const,
          responseDataVariable,
          customData,
          responseTimeoutMs,
          queueTimeoutMs,
        }),
    );

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
