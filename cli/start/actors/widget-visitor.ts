// The user of the Certainly story: one WebSocket to the widget from the first word to the last, whoever answers.
import { connectWidgetUser } from '../../../platforms/certainly/simulator';
import { play } from './actor';
import { DIALOGUE, linesOf } from './dialogue';

/** Of the simulated bot; see baton.demo.yaml. */
export const DEPLOYMENT = 'dep-1';
/** What Baton says before the transfer; see baton.demo.yaml. */
const LAST_WORDS = 'One moment, I am getting a colleague.';
/** What makes the bot claim. */
const WISH = 'I want a human, please.';
/** The bot, once it has its user back. */
const BACK = 'How was my colleague?';

/** Where the user is. */
export interface WidgetVisitorOptions {
  readonly user: string;
  /** The simulator. */
  readonly certainly: string;
}

/** Plays the user. */
export async function playWidgetVisitor(
  { user: userId, certainly: url }: WidgetVisitorOptions,
  stop: AbortSignal,
): Promise<void> {
  const user = await connectWidgetUser({ url, deploymentId: DEPLOYMENT, userId });
  user.say(WISH);
  await user.reads(LAST_WORDS, 0, stop);
  const from = user.screen.indexOf(LAST_WORDS) + 1;
  // What comes after the agent's last line is the bot's again, which only the script of the story tells.
  const agents = DIALOGUE.length - linesOf('user').length;
  await play(
    'user',
    {
      write: (text) => Promise.resolve(user.say(text)),
      read: () => Promise.resolve(user.screen.slice(from, from + agents)),
    },
    stop,
  );
  await user.reads(BACK, 0, stop);
  user.say('Very kind.');
  await user.reads('Thank you.', 0, stop);
  await user.close();
}
