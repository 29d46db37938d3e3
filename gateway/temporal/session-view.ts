// A conversation with a bot as GET answers it: what its query says, in the words of the HTTP API.
import type { z } from 'zod';
import type { botSessionSchema } from '../../contract/http/answers';
import type { SessionStatus } from '../../domain/bot-session-messages';
import { escalationUrl } from './escalation-view';

/** Body of `GET /v1/sessions/{conversationId}`. */
export type SessionView = z.output<typeof botSessionSchema>;

/** Path of a conversation with a bot. */
export function sessionUrl(conversationId: string): string {
  return `/v1/sessions/${encodeURIComponent(conversationId)}`;
}

/** The view of a status. */
export function sessionViewOf({ movedAt, story, ...same }: SessionStatus): SessionView {
  return {
    ...same,
    movedAt: instant(movedAt),
    story: story.map(({ at, ...line }) => ({ ...line, at: instant(at) })),
    url: sessionUrl(same.conversationId),
    escalationUrl: escalationUrl(same.conversationId),
  };
}

function instant(at: number): string {
  return new Date(at).toISOString();
}
