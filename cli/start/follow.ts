// Follows one escalation through the gateway and tells what is new, until it is closed.
import { setTimeout as sleep } from 'node:timers/promises';
import type { StoryLine } from '../../domain/escalation-state';
import type { Explanation } from '../../domain/explain';
import { BatonError } from '../../domain/errors';
import type { Stage } from './story';

const POLL_MS = 150;

/** Options of {@link follow}. */
export interface FollowOptions {
  readonly conversationId: string;
  /** Give up after this long without an end. */
  readonly timeoutMs: number;
  /** Called with each new line. */
  readonly onLine: (line: StoryLine) => void;
  /** Called at each look, to tell what other witnesses saw. */
  readonly onLook: () => Promise<void>;
}

/** The explanation at the end. @throws BatonError `ESC_START_FAILED` when there is none in time */
export async function follow(stage: Stage, options: FollowOptions): Promise<Explanation> {
  const deadlineAt = Date.now() + options.timeoutMs;
  let told = 0;
  while (!stage.stop.aborted) {
    const explanation = await stage.gateway.explain(options.conversationId).catch(() => undefined);
    await options.onLook();
    for (const line of explanation?.story.slice(told) ?? []) options.onLine(line);
    told = explanation?.story.length ?? told;
    if (explanation?.status.phase === 'closed') return explanation;
    if (Date.now() > deadlineAt) {
      throw new BatonError(
        'ESC_START_FAILED',
        `the escalation did not end within ${options.timeoutMs / 1_000} s`,
      );
    }
    await sleep(POLL_MS);
  }
  throw new BatonError('ESC_START_FAILED', 'stopped before the escalation ended');
}
