// What a user and an agent say to each other in the matrix. The agent's lines answer the user's, so that a bot can be the
// agent.
import type { Line } from './chat-stages/stage';

/** See the file's comment. */
export const TALK: readonly Line[] = [
  { from: 'user', text: 'My parcel is broken.' },
  { from: 'agent', text: 'Hi, let me have a look.' },
  { from: 'user', text: 'It was the blue one.' },
  { from: 'user', text: 'With the ribbon.' },
  { from: 'agent', text: 'A new one is on its way.' },
];

/** Of a user who leaves in the middle of a talk. */
export const NEVER_MIND = 'Never mind.';
