// Ending a chat for the visitor: first the chat, so that the agent sees it, then the session. Ending what has ended
// is no fault, and a chat that moved to another server is followed there.
import { BatonError } from '../../domain/errors';
import { postNumbered } from './post';
import type { PostNumber, PostResult } from './post';
import { reconnect } from './poll';
import type { Rest } from './rest';
import type { ChatSession } from './chat-session';

/** The session is already gone. */
const GONE: readonly number[] = [403, 404];

/** What an end is made with. */
export interface EndDeps {
  readonly posts: Rest;
  readonly timeoutMs: number;
}

/** Ends the chat and its session. @throws BatonError for faults: repeat it */
export async function endChat(
  deps: EndDeps,
  session: ChatSession,
  number: PostNumber,
  signal: AbortSignal,
): Promise<void> {
  let current = session;
  let outcome = await say(deps, current, number, signal);
  if (outcome.kind === 'resync') {
    const found = await reconnect(deps, session, signal);
    if (found.kind === 'lost') return;
    if (found.kind === 'found') current = found.session;
    const again = found.kind === 'found' ? { sequence: 1, isRepeat: false } : { ...number, isRepeat: true };
    outcome = await say(deps, current, again, signal);
  }
  if (outcome.kind === 'resequence') {
    current = outcome.session;
    outcome = await say(deps, current, { sequence: current.sequence + 1, isRepeat: false }, signal);
  }
  // Also when the chat is over already: its session may not be.
  await deleteSession(deps, current, signal);
}

async function say(
  { posts, timeoutMs }: EndDeps,
  session: ChatSession,
  number: PostNumber,
  signal: AbortSignal,
): Promise<PostResult> {
  const post = { name: 'ChatEnd', body: { reason: 'client' }, number, timeoutMs } as const;
  try {
    return await postNumbered(posts, session, post, signal);
  } catch (error) {
    // A session in which nobody has asked for a chat yet has none to end.
    if (error instanceof BatonError && error.code === 'ESC_PLATFORM_REJECTED')
      return { kind: 'lost', reason: 'sessionGone' };
    throw error;
  }
}

async function deleteSession(
  { posts, timeoutMs }: EndDeps,
  session: ChatSession,
  signal: AbortSignal,
): Promise<void> {
  const name = 'the deletion of the session';
  const path = `System/SessionId/${encodeURIComponent(session.key)}`;
  const call = { method: 'DELETE', path, name, identity: 'affinity', timeoutMs } as const;
  const answer = await posts.call(session, call, signal);
  const isDone = (answer.status >= 200 && answer.status < 300) || GONE.includes(answer.status);
  if (!isDone) throw posts.fault(answer, name);
}
