// The agent of the Kore.ai story: sits at the simulated Live Agent console, takes the chat, and ends it.
import { setTimeout as sleep } from 'node:timers/promises';
import { createLiveAgentControl } from '../../../platforms/salesforce-live-agent/simulator';
import { play } from './actor';

/** Who takes what the button rings for, and only by hand; named by the story. */
export const AGENT_ID = '005D00000000A02';
/** The detail that holds Baton's id of the conversation; see baton.demo.yaml. */
const LABEL = 'Conversation';
/** How what was said before begins; the rest is what the user says now. */
export const CONTEXT_HEADING = 'Before you joined:';
const POLL_MS = 100;
/** So long the user waits in the queue. */
const BUSY_MS = 1_500;

/** Where the agent is. */
export interface LiveAgentOptions {
  readonly conversation: string;
  /** The simulated org. */
  readonly org: string;
}

/** Plays the agent. */
export async function playLiveAgent(
  { conversation, org: url }: LiveAgentOptions,
  stop: AbortSignal,
): Promise<void> {
  const org = createLiveAgentControl(url);
  const ringing = async (): Promise<string | undefined> =>
    (await org.state()).chats.find((chat) => conversationOf(chat.request) === conversation)?.chatId;
  let id = await ringing();
  for (; id === undefined && !stop.aborted; id = await ringing()) await sleep(POLL_MS);
  if (id === undefined) return;
  const taken = id;
  await sleep(BUSY_MS);
  await org.accept(taken, AGENT_ID);
  await play(
    'agent',
    {
      write: (text) => org.write(taken, text),
      read: async () =>
        (await org.chat(taken)).transcript
          .filter(({ from, text }) => from === 'visitor' && !text.startsWith(CONTEXT_HEADING))
          .map(({ text }) => text),
    },
    stop,
  );
  await org.end(taken);
  await org.close();
}

/** Which conversation of Baton's a chat is for. */
export function conversationOf(request: Readonly<Record<string, unknown>> | undefined): unknown {
  const details = (request?.['prechatDetails'] ?? []) as readonly { label: string; value: string }[];
  return details.find(({ label }) => label === LABEL)?.value;
}
