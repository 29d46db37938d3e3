// A rung in baton.yaml: a target, and how it is tried.
import { z } from 'zod';
import type { RungConfiguration } from '../domain/configuration';
import { TARGET_KINDS } from '../domain/target';
import { businessHoursSchema } from './business-hours';
import { compact } from './compact';
import { id, text } from './fields';
import { onlyIfAvailable, queueTimeout, responseTimeout } from './shared-fields';

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

/** One rung, by itself. */
export const rungSchema = z
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
