// What Salesforce answers, as schemas: unknown members are tolerated, those that are read are checked.
import { z } from 'zod';

const fields = z
  .array(z.string())
  .nullish()
  .transform((names) => names ?? []);

/** One error of the core API. */
export const apiErrorSchema = z.object({ errorCode: z.string(), message: z.string().default(''), fields });
/** What an action says when all of its inputs failed: its errors have another member for the code. */
export const actionErrorSchema = z.object({
  errors: z.array(
    z
      .object({ statusCode: z.string(), message: z.string().default(''), fields })
      .transform(({ statusCode, ...error }) => ({ errorCode: statusCode, ...error })),
  ),
});

/** See {@link apiErrorSchema}. */
export type ApiError = z.output<typeof apiErrorSchema>;

/** Answer to a create. */
export const createdSchema = z.object({ id: z.string().min(15) });

/** One page of a query. */
export const pageSchema = z.object({
  done: z.boolean().default(true),
  nextRecordsUrl: z.string().nullish(),
  records: z.array(z.unknown()),
});

/** Answer to a composite call. */
export const compositeSchema = z.object({
  compositeResponse: z.array(
    z.object({ referenceId: z.string(), httpStatusCode: z.number().int(), body: z.unknown() }),
  ),
});

/** Answer of the action `skillsBasedRouting`, one entry for each input. */
export const actionSchema = z.array(
  z.object({
    isSuccess: z.boolean(),
  }),
);

/** Answer of a flow to its one input. */
export const flowAnswerSchema = z.tuple([
  z.object({
    isSuccess: z.boolean(),
    outputValues: z
      .record(z.string(), z.unknown())
      .nullish()
      .transform((values) => values ?? {}),
  }),
]);

/** A row of which only the id is read. */
export const idRow = z.object({ Id: z.string() });
/** A flow. */
export const flowRow = z.object({
  ApiName: z.string(),
  NamespacePrefix: z.string().nullish(),
  ActiveVersionId: z.string().nullish(),
});
/** A version of a flow. */
export const flowVersionRow = z.object({ FlowDefinitionView: flowRow });
/** A Case. */
export const caseRow = z.object({ Id: z.string(), IsClosed: z.boolean() });
/** Work that waits for an agent. */
export const pendingRow = z.object({ Id: z.string(), WorkItemId: z.string() });
/** Work offered to one agent: one row for each offer. */
export const agentWorkRow = z.object({
  Id: z.string(),
  WorkItemId: z.string(),
  Status: z.string(),
  UserId: z.string(),
  AcceptDateTime: z.string().nullish(),
  CreatedDate: z.string(),
});
/** A member of a queue: a user, or a group of any kind. */
export const memberRow = z.object({ UserOrGroupId: z.string() });
/** A user's skill. */
export const userSkillRow = z.object({
  SkillLevel: z.number().nullish(),
  EffectiveStartDate: z.string().nullish(),
  EffectiveEndDate: z.string().nullish(),
  ServiceResource: z.object({ RelatedRecordId: z.string().nullish() }).nullish(),
});
/** Where a user's presence stands. */
export const presenceRow = z.object({
  UserId: z.string(),
  ServicePresenceStatusId: z.string(),
  IsAway: z.boolean().nullish(),
});
/** A presence status that is online for a channel. */
export const channelStatusRow = z.object({ ServicePresenceStatusId: z.string() });

/** See {@link agentWorkRow}. */
export type AgentWorkRow = z.output<typeof agentWorkRow>;
