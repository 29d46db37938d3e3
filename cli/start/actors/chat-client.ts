// The thin chat client of the story of two bots: posts what the user writes to the gateway, and shows what Baton sends
// it by signed webhook. It knows of no bot but the name under which the gateway knows the first one.
import { BatonClient } from '../../../client';
import { createBotReceiverControl } from '../../../platforms/webhook/simulator';
import { playPart } from './actor';
import { TALKS, type TalkName } from './talks';

/** Where the client is. */
export interface ChatClientOptions {
  readonly conversation: string;
  readonly talk: TalkName;
  readonly gateway: string;
  readonly apiKey: string;
  /** Of the receiver of signed webhooks. */
  readonly receiver: string;
}

/** Plays the user at the client. */
export async function playChatClient(
  { conversation, talk, gateway, apiKey, receiver }: ChatClientOptions,
  stop: AbortSignal,
): Promise<void> {
  const baton = new BatonClient({ baseUrl: gateway, apiKey });
  const webhooks = createBotReceiverControl(receiver);
  const { bot } = TALKS[talk];
  await playPart(
    TALKS[talk],
    {
      write: async (text, number) => {
        await baton.tellBot(conversation, { bot, id: `user-${number}`, text });
      },
      read: async () => ((await webhooks.state()).transcripts[conversation] ?? []).map(({ text }) => text),
    },
    stop,
  );
  await webhooks.close();
}
