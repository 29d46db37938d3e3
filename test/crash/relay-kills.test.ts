// Chats of twenty messages, on every desk whose chats Baton carries. At each message the worker is killed with SIGKILL
// in one chat, the gateway in another, and in a third the connections to desk and bot break or lose what goes over
// them; all at the same time, so that each chat also meets the others' kills. Both sides have exactly what was sent.
import { setTimeout as sleep } from 'node:timers/promises';
import { PLATFORMS } from '../../platforms';
import { CHAT_STAGES } from '../support/chat-stages';
import { askForHuman, type Chat } from '../support/chat-stages/chat';
import { addStages, type ChatStage, type Disturbance, type Line } from '../support/chat-stages/stage';
import { historiesOf, keepBroken, record } from '../support/histories';
import { replayHistories } from '../support/scenario';
import { startSystem, type System } from '../support/system';

/** About three minutes on two idle cores. */
const PLAY_MS = 900_000;
/** A kill comes so much later after its message than the one before, and then at once again. */
const LATER_MS = 40;
const DELAYS = 5;

/** Whose turn it is; several of one side go out without waiting for the other. */
const TURNS = 'uaauuuaaaauuaaauuuaa';
const SCRIPT: readonly Line[] = [...TURNS].map((side, index) => ({
  from: side === 'u' ? 'user' : 'agent',
  text: `${index + 1} of ${TURNS.length}`,
}));

const KILLED = ['the worker', 'the gateway', 'the connections'] as const;
type Killed = (typeof KILLED)[number];

/** What the three knew at the end. */
interface Told {
  /** The agent's console. */
  readonly agent: readonly Line[];
  readonly user: readonly string[];
  /** The transcript that the bot was told. */
  readonly bot: readonly Line[] | undefined;
  readonly ended: unknown;
}

/** Where people write when they like; who speaks only in answers, as bots do, cannot be written with so. */
const DESKS = Object.entries(PLATFORMS).flatMap(([name, { desk }]) =>
  desk?.capabilities.chat && desk.capabilities.chat.resumes !== 'in_answers' ? [name] : [],
);

let system: System;
let stages: readonly ChatStage[] = [];
const told = new Map<string, Told>();

beforeAll(async () => {
  system = await startSystem({ processes: [] });
  stages = await Promise.all(DESKS.flatMap((name) => CHAT_STAGES[name]?.() ?? []));
  addStages(system.configFile, stages);
  await Promise.all([system.startWorker(), system.startGateway()]);
  await Promise.all(stages.map((stage) => stage.open(system.gateway.url)));
  // Everybody has joined before the first kill, which is not what is tried here.
  const chats = await Promise.all(KILLED.map(joinAll));
  await Promise.all(KILLED.map((killed, index) => play(killed, chats[index] ?? [])));
  await replayHistories(
    system,
    chats.flat().map(({ chat }) => chat.workflowId),
  );
}, PLAY_MS);
afterAll(async () => {
  await system?.close();
  await Promise.all(stages.map((stage) => stage.close()));
});

interface Staged {
  readonly stage: ChatStage;
  readonly chat: Chat;
}

/** A chat on each desk, with an agent. */
function joinAll(): Promise<Staged[]> {
  return Promise.all(
    stages.map(async (stage) => {
      const chat = await askForHuman(system, stage);
      await stage.agentJoins(chat.conversationId);
      return { stage, chat };
    }),
  );
}

/** All of them killed at the same moments. */
async function play(killed: Killed, chats: readonly Staged[]): Promise<void> {
  for (const [index, line] of SCRIPT.entries()) {
    if (killed === 'the connections') await orderFaults(index, line);
    const written = Promise.all(chats.map(({ stage, chat }) => write(stage, chat, line)));
    await sleep((index % DELAYS) * LATER_MS);
    await kill(killed);
    await written;
    if (SCRIPT[index + 1]?.from !== line.from)
      await Promise.all(chats.map(({ stage, chat }) => untilSeen(stage, chat, line)));
  }
  await Promise.all(
    chats.map(async ({ stage, chat }) => {
      await stage.agentEnds(chat.conversationId);
      told.set(`${stage.platform}, ${killed}`, await tellOf(stage, chat));
      await keep(stage, chat, killed);
    }),
  );
}

/** One history for each desk and kind of kill, where histories are recorded. */
async function keep({ platform }: ChatStage, { workflowId }: Chat, killed: Killed): Promise<void> {
  await system.client.workflow.getHandle(workflowId).result();
  const name = `carries-${platform}-while-${killed.replaceAll(' ', '-')}-is-killed`;
  const histories = await historiesOf(system.client, workflowId);
  histories.forEach((history, run) => record(run === 0 ? name : `${name}-run-${run + 1}`, history));
}

/** What never arrives leaves its history behind, and says what it waits for. */
async function untilSeen(
  { platform }: ChatStage,
  { workflowId, untilSeen: until }: Chat,
  line: Line,
): Promise<void> {
  await until(line).catch(async (error: unknown) => {
    const histories = await historiesOf(system.client, workflowId);
    const { raw } = await system.client.workflow.getHandle(workflowId).describe();
    const pending = raw.pendingActivities?.map(
      ({ activityType, attempt, lastFailure }) => `${activityType?.name} ${attempt}: ${lastFailure?.message}`,
    );
    throw new Error(
      `${String(error)} on ${platform}; ${pending?.join()}: ${histories.map(keepBroken).join()}`,
    );
  });
}

function write(stage: ChatStage, chat: Chat, { from, text }: Line): Promise<void> {
  return from === 'user' ? chat.userWrites(text) : stage.agentWrites(chat.conversationId, text);
}

async function kill(killed: Killed): Promise<void> {
  switch (killed) {
    case 'the worker':
      await system.worker().kill();
      await system.startWorker();
      return;
    case 'the gateway':
      await system.gatewayProcess().kill();
      await system.startGateway();
      return;
    case 'the connections':
      await Promise.all(stages.map((stage) => stage.disturb('cut')));
  }
}

/** The next message is lost on its way, or what is answered to it. */
async function orderFaults(index: number, { from }: Line): Promise<void> {
  const kinds: readonly Disturbance[] = ['loseAnswer', 'hang', 'loseRequest', 'silence'];
  const kind = kinds[index % kinds.length];
  if (from === 'user' && kind) await Promise.all(stages.map((stage) => stage.disturb(kind)));
  if (from === 'agent')
    await system.bot.fault({ kind: index % 2 ? 'lostAnswer' : 'lostRequest', on: 'message.post' });
}

async function tellOf(stage: ChatStage, chat: Chat): Promise<Told> {
  const { transcript, ended } = await chat.returned();
  return {
    agent: await stage.console(chat.conversationId),
    user: await chat.userRead(),
    bot: transcript?.map(({ from, text = '' }) => ({ from, text })),
    ended: ended && { by: ended.by, reason: ended.reason },
  };
}

it('has a stage for every desk whose chats Baton carries', () => {
  expect(Object.keys(CHAT_STAGES).toSorted()).toEqual(DESKS.toSorted());
});

describe.each(KILLED)('%s is killed at each of twenty messages', (killed) => {
  it.each(DESKS)('and both sides of a chat on %s have exactly what was sent, in order, once', (name) => {
    expect(told.get(`${name}, ${killed}`)).toEqual({
      agent: SCRIPT,
      user: SCRIPT.filter(({ from }) => from === 'agent').map(({ text }) => text),
      bot: SCRIPT,
      ended: { by: 'agent', reason: 'left' },
    });
  });
});
