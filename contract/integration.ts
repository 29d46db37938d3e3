// An integration in baton.yaml: the recipe for an escalation.
import { z } from 'zod';
import type { IntegrationConfiguration, InteractionDelay } from '../domain/configuration';
import { DEFAULT_DELAY_PER_MESSAGE_MS } from '../domain/plan';
import { TARGET_KINDS } from '../domain/target';
import { businessHoursSchema } from './business-hours';
import { compact } from './compact';
import { duration, fieldName, id, text } from './fields';
import { relaySchema } from './relay';
import { rungSchema } from './rung';
import { scriptSchema } from './script';
import type { ResolveReference } from './secret';
import { onlyIfAvailable, queueTimeout, responseTimeout } from './shared-fields';

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
