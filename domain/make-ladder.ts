// The ladder of a plan: the integration's own skill and its further rungs, or the targets that the bot names, with the
// connector's fallback skill last.
import { BatonError } from './errors';
import { isRung, makeRung, own, type NoRung, type Planning } from './make-rung';
import type { PlanProblem, Rung } from './plan';
import type { RequestedTarget } from './bot-session';
import { TARGET_KINDS } from './target';
import { templateVariables, variableType } from './template';

/** The rungs, those left out and why; `problem`: none is to be tried. */
export interface Ladder {
  readonly rungs: readonly Rung[];
  readonly leftOut: readonly string[];
  readonly problem?: PlanProblem;
}

/** @throws BatonError `ESC_PLAN_MISCONFIGURED` */
export function makeLadder(planning: Planning): Ladder {
  const { targets } = planning.request;
  return targets ? requestedLadder(planning, targets) : ownLadder(planning);
}

/** What the bot names instead of the integration's own skill. It answers the user itself if none can be tried. */
function requestedLadder(planning: Planning, targets: readonly RequestedTarget[]): Ladder {
  const tries = targets.map((target, index) => ({
    made: requestedRung(planning, target),
    name: `requested target ${index + 1}`,
  }));
  const { rungs, leftOut } = climbable(tries);
  if (rungs.length > 0) return climbable([...tries, ...fallback(planning)]);
  const detail = targets.length === 0 ? 'the bot named no target' : leftOut.join('; ');
  return { rungs, leftOut: [], problem: { reason: 'invalid_target', detail, silent: true } };
}

function requestedRung(planning: Planning, { kind, id }: RequestedTarget): Rung | NoRung | 'no_connector' {
  const { integration } = planning;
  const known = TARGET_KINDS.find((each) => each === kind);
  const connector = known && own<string | undefined>(integration.requestedTargets ?? {}, known);
  if (!known || connector === undefined) return 'no_connector';
  const { responseTimeoutMs, queueTimeoutMs, businessHours, onlyIfAvailable } = integration;
  // What the bot says is no template: none of its variables is filled in.
  return makeRung(
    { ...planning, variables: {} },
    {
      connector,
      target: { kind: known, id },
      responseTimeoutMs,
      ...(queueTimeoutMs !== undefined && { queueTimeoutMs }),
      ...(businessHours && { businessHours }),
      onlyIfAvailable,
    },
  );
}

function ownLadder(planning: Planning): Ladder {
  const first = firstRung(planning);
  if (first.kind === 'invalid')
    return { rungs: [], leftOut: [], problem: { reason: 'invalid_target', detail: first.detail } };
  const skill = first.kind === 'rung' ? [{ made: first.rung, name: 'the own skill' }] : [];
  const further = planning.integration.furtherRungs.map((rung, index) => ({
    made: makeRung(planning, rung),
    name: `further rung ${index + 1} (${rung.target.kind} on ${rung.connector})`,
  }));
  const ladder = climbable([...skill, ...further, ...fallback(planning)]);
  if (ladder.rungs.length > 0) return ladder;
  return { ...ladder, problem: { reason: 'invalid_target', detail: ladder.leftOut.join('; ') } };
}

/**
 * The integration's own skill; without one the further rungs are the ladder. Its id decides: one that is invalid stops
 * the attempt (LivePerson Agent Escalation page).
 */
function firstRung(
  planning: Planning,
): { kind: 'rung'; rung: Rung } | { kind: 'invalid'; detail: string } | { kind: 'none' } {
  const { integration, name } = planning;
  const { agentSkillId } = integration;
  if (agentSkillId === undefined && integration.furtherRungs.length > 0) return { kind: 'none' };
  if (agentSkillId === undefined)
    return { kind: 'invalid', detail: `integration ${name} has no skill, and the bot named no target` };
  const rung = makeRung(planning, {
    ...integration,
    target: {
      kind: 'skill',
      id: agentSkillId,
      ...(integration.agentSkillName !== undefined && { name: integration.agentSkillName }),
      ...(integration.agentId !== undefined && { agentId: integration.agentId }),
    },
  });
  if (rung === 'no_desk')
    throw new BatonError(
      'ESC_PLAN_MISCONFIGURED',
      `connector ${integration.connector} of integration ${name} has no desk`,
    );
  return rung === 'invalid_id'
    ? { kind: 'invalid', detail: invalidSkill(planning, agentSkillId) }
    : { kind: 'rung', rung };
}

/** Names the field and what its variables hold, never their values: those are the bot's. */
function invalidSkill({ integration, name, variables, env }: Planning, agentSkillId: string): string {
  const platform = env.deskOf(integration.connector)?.platform;
  const sources = templateVariables(agentSkillId).map(
    (variable) => `$botContext.${variable} is ${variableType(variables, variable)}`,
  );
  const found = sources.length > 0 ? sources.join(', ') : 'the configured value is of another form';
  return `agentSkillId of integration ${name} is not a skill id of ${platform}: ${found}`;
}

interface Try {
  readonly made: Rung | NoRung | 'no_connector';
  readonly name: string;
}

/** Rungs that cannot be tried are left out and named; a fallback skill that is among the others is not tried twice. */
function climbable(tries: readonly Try[]): { rungs: readonly Rung[]; leftOut: readonly string[] } {
  const rungs: Rung[] = [];
  const leftOut: string[] = [];
  for (const { made, name } of tries) {
    if (!isRung(made)) leftOut.push(`${name}: ${WHY[made]}`);
    else if (made.origin !== 'fallback' || !rungs.some((rung) => isSameSkill(rung, made))) rungs.push(made);
  }
  return { rungs, leftOut };
}

const WHY = {
  no_desk: 'its connector has no desk',
  invalid_id: 'invalid id',
  no_connector: 'no connector takes such targets',
} as const satisfies Record<NoRung | 'no_connector', string>;

function isSameSkill(rung: Rung, other: Rung): boolean {
  const { kind, id } = rung.target;
  return rung.connector === other.connector && kind === 'skill' && id === other.target.id;
}

function fallback(planning: Planning): readonly Try[] {
  const { connector: name } = planning.integration;
  const id = own(planning.tenant.connectors, name)?.fallbackSkillId;
  if (id === undefined) return [];
  const rung = makeRung(planning, { connector: name, target: { kind: 'skill', id }, onlyIfAvailable: false });
  return [{ made: isRung(rung) ? { ...rung, origin: 'fallback' } : rung, name: 'the fallback skill' }];
}
