// Builders of the values that tests are about. Each gives a small valid value; a test names what it cares for.
import {
  DEFAULT_RELAY,
  type EscalationPlan,
  type PlannedChat,
  type PlannedDesk,
  type RelayPlan,
  type Rung,
} from '../../domain/plan';
import type { EscalationRequest } from '../../domain/request';

let counter = 0;

/** An id that no other test of this run uses. */
export function uniqueId(prefix: string): string {
  counter += 1;
  return `${prefix}-${process.pid}-${Date.now().toString(36)}-${counter}`;
}

/** A bot's request. */
export function aRequest(overrides: Partial<EscalationRequest> = {}): EscalationRequest {
  return { requestId: 'r1', integration: 'to-service', variables: { skillId: '4711' }, ...overrides };
}

/** A desk whose events come as signals. */
export function aWebhookDesk(overrides: Partial<PlannedDesk> = {}): PlannedDesk {
  return {
    platform: 'webhook',
    carriesMessage: false,
    events: 'webhook',
    confirmsConnection: true,
    heartbeatMs: 3_000,
    ...overrides,
  };
}

/** A desk that is watched by an activity, like LivePerson. */
export function aWatchedDesk(overrides: Partial<PlannedDesk> = {}): PlannedDesk {
  return aWebhookDesk({ platform: 'liveperson', carriesMessage: true, events: 'watch', ...overrides });
}

/** A rung to a skill. */
export function aRung(overrides: Partial<Rung> & { skill?: string } = {}): Rung {
  const { skill = '4711', ...rest } = overrides;
  return {
    connector: 'desk',
    target: { kind: 'skill', id: skill },
    responseTimeoutMs: 180_000,
    origin: 'ladder',
    desk: aWebhookDesk(),
    ...rest,
  };
}

/** A rung whose chat Baton carries. */
export function aChatRung(overrides: Partial<Rung> & { skill?: string } = {}): Rung {
  return aRung({ chat: { maxChars: 2_000, attachments: 'carried' }, ...overrides });
}

/** A plan with one rung whose chat Baton carries. */
export function aChatPlan(
  overrides: Partial<EscalationPlan> & { chat?: Partial<PlannedChat>; limits?: Partial<RelayPlan> } = {},
): EscalationPlan {
  const { chat, limits, ...rest } = overrides;
  const rungs = [aChatRung({ chat: { maxChars: 2_000, attachments: 'carried', ...chat } })];
  return aPlan({ rungs, relay: { ...DEFAULT_RELAY, ...limits }, ...rest });
}

/** The connector's fallback skill as the last rung. */
export function aFallbackRung(overrides: Partial<Rung> & { skill?: string } = {}): Rung {
  return aRung({ skill: '4712', origin: 'fallback', ...overrides });
}

/** A plan with one rung. */
export function aPlan(overrides: Partial<EscalationPlan> = {}): EscalationPlan {
  return {
    v: 3,
    integration: 'to-service',
    bot: 'shop-bot',
    transferMessage: 'Hold on while I connect you with an agent.',
    interactionDelayMs: 0,
    rungs: [aRung()],
    fallbackMessage: 'I cannot transfer you.',
    failureMessage: 'Not able to transfer to Agent at this time. Please try later.',
    retryWindowMs: 600_000,
    ...overrides,
  };
}
