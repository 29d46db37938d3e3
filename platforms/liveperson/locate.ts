// Reads where a conversation stands, from what the subscriptions tell.
import { placeOf } from './conversations';
import type { ConversationView, Place } from './conversations';
import type { Runtime } from './runtime';

/** `unknown`: not among the open conversations that the service told of, which may not be all. */
export type Located = { readonly view?: ConversationView } & {
  readonly place: Place | { readonly kind: 'unknown' };
};

/** Opens the socket if need be and waits for its snapshot. @throws BatonError as the session does */
export async function locate(
  runtime: Runtime,
  conversationId: string,
  signal: AbortSignal,
): Promise<Located> {
  const { store } = runtime;
  await runtime.own(signal);
  const wasLoading = store.absence() === 'loading';
  await settled(runtime, conversationId, signal);
  // Before the user counts as gone on a view that may be old, it is taken anew.
  if (!store.get(conversationId) && !wasLoading) return locateAnew(runtime, conversationId, signal);
  return read(runtime, conversationId, signal);
}

/** As {@link locate}, with a fresh snapshot: for when an answer contradicts what we believed. */
export async function locateAnew(
  runtime: Runtime,
  conversationId: string,
  signal: AbortSignal,
): Promise<Located> {
  await runtime.resync(signal);
  await settled(runtime, conversationId, signal);
  return read(runtime, conversationId, signal);
}

async function settled({ store }: Runtime, conversationId: string, signal: AbortSignal): Promise<void> {
  await store.waitUntil(
    () => store.get(conversationId) !== undefined || store.absence() !== 'loading',
    signal,
  );
}

async function read(runtime: Runtime, conversationId: string, signal: AbortSignal): Promise<Located> {
  const { store } = runtime;
  const own = await runtime.own(signal);
  const view = store.get(conversationId);
  if (view) return { view, place: placeOf(view, own) };
  return { place: { kind: store.absence() === 'notOpen' ? 'closed' : 'unknown' } };
}
