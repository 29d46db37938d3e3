// The second story: a user and a Salesforce agent talk through Baton. In the middle the worker is killed, while both go
// on writing, and started again. At the end the transcripts of both are compared.
import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Outcome } from '../../../domain/outcome';
import { createBotReceiverControl } from '../../../platforms/webhook/simulator';
import type { ActorEvent } from '../actors/actor';
import { DIALOGUE, KILLED_AT, type Side } from '../actors/dialogue';
import { botHears } from '../bot-hears';
import { follow } from '../follow';
import type { Ending, Stage, Story } from '../story';
import { createTimeline, type Witness } from '../timeline';

const TIMEOUT_MS = 120_000;
/** Whose agents take what they like, and whose agent takes everything: places of the simulated org. */
const SKILL_OF_ANN = 'Silent';
const SKILL_AT_ONCE = 'Service';
const POLL_MS = 50;
/** So long there is no worker. */
const OUTAGE_MS = 2_500;
/** On a busy machine the two take longer to write. */
const PATIENCE_MS = 10_000;

/** The story of a chat that Baton carries. */
export const relayStory: Story = {
  name: 'relay',
  title: 'A user and an agent talk through Baton. In the middle its worker is killed.',
  play,
};

/** One side's process. */
interface Actor {
  readonly side: Side;
  /** Everything it wrote and read, in order. */
  events(): readonly ActorEvent[];
}

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
  const over = new AbortController();
  const told = tellWhatActorsSee(stage, actors, over.signal);
  const [{ status }, killed] = await Promise.all([
    follow(stage, { conversationId, timeoutMs: TIMEOUT_MS, witnesses: [heard] }),
    killInTheMiddle(stage, actors),
  ]).finally(() => over.abort());
  await told;
  const returned = (await heard()).filter(({ line }) => line.event === 'escalation.returned').length;
  await bot.close();
  return ending(stage, { outcome: status.outcome, actors, killed, returned, workflowId });
}

function startActors({ act, simulators, gateway }: Stage, conversationId: string): readonly Actor[] {
  const conversation = ['--conversation', conversationId];
  const user = ['user', ...conversation, '--gateway', gateway.url, '--bot', simulators.bot];
  const agent = ['agent', ...conversation, '--messaging', simulators.messaging];
  const play = (side: Side, args: readonly string[]): Actor => {
    const { logFile } = act(`demo-${side}`, args);
    return { side, events: () => eventsIn(logFile) };
  };
  return [play('user', user), play('agent', agent)];
}

/** The last line may still be half a line. */
function eventsIn(logFile: string): readonly ActorEvent[] {
  const lines = readFileSync(logFile, 'utf8').split('\n').slice(0, -1);
  return lines.filter((line) => line.startsWith('{')).map((line) => JSON.parse(line) as ActorEvent);
}

/** Beside Baton's own story, which has nothing to say while there is no worker. */
async function tellWhatActorsSee(
  { narrator }: Stage,
  actors: readonly Actor[],
  over: AbortSignal,
): Promise<void> {
  const witnesses = actors.map(({ side, events }): Witness => {
    const lineOf = ({ at, event, text }: ActorEvent) => ({
      at,
      line: {
        who: side,
        what: `${event === 'wrote' ? 'writes' : 'reads'}: ${text}`,
        event: `${side}.${event}`,
        detail: text,
      },
    });
    return () => Promise.resolve(events().map(lineOf));
  });
  const tellNews = createTimeline(witnesses, (line) => narrator.say(line));
  while (!over.aborted) {
    await tellNews();
    await sleep(POLL_MS);
  }
  await tellNews();
}

/** Whether both wrote something while there was no worker. */
async function killInTheMiddle(stage: Stage, actors: readonly Actor[]): Promise<boolean> {
  const deadlineAt = Date.now() + TIMEOUT_MS;
  const isTime = (): boolean =>
    actors.some(({ events }) => events().some(({ event, text }) => event === 'read' && text === KILLED_AT));
  while (!isTime()) {
    if (stage.stop.aborted || Date.now() > deadlineAt) return false;
    await sleep(POLL_MS);
  }
  const before = actors.map(({ events }) => events().length);
  await stage.worker.kill();
  stage.narrator.say({
    who: 'setup',
    what: 'the worker is killed (SIGKILL); both go on writing',
    event: 'worker.killed',
  });
  const wroteOn = (): boolean =>
    actors.every(({ events }, index) =>
      events()
        .slice(before[index])
        .some(({ event }) => event === 'wrote'),
    );
  await sleep(OUTAGE_MS);
  for (const until = Date.now() + PATIENCE_MS; !wroteOn() && Date.now() < until;) await sleep(POLL_MS);
  const bothWrote = wroteOn();
  await stage.worker.start();
  stage.narrator.say({ who: 'setup', what: 'another worker is there', event: 'worker.started' });
  return bothWrote;
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
  const transcripts = actors.map(transcriptOf);
  const [users, agents] = transcripts.map((transcript) => JSON.stringify(transcript));
  const isEqual = users === agents && users === JSON.stringify(bySpeaker(DIALOGUE));
  stage.narrator.say({
    who: 'setup',
    what: `the transcripts of user and agent are ${isEqual ? 'equal' : 'not equal'}: ${DIALOGUE.length} lines were said`,
    event: isEqual ? 'transcripts.equal' : 'transcripts.differ',
  });
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

/** What each speaker said, in order: two who write at the same time are seen in another order by each. */
interface BySpeaker {
  readonly user: readonly string[];
  readonly agent: readonly string[];
}

function bySpeaker(lines: readonly { readonly from: Side; readonly text: string }[]): BySpeaker {
  const of = (side: Side): string[] => lines.filter(({ from }) => from === side).map(({ text }) => text);
  return { user: of('user'), agent: of('agent') };
}

function transcriptOf({ side, events }: Actor): BySpeaker {
  const other = side === 'user' ? 'agent' : 'user';
  return bySpeaker(events().map(({ event, text }) => ({ from: event === 'wrote' ? side : other, text })));
}
