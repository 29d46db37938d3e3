// What names a place in Omni-Channel: a record's id, a developer name, or a user's name. The first character of the ids
// used here is a digit, of a developer name a letter.
import { createHash } from 'node:crypto';
import { assertNever } from '../../domain/assert-never';
import type { TargetKind } from '../../domain/target';
import { isId } from '../salesforce/ids';

const DEVELOPER_NAME = /^[A-Za-z](?!.*__)[A-Za-z0-9_]{0,79}(?<!_)$/;
const USERNAME = /^[^\s'"\\@]{1,64}@[^\s'"\\@]{1,80}$/;
/** With the namespace of a package, where the flow came in one. */
const FLOW_NAME = /^(?:[A-Za-z][A-Za-z0-9]{0,14}__)?[A-Za-z](?!.*__)[A-Za-z0-9_]{0,79}(?<!_)$/;
/** A flow, or one version of it. */
const FLOW_ID = /^30[01]/;

/** Kinds of targets for which Baton makes a Case. */
type CaseKind = Extract<TargetKind, 'queue' | 'skill' | 'agent' | 'ticket'>;
/** Kinds of targets that this desk takes. */
export type OmniKind = CaseKind | 'flow';

/** A ticket's id that leaves the owner to the org's assignment rules. */
export const DEFAULT_OWNER = 'default';

/** Whether a target id has a form that Salesforce knows: an id, a developer name, or a user's name. */
export function isValidTargetId(kind: string, id: string): boolean {
  if (!isOmniKind(kind)) return false;
  switch (kind) {
    case 'queue':
    case 'skill':
    case 'ticket':
      return isId(id) || DEVELOPER_NAME.test(id);
    case 'agent':
      return isId(id) || USERNAME.test(id);
    case 'flow':
      return isId(id) ? FLOW_ID.test(id) : FLOW_NAME.test(id);
    default:
      return assertNever(kind);
  }
}

/** Whether this desk takes targets of the kind. */
export function isOmniKind(kind: string): kind is OmniKind {
  return kind === 'flow' || isCaseKind(kind);
}

/** Whether Baton makes a Case for targets of the kind. */
export function isCaseKind(kind: string): kind is CaseKind {
  return kind === 'queue' || kind === 'skill' || kind === 'agent' || kind === 'ticket';
}

/** The external id of a transfer's Case: hexadecimal, since external ids may be compared without regard to case. */
export function externalIdOf(tenant: string, transferId: string): string {
  return `baton-${createHash('sha256')
    .update(JSON.stringify([tenant, transferId]))
    .digest('hex')}`;
}
