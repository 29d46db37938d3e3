// UpdateConversationField: all fields of one request are checked against the conversation first and then take
// effect together, or none does.
import { z } from 'zod';
import {
  assignedAgent,
  closeConversation,
  closeMainDialog,
  isParticipant,
  join,
  leave,
  touch,
} from './conversation-state';
import { demand } from './refusal';
import { UNASSIGNED_SKILL } from './routing';
import type { Simulation } from './simulation';
import type { Account, Conversation, TransferRecord, User } from './world';
import { findUser } from './world';

const role = z.enum(['ASSIGNED_AGENT', 'MANAGER', 'READER']);
const fieldSchema = z.discriminatedUnion('field', [
  z.object({
    field: z.literal('ParticipantsChange'),
    type: z.enum(['ADD', 'REMOVE', 'SUGGEST']),
    role,
    userId: z.string().min(1),
  }),
  z.object({ field: z.literal('Skill'), type: z.literal('UPDATE'), skill: z.string().regex(/^(-1|\d+)$/) }),
  z.object({ field: z.literal('ConversationStateField'), conversationState: z.literal('CLOSE') }),
  z.object({
    field: z.literal('DialogChange'),
    type: z.literal('UPDATE'),
    dialog: z.object({ dialogId: z.string(), state: z.literal('CLOSE') }),
  }),
  z.object({
    field: z.literal('TTRChange'),
    type: z.literal('UPDATE'),
    ttrType: z.enum(['URGENT', 'NORMAL', 'PRIORITIZED']),
  }),
]);
const bodySchema = z.object({
  conversationId: z.string().min(1),
  conversationField: z.array(fieldSchema).min(1),
});

type Field = z.output<typeof fieldSchema>;
type ParticipantsChange = Extract<Field, { field: 'ParticipantsChange' }>;

/** One request, sorted by what it does. */
interface Change {
  readonly account: Account;
  readonly conversation: Conversation;
  readonly caller: User;
  readonly adds: readonly ParticipantsChange[];
  readonly removes: readonly ParticipantsChange[];
  readonly suggest: User | undefined;
  readonly skill: string | undefined;
  readonly fields: readonly Field[];
}

/** Applies one request; answers the vendor's text of success, refuses as the vendor does. */
export function updateConversationField(
  simulation: Simulation,
  account: Account,
  caller: User,
  body: unknown,
): string {
  const parsed = bodySchema.safeParse(body);
  demand(parsed.success, 400, 'Failed to parse UpdateConversationField');
  const conversation = account.conversations[parsed.data.conversationId];
  demand(conversation, 404, 'Conversation does not exist');
  demand(conversation.state === 'OPEN', 400, 'Conversation is closed');
  const change = sort(account, conversation, caller, parsed.data.conversationField);
  checkCaller(change);
  checkParticipants(change);
  checkSkill(change);
  checkDialogs(change);
  return apply(simulation, change);
}

function sort(account: Account, conversation: Conversation, caller: User, fields: readonly Field[]): Change {
  const participants = fields.filter((f) => f.field === 'ParticipantsChange');
  const suggested = participants.filter((f) => f.type === 'SUGGEST');
  demand(suggested.length < 2, 400, 'More than one suggested agent');
  const suggest = suggested[0] === undefined ? undefined : findUser(account, suggested[0].userId);
  demand(suggested.length === 0 || suggest, 400, 'Suggested agent does not exist');
  return {
    account,
    conversation,
    caller,
    adds: participants.filter((f) => f.type === 'ADD'),
    removes: participants.filter((f) => f.type === 'REMOVE'),
    suggest,
    skill: fields.find((f) => f.field === 'Skill')?.skill,
    fields,
  };
}

/**
 * The caller must be there. Two ways in [unsure]: a user with the manager permission adds himself as MANAGER, and
 * any user adds himself as ASSIGNED_AGENT while nobody is (this is how a conversation is taken back from a queue).
 */
function checkCaller({ account, conversation, caller, fields, adds }: Change): void {
  if (isParticipant(conversation, caller.userId)) return;
  const onlyAddsHimself =
    adds.length === fields.length && adds.every((add) => findUser(account, add.userId) === caller);
  demand(onlyAddsHimself, 400, 'Agent does not exist in conversation');
  for (const add of adds) {
    demand(add.role !== 'MANAGER' || caller.manages, 403, 'Agent is not authorized');
    demand(add.role !== 'READER', 403, 'Agent is not authorized');
  }
}

function checkParticipants(change: Change): void {
  const { account, conversation, caller, adds, removes, suggest } = change;
  for (const remove of removes) {
    const user = findUser(account, remove.userId);
    const there = conversation.participants.some((p) => p.userId === user?.userId && p.role === remove.role);
    demand(there, 400, 'Agent does not exist in conversation');
    demand(user === caller || caller.manages, 403, 'Agent is not authorized');
  }
  const removesAssigned = removes.some((remove) => remove.role === 'ASSIGNED_AGENT');
  const free = assignedAgent(conversation) === undefined || removesAssigned;
  demand(suggest === undefined || free, 400, 'Conversation is assigned to an agent');
  for (const add of adds) {
    const user = findUser(account, add.userId);
    demand(user, 400, 'Agent does not exist');
    demand(user === caller || caller.manages, 403, 'Agent is not authorized');
    const already = conversation.participants.some(
      (p) => p.userId === user.userId && p.role === add.role && p.state === 'ACTIVE',
    );
    demand(!already, 400, 'Agent already exists in conversation');
    demand(add.role !== 'ASSIGNED_AGENT' || free, 400, 'Conversation is assigned to an agent');
  }
}

function checkSkill({ account, conversation, removes, skill }: Change): void {
  if (skill === undefined) return;
  const target = account.skills[skill];
  demand(
    skill === UNASSIGNED_SKILL || (target !== undefined && !target.deleted),
    400,
    'Skill does not exist',
  );
  const assigned = assignedAgent(conversation);
  demand(
    assigned === undefined || removes.some((remove) => remove.role === 'ASSIGNED_AGENT'),
    400,
    'Conversation is assigned to an agent',
  );
  const current = account.skills[conversation.skillId];
  if (current === undefined || skill === current.id) return;
  const allowed =
    current.canTransfer && (current.skillTransferList === null || current.skillTransferList.includes(skill));
  demand(allowed, 400, 'Transfer to this skill is not allowed');
}

function checkDialogs({ conversation, fields }: Change): void {
  for (const field of fields) {
    if (field.field !== 'DialogChange') continue;
    const dialog = conversation.dialogs.find((d) => d.dialogId === field.dialog.dialogId);
    demand(dialog, 400, 'Dialog does not exist');
    demand(dialog.state === 'OPEN', 400, 'Dialog is closed');
  }
}

function apply(simulation: Simulation, change: Change): string {
  const { account, conversation, fields } = change;
  const { routing, notifier } = simulation;
  for (const field of fields) applyPlain(account, conversation, field);
  if (fields.some((f) => f.field === 'ConversationStateField' || f.field === 'DialogChange')) {
    routing.withdraw(account, conversation);
    notifier.conversationChanged(account, conversation);
    routing.reconsider(account);
    return 'OK Conversation updated successfully';
  }
  for (const remove of change.removes) {
    const userId = findUser(account, remove.userId)?.userId ?? '';
    leave(conversation, userId, remove.role);
  }
  const fromSkillId = conversation.skillId;
  if (change.skill !== undefined) conversation.skillId = change.skill;
  applyAdds(simulation, change);
  const released = change.removes.some((remove) => remove.role === 'ASSIGNED_AGENT');
  if (change.suggest !== undefined || released || change.skill !== undefined) {
    applyTransfer(simulation, change, fromSkillId);
  } else {
    touch(conversation);
    notifier.conversationChanged(account, conversation);
  }
  return change.removes.length > 0 || change.suggest !== undefined
    ? 'OK Agent removed successfully'
    : change.adds.length > 0
      ? 'OK Agent added successfully'
      : 'OK Conversation updated successfully';
}

function applyPlain(account: Account, conversation: Conversation, field: Field): void {
  if (field.field === 'TTRChange') conversation.ttrType = field.ttrType;
  if (field.field === 'ConversationStateField') closeConversation(conversation, 'AGENT');
  if (field.field === 'DialogChange') {
    const { dialogId } = field.dialog;
    const survey = account.settings.postSurvey && dialogId === conversation.id;
    closeMainDialog(conversation, 'AGENT', survey);
  }
}

function applyAdds({ routing }: Simulation, { account, conversation, adds, skill, caller }: Change): void {
  for (const add of adds) {
    const user = findUser(account, add.userId);
    if (user === undefined) continue;
    if (add.role !== 'ASSIGNED_AGENT') {
      join(conversation, user.userId, add.role);
      continue;
    }
    conversation.transfers.push({
      kind: 'takeover',
      at: Date.now(),
      byUserId: caller.userId,
      fromSkillId: conversation.skillId,
      toSkillId: skill ?? conversation.skillId,
    });
    routing.assign(account, conversation, user);
  }
}

function applyTransfer({ routing, notifier }: Simulation, change: Change, fromSkillId: string): void {
  const { account, conversation, suggest, skill } = change;
  const kind: TransferRecord['kind'] =
    suggest !== undefined ? 'agent' : skill !== undefined ? 'skill' : 'queue';
  conversation.transfers.push({
    kind,
    at: Date.now(),
    byUserId: change.caller.userId,
    fromSkillId,
    toSkillId: conversation.skillId,
    ...(suggest === undefined ? {} : { suggestedUserId: suggest.userId }),
  });
  touch(conversation);
  if (suggest !== undefined) {
    routing.withdraw(account, conversation);
    routing.suggest(account, conversation, suggest);
    notifier.conversationChanged(account, conversation);
    return;
  }
  notifier.conversationChanged(account, conversation);
  if (assignedAgent(conversation) === undefined) routing.queue(account, conversation);
}
