// A desk's event at the border, on its way into a workflow as a signal.
import { z } from 'zod';
import type { DeclineReason, DeskEvent, DeskEventSignal } from '../domain/desk-event';
import { assertSameType } from './same-type';
import { idSchema, MAX_ID_LENGTH, textSchema } from './text';

const DECLINE_REASONS = [
  'no_agents',
  'closed_hours',
  'rejected',
  'invalid_target',
] as const satisfies readonly DeclineReason[];

/** Longest explanation of a desk, in UTF-8 bytes. */
export const MAX_DETAIL_BYTES = 1_000;
/** A transfer's id holds a conversation's id, a request's id and a rung. */
const MAX_TRANSFER_ID_LENGTH = 2 * MAX_ID_LENGTH + 20;

/** One event of a desk. */
export const deskEventSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('queued') }),
  z.strictObject({
    kind: z.literal('position'),
    position: z.int().min(0),
    waitMs: z.exactOptional(z.int().min(0)),
  }),
  z.strictObject({ kind: z.literal('connected'), agentId: z.exactOptional(idSchema) }),
  z.strictObject({
    kind: z.literal('declined'),
    reason: z.enum(DECLINE_REASONS),
    detail: z.exactOptional(textSchema(MAX_DETAIL_BYTES)),
  }),
  z.strictObject({ kind: z.literal('userLeft') }),
  z.strictObject({ kind: z.literal('ended'), by: z.exactOptional(z.enum(['agent', 'user', 'system'])) }),
]);

assertSameType<z.output<typeof deskEventSchema>, DeskEvent>(true);

/** The event with the desk's own id of it and the transfer that it is about. */
export const deskEventSignalSchema = z.strictObject({
  id: idSchema,
  transferId: textSchema(4 * MAX_TRANSFER_ID_LENGTH)
    .min(1)
    .max(MAX_TRANSFER_ID_LENGTH),
  connector: z.exactOptional(z.string().min(1).max(100)),
  event: deskEventSchema,
});

assertSameType<z.output<typeof deskEventSignalSchema>, DeskEventSignal>(true);
