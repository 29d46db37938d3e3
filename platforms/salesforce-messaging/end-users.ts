// Who speaks to Salesforce: each transfer is an end user of its own. A verified one can be had again on any worker,
// with a JWT that names the transfer; a guest is whoever holds the token, which therefore travels in the chat's state.
import { BatonError } from '../../domain/errors';
import type { TransferRef } from '../desk';
import { readChatState } from './chat-state';
import { uuidOf } from '../salesforce/ids';
import { askGuestToken, askVerifiedToken, continueToken } from './tokens';
import type { Token, TokenDeps } from './tokens';

const EXPIRES_SOON_MS = 60_000;
const MAX_USERS = 20_000;

/** The end user of one transfer. */
export interface EndUser {
  /** Id of the transfer's conversation. */
  readonly conversation: string;
  token(signal: AbortSignal): Promise<Token>;
  /** Another token for the same user after one was refused. @throws BatonError for a guest, who has no other */
  replace(refused: string, signal: AbortSignal): Promise<Token>;
  /** A new token while the old one still holds. */
  renew(signal: AbortSignal): Promise<Token>;
  /** When to renew, in epoch milliseconds; absent: not known. */
  renewAt(): number | undefined;
  /** For the chat's state; absent: not needed. */
  sealed(): string | undefined;
}

/** The end users of a connector. */
export interface EndUsers {
  /** @throws BatonError `ESC_SESSION_KEY_UNKNOWN`, `ESC_SESSION_UNREADABLE` */
  find(ref: TransferRef): EndUser | undefined;
  findOrMake(ref: TransferRef, signal: AbortSignal): Promise<EndUser>;
  /** Forgets the transfer's token. */
  forget(transferId: string): void;
}

/** What they need. */
export interface EndUsersDeps extends TokenDeps {
  readonly tenant: string;
}

/** See {@link EndUsers}. */
export function createEndUsers(deps: EndUsersDeps): EndUsers {
  const known = new Map<string, { readonly user: EndUser; readonly generation: number }>();
  const remember = (transferId: string, user: EndUser, generation: number): EndUser => {
    known.delete(transferId);
    known.set(transferId, { user, generation });
    for (const oldest of known.keys()) {
      if (known.size <= MAX_USERS) break;
      known.delete(oldest);
    }
    return user;
  };
  const { identity } = deps.connector;
  const find = ({ transferId, chat }: TransferRef): EndUser | undefined => {
    const found = known.get(transferId);
    if (identity.kind === 'verified')
      return found?.user ?? remember(transferId, verifiedUser(deps, transferId), 0);
    const state = readChatState(chat);
    // Another worker may have renewed the token since.
    if (state?.token === undefined || (found && found.generation >= state.generation)) return found?.user;
    const token = JSON.parse(identity.sealer.unseal(state.token, ownerOf(deps, transferId))) as Token;
    return remember(transferId, guestUser(deps, transferId, token), state.generation);
  };
  return {
    find,
    async findOrMake(ref, signal) {
      const found = find(ref);
      if (found) return found;
      const token = await askGuestToken(deps, signal);
      return remember(ref.transferId, guestUser(deps, ref.transferId, token), 1);
    },
    forget: (transferId) => void known.delete(transferId),
  };
}

function verifiedUser(deps: EndUsersDeps, transferId: string): EndUser {
  const { org } = deps.connector;
  const sub = uuidOf('user', org, deps.tenant, transferId);
  let held: Token | undefined;
  let asking: Promise<Token> | undefined;
  const ask = (signal: AbortSignal): Promise<Token> => {
    asking ??= askVerifiedToken(deps, sub, signal)
      .then((token) => (held = token))
      .finally(() => (asking = undefined));
    return asking;
  };
  return {
    conversation: uuidOf('conversation', org, deps.tenant, transferId),
    token: (signal) =>
      held && (held.expiresAt ?? Infinity) - EXPIRES_SOON_MS > Date.now()
        ? Promise.resolve(held)
        : ask(signal),
    replace: (refused, signal) => (held && held.bearer !== refused ? Promise.resolve(held) : ask(signal)),
    renew: ask,
    renewAt: () => held && halfLife(held),
    sealed: () => undefined,
  };
}

function guestUser(deps: EndUsersDeps, transferId: string, first: Token): EndUser {
  const { org, identity } = deps.connector;
  const owner = ownerOf(deps, transferId);
  const seal = (token: Token): string | undefined =>
    identity.kind === 'guest' ? identity.sealer.seal(JSON.stringify(token), owner) : undefined;
  let held = first;
  let sealed = seal(held);
  return {
    // Another guest is another user: their conversation must not have the id of this one's.
    conversation: uuidOf('conversation', org, deps.tenant, transferId, first.subject),
    token: () => Promise.resolve(held),
    replace: (refused) =>
      held.bearer === refused
        ? Promise.reject(new BatonError('ESC_PLATFORM_UNAUTHORIZED', "the guest's token is no longer valid"))
        : Promise.resolve(held),
    async renew(signal) {
      held = await continueToken(deps, held, signal);
      sealed = seal(held);
      return held;
    },
    renewAt: () => halfLife(held),
    sealed: () => sealed,
  };
}

function ownerOf({ tenant, connector }: EndUsersDeps, transferId: string): string {
  return JSON.stringify([connector.org, tenant, transferId]);
}

function halfLife({ madeAt, expiresAt }: Token): number | undefined {
  return expiresAt === undefined ? undefined : madeAt + (expiresAt - madeAt) / 2;
}
