// Which event a watching workflow has not heard yet, from how a conversation looks now.
import type { DeskEvent } from '../../domain/desk-event';
import { assertNever } from '../../domain/assert-never';
import { placeOf } from './conversations';
import type { ConversationView, Place } from './conversations';
import type { OwnUser } from './ids';

type Seen = DeskEvent['kind'] | undefined;

/** The next event after `seen`, or undefined while there is none. `absence`: what it means that there is no view. */
export function newsOf(
  view: ConversationView | undefined,
  absence: 'loading' | 'notOpen' | 'unknown',
  own: OwnUser,
  seen: Seen,
): DeskEvent | undefined {
  if (view) return newsOfPlace(placeOf(view, own), seen);
  return absence === 'notOpen' ? newsOfPlace({ kind: 'closed' }, seen) : undefined;
}

function newsOfPlace(place: Place, seen: Seen): DeskEvent | undefined {
  if (seen === 'ended' || seen === 'userLeft') return undefined;
  switch (place.kind) {
    case 'bot':
      return undefined;
    case 'queue':
      return seen === undefined ? { kind: 'queued' } : undefined;
    case 'human':
      return seen === 'connected' ? undefined : { kind: 'connected', agentId: place.agentId };
    case 'closed':
      return end(place.by, seen);
    default:
      return assertNever(place);
  }
}

/** Before an agent joined, a conversation that ends without word of by whom counts as left by the user. */
function end(by: 'agent' | 'user' | 'system' | undefined, seen: Seen): DeskEvent {
  if (seen !== 'connected' && (by ?? 'user') === 'user') return { kind: 'userLeft' };
  return { kind: 'ended', ...(by === undefined ? {} : { by }) };
}
