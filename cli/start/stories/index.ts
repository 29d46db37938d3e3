// The demo stories by name.
import type { Story } from '../story';
import { botToBotStory } from './bot-to-bot';
import { certainlyStory } from './certainly';
import { koreStory } from './kore';
import { livePersonStory } from './liveperson';
import { relayStory } from './relay';

/** Every story that `--demo` can play; the first is the default. */
export const STORIES: readonly Story[] = [
  livePersonStory,
  relayStory,
  koreStory,
  certainlyStory,
  botToBotStory,
];
