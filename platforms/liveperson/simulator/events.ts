// PublishEvent: which events are taken, from whom, and to whom they go.
import { z } from 'zod';
import { isParticipant, publish } from './conversation-state';
import { metadataSchema } from './metadata';
import { demand } from './refusal';
import type { Simulation } from './simulation';
import { messageBody } from './wire';
import type { Account, Conversation, User } from './world';

const fileSchema = z.object({ caption: z.string(), relativePath: z.string(), fileType: z.string() });
const eventSchema = z.discriminatedUnion('type', [
  z.looseObject({
    type: z.literal('ContentEvent'),
    contentType: z.enum(['text/plain', 'hosted/file']),
    message: z.union([z.string(), fileSchema]),
  }),
  z.looseObject({ type: z.literal('RichContentEvent'), content: z.record(z.string(), z.unknown()) }),
  z.looseObject({
    type: z.literal('ChatStateEvent'),
    chatState: z.enum(['ACTIVE', 'INACTIVE', 'GONE', 'COMPOSING', 'PAUSE', 'BACKGROUND']),
  }),
  z.looseObject({
    type: z.literal('AcceptStatusEvent'),
    status: z.enum(['ACCEPT', 'READ', 'ACCESS', 'NACK', 'ACTION']),
    sequenceList: z.array(z.number().int()),
  }),
]);
const bodySchema = z.object({
  dialogId: z.string().min(1),
  event: eventSchema,
  messageAudience: z.enum(['ALL', 'AGENTS_AND_MANAGERS']).default('ALL'),
});
const querySchema = z.object({
  dialogId: z.string().min(1),
  newerThanSequence: z.number().int().default(-1),
  olderThanSequence: z.number().int().optional(),
  maxQuantity: z.number().int().min(1).max(500).default(500),
});

/** The conversation that has the dialog. */
export function conversationOfDialog(account: Account, dialogId: string): Conversation {
  const conversation =
    account.conversations[dialogId] ??
    Object.values(account.conversations).find((c) => c.dialogs.some((d) => d.dialogId === dialogId));
  demand(conversation, 404, 'Dialog does not exist');
  return conversation;
}

/** Publishes for an agent; answers `{sequence}`. */
export function publishEvent(
  simulation: Simulation,
  account: Account,
  caller: User,
  body: unknown,
  metadata: unknown,
): { readonly sequence: number } {
  const parsed = bodySchema.safeParse(body);
  demand(parsed.success, 400, 'Failed to parse PublishEvent');
  const checkedMetadata = metadataSchema.safeParse(metadata ?? []);
  demand(checkedMetadata.success, 400, 'Metadata is not valid');
  const { dialogId, event, messageAudience } = parsed.data;
  const conversation = conversationOfDialog(account, dialogId);
  const dialog = conversation.dialogs.find((d) => d.dialogId === dialogId);
  demand(conversation.state === 'OPEN' && dialog?.state === 'OPEN', 400, 'Conversation is closed');
  demand(isParticipant(conversation, caller.userId), 400, 'Agent does not exist in conversation');
  const role = conversation.participants.find((p) => p.userId === caller.userId)?.role ?? 'READER';
  const message = publish(conversation, {
    dialogId,
    userId: caller.userId,
    role,
    audience: messageAudience,
    event,
    metadata: checkedMetadata.data,
  });
  simulation.notifier.published(account, conversation, message);
  return { sequence: message.sequence };
}

/** The stored messages after a sequence; the caller must be there or may see all conversations. */
export function queryMessages(account: Account, caller: User, body: unknown): Record<string, unknown>[] {
  const parsed = querySchema.safeParse(body);
  demand(parsed.success, 400, 'Failed to parse QueryMessages');
  const { dialogId, newerThanSequence, olderThanSequence, maxQuantity } = parsed.data;
  const conversation = conversationOfDialog(account, dialogId);
  const mayRead = isParticipant(conversation, caller.userId) || caller.seesAllConversations;
  demand(mayRead, 403, 'Agent is not authorized');
  return conversation.messages
    .filter((message) => message.dialogId === dialogId && message.sequence > newerThanSequence)
    .filter((message) => olderThanSequence === undefined || message.sequence < olderThanSequence)
    .slice(0, maxQuantity)
    .map((message) => messageBody(account, conversation, message));
}
