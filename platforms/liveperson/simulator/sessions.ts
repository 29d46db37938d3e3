// Logged-in sessions: bearer, cookie and csrf, their expiry and revocation, and the limit on logins. Kept in
// memory only: after a restart everybody has to log in again, as after a vendor's revocation.
import { randomBytes, randomUUID } from 'node:crypto';
import type { Account, User } from './world';

/** One login. */
export interface Session {
  readonly accountId: string;
  readonly userId: string;
  readonly bearer: string;
  readonly csrf: string;
  /** Value of the cookie `Session_id`. */
  readonly sessionId: string;
  expiresAt: number;
}

/** The sessions of the server. */
export interface Sessions {
  /** `false`: too many logins within the account's window. */
  admitLogin(account: Account): boolean;
  open(account: Account, user: User): Session;
  find(accountId: string, bearer: string): Session | undefined;
  findByCookie(accountId: string, sessionId: string): Session | undefined;
  extend(account: Account, session: Session): void;
  /** Ends the sessions of a user, or of everybody in the account. Says how many. */
  revoke(accountId: string, userId?: string): number;
}

/** See {@link Sessions}. */
export function createSessions(): Sessions {
  const byBearer = new Map<string, Session>();
  const logins = new Map<string, number[]>();
  const live = (session: Session | undefined, accountId: string): Session | undefined =>
    session?.accountId === accountId && session.expiresAt > Date.now() ? session : undefined;
  return {
    admitLogin(account) {
      const { max, windowMs } = account.settings.loginLimit;
      const recent = (logins.get(account.id) ?? []).filter((at) => at > Date.now() - windowMs);
      recent.push(Date.now());
      logins.set(account.id, recent);
      return recent.length <= max;
    },
    open(account, user) {
      const session: Session = {
        accountId: account.id,
        userId: user.userId,
        bearer: randomBytes(24).toString('hex'),
        csrf: randomUUID(),
        sessionId: randomUUID(),
        expiresAt: Date.now() + account.settings.bearerTtlMs,
      };
      byBearer.set(session.bearer, session);
      return session;
    },
    find: (accountId, bearer) => live(byBearer.get(bearer), accountId),
    findByCookie: (accountId, sessionId) =>
      live(
        [...byBearer.values()].find((session) => session.sessionId === sessionId),
        accountId,
      ),
    extend(account, session) {
      session.expiresAt = Date.now() + account.settings.bearerTtlMs;
    },
    revoke(accountId, userId) {
      const ended = [...byBearer.values()].filter(
        (session) => session.accountId === accountId && (userId === undefined || session.userId === userId),
      );
      for (const session of ended) byBearer.delete(session.bearer);
      return ended.length;
    },
  };
}
