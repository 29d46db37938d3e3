// The one registry of errors: code, what retrying is worth, HTTP status, and what to do. docs/errors.md is
// generated from it. Messages name ids and fields, never message text or secrets.

/** `terminal`: trying again cannot help. `retryable`: it may. `auth`: refresh the credential once, then terminal. */
export type RetryMeaning = 'terminal' | 'retryable' | 'auth';

/** One entry of the registry. */
export interface ErrorDefinition {
  readonly title: string;
  readonly retry: RetryMeaning;
  /** Status of the problem document where the error reaches an HTTP border. */
  readonly status: number;
  /** What the reader should do. */
  readonly remedy: string;
}

const define = <T extends Record<string, ErrorDefinition>>(registry: T): T => registry;

/** Every error Baton raises, by its stable code. */
export const ERRORS = define({
  ESC_CONFIG_UNKNOWN_NAME: {
    title: 'The configuration has no such entry',
    retry: 'terminal',
    status: 422,
    remedy:
      'The detail has the kind and the name. A running escalation keeps the names it began with: put the entry back until it has ended.',
  },
  ESC_PAYLOAD_TOO_LARGE: {
    title: 'A value is too large for Temporal',
    retry: 'terminal',
    status: 413,
    remedy: 'Values are limited to 256 KB. Shorten the configured texts or the request.',
  },
  ESC_INTERNAL: {
    title: 'Something went wrong inside Baton',
    retry: 'retryable',
    status: 500,
    remedy: 'Look for the request id in the logs and report it.',
  },
  ESC_REQUEST_INVALID: {
    title: 'The request is not valid',
    retry: 'terminal',
    status: 400,
    remedy: 'Each entry of `errors` names the member and what is expected of it.',
  },
  ESC_REQUEST_MISSING: {
    title: 'The workflow was started without a usable request',
    retry: 'terminal',
    status: 400,
    remedy:
      "Start it with a request in its input or by signal-with-start `escalate`; the failure's details say what was wrong with what came.",
  },
  ESC_REQUEST_TOO_LARGE: {
    title: 'The request is too large',
    retry: 'terminal',
    status: 413,
    remedy: 'A request has at most 64 KB. Keep transcripts elsewhere and pass a reference in a variable.',
  },
  ESC_REQUEST_TIMEOUT: {
    title: 'The request did not arrive in time',
    retry: 'retryable',
    status: 408,
    remedy: 'Headers have 10 seconds and the whole request 30 to arrive. Send it again, without pauses.',
  },
  ESC_HEADERS_TOO_LARGE: {
    title: 'The headers are too large or too many',
    retry: 'terminal',
    status: 431,
    remedy: 'A request has at most 100 headers and 16 KB of them, its first line included.',
  },
  ESC_KEY_UNKNOWN: {
    title: 'The API key or token is missing or unknown',
    retry: 'terminal',
    status: 401,
    remedy:
      "Send `Authorization: Bearer <key>` with one of the tenant's keys, or a token that is not expired of its identity provider.",
  },
  ESC_IDENTITY_PROVIDER_UNAVAILABLE: {
    title: 'The keys of the identity provider cannot be read',
    retry: 'retryable',
    status: 503,
    remedy:
      'Send the same request again after `Retry-After`. If it lasts, check `oidc.issuer` and whether the gateway may call it.',
  },
  ESC_RATE_LIMITED: {
    title: 'Too many calls',
    retry: 'retryable',
    status: 429,
    remedy: 'Wait as `Retry-After` says. The `RateLimit` headers tell how many calls are left.',
  },
  ESC_TOO_MANY_STREAMS: {
    title: 'Too many event streams are open',
    retry: 'retryable',
    status: 429,
    remedy: 'Close streams that nobody reads; one key may hold `gateway.maxStreams` of them.',
  },
  ESC_METHOD_NOT_ALLOWED: {
    title: 'The route does not take this method',
    retry: 'terminal',
    status: 405,
    remedy: 'The `Allow` header names the methods that it takes.',
  },
  ESC_MEDIA_TYPE: {
    title: 'The body is not JSON',
    retry: 'terminal',
    status: 415,
    remedy: 'Send `Content-Type: application/json`, or no body where none is expected.',
  },
  ESC_IDEMPOTENCY_MISMATCH: {
    title: 'The idempotency key was used for another request',
    retry: 'terminal',
    status: 422,
    remedy: 'Make a new key for each request; send an unchanged request with its own.',
  },
  ESC_IDEMPOTENCY_IN_PROGRESS: {
    title: 'The request with this idempotency key is still being answered',
    retry: 'retryable',
    status: 409,
    remedy: 'Look at `url` to see how it goes, or send the same request again after `Retry-After`.',
  },
  ESC_NOT_OWNER: {
    title: 'The bot does not own the conversation under this epoch',
    retry: 'terminal',
    status: 409,
    remedy:
      '`owner` and `epoch` say who may speak now. Drop the message, unless the bot owns the conversation and still means it: then send it with the current epoch.',
  },
  ESC_WORKFLOW_BUSY: {
    title: 'The workflow is in the middle of a call',
    retry: 'retryable',
    status: 503,
    remedy:
      'Send it again: nothing has happened. It comes where the workflow is queried in the very moment of an update.',
  },
  ESC_NO_HANDOFF: {
    title: 'No handoff of the conversation is under way',
    retry: 'terminal',
    status: 409,
    remedy: "The bot owns the conversation: what the user writes is the bot's to answer.",
  },
  ESC_BOT_SESSION_NOT_FOUND: {
    title: 'Baton speaks to no bot in this conversation',
    retry: 'terminal',
    status: 404,
    remedy:
      'The first message of the user begins one. A session that is over can be read as long as Temporal retains it.',
  },
  ESC_BOT_WITHOUT_SESSIONS: {
    title: 'Baton does not speak to this bot in the place of its user',
    retry: 'terminal',
    status: 422,
    remedy:
      "The detail has the bot. Name a bot whose platform keeps sessions, such as `einstein-bots`; with others the user speaks at the bot's own platform.",
  },
  ESC_CONVERSATION_GONE: {
    title: 'The conversation is over',
    retry: 'terminal',
    status: 410,
    remedy: 'There is nobody to read the message. Stop sending.',
  },
  ESC_MESSAGE_NOT_POSTED: {
    title: 'The message could not be posted in time',
    retry: 'retryable',
    status: 504,
    remedy:
      'Send the same message again, with the same id: a platform that knows message ids does not show it twice.',
  },
  ESC_NOTICE_NOT_FOUND: {
    title: 'There is no such notice',
    retry: 'terminal',
    status: 404,
    remedy: "Notices are numbered from 1 for each escalation; an event's `sequence` is the number.",
  },
  ESC_NO_WORKER: {
    title: 'No worker answers for the escalation',
    retry: 'retryable',
    status: 503,
    remedy:
      'Nothing was lost; send the same request again after `Retry-After`. If it lasts, check the workers.',
  },
  ESC_GATEWAY_UNREACHABLE: {
    title: 'The gateway does not answer',
    retry: 'retryable',
    status: 503,
    remedy:
      'Told by the client, which has tried again. The call may have had its effect: the same call with the same ids is safe. Check `baseUrl` and the network.',
  },
  ESC_GATEWAY_UNREADABLE: {
    title: 'The answer is not one of Baton',
    retry: 'retryable',
    status: 502,
    remedy: 'Told by the client. Check that `baseUrl` leads to a gateway, and what the proxies between do.',
  },
  ESC_ESCALATION_NOT_FOUND: {
    title: 'There is no such escalation',
    retry: 'terminal',
    status: 404,
    remedy:
      'Check the conversation id. An escalation that ended is kept for the retention time of the Temporal namespace.',
  },
  ESC_ESCALATION_CLOSED: {
    title: 'The escalation is over',
    retry: 'terminal',
    status: 409,
    remedy: 'Read it to see how it ended. A new request starts a new escalation.',
  },
  ESC_WEBHOOK_UNAUTHORIZED: {
    title: 'The webhook could not be verified',
    retry: 'terminal',
    status: 401,
    remedy:
      "Sign it as the platform's README says, with the connector's secret and a clock that is right to five minutes.",
  },
  ESC_ROUTE_NOT_FOUND: {
    title: 'There is no such route',
    retry: 'terminal',
    status: 404,
    remedy: 'See docs/api.md for the routes.',
  },
  ESC_TEMPORAL_UNAVAILABLE: {
    title: 'Temporal does not answer',
    retry: 'retryable',
    status: 503,
    remedy:
      'Nothing was lost; send the same request again after `Retry-After`. If it lasts, check TEMPORAL_ADDRESS and the Temporal server.',
  },
  ESC_WORKER_FAILED: {
    title: 'The worker can no longer work',
    retry: 'terminal',
    status: 500,
    remedy:
      'The process has ended with a non-zero code so that its supervisor starts another. The detail says why.',
  },
  ESC_NOTICE_UNDELIVERED: {
    title: 'A notice to the bot was given up',
    retry: 'terminal',
    status: 502,
    remedy:
      "Find the outbox with the query `BatonNoticeUndelivered = true`, mend the bot's endpoint, and signal `redeliver`.",
  },
  ESC_START_FAILED: {
    title: 'The system did not start, or its demo did not end',
    retry: 'terminal',
    status: 500,
    remedy: 'The detail has the end of the log of the part that failed; the logs are in .baton/logs/.',
  },
  ESC_REPLAY_UNREADABLE: {
    title: 'There is no history to replay',
    retry: 'terminal',
    status: 400,
    remedy:
      'Export one with `temporal workflow show --output json`, or download it in the Temporal UI without decoding; or use --query.',
  },
  ESC_PLATFORM_UNREACHABLE: {
    title: 'The platform could not be reached',
    retry: 'retryable',
    status: 502,
    remedy:
      "Baton retries within the rung. If it lasts, check the connector's host, the network and the vendor's status page.",
  },
  ESC_PLATFORM_TIMEOUT: {
    title: 'The platform did not answer in time',
    retry: 'retryable',
    status: 504,
    remedy:
      "Baton asks the platform where the request stands before it sends it again. If it lasts, see the vendor's status page.",
  },
  ESC_PLATFORM_RATE_LIMITED: {
    title: 'The platform limits the rate of calls',
    retry: 'retryable',
    status: 503,
    remedy:
      "Baton waits as long as the platform asks. Lower the connector's rateLimit or ask the vendor for a higher quota.",
  },
  ESC_PLATFORM_QUOTA_EXHAUSTED: {
    title: "The account's quota of calls is spent",
    retry: 'terminal',
    status: 503,
    remedy:
      "The vendor takes calls again when its period is over, often a day. Baton goes on with the next rung. Look for who makes the calls, lengthen the connector's poll interval, or buy a larger quota.",
  },
  ESC_PLATFORM_ERROR: {
    title: 'The platform answered with a server error',
    retry: 'retryable',
    status: 502,
    remedy: "Baton retries within the rung. If it lasts, see the vendor's status page.",
  },
  ESC_PLATFORM_UNAUTHORIZED: {
    title: 'The platform refused the credential',
    retry: 'auth',
    status: 502,
    remedy:
      "Baton has logged in again once. Check the connector's credentials and the permissions of its account.",
  },
  ESC_PLATFORM_REJECTED: {
    title: 'The platform refused the request',
    retry: 'terminal',
    status: 502,
    remedy:
      "The detail has the platform's answer. Check the target and the permissions of the connector's account.",
  },
  ESC_PLATFORM_PROTOCOL: {
    title: 'The platform answered in a shape Baton does not understand',
    retry: 'retryable',
    status: 502,
    remedy:
      'The vendor may have changed its format. Report it with the detail, which names the member that did not fit.',
  },
  ESC_BOT_SESSION_GONE: {
    title: "The bot's session is over",
    retry: 'terminal',
    status: 410,
    remedy:
      'It was ended, or nobody spoke in it for as long as the platform allows. What the user writes next begins another one.',
  },
  ESC_BOT_VERSION_NOT_OFFERED: {
    title: "The bots' platform does not offer the version of its interface that Baton speaks",
    retry: 'terminal',
    status: 502,
    remedy:
      "The detail has the version that Baton speaks and those that are offered. Check the connector's `runtimeUrl`; if it is right, Baton has to be brought up to date.",
  },
  ESC_EGRESS_BLOCKED: {
    title: 'The destination of an outgoing call is not allowed',
    retry: 'terminal',
    status: 502,
    remedy:
      'Outgoing calls go to public https addresses only. Correct the URL, or name its host in `privateHosts` of the connector or bot if it is on your own network.',
  },
  ESC_NOTICE_NOT_TAKEN: {
    title: 'The receiver did not take the notice',
    retry: 'retryable',
    status: 502,
    remedy:
      "Baton tries again for hours. Check that the URL of the bot's notices answers 2xx itself (redirects are not followed) and that it holds the same secret.",
  },
  ESC_NOTICE_GONE: {
    title: 'The receiver of notices is gone',
    retry: 'terminal',
    status: 502,
    remedy:
      "The receiver answered 410: it wants no more notices. Correct the URL of the bot's notices, then send the notice again.",
  },
  ESC_PLAN_UNKNOWN_INTEGRATION: {
    title: 'The tenant has no such integration',
    retry: 'terminal',
    status: 422,
    remedy: "Check the request's `integration` against the names under `integrations` in the configuration.",
  },
  ESC_PLAN_MISCONFIGURED: {
    title: 'The configuration does not hang together',
    retry: 'terminal',
    status: 500,
    remedy:
      'Run `baton config check` on the file that the workers read; it names each reference that leads nowhere.',
  },
  ESC_SERVER_NOT_OBTAINED: {
    title: 'A Temporal server could not be obtained',
    retry: 'terminal',
    status: 500,
    remedy:
      'The detail lists what was tried. Put the server on the PATH, name it in the environment variable shown, or run once with a network.',
  },
  ESC_SERVER_PORT_BUSY: {
    title: 'A port is in use',
    retry: 'terminal',
    status: 500,
    remedy: 'Stop the process that uses the port, or choose another port.',
  },
  ESC_SERVER_NOT_STARTED: {
    title: 'The Temporal development server did not start',
    retry: 'terminal',
    status: 500,
    remedy: 'Read the log file named in the detail.',
  },
  ESC_TRANSFORM_SCRIPT_FAILED: {
    title: 'The transform result script failed',
    retry: 'terminal',
    status: 500,
    remedy:
      "The message has the kind of error and the line. Correct the integration's transformResultScript; the custom data fields are filled all the same.",
  },
  ESC_TRANSFORM_TIMED_OUT: {
    title: 'The transform result script ran too long',
    retry: 'terminal',
    status: 500,
    remedy: 'A script has 100 ms. Look for endless loops, and for work that belongs into the bot.',
  },
  ESC_TRANSFORM_OUT_OF_MEMORY: {
    title: 'The transform result script needed too much memory',
    retry: 'terminal',
    status: 500,
    remedy: 'A script has 16 MiB. Keep what the bot needs and drop the rest.',
  },
  ESC_TRANSFORM_OUTPUT_TOO_LARGE: {
    title: 'The data for the bot is too large',
    retry: 'terminal',
    status: 500,
    remedy:
      'All variables of a script, and all custom data fields, have 64 KiB each. Set fewer or shorter ones.',
  },
  ESC_TRANSFORM_BUSY: {
    title: 'No sandbox was free for the transform result script',
    retry: 'retryable',
    status: 503,
    remedy:
      'If it lasts, look for scripts that run long, run more workers, or see whether this worker may start child processes.',
  },
  ESC_TRANSFORM_DISABLED: {
    title: 'The transform result script is disabled for a while',
    retry: 'terminal',
    status: 503,
    remedy:
      'Its process had to be killed five times. Correct the script; on this worker the old one stays disabled for ten minutes.',
  },
  ESC_CODEC_KEY_UNKNOWN: {
    title: 'The key of an encrypted payload is not known here',
    retry: 'retryable',
    status: 500,
    remedy:
      'Add the key with this id under `encryption.keys` of every worker and gateway; what stands still goes on then.',
  },
  ESC_CODEC_UNREADABLE: {
    title: 'An encrypted payload cannot be read',
    retry: 'terminal',
    status: 500,
    remedy:
      'It was changed, belongs to another namespace, or another key has this id. Compare `encryption.keys` of all workers and gateways.',
  },
  ESC_SESSION_KEY_UNKNOWN: {
    title: 'The key of a sealed session is not known here',
    retry: 'retryable',
    status: 500,
    remedy:
      "Add the key with this id to `sealingKeys` of the connector's credentials on every worker, or the client secret of a bot on Kore.ai that sealed it as `previousClientSecret`; what stands still goes on then.",
  },
  ESC_SESSION_UNREADABLE: {
    title: 'A sealed session cannot be read',
    retry: 'terminal',
    status: 500,
    remedy:
      'It was changed, belongs to another chat, or another key has this id. Compare `sealingKeys` of all workers.',
  },
  ESC_CODEC_SERVER_OFF: {
    title: 'The codec server is not configured',
    retry: 'terminal',
    status: 500,
    remedy: 'Add `encryption.codecServer` with `token` and `uiOrigin`, or leave `--codec-port` out.',
  },
  ESC_CODEC_LOGIN: {
    title: 'The codec server does not know this caller',
    retry: 'terminal',
    status: 401,
    remedy: 'Send `Authorization: Bearer <token>`, or log in at `/codec/login` with the browser.',
  },
});

/** A code of the registry. */
export type ErrorCode = keyof typeof ERRORS;

/** Options of a {@link BatonError}. */
export interface BatonErrorOptions {
  readonly cause?: unknown;
  /** Wait at least this long before trying again (from `Retry-After`). */
  readonly retryAfterMs?: number;
  /** The call may have had its effect: ask the platform before sending again. */
  readonly resultUnknown?: boolean;
  /** Further members of the problem document: what the caller needs in order to go on. No text of users. */
  readonly facts?: Readonly<Record<string, string | number>>;
}

/** An error with a stable code. Its retry meaning comes from the registry. */
export class BatonError extends Error {
  override readonly name = 'BatonError';
  readonly code: ErrorCode;
  readonly retryAfterMs?: number;
  readonly resultUnknown: boolean;
  readonly facts: Readonly<Record<string, string | number>>;

  constructor(code: ErrorCode, detail: string, options: BatonErrorOptions = {}) {
    super(
      `${ERRORS[code].title}: ${detail}`,
      options.cause === undefined ? undefined : { cause: options.cause },
    );
    this.code = code;
    if (options.retryAfterMs !== undefined) this.retryAfterMs = options.retryAfterMs;
    this.resultUnknown = options.resultUnknown ?? false;
    this.facts = options.facts ?? {};
  }

  get retry(): RetryMeaning {
    return ERRORS[this.code].retry;
  }
}
