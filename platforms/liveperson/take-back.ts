// Takes a conversation out of a queue, back to the bot: the next rung's transfer starts from there, and the bot
// may speak again.
import { BatonError } from '../../domain/errors';
import type { TransferRef } from '../desk';
import { afterTakeBack } from './conversations';
import type { Place } from './conversations';
import { joinRequest } from './fields';
import { locateAnew } from './locate';
import { saysClosed } from './messages';
import { isRefusal, refusalText } from './runtime';
import type { Runtime } from './runtime';

/** Where the conversation is afterwards. @throws BatonError `ESC_PLATFORM_REJECTED` if it stays in the queue */
export async function takeBack(
  runtime: Runtime,
  { conversationId }: TransferRef,
  signal: AbortSignal,
): Promise<Exclude<Place, { kind: 'queue' }>> {
  const own = await runtime.own(signal);
  const answer = await runtime.session.request(joinRequest(conversationId, own, 'ASSIGNED_AGENT'), signal);
  if (!isRefusal(answer)) {
    runtime.store.assume(conversationId, (view) => afterTakeBack(view, own));
    return { kind: 'bot' };
  }
  if (saysClosed(answer)) return { kind: 'closed' };
  // Refused also when an agent was faster, or an earlier try had its effect.
  const { place } = await locateAnew(runtime, conversationId, signal);
  if (place.kind !== 'queue' && place.kind !== 'unknown') return place;
  throw new BatonError(
    'ESC_PLATFORM_REJECTED',
    `conversation ${conversationId} could not be taken back from its queue: ${refusalText(answer)}`,
  );
}
