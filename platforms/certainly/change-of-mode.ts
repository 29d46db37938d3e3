// What a notice means for a Certainly bot: that it is to listen, that it is to go on, or nothing.
import { assertNever } from '../../domain/assert-never';
import type { Notice } from '../../domain/notice';
import { MAX_FAILURE_NOTICES } from '../../domain/plan';
import type { CertainlyOptions } from './options';

/** `takeover` gives the conversation back to the bot; `claimEnd` is how it went. */
export type ChangeOfMode =
  | { readonly kind: 'handover' }
  | { readonly kind: 'takeover'; readonly claimEnd: string | null }
  | { readonly kind: 'none' };

type Ending = 'returned' | 'failed' | 'ended' | 'queued' | 'connected' | 'cancelled' | 'abandoned';

const NONE: ChangeOfMode = { kind: 'none' };

/** What of a notice decides. */
type Told = Pick<Notice, 'type' | 'progress' | 'relayed' | 'attempt' | 'reason'>;

/** See the file's comment. */
export function changeOfMode(words: CertainlyOptions['claimEnd'], notice: Told): ChangeOfMode {
  switch (notice.type) {
    case 'escalation.accepted':
      return { kind: 'handover' };
    case 'escalation.queued':
      // As progress the bot goes on listening; as an outcome nobody is known to come, so that the bot must.
      return notice.progress ? NONE : takeover(words, 'queued', notice);
    case 'escalation.connected':
      // Where Baton does not carry what they write, nobody does: the user must not wait for a silent bot.
      return notice.relayed ? NONE : takeover(words, 'connected', notice);
    case 'escalation.position':
      return NONE;
    case 'escalation.failed':
      return takeover(words, 'failed', notice);
    case 'escalation.ended':
      // The bot did not claim again in time: it has had its user back since the failure, and may be anywhere by now.
      return notice.attempt > MAX_FAILURE_NOTICES ? takeover(words, 'ended', notice) : NONE;
    case 'escalation.abandoned':
      return takeover(words, 'abandoned', notice);
    case 'escalation.cancelled':
      return takeover(words, 'cancelled', notice);
    case 'escalation.returned':
      return takeover(words, 'returned', notice);
    default:
      return assertNever(notice.type);
  }
}

function takeover(words: CertainlyOptions['claimEnd'], ending: Ending, { reason }: Told): ChangeOfMode {
  const byReason = reason === undefined ? undefined : words[reason];
  return { kind: 'takeover', claimEnd: byReason === undefined ? words[ending] : byReason };
}
