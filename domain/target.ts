// Where a conversation can be handed off to. Ids are the desk's own, kept as strings: vendors disagree
// about numbers, and a leading zero or a 19-digit id must survive.

/** Every kind of target that a ladder's rung may name. A desk declares which of them it takes. */
export const TARGET_KINDS = [
  'skill',
  'agent',
  'queue',
  'bot',
  'flow',
  'department',
  'team',
  'ticket',
] as const;

/** One of {@link TARGET_KINDS}. */
export type TargetKind = (typeof TARGET_KINDS)[number];

/** One place to hand off to, on one desk. */
export interface Target {
  readonly kind: TargetKind;
  /** The desk's id of the skill, agent, queue, … */
  readonly id: string;
  /** Display name for operators; never sent to the desk as an id. */
  readonly name?: string;
  /**
   * Only for `skill`: the human agent to prefer. The agent is asked for only if assigned to the skill
   * and available; otherwise the skill is (LivePerson Agent Escalation page).
   */
  readonly agentId?: string;
}
