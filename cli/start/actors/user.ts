// The user of the relay story: writes to the gateway as a bot's backend does for its users, and reads what the bot was
// told to show.
import { BatonClient } from '../../../client';
import { createBotReceiverControl } from '../../../platforms/webhook/simulator';
import { play } from './actor';

/** Where the user is. */
export interface UserOptions {
  readonly conversation: string;
  readonly gateway: string;
  readonly apiKey: string;
  /** Of the simulated bot. */
  readonly bot: string;
}

/** Plays the user. */
export async function playUser(
  { conversation, gateway, apiKey, bot }: UserOptions,
  stop: AbortSignal,
): Promise<void> {
  const baton = new BatonClient({ baseUrl: gateway, apiKey });
  const screen = createBotReceiverControl(bot);
  await play(
    'user',
    {
      write: async (text, number) => {
        await baton.userMessage(conversation, { id: `user-${number}`, text });
      },
      read: async () =>
        ((await screen.state()).transcripts[conversation] ?? [])
          .filter(({ from }) => from === 'agent')
          .map(({ text }) => text),
    },
    stop,
  );
  await screen.close();
}
