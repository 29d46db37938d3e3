// Errors at the HTTP border: RFC 9457 problem details with the registry's code. Never a stack trace, another
// system's answer, or a hint that another tenant's escalation exists.
import type { FastifyReply } from 'fastify';
import { BatonError, ERRORS, type ErrorCode } from '../../domain/errors';

/** One fault of a request, by JSON Pointer. */
export interface RequestFault {
  readonly pointer: string;
  readonly detail: string;
}

/** Members of a problem document. */
export interface Problem {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly detail?: string;
  readonly code: ErrorCode;
  readonly remedy: string;
  readonly requestId: string;
  readonly errors?: readonly RequestFault[];
}

/** A request that does not fit its schema. */
export class InvalidRequest extends Error {
  override readonly name = 'InvalidRequest';
  constructor(readonly errors: readonly RequestFault[]) {
    super('the request is not valid');
  }
}

/** The problem document of an error. */
export function problemOf(error: unknown, requestId: string): Problem {
  if (error instanceof InvalidRequest)
    return { ...problem('ESC_REQUEST_INVALID', requestId), errors: error.errors };
  if (error instanceof BatonError)
    return { ...error.facts, ...problem(error.code, requestId, error.message) };
  const status = (error as { statusCode?: number } | undefined)?.statusCode ?? 500;
  if (status === 413) return problem('ESC_REQUEST_TOO_LARGE', requestId);
  if (status === 415) return problem('ESC_MEDIA_TYPE', requestId);
  if (status === 404) return problem('ESC_ROUTE_NOT_FOUND', requestId);
  if (status >= 400 && status < 500) return { ...problem('ESC_REQUEST_INVALID', requestId), status };
  return problem('ESC_INTERNAL', requestId);
}

/** Answers with a problem document. */
export async function sendProblem(reply: FastifyReply, error: unknown): Promise<void> {
  const document = problemOf(error, reply.request.id);
  const retryAfterMs = error instanceof BatonError ? error.retryAfterMs : undefined;
  const waitS = retryAfterMs === undefined ? 5 : Math.max(1, Math.ceil(retryAfterMs / 1_000));
  if (document.status === 503 || retryAfterMs !== undefined) void reply.header('retry-after', String(waitS));
  if (document.status === 401) void reply.header('www-authenticate', 'Bearer');
  await reply.code(document.status).type('application/problem+json').send(JSON.stringify(document));
}

function problem(code: ErrorCode, requestId: string, detail?: string): Problem {
  const { title, status, remedy } = ERRORS[code];
  return {
    type: `urn:baton:problem:${code}`,
    title,
    status,
    ...(detail !== undefined && { detail }),
    code,
    remedy,
    requestId,
  };
}
