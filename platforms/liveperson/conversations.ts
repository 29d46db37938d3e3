// What the notifications of the two subscriptions say about a conversation, as pure functions: changes come
// twice, late and out of order, and members are missing at times (LivePerson UMS wire notes).
import type { OwnUser } from './ids';
import { isOwn } from './ids';
import type { ConversationChange, ConversationDetails } from './wire';

/** The account-wide subscription, or the one for the connector's own conversations. */
export type Scope = 'account' | 'own';

/** An agent of a conversation. Only `active` has accepted; `unconfirmed`: the notification had no states. */
export interface AgentView {
  readonly id: string;
  readonly state: 'active' | 'suggested' | 'unconfirmed';
}

/** A conversation as last seen. */
export interface ConversationView {
  readonly conversationId: string;
  readonly open: boolean;
  readonly closedBy?: 'agent' | 'user' | 'system';
  /** The dialog that messages are posted to. */
  readonly dialogId: string;
  readonly skillId?: string;
  readonly agents: readonly AgentView[];
  /** Ids of whoever is there in any role. */
  readonly members: readonly string[];
}

/** A view with what is needed to drop stale changes. */
export interface Entry {
  readonly view: ConversationView;
  /** The largest `metaDataLastUpdateTs` applied. */
  readonly ts: number;
  /** What was applied with that very stamp: two changes may share a millisecond, a duplicate shares its text. */
  readonly applied: readonly string[];
}

/** Where a conversation stands for a transfer. */
export type Place =
  | { readonly kind: 'bot' }
  | { readonly kind: 'human'; readonly agentId: string }
  | { readonly kind: 'queue'; readonly skillId?: string; readonly suggested: readonly string[] }
  | { readonly kind: 'closed'; readonly by?: 'agent' | 'user' | 'system' };

/** The entry after a change. Returns the same object when the change is stale or says nothing. */
export function applyChange(
  entry: Entry | undefined,
  scope: Scope,
  change: ConversationChange,
  own: OwnUser,
): Entry | undefined {
  const { conversationDetails: details, convId, lastUpdateTime } = change.result;
  const stamp = details && stampOf(details);
  const ts = stamp ?? lastUpdateTime ?? entry?.ts ?? 0;
  const text = JSON.stringify(details ?? null);
  // A DELETE without details carries no word of when it happened, so it is taken as it comes.
  const isBare = change.type === 'DELETE' && stamp === undefined;
  if (entry && !isBare && (ts < entry.ts || (ts === entry.ts && entry.applied.includes(text)))) {
    return change.type === 'DELETE' && ts === entry.ts ? leave(entry, scope, own) : entry;
  }
  const applied = entry?.ts === ts ? [...entry.applied, text] : [text];
  const view = details ? toView(convId, details) : (entry?.view ?? emptyView(convId));
  const next = { view, ts: isBare ? (entry?.ts ?? ts) : ts, applied };
  if (change.type === 'DELETE') return leave(next, scope, own);
  // An UPSERT without details is no news.
  return details ? next : entry;
}

/** A conversation that left the account-wide subscription is closed; one that left the own one may only be elsewhere. */
function leave(entry: Entry, scope: Scope, own: OwnUser): Entry {
  if (scope === 'account') return { ...entry, view: { ...entry.view, open: false } };
  return { ...entry, view: withoutAgent(entry.view, own) };
}

/** Where the conversation stands. A suggested agent is nobody yet. */
export function placeOf(view: ConversationView, own: OwnUser): Place {
  if (!view.open) return { kind: 'closed', ...(view.closedBy === undefined ? {} : { by: view.closedBy }) };
  const human = view.agents.find((agent) => agent.state === 'active' && !isOwn(own, agent.id));
  if (human) return { kind: 'human', agentId: human.id };
  if (view.agents.some((agent) => agent.state !== 'suggested' && isOwn(own, agent.id)))
    return { kind: 'bot' };
  const suggested = view.agents.filter((agent) => agent.state === 'suggested').map(({ id }) => id);
  return { kind: 'queue', suggested, ...(view.skillId === undefined ? {} : { skillId: view.skillId }) };
}

/** Whether the own user is there in any role, and so may read and post. */
export function isMember(view: ConversationView, own: OwnUser): boolean {
  return view.members.some((id) => isOwn(own, id)) || placeOf(view, own).kind === 'bot';
}

/** The view after an acknowledged transfer, until the notification comes. */
export function afterTransfer(
  view: ConversationView,
  own: OwnUser,
  to: { readonly skillId?: string; readonly suggested?: string },
): ConversationView {
  const left = withoutAgent(view, own);
  const suggested: AgentView[] = to.suggested === undefined ? [] : [{ id: to.suggested, state: 'suggested' }];
  return {
    ...left,
    ...(to.skillId === undefined ? {} : { skillId: to.skillId }),
    agents: [...left.agents.filter((agent) => agent.state !== 'suggested'), ...suggested],
  };
}

/** The view after the conversation was taken back, until the notification comes. */
export function afterTakeBack(view: ConversationView, own: OwnUser): ConversationView {
  return {
    ...view,
    agents: [{ id: own.oldId, state: 'active' }],
    members: [...view.members, own.oldId],
  };
}

/** What a conversation looks like of which nothing is known but its id. */
export function emptyView(conversationId: string): ConversationView {
  return { conversationId, open: true, dialogId: conversationId, agents: [], members: [] };
}

function toView(conversationId: string, details: ConversationDetails): ConversationView {
  const main = mainDialog(details);
  const closed = isClosed(details.state) || isClosed(details.stage) || isClosed(main?.state);
  const by = closer(main?.closedBy ?? details.closeReason ?? undefined);
  return {
    conversationId,
    open: !closed,
    ...(closed && by !== undefined ? { closedBy: by } : {}),
    dialogId: main?.dialogId ?? conversationId,
    ...(details.skillId === undefined ? {} : { skillId: details.skillId }),
    agents: agentsOf(details),
    members: membersOf(details),
  };
}

/** A survey after the end is a dialog of its own: the conversation is over for us when the main dialog is. */
function mainDialog(
  details: ConversationDetails,
): NonNullable<ConversationDetails['dialogs']>[number] | undefined {
  return details.dialogs?.find(({ dialogType }) => (dialogType ?? 'MAIN') === 'MAIN');
}

function agentsOf(details: ConversationDetails): AgentView[] {
  const participants = mainDialog(details)?.participantsDetails;
  if (participants)
    return participants
      .filter(({ role }) => role === 'ASSIGNED_AGENT')
      .map(({ id, state }) => ({ id, state: agentState(state) }));
  const ids = details.participants?.['ASSIGNED_AGENT'] ?? details.participantsPId?.['ASSIGNED_AGENT'] ?? [];
  return ids.map((id) => ({ id, state: 'unconfirmed' }));
}

function agentState(state: string | undefined): AgentView['state'] {
  if (state === 'ACTIVE') return 'active';
  return state === undefined ? 'unconfirmed' : 'suggested';
}

function membersOf(details: ConversationDetails): string[] {
  const active = mainDialog(details)?.participantsDetails?.filter(
    ({ state }) => (state ?? 'ACTIVE') === 'ACTIVE',
  );
  if (active) return active.map(({ id }) => id);
  return [details.participants, details.participantsPId].flatMap((roles) =>
    Object.values(roles ?? {}).flat(),
  );
}

function withoutAgent(view: ConversationView, own: OwnUser): ConversationView {
  return {
    ...view,
    agents: view.agents.filter(({ id }) => !isOwn(own, id)),
    members: view.members.filter((id) => !isOwn(own, id)),
  };
}

function stampOf(details: ConversationDetails): number | undefined {
  const stamps = [details.metaDataLastUpdateTs, mainDialog(details)?.metaDataLastUpdateTs].filter(
    (stamp) => stamp !== undefined,
  );
  return stamps.length === 0 ? undefined : Math.max(...stamps);
}

function isClosed(state: string | undefined): boolean {
  return state === 'CLOSE' || state === 'CLOSED';
}

function closer(by: string | undefined): ConversationView['closedBy'] {
  if (by === undefined) return undefined;
  if (by === 'CONSUMER') return 'user';
  return by === 'AGENT' ? 'agent' : 'system';
}
