// The form in which a plan is written in the history: what repeats or goes without saying is left out, because every
// escalation pays for each byte of it in storage, and every worker that resumes it reads it again.
import type { EscalationPlan, PlannedDesk, Rung } from './plan';

/** A desk as written. */
export type CompactDesk = Omit<PlannedDesk, 'confirmsConnection' | 'heartbeatMs'> &
  Partial<Pick<PlannedDesk, 'confirmsConnection' | 'heartbeatMs'>>;

/** A rung as written: a desk left out is the one of the rung before. */
export type CompactRung = Omit<Rung, 'responseTimeoutMs' | 'origin' | 'desk'> &
  Partial<Pick<Rung, 'responseTimeoutMs' | 'origin'>> & { readonly desk?: CompactDesk };

/** A plan as written. A whole plan is one too, in which nothing was left out. */
export type CompactPlan = Omit<EscalationPlan, 'rungs' | 'fallbackMessage' | 'failureMessage'> &
  Partial<Pick<EscalationPlan, 'fallbackMessage' | 'failureMessage'>> & {
    readonly rungs: readonly CompactRung[];
  };

/**
 * What a plan means that does not say it. Part of the format, written in running histories: these stay as they are
 * even when a default of the configuration changes, which then is simply written out.
 */
const UNSAID = {
  responseTimeoutMs: 180_000,
  origin: 'ladder',
  confirmsConnection: true,
  heartbeatMs: 20_000,
  failureMessage: 'Not able to transfer to Agent at this time. Please try later.',
} as const;

/** Leaves out what {@link expandPlan} puts back. */
export function compactPlan(plan: EscalationPlan): CompactPlan {
  const { rungs, fallbackMessage, failureMessage, ...rest } = plan;
  return {
    ...rest,
    ...(failureMessage !== UNSAID.failureMessage && { failureMessage }),
    ...(fallbackMessage !== failureMessage && { fallbackMessage }),
    rungs: rungs.map((rung, index) => compactRung(rung, rungs[index - 1]?.desk)),
  };
}

/** The plan as the workflow reads it. @throws Error if the first rung has no desk, which no plan is written with */
export function expandPlan(compact: CompactPlan): EscalationPlan {
  const { rungs, ...rest } = compact;
  const failureMessage = compact.failureMessage ?? UNSAID.failureMessage;
  const fallbackMessage = compact.fallbackMessage ?? failureMessage;
  const expanded: Rung[] = [];
  for (const rung of rungs) expanded.push(expandRung(rung, expanded.at(-1)?.desk));
  return { ...rest, failureMessage, fallbackMessage, rungs: expanded };
}

function compactRung(rung: Rung, before: PlannedDesk | undefined): CompactRung {
  const { responseTimeoutMs, origin, desk, ...rest } = rung;
  return {
    ...rest,
    ...(responseTimeoutMs !== UNSAID.responseTimeoutMs && { responseTimeoutMs }),
    ...(origin !== UNSAID.origin && { origin }),
    ...(!(before && isSame(before, desk)) && { desk: compactDesk(desk) }),
  };
}

function compactDesk({ confirmsConnection, heartbeatMs, ...rest }: PlannedDesk): CompactDesk {
  return {
    ...rest,
    ...(confirmsConnection !== UNSAID.confirmsConnection && { confirmsConnection }),
    ...(heartbeatMs !== UNSAID.heartbeatMs && { heartbeatMs }),
  };
}

function expandRung(rung: CompactRung, before: PlannedDesk | undefined): Rung {
  const desk = rung.desk ? expandDesk(rung.desk) : before;
  if (!desk) throw new Error('the first rung of a plan names no desk');
  return {
    ...rung,
    responseTimeoutMs: rung.responseTimeoutMs ?? UNSAID.responseTimeoutMs,
    origin: rung.origin ?? UNSAID.origin,
    desk,
  };
}

function expandDesk(desk: CompactDesk): PlannedDesk {
  return {
    ...desk,
    confirmsConnection: desk.confirmsConnection ?? UNSAID.confirmsConnection,
    heartbeatMs: desk.heartbeatMs ?? UNSAID.heartbeatMs,
  };
}

function isSame(one: PlannedDesk, other: PlannedDesk): boolean {
  return (
    one.platform === other.platform &&
    one.carriesMessage === other.carriesMessage &&
    one.events === other.events &&
    one.confirmsConnection === other.confirmsConnection &&
    one.heartbeatMs === other.heartbeatMs &&
    one.unrepeatable === other.unrepeatable
  );
}
