// Metadata of a frame: the known kinds are checked as the vendor's schema does (ActionReason and BotResponse
// take no further members), others pass as they are.
import { z } from 'zod';

const actionReason = z.strictObject({
  type: z.literal('ActionReason'),
  reasonId: z.string().max(64).optional(),
  reason: z.string().max(64).optional(),
});
const botResponse = z.strictObject({
  type: z.literal('BotResponse'),
  externalConversationId: z.string().optional(),
  businessCases: z.array(z.string().max(256)).optional(),
  intents: z
    .array(
      z.strictObject({
        id: z.string(),
        name: z.string().optional(),
        confidence: z.number().min(0).max(1).optional(),
      }),
    )
    .max(16)
    .optional(),
});
const externalId = z.looseObject({ type: z.literal('ExternalId'), id: z.string().min(1) });
const other = z
  .looseObject({ type: z.string().min(1) })
  .refine(({ type }) => !['ActionReason', 'BotResponse', 'ExternalId'].includes(type));

/** `metadata` of a frame. */
export const metadataSchema = z.array(z.union([actionReason, botResponse, externalId, other]));

/** Base64 of at most 5 kB (LivePerson UMS wire notes). */
export const encodedMetadataSchema = z.base64().max(5_000);
