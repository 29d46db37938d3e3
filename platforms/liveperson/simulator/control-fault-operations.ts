// Control operations for misbehaviour and for looking at the server: faults, tokens, sockets, counters.
import type { Group } from './control-lookups';
import { accountNamed, userNamed } from './control-lookups';
import type { Simulation } from './simulation';
import type { Account, User } from './world';
import { closeWith } from './ws-server';

/** See the file. */
export function faultOperations(
  simulation: Simulation,
): Group<
  | 'addFault'
  | 'faults'
  | 'clearFaults'
  | 'revokeTokens'
  | 'closeSockets'
  | 'sockets'
  | 'counters'
  | 'resetCounters'
> {
  const { faults, sessions, sockets, counters } = simulation;
  const closeAll = (account: Account, user: User | undefined, code: number): number => {
    const open = sockets.of(account.id, user?.userId);
    for (const socket of open) closeWith(socket.ws, code);
    return open.length;
  };
  return {
    addFault: (spec) => faults.add(spec),
    faults: () => ({ faults: faults.list() }),
    clearFaults({ id }) {
      faults.clear(id);
      return {};
    },
    revokeTokens({ account: id, user: reference, closeCode }) {
      const account = accountNamed(simulation, id);
      const user = reference === undefined ? undefined : userNamed(account, reference);
      const revoked = sessions.revoke(account.id, user?.userId);
      if (closeCode !== null) closeAll(account, user, closeCode);
      return { revoked };
    },
    closeSockets({ account: id, user: reference, code }) {
      const account = accountNamed(simulation, id);
      const user = reference === undefined ? undefined : userNamed(account, reference);
      return { closed: closeAll(account, user, code) };
    },
    sockets({ account: id }) {
      const open = sockets.of(accountNamed(simulation, id).id);
      return {
        sockets: open.map(({ session, conversations }) => ({
          userId: session.userId,
          conversationSubscriptions: conversations.size,
        })),
      };
    },
    counters: () => counters.read(),
    resetCounters() {
      counters.reset();
      return {};
    },
  };
}
