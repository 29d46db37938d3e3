// What users of the story of two bots say to them, and what they read.
import type { Part } from './actor';

/** One conversation with a bot of baton.demo.yaml. */
export interface Talk extends Part {
  readonly bot: string;
  /** What the user reads, in order, where nothing goes wrong. */
  readonly reads: readonly string[];
}

/** When this one is read, the worker is killed. */
export const ASKS_FOR_EMAIL = 'What is your email address?';
/** Slow enough for the worker to be killed before the answer. */
const WRITING_MS = 1_200;

function talk(bot: string, lines: Talk['lines'], reads: readonly string[]): Talk {
  return { bot, lines, reads, theirs: reads.length, writingMs: WRITING_MS };
}

/** By name. */
export const TALKS = {
  introduction: talk(
    'variables-bot',
    [
      { text: 'Hello!', after: 0 },
      { text: 'Ada', after: 2 },
      { text: 'ada@example.com', after: 3 },
      { text: 'Example Ltd', after: 4 },
      { text: 'Right, thank you!', after: 6 },
    ],
    [
      'Hi! I am the Variables Bot.',
      'What is your name?',
      ASKS_FOR_EMAIL,
      'Which company do you work for?',
      'Hi Ada! I have received what you told the Variables Bot.',
      'Email: ada@example.com, company: Example Ltd.',
      'Thank you, Ada. I have noted it.',
    ],
  ),
  support: talk(
    'support-bot',
    [{ text: 'I would like to talk to a person.', after: 0 }],
    [
      'Hi, I am the Support Bot.',
      'Choose one of the options below.',
      '1. Order status\n2. Talk to a person\n3. End chat',
      'I will look for somebody who can help.',
    ],
  ),
} as const satisfies Record<string, Talk>;

/** Name of a talk. */
export type TalkName = keyof typeof TALKS;
