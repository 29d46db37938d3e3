// The gateway's answer as the claim of an idempotency key keeps it.

/** Status and body of an answer that is given again. */
export interface KeptAnswer {
  readonly status: number;
  readonly body: Readonly<Record<string, unknown>>;
}

/** Whether a value is one; what reaches a workflow may come from anywhere. */
export function isKeptAnswer(value: unknown): value is KeptAnswer {
  const { status, body } = (value ?? {}) as Partial<Record<keyof KeptAnswer, unknown>>;
  return typeof status === 'number' && typeof body === 'object' && body !== null && !Array.isArray(body);
}
