// Events of a generic desk: verified by the connector's secrets, then turned into the domain's words.
import { assertNever } from '../../domain/assert-never';
import type { ConnectorConfiguration } from '../../domain/configuration';
import type { DeskEvent } from '../../domain/desk-event';
import type { InboundRequest, InboundResult } from '../platform';
import { connectorEndpoint } from './options';
import { verifyWebhook } from './signing';
import { deskEvent, parseJson } from './wire';
import type { WireEvent } from './wire';

/** One webhook is one event; its id is the `webhook-id`, so that a repeated delivery is the same event. */
export function readInbound(connector: ConnectorConfiguration, request: InboundRequest): InboundResult {
  const { headers, body, receivedAt: now } = request;
  const { secrets } = connectorEndpoint(connector);
  const verification = verifyWebhook({ headers, body, secrets, now });
  if (verification.kind === 'refused') return { kind: 'unauthorized' };
  const parsed = parseJson(body.toString('utf8'), deskEvent);
  if (parsed.kind === 'misfit') return { kind: 'invalid', detail: parsed.member };
  const { conversationId, transferId } = parsed.value.data;
  return {
    kind: 'events',
    events: [{ id: verification.id, conversationId, transferId, event: toDeskEvent(parsed.value) }],
  };
}

function toDeskEvent(wire: WireEvent): DeskEvent {
  switch (wire.type) {
    case 'transfer.queued':
      return { kind: 'queued' };
    case 'transfer.position': {
      const { position, waitMs } = wire.data;
      return { kind: 'position', position, ...(waitMs !== undefined && { waitMs }) };
    }
    case 'transfer.connected': {
      const { agentId } = wire.data;
      return { kind: 'connected', ...(agentId !== undefined && { agentId }) };
    }
    case 'transfer.declined': {
      const { reason, detail } = wire.data;
      return { kind: 'declined', reason, ...(detail !== undefined && { detail }) };
    }
    case 'transfer.userLeft':
      return { kind: 'userLeft' };
    case 'transfer.ended': {
      const { by } = wire.data;
      return { kind: 'ended', ...(by !== undefined && { by }) };
    }
    default:
      return assertNever(wire);
  }
}
