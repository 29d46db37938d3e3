// Events of a generic desk: verified by the connector's secrets, then turned into the domain's words.
import { z } from 'zod';
import { assertNever } from '../../domain/assert-never';
import type { ConnectorConfiguration } from '../../domain/configuration';
import type { DeskEvent, DeskWord } from '../../domain/desk-event';
import type { InboundRequest, InboundResult } from '../platform';
import { connectorEndpoint } from './options';
import { verifyWebhook } from './signing';
import { chatEvent, deskEvent, parseJson } from './wire';
import type { WireChatEvent, WireEvent } from './wire';

const anyEvent = z.discriminatedUnion('type', [...deskEvent.options, ...chatEvent.options]);

/** One webhook is one event; its id is the `webhook-id`, so that a repeated delivery is the same event. */
export function readInbound(connector: ConnectorConfiguration, request: InboundRequest): InboundResult {
  const { headers, body, receivedAt: now } = request;
  const { secrets } = connectorEndpoint(connector);
  const verification = verifyWebhook({ headers, body, secrets, now });
  if (verification.kind === 'refused') return { kind: 'unauthorized' };
  const parsed = parseJson(body.toString('utf8'), anyEvent);
  if (parsed.kind === 'misfit') return { kind: 'invalid', detail: parsed.member };
  const { conversationId, transferId } = parsed.value.data;
  const said = { id: verification.id, conversationId, transferId };
  if (parsed.value.type === 'chat.typing')
    return { kind: 'events', events: [], typing: [{ conversationId, writes: parsed.value.data.writes }] };
  return { kind: 'events', events: [{ ...said, word: toWord(parsed.value) }] };
}

function toWord(wire: WireEvent | Exclude<WireChatEvent, { type: 'chat.typing' }>): DeskWord {
  switch (wire.type) {
    case 'chat.message': {
      const { messageId: id, text, attachment, agentName } = wire.data;
      const message = { id, ...(text !== undefined && { text }), ...(attachment && { attachment }) };
      return { kind: 'message', message, ...(agentName !== undefined && { agentName }) };
    }
    case 'chat.agentChanged': {
      const { agentId, agentName } = wire.data;
      return {
        kind: 'agentChanged',
        ...(agentId !== undefined && { agentId }),
        ...(agentName !== undefined && { agentName }),
      };
    }
    case 'chat.agentLeft':
      return { kind: 'agentLeft' };
    default:
      return toDeskEvent(wire);
  }
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
