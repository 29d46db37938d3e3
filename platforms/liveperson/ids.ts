// LivePerson's two ids of a user: the old id `account.number`, which requests carry, and the pid (a UUID), which
// notifications may carry instead.

/** Whoever the connector logged in as. */
export interface OwnUser {
  /** `account.userId`. */
  readonly oldId: string;
  readonly pid?: string;
}

/** The old id of a user given by number or already in the old form. */
export function toOldId(account: string, userId: string): string {
  return userId.includes('.') ? userId : `${account}.${userId}`;
}

/** The number of a user given by number or in the old form. */
export function toUserNumber(userId: string): string {
  return userId.slice(userId.lastIndexOf('.') + 1);
}

/** Whether an id of either form is the connector's own user. */
export function isOwn(own: OwnUser, id: string): boolean {
  return id === own.oldId || id === own.pid;
}

/** Skills are numeric; agents are numeric or `account.number` (LivePerson UMS wire notes). */
export function isValidTargetId(kind: string, id: string): boolean {
  return kind === 'agent' ? /^(\d+\.)?\d+$/.test(id) : /^\d+$/.test(id);
}
