// The one shape in which a notice travels over HTTP: the body of a webhook and the data of a streamed event.
import { NOTICE_VERSION } from '../../domain/notice';
import type { Notice, NoticeEnvelope } from '../../domain/notice';

/** The notice as a bot reads it: what every receiver looks at first outside, the rest in `data`, instants as ISO 8601. */
export function noticeEnvelope(notice: Notice): NoticeEnvelope {
  const { id, type, at, askAgainBy, ended, transcript, ...rest } = notice;
  return {
    type,
    version: NOTICE_VERSION,
    timestamp: instant(at),
    data: {
      noticeId: id,
      ...rest,
      ...(askAgainBy !== undefined && { askAgainBy: instant(askAgainBy) }),
      ...(ended && { ended: { ...ended, at: instant(ended.at) } }),
      ...(transcript && { transcript: transcript.map((line) => ({ ...line, at: instant(line.at) })) }),
    },
  };
}

function instant(at: number): string {
  return new Date(at).toISOString();
}
