// What Salesforce's "no" to a transfer means for the ladder.
import type { Target } from '../../domain/target';
import type { TransferAnswer } from '../desk';
import { hasCode, refusalText } from './refusal';
import type { Answer } from './refusal';
import { PART } from './routing';

/** A transfer that was declined. */
export type Declined = TransferAnswer & { readonly kind: 'declined' };

/** Codes for a reference that leads nowhere. */
const NOWHERE: readonly string[] = [
  'INVALID_CROSS_REFERENCE_KEY',
  'MALFORMED_ID',
  'INVALID_ID_FIELD',
  'INSUFFICIENT_ACCESS_ON_CROSS_REFERENCE_ENTITY',
];

/** A reference that leads nowhere is the target's fault only in the part that names the target. */
export function toDeclined(answer: Answer & { kind: 'refused' }, { kind }: Target, part: string): Declined {
  const names = kind === 'skill' ? PART.skill : kind === 'agent' ? PART.routing : PART.case;
  const isTarget = part === names && hasCode(answer, ...NOWHERE);
  return declined(isTarget ? 'invalid_target' : 'rejected', refusalText(answer));
}

/** Shorthand. */
export function declined(reason: Declined['reason'], detail: string): Declined {
  return { kind: 'declined', reason, detail };
}
