/** Ends every `switch` over a union: a new member that nobody handles fails the type check, not a conversation. */
export function assertNever(value: never): never {
  throw new Error(`Unhandled variant: ${JSON.stringify(value)}`);
}
