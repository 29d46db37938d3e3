// Conversations of every bot with every desk, on one system of real processes: how each is played, and what everybody
// had in the end.
import { writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { BOT_STAGES } from './bot-stages';
import type { BotStage, Talk, TalkStart } from './bot-stages/stage';
import { addToConfiguration, type Line } from './chat-stages/stage';
import { DESK_STAGES } from './desk-stages';
import type { DeskStage, Place } from './desk-stages/stage';
import { shareOn } from './matrix-shared';
import { startSystem, type System } from './system';
import { NEVER_MIND, TALK } from './talk';
import { until } from './until';

/** Last words before the transfer. */
export const ONE_MOMENT = 'One moment, says Baton.';

const PATIENCE = { timeoutMs: 120_000, pollMs: 150 };
/** Plays at a time: each of them keeps asking. */
const AT_A_TIME = 16;

/** A bot and a desk. */
export interface Pair {
  readonly bot: BotStage;
  readonly desk: DeskStage;
}

/** What was there in the end. */
export interface Told {
  readonly screen: readonly string[];
  readonly console: readonly Line[];
  readonly heard: readonly string[];
  readonly outcome: string;
  readonly hasLetGo: boolean;
}

/** How a conversation went: asked for when all have been played, so that nothing that comes too late is missed. */
export type Asked = () => Promise<Told>;

/** Everything that the plays need. */
export interface Matrix {
  readonly system: System;
  readonly bots: readonly BotStage[];
  readonly desks: readonly DeskStage[];
  /** Ids of the workflows of what was played. */
  readonly workflowIds: readonly string[];
  close(): Promise<void>;
}

/** Plays not too many at once. */
export function createStage(): <T>(play: () => Promise<T>) => Promise<T> {
  const waiting: (() => void)[] = [];
  let free = AT_A_TIME;
  return async (play) => {
    if (free > 0) free -= 1;
    else await new Promise<void>((resolve) => waiting.push(resolve));
    try {
      return await play();
    } finally {
      const next = waiting.shift();
      if (next) next();
      else free += 1;
    }
  };
}

/** Names of platforms. */
export interface Platforms {
  readonly bots: readonly string[];
  readonly desks: readonly string[];
}

/** Starts the system with every stage there is for these platforms; one that has none is left out. */
export async function setMatrix(platforms: Platforms): Promise<Matrix> {
  const system = await startSystem({ processes: [] });
  const shared = shareOn(system);
  const stages: { close(): Promise<void> }[] = [shared];
  const close = async (): Promise<void> => {
    await system.close();
    await Promise.all(stages.map((stage) => stage.close().catch(() => undefined)));
  };
  const make = async <S extends { close(): Promise<void> }>(
    names: readonly string[],
    makers: Readonly<Record<string, (with_: typeof shared) => Promise<S>>>,
  ): Promise<readonly S[]> => {
    const made = await Promise.all(names.flatMap((name) => makers[name]?.(shared) ?? []));
    stages.push(...made);
    return made;
  };
  try {
    const bots = await make(platforms.bots, BOT_STAGES);
    const desks = await make(platforms.desks, DESK_STAGES);
    await configure(system.configFile, bots, desks);
    await Promise.all([system.startWorker(), system.startGateway()]);
    await Promise.all([...bots, ...desks].map((stage) => stage.open(system.gateway.url)));
    const workflowIds: string[] = [];
    const spied = bots.map((bot) => ({
      ...bot,
      async begin(start: TalkStart) {
        const talk = await bot.begin(start);
        workflowIds.push(system.workflowId(talk.conversationId));
        return talk;
      },
    }));
    return { system, bots: spied, desks, workflowIds, close };
  } catch (error) {
    await close();
    throw error;
  }
}

async function configure(
  file: string,
  bots: readonly BotStage[],
  desks: readonly DeskStage[],
): Promise<void> {
  const write = (secrets: Readonly<Record<string, string>> = {}): void => {
    for (const [name, secret] of Object.entries(secrets)) writeFileSync(join(dirname(file), name), secret);
  };
  for (const desk of desks) {
    const { connector, secrets } = desk.configuration();
    write(secrets);
    if (connector) addToConfiguration(file, { connectors: { [desk.connector]: withLimits(connector) } });
  }
  for (const bot of bots) {
    const integrations = Object.fromEntries(
      desks
        .filter((desk) => !isElsewhere({ bot, desk }))
        .flatMap((desk) =>
          [...desk.places, desk.nobody]
            .filter((place) => canLeadTo(bot, place))
            .map(
              (place) => [integrationOf({ bot, desk }, place), anIntegration({ bot, desk }, place)] as const,
            ),
        ),
    );
    const { secrets, ...additions } = await bot.configuration(Object.keys(integrations));
    write(secrets);
    addToConfiguration(file, additions);
    addToConfiguration(file, { integrations });
  }
}

/** Whether the bot can hand over to such a target. */
export function canLeadTo({ names }: BotStage, { kind }: Place): boolean {
  return names?.includes(kind) ?? true;
}

/** Whether the desk takes only what it has already, and the bot's conversations are elsewhere. */
export function isElsewhere({ bot, desk }: Pair): boolean {
  return desk.user !== undefined && !bot.takesAnyConversation;
}

/** Who carries what user and agent write. `session`: as the bot was spoken to before, so is the one that took over. */
export function carrierOf({ bot, desk }: Pair): DeskStage['carriedBy'] | 'session' {
  return bot.platform === 'einstein-bots' && desk.platform === 'einstein-bots' ? 'session' : desk.carriedBy;
}

function withLimits(connector: object): object {
  return {
    ...connector,
    timeouts: { request: '5s', connect: '2s', heartbeat: '4s' },
    allowPrivateNetwork: true,
  };
}

function integrationOf({ bot, desk }: Pair, place: Place): string {
  return `${bot.platform}-${desk.platform}-${place === desk.nobody ? 'nobody' : place.kind}`;
}

/** A desk that cannot say that nobody is there is waited for as long as the response timeout. */
function anIntegration({ bot, desk }: Pair, place: Place): object {
  const { kind, id } = place;
  const target =
    kind === 'skill'
      ? { agentSkillName: 'Matrix', agentSkillId: id }
      : { furtherRungs: [{ connector: desk.connector, target: { kind, id }, ...patience(desk, place) }] };
  return {
    bot: bot.botOf(integrationOf({ bot, desk }, place)),
    connector: desk.connector,
    responseDataVariableName: 'transfer',
    messageToUser: ONE_MOMENT,
    ...patience(desk, place),
    ...(bot.names ? { requestedTargets: { [kind]: desk.connector } } : target),
    ...(carrierOf({ bot, desk }) === 'baton' && { relay: { deliverWithin: '10m' } }),
  };
}

function patience({ nobody }: DeskStage, place: Place): { readonly responseTimeout: string } {
  return { responseTimeout: place === nobody ? '5s' : '110s' };
}

/** Both talk, the agent ends it; where nobody carries what they say, the agent only takes it. */
export async function playTalk({ system }: Matrix, pair: Pair, place: Place): Promise<Asked> {
  const { desk } = pair;
  const carrier = carrierOf(pair);
  const talk = await begin(pair, place);
  const { conversationId } = talk;
  await talk.escalate();
  if (!place.queuedOnly) await desk.agentJoins(conversationId);
  if (!place.queuedOnly && carrier !== 'nobody') {
    await untilConnected(system, talk);
    for (const line of TALK) await say(pair, talk, line);
    await desk.agentEnds(conversationId);
  }
  // At once: what gives the conversation back may still be under way.
  if (carrier === 'baton' || carrier === 'session') await talk.goesOn();
  const outcome = await untilClosed(system, talk);
  return () => tell(pair, talk, outcome);
}

/** Nobody is there; the bot goes on with the user. */
export async function playNobody({ system }: Matrix, pair: Pair): Promise<Asked> {
  const talk = await begin(pair, pair.desk.nobody);
  await talk.escalate();
  const { attempts } = await untilStatus(system, talk, 'without anybody', ({ attempts: all }) =>
    all.some(({ outcome }) => outcome.kind === 'failed'),
  );
  // The user goes on when there is something to answer.
  const answers = pair.bot.answers?.failed ?? [];
  await until(
    `${pair.bot.platform} to say that nobody is there`,
    async () => {
      const screen = await screenOf(pair, talk);
      return answers.every((line) => screen.includes(line));
    },
    PATIENCE,
  );
  await talk.goesOn();
  return () => tell(pair, talk, attempts.map(({ outcome }) => outcome.kind).join());
}

/** The user leaves: while nobody has joined yet, or in the middle of the talk. */
export async function playLeaving(
  { system }: Matrix,
  pair: Pair,
  when: 'waiting' | 'talking',
): Promise<Asked> {
  const { desk } = pair;
  const talk = await begin(pair, desk.places[0]);
  const { conversationId } = talk;
  await talk.escalate();
  await until(
    `${desk.platform} to have ${conversationId}`,
    async () => !(await desk.hasLetGo(conversationId)),
    PATIENCE,
  );
  if (when === 'talking') {
    await desk.agentJoins(conversationId);
    await untilConnected(system, talk);
    await say(pair, talk, { from: 'user', text: NEVER_MIND });
  }
  await (desk.user ? desk.user.leaves(conversationId) : talk.userLeaves());
  const outcome = await untilClosed(system, talk);
  await until(
    `${desk.platform} to let go of ${conversationId}`,
    () => desk.hasLetGo(conversationId),
    PATIENCE,
  );
  return () => tell(pair, talk, outcome);
}

async function begin(pair: Pair, place: Place): Promise<Talk> {
  const { bot, desk } = pair;
  const conversationId = await desk.user?.begin();
  return bot.begin({
    integration: integrationOf(pair, place),
    place,
    ...(conversationId !== undefined && { conversationId }),
  });
}

/** Resolves when the other side has read it: the order between the two is then the same for both. */
async function say(pair: Pair, talk: Talk, { from, text }: Line): Promise<void> {
  const { bot, desk } = pair;
  const { conversationId } = talk;
  if (from === 'agent') await desk.agentWrites(conversationId, text);
  else await (desk.user ? desk.user.writes(conversationId, text) : talk.userWrites(text));
  await until(
    `“${text}” to be read on the other side of ${bot.platform} and ${desk.platform}`,
    async () =>
      from === 'agent'
        ? (await screenOf(pair, talk)).some((line) => line.endsWith(text))
        : (await desk.console(conversationId)).some((line) => line.text === text),
    PATIENCE,
  );
}

async function screenOf({ bot, desk }: Pair, talk: Talk): Promise<readonly string[]> {
  const there = (await desk.user?.screen(talk.conversationId)) ?? [];
  return desk.user && bot.platform === desk.platform ? there : [...there, ...(await talk.screen())];
}

/** What the gateway says of an escalation, as far as it matters here. */
interface Status {
  readonly phase: string;
  readonly outcome?: { readonly kind: string };
  readonly attempts: readonly { readonly outcome: { readonly kind: string } }[];
}

function untilStatus(
  { gateway }: System,
  { conversationId }: Talk,
  what: string,
  isRight: (status: Status) => boolean,
): Promise<Status> {
  return until(
    `${conversationId} to be ${what}`,
    async () => {
      const path = `/v1/escalations/${encodeURIComponent(conversationId)}`;
      const { status, json } = await gateway.call('GET', path);
      // Not taken yet, or not to be asked now.
      if (status !== 200) return undefined;
      const now = json as unknown as Status;
      if (isRight(now)) return now;
      if (now.phase === 'closed') throw new Error(`${conversationId} has ended: ${JSON.stringify(json)}`);
      return undefined;
    },
    PATIENCE,
  );
}

async function untilConnected(system: System, talk: Talk): Promise<void> {
  await untilStatus(system, talk, 'connected', ({ outcome }) => outcome?.kind === 'connected');
}

/** Gives the outcome. */
async function untilClosed(system: System, talk: Talk): Promise<string> {
  const { outcome } = await untilStatus(system, talk, 'closed', ({ phase }) => phase === 'closed');
  return outcome?.kind ?? 'none';
}

async function tell(pair: Pair, talk: Talk, outcome: string): Promise<Told> {
  const { desk } = pair;
  const { conversationId } = talk;
  const [first, ...others] = await desk.console(conversationId);
  const isLate = first?.text === talk.asking;
  return {
    screen: await screenOf(pair, talk),
    console: first && !isLate ? [first, ...others] : others,
    heard: await talk.heard(),
    outcome,
    hasLetGo: await desk.hasLetGo(conversationId),
  };
}
