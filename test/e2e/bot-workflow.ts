// A bot that is itself a Temporal workflow, reduced to what matters here: it waits for one notice and returns it.
import { condition, defineSignal, setHandler } from '@temporalio/workflow';
import type { Notice } from '../../domain/notice';

const noticeSignal = defineSignal<[Notice]>('escalationNotice');

export async function botWorkflow(): Promise<Notice> {
  let heard: Notice | undefined;
  setHandler(noticeSignal, (notice) => {
    heard = notice;
  });
  await condition(() => heard !== undefined);
  if (!heard) throw new Error('no notice was heard');
  return heard;
}
