// The second story: a user and a Salesforce agent talk through Baton. In the middle the worker is killed, while both go
// on writing, and started again. At the end the transcripts of both are compared.
import type { Outcome } from '../../../domain/outcome';
import { createBotReceiverControl } from '../../../platforms/webhook/simulator';
import { compareTranscripts, followTalk, startActor, type Actor } from '../actors/troupe';
import { botHears } from '../bot-hears';
import type { Ending, Stage, Story } from '../story';

const TIMEOUT_MS = 120_000;
/** Whose agents take what they like, and whose agent takes everything: places of the simulated org. */
const SKILL_OF_ANN = 'Silent';
const SKILL_AT_ONCE = 'Service';

/** The story of a chat that Baton carries. */
export const relayStory: Story = {
  name: 'relay',
  title: 'A user and an agent talk through Baton. In the middle its worker is killed.',
  play,
};

async function play(stage: Stage): Promise<Ending> {
  const conversationId = `web-${Date.now().toString(36)}`;
  const bot = createBotReceiverControl(stage.simulators.bot);
  const heard = botHears(bot, conversationId);
  stage.narrator.say({ who: 'bot', what: 'asks the gateway once: hand over to a human', event: 'bot.asks' });
  const { workflowId } = await stage.gateway.start(conversationId, {
    requestId: 'demo-1',
    integration: 'to-chat',
    variables: { skillId: SKILL_OF_ANN },
  });
  const actors = startActors(stage, conversationId);
  const { outcome, killed } = await followTalk(stage, actors, {
    conversationId,
    timeoutMs: TIMEOUT_MS,
    witnesses: [heard],
  });
  const returned = (await heard()).filter(({ line }) => line.event === 'escalation.returned').length;
  await bot.close();
  return ending(stage, { outcome, actors, killed, returned, workflowId });
}

function startActors({ act, simulators, gateway }: Stage, conversationId: string): readonly Actor[] {
  const conversation = ['--conversation', conversationId];
  const user = ['user', ...conversation, '--gateway', gateway.url, '--bot', simulators.bot];
  const agent = ['agent', ...conversation, '--messaging', simulators.messaging];
  return [startActor(act, 'user', user), startActor(act, 'agent', agent)];
}

interface Seen {
  readonly outcome?: Outcome | undefined;
  readonly actors: readonly Actor[];
  readonly killed: boolean;
  readonly returned: number;
  readonly workflowId: string;
}

function ending(stage: Stage, seen: Seen): Ending {
  const { outcome, actors, killed, returned, workflowId } = seen;
  const { isEqual, users, agents } = compareTranscripts(stage.narrator, actors);
  const asExpected = isEqual && killed && returned === 1 && outcome?.kind === 'connected';
  return {
    asExpected,
    summary: asExpected
      ? 'The worker was killed while both wrote; nothing is lost, doubled or out of order, and the bot has its user back.'
      : `Expected equal transcripts and one return, got ${JSON.stringify({ outcome, returned, killed, users, agents })}.`,
    workflowId,
    tryIt: beginAnother(stage),
  };
}

/** A chat with an agent who takes it by herself; the lines paste into a shell. */
function beginAnother({ gateway }: Stage): string[] {
  const post = (path: string, body: string): string =>
    `curl -s ${gateway.url}/v1/${path} -H 'authorization: Bearer ${gateway.apiKey}' -H 'content-type: application/json' -d '${body}'`;
  return [
    'C=web-mine-$RANDOM',
    post(
      'escalations',
      `{"conversationId":"'$C'","requestId":"mine-1","integration":"to-chat","variables":{"skillId":"${SKILL_AT_ONCE}"}}`,
    ),
    post('conversations/$C/user-messages', '{"id":"mine-1","text":"Hello?"}'),
  ];
}
