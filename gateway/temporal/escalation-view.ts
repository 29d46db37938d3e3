// An escalation as GET answers it: what its status query says, in the words of the HTTP API.
import type { z } from 'zod';
import type { escalationSchema } from '../../contract/http/answers';
import type { RelayStatus } from '../../domain/relay-status';
import type { EscalationStatus } from '../../domain/status';

/** Body of `GET /v1/escalations/{conversationId}`. */
export type EscalationView = z.output<typeof escalationSchema>;

/** Path of an escalation. */
export function escalationUrl(conversationId: string): string {
  return `/v1/escalations/${encodeURIComponent(conversationId)}`;
}

/** The view of a status. A run that was terminated says where it stood; it is closed all the same. */
export function viewOf(status: EscalationStatus, isOpen: boolean): EscalationView {
  const { waiting, phase, relay, lastEscalation: _, ...same } = status;
  const isClosed = !isOpen || phase === 'closed' || phase === 'speaking';
  return {
    ...same,
    status: isClosed ? 'closed' : 'open',
    phase: isClosed ? 'closed' : phase,
    ...(waiting &&
      !isClosed && { waiting: { for: waiting.for, until: new Date(waiting.until).toISOString() } }),
    ...(relay && { relay: relayView(relay) }),
    url: escalationUrl(status.conversationId),
  };
}

function relayView({ ended, ...same }: RelayStatus): NonNullable<EscalationView['relay']> {
  return { ...same, ...(ended && { ended: { ...ended, at: new Date(ended.at).toISOString() } }) };
}
