// A bot that is itself a Temporal workflow, reduced to what matters here: it hears notices until one is no progress, and
// returns them. A notice that it has heard already it drops, as bots are asked to.
import { condition, defineSignal, setHandler } from '@temporalio/workflow';
import type { Notice } from '../../domain/notice';

const noticeSignal = defineSignal<[Notice]>('escalationNotice');

export async function botWorkflow(): Promise<readonly Notice[]> {
  const heard = new Map<string, Notice>();
  setHandler(noticeSignal, (notice) => {
    if (!heard.has(notice.id)) heard.set(notice.id, notice);
  });
  const all = (): readonly Notice[] => [...heard.values()];
  await condition(() => all().some(({ progress }) => progress !== true));
  return all();
}
