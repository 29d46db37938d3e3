// The third story: a bot on Certainly claims a human for its user. The user keeps one chat on one connection, in which
// first the bot, then an agent, then the bot again speaks. In the middle the worker is killed and started again.
import { escalationWorkflowId } from '../../../domain/ids';
import type { Outcome } from '../../../domain/outcome';
import {
  createCertainlyControl,
  type CertainlyControl,
  type UserView,
} from '../../../platforms/certainly/simulator';
import { compareTranscripts, followTalk, startActor, type Actor } from '../actors/troupe';
import { DEPLOYMENT } from '../actors/widget-visitor';
import { DEMO_CERTAINLY_TOKEN } from '../settings';
import type { Ending, Stage, Story } from '../story';
import type { Witness } from '../timeline';

/** As in baton.demo.yaml. */
const TENANT = 'demo';
const BOT = 'certainly-bot';
const TIMEOUT_MS = 120_000;
const PATIENCE_MS = 20_000;
/** Whose agents take what they like, and whose agent takes everything: places of the simulated org. */
const SKILL_OF_ANN = 'Silent';
const SKILL_AT_ONCE = 'Service';
const GOODBYE = 'Thank you.';

/** The story of a bot whose handover is relayed. */
export const certainlyStory: Story = {
  name: 'certainly',
  title:
    'A bot on Certainly hands its user to an agent and gets the user back. In the middle the worker is killed.',
  play,
};

async function play(stage: Stage): Promise<Ending> {
  const userId = `ada-${Date.now().toString(36)}`;
  const conversationId = `${userId}@${DEPLOYMENT}`;
  const workflowId = escalationWorkflowId(TENANT, conversationId);
  const certainly = createCertainlyControl(stage.simulators.certainly);
  await certainly.settings({
    claimUrl: `${addressOf(stage)}/claim`,
    messagesUrl: `${addressOf(stage)}/messages`,
    // So that what made the bot claim is not the first thing that the agent reads.
    botAnswers: 'afterTelling',
    authorization: `Bearer ${DEMO_CERTAINLY_TOKEN}`,
    customVariables: { skillId: SKILL_OF_ANN },
  });
  const actors = startActors(stage, userId, conversationId);
  const { outcome, killed } = await followTalk(stage, actors, {
    conversationId,
    timeoutMs: TIMEOUT_MS,
    witnesses: [atTheBot(certainly, userId)],
  });
  const user = await certainly.until(
    userId,
    ({ lines }) => lines.at(-1)?.text === GOODBYE,
    AbortSignal.timeout(PATIENCE_MS),
  );
  await certainly.close();
  return ending(stage, { outcome, actors, killed, user, workflowId });
}

function addressOf({ gateway }: Stage): string {
  return `${gateway.url}/v1/bots/${TENANT}/${BOT}`;
}

function startActors({ act, simulators }: Stage, userId: string, conversationId: string): readonly Actor[] {
  const user = ['widget-visitor', '--user', userId, '--certainly', simulators.certainly];
  const agent = ['agent', '--conversation', conversationId, '--messaging', simulators.messaging];
  return [startActor(act, 'user', user), startActor(act, 'agent', agent)];
}

/** What the bot says, and when it listens. */
function atTheBot(certainly: CertainlyControl, userId: string): Witness {
  return async () => {
    const user = (await certainly.state()).users.find(({ id }) => id === userId);
    if (!user) return [];
    const said = user.lines
      .filter(({ from }) => from === 'bot')
      .map(({ at, text }) => ({
        at,
        line: { who: 'bot' as const, what: `says: ${text}`, event: 'bot.says', detail: text },
      }));
    const changes = user.changes.map(({ at, to }) => ({
      at,
      line: {
        who: 'bot' as const,
        what: to === 'listen' ? 'listens only, from here on' : 'has its user back',
        event: `bot.${to}`,
      },
    }));
    return [...changes, ...said].sort((a, b) => a.at - b.at);
  };
}

interface Seen {
  readonly outcome?: Outcome | undefined;
  readonly actors: readonly Actor[];
  readonly killed: boolean;
  readonly user: UserView;
  readonly workflowId: string;
}

function ending(stage: Stage, seen: Seen): Ending {
  const { outcome, actors, killed, user, workflowId } = seen;
  const { isEqual, users, agents } = compareTranscripts(stage.narrator, actors, true);
  const { connects, handovers, takeovers } = user;
  const isSeamless = connects === 1 && handovers === 1 && takeovers.join() === 'success';
  const asExpected = isEqual && killed && isSeamless && outcome?.kind === 'connected';
  return {
    asExpected,
    summary: asExpected
      ? 'The worker was killed while both wrote; the user had one chat on one connection, and the bot has its user back.'
      : `Expected equal transcripts and one way there and back, got ${JSON.stringify({ outcome, killed, connects, handovers, takeovers, users, agents })}.`,
    workflowId,
    tryIt: beginAnother(stage, user.id),
  };
}

/** The same user's next claim, to an agent who takes it by herself; the lines paste into a shell. */
function beginAnother(stage: Stage, userId: string): string[] {
  const post = (path: string, body: string): string =>
    `curl -s ${addressOf(stage)}/${path} -H 'authorization: Bearer ${DEMO_CERTAINLY_TOKEN}' -H 'content-type: application/json' -d '${body}'`;
  return [
    post('claim', `{"to":"${userId}","customVariables":{"skillId":"${SKILL_AT_ONCE}"}}`),
    post('messages', `{"interlocutor":"user","user_id":"${userId}","text":"Hello?"}`),
  ];
}
