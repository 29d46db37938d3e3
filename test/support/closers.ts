// What must be stopped when a test is over, in the order in which it was started.

/** Each stops one thing. */
export type Closers = (() => Promise<unknown>)[];

/** The last started first; one that fails must not keep the others running. */
export async function closeAll(closers: Closers): Promise<void> {
  for (const close of closers.splice(0).reverse()) await close().catch(() => undefined);
}
