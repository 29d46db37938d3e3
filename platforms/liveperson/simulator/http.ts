// A request and an answer as the HTTP routes see them, and who is asking.
import type { IncomingHttpHeaders } from 'node:http';
import { demand } from './refusal';
import type { Simulation } from './simulation';
import type { Account, User } from './world';

/** A request as a route sees it. */
export interface HttpRequest {
  readonly simulation: Simulation;
  readonly url: URL;
  readonly headers: IncomingHttpHeaders;
  /** Parsed JSON; `undefined` when there is none or it is not JSON. */
  readonly body: unknown;
  /** The body as it came. */
  readonly text: string;
  /** The groups of the route's pattern. */
  readonly params: readonly string[];
}

/** An answer; the body is written as JSON. */
export interface HttpAnswer {
  readonly status: number;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

/** One route. */
export interface Route {
  /** Name for counters and faults. */
  readonly name: string;
  readonly method: 'GET' | 'POST' | 'PUT';
  readonly pattern: RegExp;
  handle(request: HttpRequest): HttpAnswer;
}

/** The account named in the path. */
export function accountOf(request: HttpRequest): Account {
  const account = request.simulation.world.accounts[request.params[0] ?? ''];
  demand(account, 404, 'Account does not exist');
  return account;
}

/** The account and user of a request with `Authorization: Bearer`. */
export function authorized(request: HttpRequest): { readonly account: Account; readonly caller: User } {
  const account = request.simulation.world.accounts[request.params[0] ?? ''];
  const bearer = /^Bearer (.+)$/.exec(request.headers.authorization ?? '')?.[1];
  demand(account !== undefined && bearer !== undefined, 401, 'Authorization is missing');
  const session = request.simulation.sessions.find(account.id, bearer);
  const caller = session === undefined ? undefined : account.users[session.userId];
  demand(caller, 401, 'Authorization is not valid');
  return { account, caller };
}
