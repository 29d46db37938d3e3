// The one shape in which a notice travels over HTTP: the body of a webhook and the data of a streamed event.
import { NOTICE_VERSION } from '../../domain/notice';
import type { Notice, NoticeEnvelope } from '../../domain/notice';

/** The notice as a bot reads it: what every receiver looks at first outside, the rest in `data`, instants as ISO 8601. */
export function noticeEnvelope({ id, type, at, askAgainBy, ...rest }: Notice): NoticeEnvelope {
  return {
    type,
    version: NOTICE_VERSION,
    timestamp: instant(at),
    data: {
      noticeId: id,
      ...rest,
      ...(askAgainBy !== undefined && { askAgainBy: instant(askAgainBy) }),
    },
  };
}

function instant(at: number): string {
  return new Date(at).toISOString();
}
