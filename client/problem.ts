// The one error of the client: a problem document of the gateway, or a call that got no answer that can be read.
// Holds no key and no token; what a network library says is told by its code only.
import { ERRORS, type ErrorCode } from '../domain/errors';

/** What a {@link BatonProblem} is made of. */
interface ProblemParts {
  readonly code: ErrorCode;
  readonly status: number;
  readonly title: string;
  readonly remedy: string;
  readonly detail?: string;
  readonly requestId?: string;
  readonly retryAfterMs?: number;
  readonly errors?: readonly ProblemFault[];
  readonly members?: Readonly<Record<string, unknown>>;
}

/** One fault of a request. */
export interface ProblemFault {
  /** JSON Pointer into the body, or the name of a parameter. */
  readonly pointer: string;
  readonly detail: string;
}

/** A call that did not succeed. Branch on {@link BatonProblem.code}; docs/errors.md has them all. */
export class BatonProblem extends Error {
  override readonly name = 'BatonProblem';
  /** Stable. A gateway that is newer than this client may answer with others. */
  readonly code: ErrorCode;
  /** HTTP status; 0: no answer came. */
  readonly status: number;
  readonly title: string;
  /** What to do. */
  readonly remedy: string;
  readonly detail: string | undefined;
  /** The gateway's id of the call, as its log has it. */
  readonly requestId: string | undefined;
  /** Trying earlier than this is in vain. */
  readonly retryAfterMs: number | undefined;
  /** Faults of the request, all at once. */
  readonly errors: readonly ProblemFault[];
  /** Further members of the problem document, such as `owner` and `epoch` of `ESC_NOT_OWNER`. */
  readonly members: Readonly<Record<string, unknown>>;

  constructor(parts: ProblemParts) {
    const where = parts.status === 0 ? parts.code : `${parts.code}, HTTP ${parts.status}`;
    super(`${parts.title} (${where})${parts.detail === undefined ? '' : `: ${parts.detail}`}`);
    this.code = parts.code;
    this.status = parts.status;
    this.title = parts.title;
    this.remedy = parts.remedy;
    this.detail = parts.detail;
    this.requestId = parts.requestId;
    this.retryAfterMs = parts.retryAfterMs;
    this.errors = parts.errors ?? [];
    this.members = parts.members ?? {};
  }
}

/** No answer came: `what` in words of ours. */
export function unreachable(what: string): BatonProblem {
  const { title, remedy } = ERRORS.ESC_GATEWAY_UNREACHABLE;
  return new BatonProblem({ code: 'ESC_GATEWAY_UNREACHABLE', status: 0, title, remedy, detail: what });
}

/** The head of an answer. */
export interface AnswerHead {
  readonly status: number;
  readonly headers: { get(name: string): string | null };
}

/** The problem in an answer that is not 2xx; one that is no problem document came from something between. */
export function problemOfAnswer(answer: AnswerHead, body: string): BatonProblem {
  const document = parseObject(body);
  const retryAfterMs = retryAfter(answer.headers.get('retry-after'));
  const wait = retryAfterMs === undefined ? {} : { retryAfterMs };
  if (!isDocument(document)) return unreadable(answer.status, wait);
  const {
    type: _type,
    status: _status,
    code,
    title,
    remedy,
    detail,
    requestId,
    errors,
    ...members
  } = document;
  return new BatonProblem({
    code,
    title,
    remedy: text(remedy) ?? '',
    status: answer.status,
    ...(text(detail) !== undefined && { detail: String(detail) }),
    ...(text(requestId) !== undefined && { requestId: String(requestId) }),
    ...(Array.isArray(errors) && { errors: errors as ProblemFault[] }),
    members,
    ...wait,
  });
}

/** An answer that Baton does not give. */
export function unreadable(status: number, wait: { readonly retryAfterMs?: number } = {}): BatonProblem {
  const { title, remedy } = ERRORS.ESC_GATEWAY_UNREADABLE;
  return new BatonProblem({ code: 'ESC_GATEWAY_UNREADABLE', status, title, remedy, ...wait });
}

function parseObject(body: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const parsed: unknown = JSON.parse(body);
    return typeof parsed === 'object' && parsed !== null ? (parsed as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}

function isDocument(
  document: Readonly<Record<string, unknown>> | undefined,
): document is Readonly<Record<string, unknown>> & { readonly code: ErrorCode; readonly title: string } {
  return /^ESC_[A-Z_]+$/.test(text(document?.['code']) ?? '') && text(document?.['title']) !== undefined;
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

/** Seconds, or a date (RFC 9110). */
function retryAfter(header: string | null): number | undefined {
  if (header === null) return undefined;
  if (/^\d{1,9}$/.test(header)) return Number(header) * 1_000;
  const at = Date.parse(header);
  return Number.isNaN(at) ? undefined : Math.max(0, at - Date.now());
}
