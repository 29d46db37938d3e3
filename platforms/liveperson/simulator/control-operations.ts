// What the control operations do to the simulated world. Inputs are already checked against control-schema.ts.
import {
  assignedAgent,
  closeConversation,
  isParticipant,
  leave,
  openConversation,
  publish,
} from './conversation-state';
import { consumerSays } from './consumer';
import { faultOperations } from './control-fault-operations';
import type { ControlOperations, Group } from './control-lookups';
import { accountNamed, conversationNamed, userNamed } from './control-lookups';
import { demand } from './refusal';
import { UNASSIGNED_SKILL } from './routing';
import type { Simulation } from './simulation';
import { viewConversation } from './views';
import type { Account, Conversation, User } from './world';
import { completeUser, createAccount, findUser } from './world';
import { settingsSchema, skillSchema, userSchema } from './world-schema';

/** The operations of one simulator. */
export function createControlOperations(simulation: Simulation): ControlOperations {
  return {
    ...worldOperations(simulation),
    ...conversationOperations(simulation),
    ...agentOperations(simulation),
    ...faultOperations(simulation),
  };
}

function worldOperations(
  simulation: Simulation,
): Group<'createAccount' | 'setSettings' | 'setSkill' | 'setUser' | 'users'> {
  return {
    createAccount(spec) {
      demand(simulation.world.accounts[spec.id] === undefined, 409, 'Account exists');
      simulation.world.accounts[spec.id] = createAccount(spec);
      simulation.changed();
      return { account: spec.id };
    },
    setSettings({ account: id, ...settings }) {
      const account = accountNamed(simulation, id);
      account.settings = settingsSchema.parse({ ...account.settings, ...settings });
      simulation.changed();
      return account.settings;
    },
    setSkill({ account: id, ...given }) {
      const account = accountNamed(simulation, id);
      const skill = skillSchema.parse({ ...account.skills[given.id], ...given });
      account.skills[skill.id] = skill;
      simulation.changed();
      return skill;
    },
    setUser({ account: id, ...given }) {
      const account = accountNamed(simulation, id);
      const known = findUser(account, given.userId);
      const merged = userSchema.parse({ ...known, ...given, userId: known?.userId ?? given.userId });
      const user = Object.assign(known ?? completeUser(merged), completeUser(merged));
      account.users[user.userId] = user;
      simulation.notifier.agentStateChanged(account, user);
      simulation.routing.reconsider(account);
      return user;
    },
    users: ({ account }) => ({ users: Object.values(accountNamed(simulation, account).users) }),
  };
}

function conversationOperations(
  simulation: Simulation,
): Group<'createConversation' | 'consumerMessage' | 'consumerCloses' | 'conversation' | 'conversations'> {
  const { notifier, routing } = simulation;
  return {
    createConversation(input) {
      const account = accountNamed(simulation, input.account);
      const skillId = input.skillId ?? UNASSIGNED_SKILL;
      demand(skillId === UNASSIGNED_SKILL || account.skills[skillId], 404, 'Skill does not exist');
      const user = input.assignedTo === undefined ? undefined : userNamed(account, input.assignedTo);
      const conversation = openConversation(account, {
        consumerId: input.consumerId ?? crypto.randomUUID(),
        consumerName: input.consumerName ?? 'Visitor',
        skillId,
      });
      if (input.message !== undefined) consumerSays(simulation, account, conversation, input.message);
      if (user !== undefined) {
        routing.assign(account, conversation, user);
      } else {
        notifier.conversationChanged(account, conversation);
        routing.queue(account, conversation);
      }
      return { conversationId: conversation.id };
    },
    consumerMessage({ conversationId, text }) {
      const { account, conversation } = conversationNamed(simulation, conversationId);
      demand(conversation.state === 'OPEN', 409, 'Conversation is closed');
      return { sequence: consumerSays(simulation, account, conversation, text) };
    },
    consumerCloses({ conversationId }) {
      const { account, conversation } = conversationNamed(simulation, conversationId);
      close(simulation, account, conversation, 'CONSUMER');
      return viewConversation(account, conversation);
    },
    conversation({ conversationId }) {
      const { account, conversation } = conversationNamed(simulation, conversationId);
      return viewConversation(account, conversation);
    },
    conversations({ account: id, state }) {
      const account = accountNamed(simulation, id);
      const conversations = Object.values(account.conversations)
        .filter((conversation) => state === undefined || conversation.state === state)
        .map((conversation) => viewConversation(account, conversation));
      return { conversations };
    },
  };
}

function agentOperations(
  simulation: Simulation,
): Group<'agentMessage' | 'agentLeaves' | 'agentCloses' | 'agentJoins'> {
  const { notifier, routing, timers } = simulation;
  return {
    agentMessage({ conversationId, user: reference, text }) {
      const { account, conversation } = conversationNamed(simulation, conversationId);
      const user = userNamed(account, reference);
      demand(isParticipant(conversation, user.userId), 409, 'User is not in the conversation');
      demand(conversation.state === 'OPEN', 409, 'Conversation is closed');
      const message = publish(conversation, {
        dialogId: conversation.id,
        userId: user.userId,
        role: 'ASSIGNED_AGENT',
        audience: 'ALL',
        event: { type: 'ContentEvent', contentType: 'text/plain', message: text },
        metadata: [],
      });
      notifier.published(account, conversation, message);
      return { sequence: message.sequence };
    },
    agentLeaves({ conversationId, user: reference }) {
      const { account, conversation } = conversationNamed(simulation, conversationId);
      const user = userNamed(account, reference);
      demand(assignedAgent(conversation)?.userId === user.userId, 409, 'User does not have the conversation');
      leave(conversation, user.userId, 'ASSIGNED_AGENT');
      const { skillId } = conversation;
      conversation.transfers.push({
        kind: 'queue',
        at: Date.now(),
        byUserId: user.userId,
        fromSkillId: skillId,
        toSkillId: skillId,
      });
      notifier.conversationChanged(account, conversation);
      routing.queue(account, conversation);
      return viewConversation(account, conversation);
    },
    agentCloses({ conversationId, user: reference }) {
      const { account, conversation } = conversationNamed(simulation, conversationId);
      const user = userNamed(account, reference);
      demand(isParticipant(conversation, user.userId), 409, 'User is not in the conversation');
      close(simulation, account, conversation, 'AGENT');
      return viewConversation(account, conversation);
    },
    agentJoins({ conversationId, user: reference, force, afterMs }) {
      const { account, conversation } = conversationNamed(simulation, conversationId);
      const user = userNamed(account, reference);
      const attempt = (): boolean => joinLate(simulation, account, conversation, user, force);
      if (afterMs === undefined) return { joined: attempt(), scheduled: false };
      timers.set(`join/${conversationId}/${user.userId}`, afterMs, attempt);
      return { joined: false, scheduled: true };
    },
  };
}

/** Accepts the agent's ring; without one he stays out unless forced, and then replaces who has it. */
function joinLate(
  { routing }: Simulation,
  account: Account,
  conversation: Conversation,
  user: User,
  force: boolean,
): boolean {
  const ring = conversation.rings.find((r) => r.userId === user.userId && r.ringState === 'WAITING');
  if (ring !== undefined) return routing.answerRing(account, ring.ringId, user.userId, true);
  if (!force || conversation.state === 'CLOSE') return false;
  routing.assign(account, conversation, user);
  return true;
}

function close(
  { notifier, routing }: Simulation,
  account: Account,
  conversation: Conversation,
  by: 'AGENT' | 'CONSUMER',
): void {
  demand(conversation.state === 'OPEN', 409, 'Conversation is closed');
  routing.withdraw(account, conversation);
  closeConversation(conversation, by);
  notifier.conversationChanged(account, conversation);
  routing.reconsider(account);
}
