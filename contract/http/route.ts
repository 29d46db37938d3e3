// What there is to say of a route of the gateway, and what follows from it.
import type { z } from 'zod';
import type { ErrorCode } from '../../domain/errors';
import type { HeaderName } from './headers';

/** One answer of a route: JSON by a schema, another content type, or no body. */
export interface RouteAnswer {
  readonly description: string;
  readonly schema?: z.ZodType;
  /** @default application/json if there is a schema */
  readonly contentType?: string;
  readonly headers?: readonly HeaderName[];
  /** Operations that take this answer's `conversationId`. */
  readonly links?: readonly string[];
}

/** Who may call: a tenant's key or token, an operator's key, a platform by its own signature, or anybody. */
export type RouteCaller = 'tenant' | 'operator' | 'platform' | 'anybody';

/** One route. */
export interface RouteDescription {
  readonly operationId: string;
  readonly method: 'GET' | 'POST';
  /** With `{name}` for what {@link path} describes. */
  readonly url: string;
  /** The last name in the url, if it stands for all that follows: slashes too. */
  readonly rest?: string;
  readonly tag: 'Escalations' | 'Conversations' | 'Sessions' | 'Webhooks' | 'Operation';
  readonly summary: string;
  readonly description?: string;
  readonly caller: RouteCaller;
  readonly path?: z.ZodObject;
  readonly query?: z.ZodObject;
  readonly headers?: z.ZodObject;
  readonly body?: z.ZodType;
  /** Largest body, in bytes. @default 262144 */
  readonly maxBodyBytes?: number;
  /** By status. */
  readonly answers: Readonly<Record<number, RouteAnswer>>;
  /** Answers of other statuses, which somebody else chooses. */
  readonly otherAnswers?: RouteAnswer;
  /** What can be no name in its path is answered with; see {@link unknownOf}. */
  readonly unknown?: ErrorCode;
  /** Problems of its own, besides those that its caller, body and Temporal bring; see {@link problemsOf}. */
  readonly problems?: readonly ErrorCode[];
}

/** Rows of the table, whose names are kept. */
export const defineRoutes = <T extends Record<string, RouteDescription>>(routes: T): T => routes;

const BY_CALLER: Readonly<Record<RouteCaller, readonly ErrorCode[]>> = {
  tenant: [
    'ESC_KEY_UNKNOWN',
    'ESC_IDENTITY_PROVIDER_UNAVAILABLE',
    'ESC_RATE_LIMITED',
    'ESC_TEMPORAL_UNAVAILABLE',
  ],
  operator: ['ESC_KEY_UNKNOWN', 'ESC_RATE_LIMITED'],
  platform: ['ESC_RATE_LIMITED', 'ESC_TEMPORAL_UNAVAILABLE'],
  anybody: [],
};

/** What a name that there is not in the path of a route is answered with. */
export function unknownOf({ unknown, caller }: RouteDescription): ErrorCode {
  return unknown ?? (caller === 'platform' ? 'ESC_WEBHOOK_UNAUTHORIZED' : 'ESC_ESCALATION_NOT_FOUND');
}

/** Every problem that a route may answer with. */
export function problemsOf(route: RouteDescription): readonly ErrorCode[] {
  const { method, caller, path, query, headers } = route;
  const holdsSomething =
    method === 'POST' || path !== undefined || query !== undefined || headers !== undefined;
  const problems: readonly (ErrorCode | false | undefined)[] = [
    holdsSomething && 'ESC_REQUEST_INVALID',
    'ESC_INTERNAL',
    ...BY_CALLER[caller],
    // What can be no id names nothing.
    path && unknownOf(route),
    method === 'POST' && 'ESC_REQUEST_TOO_LARGE',
    // A platform's body is read by the platform's rules.
    method === 'POST' && caller !== 'platform' && 'ESC_MEDIA_TYPE',
    ...(route.problems ?? []),
  ];
  return [...new Set(problems)].filter((code) => code !== undefined && code !== false);
}
