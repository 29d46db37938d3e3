// What is asked for when a chat begins: whom, and what the agent sees of the user before accepting. Details and
// records are templates of the configuration, under the vendor's own names.
import { z } from 'zod';
import { fillText } from '../../domain/template';
import type { TemplateVariables } from '../../domain/template';

/** Templates of the configuration (`options.prechat`). */
export const prechatSchema = z.strictObject({
  details: z
    .array(
      z.strictObject({
        label: z.string().min(1),
        /** A template. */
        value: z.string(),
        transcriptFields: z.array(z.string()).default([]),
        displayToAgent: z.boolean().default(true),
        entityMaps: z
          .array(z.strictObject({ entityName: z.string().min(1), fieldName: z.string().min(1) }))
          .default([]),
      }),
    )
    .default([]),
  entities: z
    .array(
      z.strictObject({
        entityName: z.string().min(1),
        showOnCreate: z.boolean().default(false),
        linkToEntityName: z.string().nullable().default(null),
        linkToEntityField: z.string().nullable().default(null),
        saveToTranscript: z.string().nullable().default(null),
        entityFieldsMaps: z.array(
          z.strictObject({
            fieldName: z.string().min(1),
            /** Label of the detail that has the value. */
            label: z.string().min(1),
            doFind: z.boolean().default(false),
            isExactMatch: z.boolean().default(false),
            doCreate: z.boolean().default(true),
          }),
        ),
      }),
    )
    .default([]),
});

/** Templates, read. */
export type PrechatTemplates = z.output<typeof prechatSchema>;

/** Details and records, filled. */
export interface Prechat {
  readonly details: readonly PrechatTemplates['details'][number][];
  readonly entities: readonly PrechatTemplates['entities'][number][];
}

/** Whom the chat is for. */
export type ChatTarget =
  | { readonly kind: 'button'; readonly buttonId: string }
  /** An agent, and where there is one the button to ask instead of an agent who is not available. */
  | { readonly kind: 'agent'; readonly agentId: string; readonly fallbackButtonId?: string };

/** A chat to begin. */
export interface ChatRequest {
  readonly target: ChatTarget;
  /**
   * Tried in order instead of the target: `buttonId`, `agentId` or `agentId_buttonId`. Only by who is available at
   * that moment: once one was chosen and its agents decline, the chat fails and the next is not tried.
   */
  readonly overrides?: readonly string[];
  readonly visitorName: string;
  /** @default 'en-US' */
  readonly language?: string;
  readonly prechat?: Prechat;
  /** @default true */
  readonly receiveQueueUpdates?: boolean;
}

/** The org and its deployment, 15 or 18 characters each. */
export interface Deployment {
  readonly organizationId: string;
  readonly deploymentId: string;
}

/** Longest value of a detail: what a text field of the vendor's records holds. */
const MAX_VALUE_CHARS = 255;

/** The values of the details, by label; those without a value are left out. */
export function fillDetails(
  { details }: PrechatTemplates,
  variables: TemplateVariables,
): Readonly<Record<string, string>> {
  return Object.fromEntries(
    details
      .map(
        ({ label, value }) => [label, fillText(value, variables).trim().slice(0, MAX_VALUE_CHARS)] as const,
      )
      .filter(([, value]) => value !== ''),
  );
}

/**
 * Details and records with these values. A detail without a value is left out, and so are the fields of records that
 * would be filled from it: an empty value would search for, or create, empty records.
 */
export function prechatOf(templates: PrechatTemplates, values: Readonly<Record<string, string>>): Prechat {
  const has = (label: string): boolean => Object.hasOwn(values, label);
  const details = templates.details
    .filter(({ label }) => has(label))
    .map((detail) => ({ ...detail, value: values[detail.label] ?? '' }));
  const entities = templates.entities
    .map((entity) => ({
      ...entity,
      entityFieldsMaps: entity.entityFieldsMaps.filter(({ label }) => has(label)),
    }))
    .filter(({ entityFieldsMaps }) => entityFieldsMaps.length > 0);
  return { details, entities };
}

/** Body of `ChasitorInit`. */
export function initBody(request: ChatRequest, sessionId: string, deployment: Deployment): unknown {
  const { target, overrides = [], prechat } = request;
  const isAgent = target.kind === 'agent';
  const buttonId = isAgent ? target.fallbackButtonId : target.buttonId;
  return {
    organizationId: deployment.organizationId,
    deploymentId: deployment.deploymentId,
    sessionId,
    buttonId: buttonId ?? '',
    agentId: isAgent ? target.agentId : '',
    doFallback: isAgent && buttonId !== undefined,
    ...(overrides.length > 0 && { buttonOverrides: overrides }),
    visitorName: request.visitorName,
    language: request.language ?? 'en-US',
    userAgent: 'Baton',
    screenResolution: '1920x1080',
    prechatDetails: prechat?.details ?? [],
    prechatEntities: prechat?.entities ?? [],
    receiveQueueUpdates: request.receiveQueueUpdates ?? true,
    isPost: true,
  };
}
