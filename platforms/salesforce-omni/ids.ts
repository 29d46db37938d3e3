// Salesforce's ids: 15 characters that tell upper from lower case, or the same with three more that make them safe
// where case is lost. The first character of the kinds used here is a digit, of a developer name a letter.
import { createHash } from 'node:crypto';
import { assertNever } from '../../domain/assert-never';
import type { TargetKind } from '../../domain/target';

const ID = /^\d[A-Za-z0-9]{14}(?:[A-Za-z0-9]{3})?$/;
const DEVELOPER_NAME = /^[A-Za-z](?!.*__)[A-Za-z0-9_]{0,79}(?<!_)$/;
const USERNAME = /^[^\s'"\\@]{1,64}@[^\s'"\\@]{1,80}$/;
const SUFFIX = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ012345';

/** Kinds of targets that this desk takes. */
export type OmniKind = Extract<TargetKind, 'queue' | 'skill' | 'agent' | 'ticket'>;

/** A ticket's id that leaves the owner to the org's assignment rules. */
export const DEFAULT_OWNER = 'default';

/** Whether a text is an id rather than a name. */
export function isId(text: string): boolean {
  return ID.test(text);
}

/** The 18-character form, so that two forms of one id compare equal. */
export function toId18(id: string): string {
  if (id.length !== 15) return id;
  const suffix = [0, 5, 10].map((start) => {
    const bits = [...id.slice(start, start + 5)].map((char, at) => (/[A-Z]/.test(char) ? 1 << at : 0));
    return SUFFIX[bits.reduce((sum, bit) => sum + bit, 0)] ?? '';
  });
  return id + suffix.join('');
}

/** Whether a target id has a form that Salesforce knows: an id, a developer name, or a user's name. */
export function isValidTargetId(kind: string, id: string): boolean {
  if (!isOmniKind(kind)) return false;
  switch (kind) {
    case 'queue':
    case 'skill':
    case 'ticket':
      return ID.test(id) || DEVELOPER_NAME.test(id);
    case 'agent':
      return ID.test(id) || USERNAME.test(id);
    default:
      return assertNever(kind);
  }
}

/** Whether this desk takes targets of the kind. */
export function isOmniKind(kind: string): kind is OmniKind {
  return kind === 'queue' || kind === 'skill' || kind === 'agent' || kind === 'ticket';
}

/** The external id of a transfer's Case: hexadecimal, since external ids may be compared without regard to case. */
export function externalIdOf(tenant: string, transferId: string): string {
  return `baton-${createHash('sha256')
    .update(JSON.stringify([tenant, transferId]))
    .digest('hex')}`;
}
