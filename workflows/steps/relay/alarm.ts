// Wakes the relay when something is due by the clock. Deadlines move with every message; a timer of each would cost as
// much as the message itself. So timers are only ever added, when none fires soon enough, and never cancelled: one that
// fires too early makes the relay look what is due now.
import { sleep } from '@temporalio/workflow';
import { awaitTurn } from '../../in-turn';

/** See the file's comment. */
export interface Alarm {
  /** Whether a timer fires by then. */
  covers(at: number): boolean;
  /** Makes sure that one does. */
  set(at: number): void;
}

/** An alarm without timers. */
export function createAlarm(): Alarm {
  const timers: number[] = [];
  const covers = (at: number): boolean => timers.some((timer) => timer <= at);
  return {
    covers,
    set(at) {
      if (covers(at)) return;
      timers.push(at);
      void sleep(Math.max(at - Date.now(), 1), { summary: 'Until something is due in the chat' })
        .then(awaitTurn)
        .then(() => {
          timers.splice(timers.indexOf(at), 1);
        });
    },
  };
}
