// What stages of several bot sides have in common.
import type { BotSidePlatform, Platform } from '../../../platforms/platform';
import type { FaultOrder } from '../../../platforms/simulation/faults';
import type { BotSideFault } from '../../platforms/bot-side-conformance';

/** The bot half of a platform that has one. */
export function botSideOf({ name, botSide }: Platform): BotSidePlatform {
  if (!botSide) throw new Error(`${name} has no bot side`);
  return botSide;
}

/** The order that makes a simulator misbehave so. */
export function orderOf(fault: BotSideFault): FaultOrder {
  switch (fault.kind) {
    case 'rateLimited':
      return { kind: 'status', status: 429, retryAfter: String(fault.retryAfterMs / 1_000) };
    case 'serverError':
      return { kind: 'status', status: 503 };
    case 'refused':
      return { kind: 'status', status: 400 };
    default:
      return { kind: fault.kind };
  }
}
