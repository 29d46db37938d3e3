// A refusal in the core API's shape: an array of code, message and, at times, fields.

/** Thrown by whatever refuses; the server turns it into the answer. */
export class ApiFault extends Error {
  override readonly name = 'ApiFault';

  constructor(
    readonly status: number,
    readonly errorCode: string,
    message: string,
    readonly fields?: readonly string[],
  ) {
    super(message);
  }

  /** The body of the answer. */
  body(): readonly object[] {
    const { message, errorCode, fields } = this;
    return [{ message, errorCode, ...(fields && { fields }) }];
  }
}

/** A path or record that is not there. */
export function notFound(): ApiFault {
  return new ApiFault(404, 'NOT_FOUND', 'The requested resource does not exist');
}
