// Whether a notice is as its published schemas say, in both of its forms, with no member that they do not know.
import { isDeepStrictEqual } from 'node:util';
import { noticeSchema } from '../../contract/notice';
import { noticeEnvelopeSchema } from '../../contract/notice-envelope';
import type { Notice } from '../../domain/notice';
import { noticeEnvelope } from '../../platforms/webhook/notice-envelope';

/** What is wrong with it; empty if nothing is. */
export function unlikeTheirSchema(notice: Notice): string[] {
  const envelope = noticeEnvelope(notice);
  const asSignal = noticeSchema.safeParse(notice);
  const overHttp = noticeEnvelopeSchema.safeParse(envelope);
  return [
    ...(asSignal.success ? [] : [`${notice.id} as a signal: ${asSignal.error.message}`]),
    ...(overHttp.success ? [] : [`${notice.id} over HTTP: ${overHttp.error.message}`]),
    ...(overHttp.success && !isDeepStrictEqual(overHttp.data, envelope)
      ? [`${notice.id} has members over HTTP that the schema does not know: ${JSON.stringify(envelope)}`]
      : []),
  ];
}
