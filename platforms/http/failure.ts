// Turns what the network layer throws into the errors of the registry. Texts name the host only: paths may hold
// tokens, bodies hold what people wrote.
import { BatonError } from '../../domain/errors';

/** How far a call came, and what can end it. */
export interface CallProgress {
  readonly host: string;
  /** Whether writing the request began. */
  sent: boolean;
  readonly deadline: AbortSignal;
  readonly caller: AbortSignal | undefined;
}

const TIMEOUTS: readonly string[] = ['UND_ERR_HEADERS_TIMEOUT', 'UND_ERR_BODY_TIMEOUT'];
const TOO_LARGE: readonly string[] = ['UND_ERR_RES_EXCEEDED_MAX_SIZE', 'UND_ERR_HEADERS_OVERFLOW'];

/** The error to throw for a call that failed. */
export function explainFailure(error: unknown, progress: CallProgress): BatonError {
  const known = findBatonError(error);
  if (known) return known;
  const { host, sent: resultUnknown } = progress;
  const code = codeOf(error);
  const options = { cause: error, resultUnknown };
  if (progress.caller?.aborted)
    return new BatonError('ESC_PLATFORM_TIMEOUT', `the call to ${host} was given up by its caller`, options);
  if (progress.deadline.aborted || TIMEOUTS.includes(code))
    return new BatonError('ESC_PLATFORM_TIMEOUT', `${host} took longer than a call may`, options);
  if (TOO_LARGE.includes(code))
    return new BatonError('ESC_PLATFORM_PROTOCOL', `the answer of ${host} is too large (${code})`, options);
  if (code.startsWith('HPE_') || code === 'HTTPParserError')
    return new BatonError('ESC_PLATFORM_PROTOCOL', `${host} did not answer in HTTP (${code})`, options);
  if (code === 'UND_ERR_INVALID_ARG')
    return new BatonError('ESC_EGRESS_BLOCKED', `the request to ${host} has an invalid header or path`);
  return new BatonError('ESC_PLATFORM_UNREACHABLE', `${host} (${code})`, options);
}

/** The guard's own refusal, wherever the network layer wrapped it. */
function findBatonError(error: unknown): BatonError | undefined {
  for (let next = error; next instanceof Error; next = next.cause)
    if (next instanceof BatonError) return next;
  return undefined;
}

function codeOf(error: unknown): string {
  if (!(error instanceof Error)) return 'unknown';
  return 'code' in error && typeof error.code === 'string' ? error.code : error.name;
}
