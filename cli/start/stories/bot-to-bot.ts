// The story of Einstein bots whose users Baton speaks for: one bot asks for a name, an email address and a company and
// hands over to another, which greets with the three; and a bot in front of an Omni-Channel queue hands over to a human.
// While the first asks, the worker is killed.
import { setTimeout as sleep } from 'node:timers/promises';
import type { BotSession } from '../../../client';
import { BatonError } from '../../../domain/errors';
import type { Explanation } from '../../../domain/explain';
import { escalationWorkflowId, sessionWorkflowId } from '../../../domain/ids';
import { createEinsteinBotsControl, type SessionView } from '../../../platforms/einstein-bots/simulator';
import type { EinsteinBotsControl } from '../../../platforms/einstein-bots/simulator';
import { connectControl } from '../../../platforms/salesforce-omni/simulator';
import { ASKS_FOR_EMAIL, TALKS, type TalkName } from '../actors/talks';
import { killInTheMiddle, startActor, tellWhatActorsSee, type Actor } from '../actors/troupe';
import { atTheBots } from '../at-the-bots';
import { happenings } from '../follow';
import type { Ending, Stage, Story } from '../story';
import { createTimeline, type Witness } from '../timeline';

const TENANT = 'demo';
const TIMEOUT_MS = 90_000;
const POLL_MS = 150;
const TOLD_BY_BOTS: readonly string[] = ['session_begun', 'bot_told', 'session_ended'];

/** The story of two bots, and of one in front of a queue. */
export const botToBotStory: Story = {
  name: 'bot-to-bot',
  title:
    'An Einstein bot hands its user to another one with what it was told, and a third one hands its user to a human.',
  play,
};

/** What Baton knows of a conversation. */
interface Known {
  readonly session?: BotSession | undefined;
  readonly escalation?: Explanation | undefined;
}

/** One conversation, from the user's first word on. */
interface Chat {
  readonly conversationId: string;
  readonly user: Actor;
  /** Nothing while no worker answers. */
  now(): Promise<Known>;
  /** The sessions at the bots' platform, in the order in which they began. */
  sessions(): Promise<readonly SessionView[]>;
  /** Tells what happens until this is so. */
  until(isOver: () => Promise<boolean>): Promise<void>;
}

async function play(stage: Stage): Promise<Ending> {
  const einstein = createEinsteinBotsControl(stage.simulators.einsteinBots);
  try {
    const first = await botToBot(stage, einstein);
    const second = await botToQueue(stage, einstein);
    return ending(stage, first, second);
  } finally {
    await einstein.close();
  }
}

/** How a conversation went: what was not as it should have been. */
interface Seen {
  readonly conversationId: string;
  readonly wrong: readonly string[];
}

async function botToBot(stage: Stage, einstein: EinsteinBotsControl): Promise<Seen> {
  stage.narrator.note('  1. Bot to bot\n');
  const chat = await openChat(stage, einstein, 'introduction');
  const [, killed] = await Promise.all([
    chat.until(async () => {
      const { session, escalation } = await chat.now();
      return session?.hops === 1 && escalation?.status.phase === 'closed' && hasRead(chat, 'introduction');
    }),
    killInTheMiddle(stage, [chat.user], TIMEOUT_MS, ASKS_FOR_EMAIL),
  ]);
  const [asker, receiver, ...others] = await chat.sessions();
  const passed = receiver?.passed.filter(({ name }) => !name.startsWith('$')).map(({ name }) => name);
  return {
    conversationId: chat.conversationId,
    wrong: [
      ...(killed ? [] : ['the user wrote nothing while there was no worker']),
      ...wrongReading(chat, 'introduction'),
      ...(isHandedOn(asker) ? [] : ['the first bot was not told of the transfer']),
      ...(passed?.join() === 'name,email,company'
        ? []
        : [`the receiver was given ${passed?.join() ?? 'nothing'}`]),
      ...(others.length === 0 ? [] : ['there was a third session']),
    ],
  };
}

async function botToQueue(stage: Stage, einstein: EinsteinBotsControl): Promise<Seen> {
  stage.narrator.note('\n  2. Bot to the Customer Support Queue\n');
  const chat = await openChat(stage, einstein, 'support');
  await chat.until(async () => {
    const { session, escalation } = await chat.now();
    return (
      session?.phase === 'handed_off' && escalation?.status.phase === 'closed' && hasRead(chat, 'support')
    );
  });
  const [bot] = await chat.sessions();
  const cases = await casesOf(stage, chat.conversationId);
  return {
    conversationId: chat.conversationId,
    wrong: [
      ...wrongReading(chat, 'support'),
      ...(isHandedOn(bot) ? [] : ['the bot was not told of the transfer']),
      ...(cases === 1 ? [] : [`there are ${cases} Cases`]),
    ],
  };
}

async function openChat(stage: Stage, einstein: EinsteinBotsControl, talk: TalkName): Promise<Chat> {
  const { gateway, simulators } = stage;
  const conversationId = `chat-${Date.now().toString(36)}`;
  const before = await einstein.state();
  const where = ['--gateway', gateway.url, '--receiver', simulators.bot];
  const user = startActor(stage.act, 'user', [
    'chat-client',
    ...['--conversation', conversationId, '--talk', talk],
    ...where,
  ]);
  const now: Chat['now'] = async () => {
    const session = await gateway.session(conversationId);
    return { session, escalation: await gateway.explain(conversationId) };
  };
  return {
    conversationId,
    user,
    now,
    sessions: async () => (await einstein.state()).sessions.slice(before.sessions.length),
    async until(isOver) {
      const over = new AbortController();
      const told = tellWhatActorsSee(stage, [user], over.signal);
      await tellUntil(stage, [...atBaton(now), atTheBots(einstein, before.requests.length)], isOver).finally(
        () => over.abort(),
      );
      await told;
    },
  };
}

/** Baton's stories of the conversation with the bot and of its escalation, but for what the bots tell themselves. */
function atBaton(now: Chat['now']): readonly Witness[] {
  let latest: Known = {};
  let asking: Promise<Known> | undefined;
  // Both ask at the same time.
  const ask = (): Promise<Known> =>
    (asking ??= now()
      .then(({ session = latest.session, escalation = latest.escalation }) => {
        latest = { session, escalation };
        return latest;
      })
      .finally(() => (asking = undefined)));
  return [
    async () => {
      const { session } = await ask();
      const lines = session?.story.filter(({ event }) => !TOLD_BY_BOTS.includes(event)) ?? [];
      return happenings({ story: lines.map(({ at, ...line }) => ({ ...line, at: Date.parse(at) })) });
    },
    async () => happenings((await ask()).escalation ?? { story: [] }),
  ];
}

async function tellUntil(
  stage: Stage,
  witnesses: readonly Witness[],
  isOver: () => Promise<boolean>,
): Promise<void> {
  const deadlineAt = Date.now() + TIMEOUT_MS;
  const tellNews = createTimeline(witnesses, (line) => stage.narrator.say(line));
  for (;;) {
    const isEnd = await isOver();
    await tellNews();
    if (isEnd) return;
    if (stage.stop.aborted) throw new BatonError('ESC_START_FAILED', 'stopped before the story ended');
    if (Date.now() > deadlineAt)
      throw new BatonError('ESC_START_FAILED', `the story did not go on within ${TIMEOUT_MS / 1_000} s`);
    await sleep(POLL_MS);
  }
}

function textsRead({ user }: Chat): readonly string[] {
  return user.events().flatMap(({ event, text }) => (event === 'read' ? [text] : []));
}

function hasRead(chat: Chat, talk: TalkName): boolean {
  return textsRead(chat).length >= TALKS[talk].reads.length;
}

function wrongReading(chat: Chat, talk: TalkName): readonly string[] {
  const read = JSON.stringify(textsRead(chat));
  return read === JSON.stringify(TALKS[talk].reads) ? [] : [`the user read ${read}`];
}

/** Its bot heard that the transfer succeeded, and the session was ended for it. */
function isHandedOn(session: SessionView | undefined): boolean {
  return session?.waitsFor === 'transferred' && session.ended?.reason === 'Transfer';
}

/** How many Cases the desk has for a conversation. */
async function casesOf({ simulators }: Stage, conversationId: string): Promise<number> {
  const { records } = await connectControl(simulators.omni).ever({ object: 'Case' });
  return records.filter(({ Description }) => String(Description).includes(conversationId)).length;
}

function ending(stage: Stage, first: Seen, second: Seen): Ending {
  const wrong = [...first.wrong, ...second.wrong];
  return {
    asExpected: wrong.length === 0,
    summary:
      wrong.length === 0
        ? 'The receiver greeted with the three values, killed worker or not; the queue had one Case; both bots were told.'
        : `Not as expected: ${wrong.join('; ')}.`,
    workflowId: escalationWorkflowId(TENANT, first.conversationId),
    further: {
      'Its bots': sessionWorkflowId(TENANT, first.conversationId),
      'The queue': escalationWorkflowId(TENANT, second.conversationId),
      'Its bot': sessionWorkflowId(TENANT, second.conversationId),
    },
    tryIt: sayMore(stage, first.conversationId),
  };
}

/** More to the bot that has the user now, where that conversation stands, and what the client was sent. */
function sayMore({ gateway, simulators }: Stage, conversationId: string): string[] {
  const json = "-H 'content-type: application/json'";
  const key = `-H 'authorization: Bearer ${gateway.apiKey}'`;
  const session = `${gateway.url}/v1/sessions/${conversationId}`;
  return [
    `curl -s ${session}/messages ${key} ${json} -d '{"bot":"variables-bot","id":"mine-'$RANDOM'","text":"One more thing."}'`,
    `curl -s ${session} ${key}`,
    `curl -s -X POST ${simulators.bot}/_control/state ${json} -d '{}' | grep -o '"text":"[^"]*"'`,
  ];
}
