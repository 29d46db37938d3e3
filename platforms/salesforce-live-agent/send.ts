// The user's messages on their way to the agent.
import type { ChatMessage } from '../../domain/chat';
import { BatonError } from '../../domain/errors';
import type { SendReceipt } from '../desk';
import type { ChatSession } from './chat-session';
import { arrivedBefore } from './chat-state';
import type { LiveAgentState } from './chat-state';
import type { Poster } from './poster';

/** Messages to send, to a chat. */
export interface Sending {
  readonly session: ChatSession;
  readonly state: LiveAgentState;
  readonly first: number;
  readonly messages: readonly ChatMessage[];
  readonly gapMs?: number;
}

/** @throws BatonError when the first could not be sent */
export async function sendMessages(
  poster: Poster,
  { session, state, first, messages, gapMs = 0 }: Sending,
  signal: AbortSignal,
): Promise<SendReceipt> {
  if (state.phase === 'over') return { taken: 0, gone: true };
  if (session.isResuming) throw new BatonError('ESC_PLATFORM_ERROR', 'the chat is moving to another server');
  const texts = messages.map(textOf);
  const firstLine = state.contextLines + first;
  const there = arrivedBefore(state, firstLine, texts);
  for (const [index, text] of texts.entries()) {
    if (index < there) continue;
    try {
      const outcome = await poster.post({ session, state, line: firstLine + index, text, gapMs }, signal);
      if (outcome === 'gone') return { taken: index, gone: true };
    } catch (error) {
      if (error instanceof BatonError && error.code === 'ESC_PLATFORM_REJECTED')
        return { taken: index, refused: 'rejected' };
      if (index === 0) throw error;
      return { taken: index };
    }
  }
  return { taken: messages.length };
}

/** The platform has no files for visitors' messages: they go as links. */
function textOf({ text, attachment }: ChatMessage): string {
  const link = attachment && `${attachment.name}: ${attachment.url}`;
  return [text, link].filter((part) => part !== undefined && part !== '').join('\n');
}
