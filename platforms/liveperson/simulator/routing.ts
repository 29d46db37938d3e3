// Routing: who is rung for a conversation, what scripted agents answer, what becomes of a suggestion. A ring is
// offered to every eligible agent at once; the first to accept has the conversation and the other rings end.
import { assignedAgent, join, leave, suggestedAgent, touch } from './conversation-state';
import type { Notifier } from './notifications';
import type { Timers } from '../../simulation/timers';
import type { Account, Conversation, Ring, User } from './world';
import type { Behaviour } from './world-schema';

/** The skill of a conversation that has none: everybody is rung. */
export const UNASSIGNED_SKILL = '-1';

/** Finished rings kept per conversation. */
const RINGS_KEPT = 50;

/** What the router needs. */
export interface RoutingDeps {
  readonly timers: Timers;
  readonly notifier: Notifier;
  /** Whether the user has an open socket. */
  readonly hasSocket: (accountId: string, userId: string) => boolean;
}

/** Moves conversations between queues and agents. */
export interface Routing {
  /** Rings the skill's agents; call after the assigned agent left. */
  queue(account: Account, conversation: Conversation): void;
  /** Names an agent; if he does not come in time the skill's queue follows. */
  suggest(account: Account, conversation: Conversation, user: User): void;
  /** Makes the user the assigned agent; rings and suggestion end. */
  assign(account: Account, conversation: Conversation, user: User): void;
  /** Ends rings and suggestion: the conversation was closed or taken. */
  withdraw(account: Account, conversation: Conversation): void;
  /** `false`: that ring is not waiting any more. */
  answerRing(account: Account, ringId: string, userId: string, accept: boolean): boolean;
  /** Rings a user who may have become eligible. */
  reconsider(account: Account): void;
  /** Rings and suggestions of a world that was read from a file. */
  resume(account: Account): void;
}

/** See {@link Routing}. */
export function createRouting(deps: RoutingDeps): Routing {
  const { timers, notifier } = deps;

  const endRing = (account: Account, conversation: Conversation, ring: Ring, to: Ring['ringState']): void => {
    ring.ringState = to;
    timers.cancel(`answer/${ring.ringId}`);
    timers.cancel(`expire/${ring.ringId}`);
    notifier.ringChanged(account, conversation, ring);
  };

  const cancelRings = (account: Account, conversation: Conversation): void => {
    for (const ring of waiting(conversation)) endRing(account, conversation, ring, 'CANCELLED');
  };

  const endSuggestion = (conversation: Conversation): User['userId'] | undefined => {
    timers.cancel(`suggestion/${conversation.id}`);
    const suggested = suggestedAgent(conversation);
    delete conversation.suggestionExpiresAt;
    if (suggested === undefined) return undefined;
    leave(conversation, suggested.userId, suggested.role);
    return suggested.userId;
  };

  const assign = (account: Account, conversation: Conversation, user: User, accepted?: Ring): void => {
    if (accepted !== undefined) endRing(account, conversation, accepted, 'ACCEPTED');
    endSuggestion(conversation);
    join(conversation, user.userId, 'ASSIGNED_AGENT');
    cancelRings(account, conversation);
    notifier.conversationChanged(account, conversation);
  };

  const answer = (account: Account, conversation: Conversation, ring: Ring, accept: boolean): void => {
    const user = account.users[ring.userId];
    if (ring.ringState !== 'WAITING' || user === undefined) return;
    if (accept) {
      assign(account, conversation, user, ring);
      return;
    }
    endRing(account, conversation, ring, 'REJECTED');
    if (ring.suggested) expireSuggestion(account, conversation);
  };

  const scriptAnswer = (
    account: Account,
    conversation: Conversation,
    ring: Ring,
    script: Behaviour,
  ): void => {
    if (script.kind === 'never') return;
    const accept = script.kind === 'accept';
    timers.set(`answer/${ring.ringId}`, script.afterMs, () => answer(account, conversation, ring, accept));
  };

  const ringUser = (account: Account, conversation: Conversation, user: User, suggested: boolean): void => {
    const now = Date.now();
    const lifeMs = suggested ? suggestionMs(account, conversation) : account.settings.ringExpirationMs;
    const ring: Ring = {
      ringId: `${conversation.id}_${user.userId}_${String(now)}_${String(conversation.rings.length)}`,
      userId: user.userId,
      skillId: conversation.skillId,
      ringState: 'WAITING',
      expiresAt: now + lifeMs,
      suggested,
    };
    conversation.rings = [...conversation.rings.slice(-RINGS_KEPT), ring];
    notifier.ringChanged(account, conversation, ring);
    const script = suggested ? (user.suggestedBehaviour ?? user.behaviour) : user.behaviour;
    if (user.connected && user.availability === 'ONLINE') scriptAnswer(account, conversation, ring, script);
    timers.set(`expire/${ring.ringId}`, lifeMs, () => {
      endRing(account, conversation, ring, 'EXPIRED');
      if (!suggested) offer(account, conversation);
    });
  };

  const offer = (account: Account, conversation: Conversation): void => {
    if (!isQueued(conversation)) return;
    const rung = new Set(waiting(conversation).map((ring) => ring.userId));
    for (const user of Object.values(account.users)) {
      if (rung.has(user.userId) || !isEligible(account, conversation, user)) continue;
      ringUser(account, conversation, user, false);
    }
  };

  const isEligible = (account: Account, conversation: Conversation, user: User): boolean =>
    user.isEnabled &&
    user.availability === 'ONLINE' &&
    (user.connected || deps.hasSocket(account.id, user.userId)) &&
    (user.skillIds.includes(conversation.skillId) ||
      (conversation.skillId === UNASSIGNED_SKILL && user.kind === 'human')) &&
    openConversations(account, user.userId) < user.maxAsyncChats;

  const expireSuggestion = (account: Account, conversation: Conversation): void => {
    cancelRings(account, conversation);
    const userId = endSuggestion(conversation);
    if (userId === undefined || conversation.state === 'CLOSE') return;
    conversation.transfers.push({
      kind: 'suggestion_expired',
      at: Date.now(),
      fromSkillId: conversation.skillId,
      toSkillId: conversation.skillId,
      suggestedUserId: userId,
    });
    notifier.conversationChanged(account, conversation);
    offer(account, conversation);
  };

  const armSuggestion = (account: Account, conversation: Conversation, afterMs: number): void => {
    timers.set(`suggestion/${conversation.id}`, afterMs, () => expireSuggestion(account, conversation));
  };

  return {
    queue(account, conversation) {
      endSuggestion(conversation);
      cancelRings(account, conversation);
      offer(account, conversation);
    },
    suggest(account, conversation, user) {
      cancelRings(account, conversation);
      const ms = suggestionMs(account, conversation);
      conversation.participants.push({ userId: user.userId, role: 'ASSIGNED_AGENT', state: 'SUGGESTED' });
      conversation.suggestionExpiresAt = Date.now() + ms;
      touch(conversation);
      // Armed before the ring, so that the suggestion is settled first when both run out together.
      armSuggestion(account, conversation, ms);
      ringUser(account, conversation, user, true);
    },
    assign: (account, conversation, user) => assign(account, conversation, user),
    withdraw(account, conversation) {
      cancelRings(account, conversation);
      endSuggestion(conversation);
    },
    answerRing(account, ringId, userId, accept) {
      for (const conversation of Object.values(account.conversations)) {
        const ring = conversation.rings.find((r) => r.ringId === ringId && r.userId === userId);
        if (ring?.ringState !== 'WAITING') continue;
        answer(account, conversation, ring, accept);
        return true;
      }
      return false;
    },
    reconsider(account) {
      for (const conversation of Object.values(account.conversations)) offer(account, conversation);
    },
    resume(account) {
      for (const conversation of Object.values(account.conversations)) {
        for (const ring of waiting(conversation)) ring.ringState = 'EXPIRED';
        const suggested = suggestedAgent(conversation);
        const user = suggested === undefined ? undefined : account.users[suggested.userId];
        if (user !== undefined) {
          armSuggestion(account, conversation, (conversation.suggestionExpiresAt ?? 0) - Date.now());
          ringUser(account, conversation, user, true);
        }
        offer(account, conversation);
      }
    },
  };
}

/** Open conversations that the user has now. */
export function openConversations(account: Account, userId: string): number {
  return Object.values(account.conversations).filter(
    (conversation) => conversation.state === 'OPEN' && assignedAgent(conversation)?.userId === userId,
  ).length;
}

function waiting(conversation: Conversation): Ring[] {
  return conversation.rings.filter((ring) => ring.ringState === 'WAITING');
}

function isQueued(conversation: Conversation): boolean {
  return (
    conversation.state === 'OPEN' &&
    assignedAgent(conversation) === undefined &&
    suggestedAgent(conversation) === undefined
  );
}

function suggestionMs(account: Account, conversation: Conversation): number {
  return (account.skills[conversation.skillId]?.transferToAgentMaxWaitInSeconds ?? 120) * 1000;
}
