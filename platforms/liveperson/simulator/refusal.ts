// How a request is refused: a status and the vendor's words. The exact bodies for most refusals are not known
// from the wire notes [unsure]; the client must decide by the code.

/** Thrown by the handlers, answered by the server. */
export class Refusal extends Error {
  override readonly name = 'Refusal';
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

/** Refuses unless the condition holds. */
export function demand(condition: unknown, status: number, message: string): asserts condition {
  if (condition === undefined || condition === false || condition === null)
    throw new Refusal(status, message);
}
