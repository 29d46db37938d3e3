// Ids of the org's records: 15 or 18 characters, the first three of which say of what.
const PREFIXES = { org: '00D', deployment: '572', button: '573', agent: '005' } as const;
const ID = /^[A-Za-z0-9]{15}(?:[A-Za-z0-9]{3})?$/;

/** Whether an id is one of such a record. */
export function isIdOf(kind: keyof typeof PREFIXES, id: string): boolean {
  return ID.test(id) && id.startsWith(PREFIXES[kind]);
}

/** Whether a target's id has the vendor's form. Queues and skills are reached by chat buttons. */
export function isValidTargetId(kind: string, id: string): boolean {
  return isIdOf(kind === 'agent' ? 'agent' : 'button', id);
}
