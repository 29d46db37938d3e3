// Follows one escalation until it is closed, telling what its witnesses see on the way.
import { setTimeout as sleep } from 'node:timers/promises';
import type { StoryLine } from '../../domain/escalation-state';
import type { Explanation } from '../../domain/explain';
import { BatonError } from '../../domain/errors';
import type { Stage } from './story';
import { inWords } from './story-words';
import { createTimeline, type Happening, type Witness } from './timeline';

const POLL_MS = 150;

/** Options of {@link follow}. */
export interface FollowOptions {
  readonly conversationId: string;
  /** Give up after this long without an end. */
  readonly timeoutMs: number;
  /** Who else sees something: the user, the bot. */
  readonly witnesses: readonly Witness[];
}

/** The explanation at the end. @throws BatonError `ESC_START_FAILED` when there is none in time */
export async function follow(stage: Stage, options: FollowOptions): Promise<Explanation> {
  const deadlineAt = Date.now() + options.timeoutMs;
  let latest: Explanation | undefined;
  const baton: Witness = async () => {
    latest = (await stage.gateway.explain(options.conversationId).catch(() => undefined)) ?? latest;
    return latest ? happenings(latest) : [];
  };
  // Asked last, Baton knows at least what the others have seen.
  const tellNews = createTimeline([...options.witnesses, baton], (line) => stage.narrator.say(line));
  for (;;) {
    await tellNews();
    if (latest?.status.phase === 'closed') break;
    if (stage.stop.aborted) throw new BatonError('ESC_START_FAILED', 'stopped before the escalation ended');
    if (Date.now() > deadlineAt) {
      throw new BatonError(
        'ESC_START_FAILED',
        `the escalation did not end within ${options.timeoutMs / 1_000} s`,
      );
    }
    await sleep(POLL_MS);
  }
  await tellNews();
  return latest;
}

/** The lines of a story. */
export function happenings({
  story,
}: {
  readonly story: readonly Pick<StoryLine, 'at' | 'event' | 'detail'>[];
}): Happening[] {
  return story.map((line) => ({
    at: line.at,
    line: {
      who: 'baton',
      what: inWords(line),
      event: line.event,
      ...(line.detail !== undefined && { detail: line.detail }),
    },
  }));
}
