// The agent of the relay story: sits at the simulated Salesforce console, takes the conversation, and ends it.
import { setTimeout as sleep } from 'node:timers/promises';
import { createMessagingControl } from '../../../platforms/salesforce-messaging/simulator';
import { play } from './actor';

/** Name on the console. */
export const AGENT_NAME = 'Ann';
/** The routing attribute that holds Baton's id of the conversation; see baton.demo.yaml. */
const CONVERSATION = 'Baton_Conversation';
const POLL_MS = 100;
/** So long the user waits in the queue. */
const BUSY_MS = 1_500;

/** Where the agent is. */
export interface AgentOptions {
  readonly conversation: string;
  /** Of the simulated org. */
  readonly messaging: string;
}

/** Plays the agent. */
export async function playAgent({ conversation, messaging }: AgentOptions, stop: AbortSignal): Promise<void> {
  const org = createMessagingControl(messaging);
  const waiting = async (): Promise<string | undefined> =>
    (await org.state()).conversations.find(({ attributes }) => attributes[CONVERSATION] === conversation)?.id;
  let id = await waiting();
  for (; id === undefined && !stop.aborted; id = await waiting()) await sleep(POLL_MS);
  if (id === undefined) return;
  const taken = id;
  await sleep(BUSY_MS);
  await org.accept(taken, AGENT_NAME);
  await play(
    'agent',
    {
      write: (text) => org.write(taken, text),
      read: async () =>
        (await org.conversation(taken)).transcript
          .filter(({ from }) => from === 'user')
          .map(({ text }) => text),
    },
    stop,
  );
  await org.end(taken);
  await org.close();
}
