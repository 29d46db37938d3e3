// Any bot with any desk: conversations of every bot side with every desk of platforms/index.ts, on their simulators, with
// the real worker and gateway on a real Temporal server. A platform is in it by being in the index, with a stage.
import { PLATFORMS } from '../../platforms';
import { carrierOf as told } from '../../platforms/pairs';
import { BOT_STAGES } from '../support/bot-stages';
import { BACK, type BotStage, type Happening } from '../support/bot-stages/stage';
import type { Line } from '../support/chat-stages/stage';
import { DESK_STAGES } from '../support/desk-stages';
import {
  canLeadTo,
  carrierOf,
  createStage,
  isElsewhere,
  ONE_MOMENT,
  playLeaving,
  playNobody,
  playTalk,
  setMatrix,
  type Asked,
  type Matrix,
  type Pair,
  type Told,
} from '../support/matrix';
import { replayHistories } from '../support/scenario';
import { NEVER_MIND, TALK } from '../support/talk';

/** About a minute and a half on two idle cores. */
const PLAY_MS = 600_000;

const BOTS = Object.entries(PLATFORMS).flatMap(([name, { botSide }]) => (botSide ? [name] : []));
const DESKS = Object.entries(PLATFORMS).flatMap(([name, { desk }]) => (desk ? [name] : []));
const PAIRS = BOTS.flatMap((bot) => DESKS.map((desk) => [bot, desk] as const));

let matrix: Matrix;
const stage = createStage();
const plays = new Map<string, Promise<Asked>>();

beforeAll(async () => {
  matrix = await setMatrix({ bots: BOTS, desks: DESKS });
  for (const bot of matrix.bots) for (const desk of matrix.desks) begin({ bot, desk });
  await Promise.allSettled(plays.values());
}, PLAY_MS);
afterAll(() => matrix?.close());

function begin(pair: Pair): void {
  if (isElsewhere(pair)) return;
  const { bot, desk } = pair;
  const play = (name: string, asked: () => Promise<Asked>): void => {
    plays.set(`${bot.platform} ${desk.platform} ${name}`, stage(asked));
  };
  const [main, ...others] = desk.places;
  play('talk', () => playTalk(matrix, pair, main));
  play('nobody', () => playNobody(matrix, pair));
  if (!desk.isThereAtOnce) play('waiting', () => playLeaving(matrix, pair, 'waiting'));
  if (carrierOf(pair) === 'baton') play('talking', () => playLeaving(matrix, pair, 'talking'));
  for (const place of others)
    if (canLeadTo(bot, place)) play(`to ${place.kind}`, () => playTalk(matrix, pair, place));
}

/** What was there in the end; fails as the play did. */
async function toldOf({ bot, desk }: Pair, name: string): Promise<Told> {
  const asked = await plays.get(`${bot.platform} ${desk.platform} ${name}`);
  if (!asked) throw new Error(`${name} was not played`);
  return asked();
}

function pairOf(botName: string, deskName: string): Pair {
  const bot = matrix.bots.find(({ platform }) => platform === botName);
  const desk = matrix.desks.find(({ platform }) => platform === deskName);
  if (!bot || !desk) throw new Error(`no stage for ${botName} or ${deskName}`);
  return { bot, desk };
}

/** As it is on the user's screen. */
function shown(pair: Pair, { from, text }: Line): string[] {
  const { bot, desk } = pair;
  if (from === 'user') return [];
  const hasName = desk.carriedBy === 'baton' && bot.showsNames && desk.agentName !== undefined;
  return [hasName ? `${desk.agentName}: ${text}` : text];
}

/** Lines on the user's screen: where the conversation is the desk's own, some of them are there. */
interface Part {
  readonly lines: readonly string[];
  readonly isAtDesk?: true;
}

/** As it is read: what is on another screen than the bot's comes first. */
function screenOf({ bot, desk }: Pair, ...parts: readonly Part[]): readonly string[] {
  if (!desk.user || bot.platform === desk.platform) return parts.flatMap(({ lines }) => lines);
  const [there, here] = [parts.filter(({ isAtDesk }) => isAtDesk), parts.filter(({ isAtDesk }) => !isAtDesk)];
  return [...there, ...here].flatMap(({ lines }) => lines);
}

/** What the user reads until somebody joins or nobody does. */
function beginning({ opening, answers = {} }: BotStage): readonly Part[] {
  return [{ lines: [...opening, ...(answers.asked ?? [])] }, { lines: [ONE_MOMENT], isAtDesk: true }];
}

function answered({ answers = {} }: BotStage, ...happenings: readonly Happening[]): Part {
  return { lines: happenings.flatMap((each) => answers[each] ?? []) };
}

function heard({ words }: BotStage, ...happenings: readonly Happening[]): readonly string[] {
  return ['asked' as const, ...happenings].flatMap((each) => words[each]);
}

function back({ back: all = {} }: BotStage, after: Happening): Part {
  return { lines: all[after] ?? [BACK] };
}

it('has a history of each conversation that replays', async () => {
  expect(matrix.workflowIds.length).toBeGreaterThan(PAIRS.length);

  await replayHistories(matrix.system, matrix.workflowIds);
});

it.each(BOTS)('has a stage for the bot of %s, in test/support/bot-stages', (name) => {
  expect(Object.keys(BOT_STAGES)).toContain(name);
});

it.each(DESKS)('has a stage for the desk of %s, in test/support/desk-stages', (name) => {
  expect(Object.keys(DESK_STAGES)).toContain(name);
});

it.each(DESKS)('plays the desk of %s as its capabilities are', (name) => {
  const { desk } = pairOf(BOTS[0] ?? '', name);
  const capabilities = PLATFORMS[name]?.desk?.capabilities;

  expect(desk.carriedBy === 'baton').toBe(capabilities?.chat !== undefined);
  for (const { kind, queuedOnly } of desk.places) {
    expect(capabilities?.targets).toContain(kind);
    expect(capabilities?.queuedOnly?.includes(kind) ?? false).toBe(queuedOnly ?? false);
  }
});

it.each(PAIRS)('plays a bot of %s with the desk of %s as README.md has it', (botName, deskName) => {
  const pair = pairOf(botName, deskName);
  const { botSide } = PLATFORMS[botName] ?? {};
  const { desk } = PLATFORMS[deskName] ?? {};
  if (!botSide || !desk) throw new Error('no such pair');

  const played = {
    baton: ['baton', 'relay', 'desk_or_relay'],
    platform: ['desk'],
    session: ['session'],
    nobody: ['nobody'],
  };
  expect(isElsewhere(pair) ? ['none'] : played[carrierOf(pair)]).toContain(told(botSide, desk));
});

describe.each(PAIRS)('a bot of %s with the desk of %s', (botName, deskName) => {
  it('connects, both talk, and the agent ends it', async () => {
    const pair = pairOf(botName, deskName);
    const { bot, desk } = pair;
    if (isElsewhere(pair)) return expect(desk.user).toBeDefined();

    const told = await toldOf(pair, 'talk');

    const carrier = carrierOf(pair);
    const lines = carrier === 'nobody' ? [] : TALK;
    const talk: Part = { lines: lines.flatMap((line) => shown(pair, line)), isAtDesk: true };
    const byBaton = [answered(bot, 'relayed'), talk, answered(bot, 'returned'), back(bot, 'returned')];
    const bySession = [answered(bot, 'connected'), talk, back(bot, 'returned')];
    const byOthers = [answered(bot, 'connected'), talk];
    const rest = { baton: byBaton, session: bySession, platform: byOthers, nobody: byOthers }[carrier];
    expect(told).toEqual({
      screen: screenOf(pair, ...beginning(bot), ...rest),
      console: lines,
      heard: carrier === 'baton' ? heard(bot, 'relayed', 'returned') : heard(bot, 'connected'),
      outcome: 'connected',
      hasLetGo: carrier !== 'nobody',
    } satisfies Told);
  });

  it('hears that nobody is there, and goes on with the user', async () => {
    const pair = pairOf(botName, deskName);
    const { bot, desk } = pair;
    if (isElsewhere(pair)) return expect(desk.user).toBeDefined();

    expect(await toldOf(pair, 'nobody')).toEqual({
      screen: screenOf(pair, ...beginning(bot), answered(bot, 'failed'), back(bot, 'failed')),
      console: [],
      heard: heard(bot, 'failed'),
      outcome: 'failed',
      hasLetGo: true,
    } satisfies Told);
  });

  it('leaves nothing at the desk when the user leaves', async () => {
    const pair = pairOf(botName, deskName);
    const { bot, desk } = pair;
    if (isElsewhere(pair)) return expect(desk.user).toBeDefined();

    if (!desk.isThereAtOnce)
      expect(await toldOf(pair, 'waiting')).toEqual({
        screen: screenOf(pair, ...beginning(bot), answered(bot, 'abandoned')),
        console: [],
        heard: heard(bot, 'abandoned'),
        outcome: 'abandoned',
        hasLetGo: true,
      } satisfies Told);
    if (carrierOf(pair) === 'baton')
      expect(await toldOf(pair, 'talking')).toEqual({
        screen: screenOf(pair, ...beginning(bot), answered(bot, 'relayed', 'returned')),
        console: [{ from: 'user', text: NEVER_MIND }],
        heard: heard(bot, 'relayed', 'returned'),
        outcome: 'connected',
        hasLetGo: true,
      } satisfies Told);
  });

  it('takes every other kind of target that the bot can lead to', async () => {
    const pair = pairOf(botName, deskName);
    const { bot, desk } = pair;
    const [, ...others] = desk.places.filter((place) => canLeadTo(bot, place));
    if (isElsewhere(pair)) return expect(desk.user).toBeDefined();

    const ends = await Promise.all(
      others.map(async (place) => {
        const { outcome, heard: words } = await toldOf(pair, `to ${place.kind}`);
        return [outcome, words];
      }),
    );

    expect(ends).toEqual(
      others.map(({ queuedOnly }) =>
        queuedOnly ? ['queued_only', heard(bot, 'queued')] : ['connected', heard(bot, 'connected')],
      ),
    );
  });
});
