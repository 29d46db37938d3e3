// The people of a story, each in a process of its own: what they write and read is told, the worker is killed while they
// write, and at the end their transcripts are compared.
import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Outcome } from '../../../domain/outcome';
import { follow } from '../follow';
import type { Narrator } from '../narrator';
import type { Stage } from '../story';
import { createTimeline, type Witness } from '../timeline';
import type { ActorEvent } from './actor';
import { DIALOGUE, KILLED_AT, type Side } from './dialogue';
import { withoutRepeats } from './without-repeats';

const POLL_MS = 50;
/** So long there is no worker. */
const OUTAGE_MS = 2_500;
/** On a busy machine it takes longer to write. */
const PATIENCE_MS = 10_000;

/** One side's process. */
export interface Actor {
  readonly side: Side;
  /** Everything it wrote and read, in order. */
  events(): readonly ActorEvent[];
}

/** Starts `baton act` with these arguments. */
export function startActor(act: Stage['act'], side: Side, args: readonly string[]): Actor {
  const { logFile } = act(`demo-${side}`, args);
  return { side, events: () => eventsIn(logFile) };
}

/** The last line may still be half a line. */
function eventsIn(logFile: string): readonly ActorEvent[] {
  const lines = readFileSync(logFile, 'utf8').split('\n').slice(0, -1);
  return lines.filter((line) => line.startsWith('{')).map((line) => JSON.parse(line) as ActorEvent);
}

/** Beside Baton's own story, which has nothing to say while there is no worker. */
export async function tellWhatActorsSee(
  { narrator }: Stage,
  actors: readonly Actor[],
  over: AbortSignal,
): Promise<void> {
  const witnesses = actors.map(({ side, events }): Witness => {
    const lineOf = ({ at, event, text }: ActorEvent) => ({
      at,
      line: {
        who: side,
        what: `${event === 'wrote' ? 'writes' : 'reads'}: ${text.replaceAll('\n', ' / ')}`,
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

/** Kills the worker when `at` is read. Resolves with whether everybody wrote something while there was none. */
export async function killInTheMiddle(
  stage: Stage,
  actors: readonly Actor[],
  timeoutMs: number,
  at = KILLED_AT,
): Promise<boolean> {
  const deadlineAt = Date.now() + timeoutMs;
  const isTime = (): boolean =>
    actors.some(({ events }) => events().some(({ event, text }) => event === 'read' && text === at));
  while (!isTime()) {
    if (stage.stop.aborted || Date.now() > deadlineAt) return false;
    await sleep(POLL_MS);
  }
  const before = actors.map(({ events }) => events().length);
  await stage.worker.kill();
  stage.narrator.say({
    who: 'setup',
    what: `the worker is killed (SIGKILL); ${actors.length > 1 ? 'both go on' : 'the user goes on'} writing`,
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

/** Follows the escalation to its end while the actors are told of and the worker is killed in the middle. */
export async function followTalk(
  stage: Stage,
  actors: readonly Actor[],
  talk: {
    readonly conversationId: string;
    readonly timeoutMs: number;
    readonly witnesses: readonly Witness[];
  },
): Promise<{ readonly outcome: Outcome | undefined; readonly killed: boolean }> {
  const over = new AbortController();
  const told = tellWhatActorsSee(stage, actors, over.signal);
  const [{ status }, killed] = await Promise.all([
    follow(stage, talk),
    killInTheMiddle(stage, actors, talk.timeoutMs),
  ]).finally(() => over.abort());
  await told;
  return { outcome: status.outcome, killed };
}

/** Whether both have everything that either said, once; tells it. `mayRepeat`: what the user read may be there twice. */
export function compareTranscripts(
  narrator: Narrator,
  actors: readonly Actor[],
  mayRepeat = false,
): { readonly isEqual: boolean; readonly users: string | undefined; readonly agents: string | undefined } {
  const [users, agents] = actors.map((actor) => JSON.stringify(transcriptOf(actor, mayRepeat)));
  const isEqual = users === agents && users === JSON.stringify(bySpeaker(DIALOGUE));
  narrator.say({
    who: 'setup',
    what: `the transcripts of user and agent are ${isEqual ? 'equal' : 'not equal'}: ${DIALOGUE.length} lines were said`,
    event: isEqual ? 'transcripts.equal' : 'transcripts.differ',
  });
  return { isEqual, users, agents };
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

function transcriptOf({ side, events }: Actor, mayRepeat: boolean): BySpeaker {
  const other = side === 'user' ? 'agent' : 'user';
  const { user, agent } = bySpeaker(
    events().map(({ event, text }) => ({ from: event === 'wrote' ? side : other, text })),
  );
  return { user, agent: mayRepeat && side === 'user' ? withoutRepeats(agent) : agent };
}
