// Refusals of the runtime: the table of errors, and the one shape that every error body has (Einstein Bots API v5.3).

const TABLE = {
  400: ['BadRequestError', 'Bad Request'],
  401: ['UnauthorizedError', 'Access bearer token is missing or invalid'],
  403: ['ForbiddenError', 'User forbidden from accessing the resource'],
  404: ['NotFoundError', 'Resource not found'],
  410: ['NotAvailableError', 'Resource not available at the time of the request'],
  422: ['RequestProcessingException', 'Cannot determine the active version for the bot'],
  423: ['ServerBusyError', 'Server is busy and cannot process the request at this time'],
  429: ['TooManyRequestsError', 'Too many requests for the server to handle'],
  500: ['NullPointerException', 'Something went wrong'],
  503: ['ServiceUnavailable', 'Service is unavailable possibly because Apex/Flow calls timed out'],
} as const;

/** A status of the table. */
export type RefusalStatus = keyof typeof TABLE;

/** Thrown by whatever refuses; the vendor's HTTP turns it into the answer. */
export class Refusal extends Error {
  override readonly name = 'Refusal';

  /** `message`: instead of the table's. */
  constructor(
    readonly status: RefusalStatus,
    message: string = TABLE[status][1],
  ) {
    super(message);
  }
}

/** An error's body. A status that the table does not have is called after the one that it is next to. */
export function errorBody(
  status: number,
  request: { readonly path: string; readonly requestId: string },
  message?: string,
): object {
  const known = Object.hasOwn(TABLE, status) ? (status as RefusalStatus) : status < 500 ? 400 : 500;
  const [error, usual] = TABLE[known];
  const { path, requestId } = request;
  return { status, path, requestId, error, message: message ?? usual, timestamp: Date.now() };
}
