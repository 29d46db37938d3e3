// A call of the core REST API, what comes of it, and what every part of the simulated API works on.
import { ApiFault } from './api-fault';
import type { Flows } from './flows';
import type { Omni } from './omni';
import type { Records } from './records';

/** One call below `/services/data/vXX.X`. */
export interface ApiCall {
  readonly method: string;
  /** Decoded. */
  readonly segments: readonly string[];
  readonly query: URLSearchParams;
  /** Lower-case names. */
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly body: unknown;
  /** Such as 61. */
  readonly version: number;
}

/** What comes of it. */
export interface ApiAnswer {
  readonly status: number;
  readonly body?: unknown;
}

/** What the org is set to. */
export interface OrgSettings {
  readonly closedStatuses: readonly string[];
  /** Where assignment rules send Cases; undefined: there are none. */
  readonly assignedOwner?: string | undefined;
  readonly queryPageSize: number;
}

/** What it works on. */
export interface ApiDeps {
  readonly records: Records;
  readonly omni: Omni;
  readonly flows: Flows;
  readonly runningUserId: string;
  settings(): OrgSettings;
}

/** Where the resources of a call's version are. */
export function rootOf({ version }: ApiCall): string {
  return `/services/data/v${version}.0`;
}

/** @throws ApiFault for another method */
export function only(call: ApiCall, method: string, run: () => ApiAnswer): ApiAnswer {
  if (call.method !== method) throw notAllowed(call.method);
  return run();
}

/** The refusal of a method. */
export function notAllowed(method: string): ApiFault {
  return new ApiFault(405, 'METHOD_NOT_ALLOWED', `HTTP Method '${method}' not allowed.`);
}

/** Shorthand. */
export function ok(body: unknown): ApiAnswer {
  return { status: 200, body };
}
