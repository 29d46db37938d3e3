// The story of Kore.ai's page: a bot's dialog reaches its agent transfer node, and Baton, in the place of a BotKit server,
// carries the user to an agent at Salesforce Live Agent and back. In the middle the worker is killed and started again.
import { escalationWorkflowId, passageWorkflowId } from '../../../domain/ids';
import type { Outcome } from '../../../domain/outcome';
import { createKoreControl, type KoreControl, type KoreState } from '../../../platforms/kore/simulator';
import {
  createLiveAgentControl,
  type LiveAgentControl,
} from '../../../platforms/salesforce-live-agent/simulator';
import { AGENT_NAME } from '../actors/agent';
import { GOODBYE, youSaid } from '../actors/kore-user';
import { AGENT_ID, CONTEXT_HEADING, conversationOf } from '../actors/live-agent';
import { compareTranscripts, followTalk, startActor, type Actor } from '../actors/troupe';
import type { Line } from '../narrator';
import type { Ending, Stage, Story } from '../story';
import type { Happening, Witness } from '../timeline';

/** As in baton.demo.yaml. */
const TENANT = 'demo';
const BOT = 'kore-bot';
const BOT_ID = 'st-b4a22e86-e95b-575c-b888-e106d083a251';
const TIMEOUT_MS = 120_000;
const PATIENCE_MS = 20_000;
/** Whose agent takes what she likes, and whose agent takes everything: buttons of the simulated org. */
const BUTTON_OF_ANN = '573D000000000OD';
const BUTTON_AT_ONCE = '573D000000000OC';
const SESSION_CALLS: Readonly<Record<string, string>> = {
  startAgentSession: 'is told that an agent has the conversation, and is silent',
  clearAgentSession: 'has its user back',
};

/** The story of Kore.ai with Salesforce. */
export const koreStory: Story = {
  name: 'kore',
  title:
    'A bot on Kore.ai hands its user to a Salesforce agent and back. In the middle the worker is killed.',
  play,
};

async function play(stage: Stage): Promise<Ending> {
  const userId = `ada-${Date.now().toString(36)}`;
  const conversationId = `${userId}@${BOT_ID}`;
  const kore = createKoreControl(stage.simulators.kore);
  const org = createLiveAgentControl(stage.simulators.liveAgent);
  await org.agent({ id: AGENT_ID, name: AGENT_NAME });
  await kore.settings({ callbackUrl: `${stage.gateway.url}/v1/bots/${TENANT}/${BOT}` });
  await kore.entities(userId, { skillId: BUTTON_OF_ANN });
  const actors = startActors(stage, userId, conversationId);
  const witnesses = [atTheBot(kore, userId), atTheConsole(org, conversationId)];
  const { outcome, killed } = await followTalk(stage, actors, {
    conversationId,
    timeoutMs: TIMEOUT_MS,
    witnesses,
  });
  const state = await kore.until(
    ({ users }) => users[userId]?.screen.at(-1)?.text === youSaid(GOODBYE),
    AbortSignal.timeout(PATIENCE_MS),
  );
  stage.narrator.say(asks(GOODBYE));
  stage.narrator.say(says(youSaid(GOODBYE)));
  await Promise.all([kore.close(), org.close()]);
  return ending(stage, { outcome, actors, killed, userId, conversationId, state });
}

function startActors({ act, simulators }: Stage, userId: string, conversationId: string): readonly Actor[] {
  const user = ['kore-user', '--user', userId, '--kore', simulators.kore];
  const agent = ['live-agent', '--conversation', conversationId, '--org', simulators.liveAgent];
  return [startActor(act, 'user', user), startActor(act, 'agent', agent)];
}

/** What user and bot say until the bot is silent, and who the platform believes to have the conversation. */
function atTheBot(kore: KoreControl, userId: string): Witness {
  return async () => {
    const { users, calls } = await kore.state();
    const before = calls.find(({ operation }) => operation === 'startAgentSession')?.at ?? Infinity;
    const said = (users[userId]?.screen ?? [])
      .filter(({ at }) => at < before)
      .map(({ at, from, text }): Happening => ({ at, line: from === 'bot' ? says(text) : asks(text) }));
    const changes = calls.flatMap(({ operation, at, userId: whose }): Happening[] => {
      const what = SESSION_CALLS[operation];
      if (what === undefined || whose !== userId) return [];
      return [{ at, line: { who: 'bot', what, event: `bot.${operation}` } }];
    });
    return [...said, ...changes].sort((a, b) => a.at - b.at);
  };
}

function says(text: string): Line {
  return { who: 'bot', what: `says: ${text}`, event: 'bot.says', detail: text };
}

function asks(text: string): Line {
  return { who: 'user', what: `writes: ${text}`, event: 'user.asks', detail: text };
}

/** What the agent reads of the time before. */
function atTheConsole(org: LiveAgentControl, conversationId: string): Witness {
  return async () => {
    const { chats } = await org.state();
    const chat = chats.find(({ request }) => conversationOf(request) === conversationId);
    const context = chat && (await org.chat(chat.chatId)).transcript.find(isContext);
    if (!context) return [];
    const detail = context.text;
    const what = `reads: ${detail.replaceAll('\n', ' / ')}`;
    return [{ at: Date.now(), line: { who: 'agent', what, event: 'agent.context', detail } }];
  };
}

function isContext({ text }: { readonly text: string }): boolean {
  return text.startsWith(CONTEXT_HEADING);
}

interface Seen {
  readonly outcome?: Outcome | undefined;
  readonly actors: readonly Actor[];
  readonly killed: boolean;
  readonly userId: string;
  readonly conversationId: string;
  readonly state: KoreState;
}

function ending(stage: Stage, seen: Seen): Ending {
  const { outcome, actors, killed, userId, conversationId, state } = seen;
  const { isEqual, users, agents } = compareTranscripts(stage.narrator, actors, true);
  const sessions = state.calls
    .filter((call) => call.userId === userId && call.operation in SESSION_CALLS)
    .map(({ operation }) => operation);
  const unanswered = (state.users[userId]?.screen ?? []).filter((line) => line.unanswered).length;
  const isThereAndBack = sessions.join() === 'startAgentSession,clearAgentSession' && unanswered === 0;
  const asExpected = isEqual && killed && isThereAndBack && outcome?.kind === 'connected';
  return {
    asExpected,
    summary: asExpected
      ? 'The worker was killed while both wrote; nothing is lost or out of order, and the bot answers its user again.'
      : `Expected equal transcripts and one way there and back, got ${JSON.stringify({ outcome, killed, sessions, unanswered, users, agents })}.`,
    workflowId: escalationWorkflowId(TENANT, conversationId),
    further: { 'What passed by': passageWorkflowId(TENANT, conversationId) },
    tryIt: beginAnother(stage, userId),
  };
}

/** The same user's next talk, to an agent who takes it by herself; the lines paste into a shell. */
function beginAnother({ simulators }: Stage, userId: string): string[] {
  const order = (what: string, body: object): string =>
    `curl -s ${simulators.kore}/_control/${what} -H 'content-type: application/json' -d '${JSON.stringify({ userId, ...body })}'`;
  return [
    order('entities', { entities: { skillId: BUTTON_AT_ONCE } }),
    order('write', { text: 'I want a human.' }),
    order('write', { text: 'Hello?' }),
    `curl -s ${simulators.kore}/_control/state -H 'content-type: application/json' -d '{}'`,
  ];
}
