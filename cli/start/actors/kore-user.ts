// The user of the Kore.ai story: one chat window from the first word to the last, whoever answers.
import { createKoreControl } from '../../../platforms/kore/simulator';
import { play } from './actor';
import { DIALOGUE, linesOf } from './dialogue';

/** What Baton says before the transfer; see baton.demo.yaml. */
const LAST_WORDS = 'One moment, I am getting a colleague.';
const HELLO = 'Hello!';
/** What makes the bot's dialog reach its agent transfer node. */
const WISH = 'I want a human, please.';
/** The last word is for the bot again. */
export const GOODBYE = 'That was a nice colleague.';
const PATIENCE_MS = 60_000;

/** What the simulated bot answers. */
export function youSaid(text: string): string {
  return `You said: ${text}`;
}

/** Where the user is. */
export interface KoreUserOptions {
  readonly user: string;
  /** The simulator. */
  readonly kore: string;
}

/** Plays the user. */
export async function playKoreUser({ user, kore: url }: KoreUserOptions, stop: AbortSignal): Promise<void> {
  const kore = createKoreControl(url);
  const patience = AbortSignal.any([stop, AbortSignal.timeout(PATIENCE_MS)]);
  const read = async (): Promise<readonly string[]> =>
    (await kore.screen(user)).filter(({ from }) => from === 'bot').map(({ text }) => text);
  const reads = async (text: string): Promise<void> => {
    await kore.until(
      ({ users }) => users[user]?.screen.some((line) => line.text === text) === true,
      patience,
    );
  };
  await kore.write(user, HELLO);
  await reads(youSaid(HELLO));
  await kore.write(user, WISH);
  await reads(LAST_WORDS);
  const from = (await read()).indexOf(LAST_WORDS) + 1;
  // What comes after the agent's last line is the bot's again, which only the script of the story tells.
  const agents = DIALOGUE.length - linesOf('user').length;
  await play(
    'user',
    {
      write: async (text) => void (await kore.write(user, text)),
      read: async () => (await read()).slice(from, from + agents),
    },
    stop,
  );
  await kore.until(({ users }) => users[user]?.agentTransfer === false, patience);
  await kore.write(user, GOODBYE);
  await reads(youSaid(GOODBYE));
  await kore.close();
}
