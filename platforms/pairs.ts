// Any bot side with any desk: who carries what user and agent write once an agent has joined. The table of README.md is
// made from this, and test/e2e/matrix.test.ts plays each pair.
import type { BotSidePlatform, DeskPlatform, Platform } from './platform';

/**
 * `baton`: Baton. `relay`: Baton, where the integration has a `relay` section. `desk`: the desk, whose own conversation it
 * is. `desk_or_relay`: the desk, or Baton with that section. `session`: Baton goes on with the bot that has taken over, as with the one before.
 * `nobody`: the agent has a piece of work, and the bot its user back. `none`: the desk takes over conversations that it
 * has, and the bot's are elsewhere.
 */
export type Carrier = 'baton' | 'relay' | 'desk' | 'desk_or_relay' | 'session' | 'nobody' | 'none';

const WORDS: Readonly<Record<Carrier, string>> = {
  baton: 'Baton',
  relay: 'Baton with `relay`',
  desk: 'the desk',
  desk_or_relay: 'the desk, or Baton with `relay`',
  session: 'Baton, bot to bot',
  nobody: 'nobody',
  none: '—',
};

/** Who carries the messages of a bot's user and an agent of the desk. */
export function carrierOf(bot: BotSidePlatform, desk: DeskPlatform): Carrier {
  const { chat, carriesMessage, targets } = desk.capabilities;
  if (chat && bot.sessions && targets.every((kind) => kind === 'bot')) return 'session';
  // A desk that can say something to the user may have the user.
  if (chat && !chat.always) return carriesMessage ? 'desk_or_relay' : 'relay';
  if (chat) return 'baton';
  if (!carriesMessage) return 'nobody';
  return bot.readInbound ? 'none' : 'desk';
}

/** The table in Markdown: a row for each bot side, a column for each desk. */
export function pairsTable(platforms: Readonly<Record<string, Platform>>): string {
  const all = Object.values(platforms);
  const desks = all.flatMap(({ name, desk }) => (desk ? [{ name, desk }] : []));
  const rows = all.flatMap(({ name, botSide }) =>
    botSide ? [[code(name), ...desks.map(({ desk }) => WORDS[carrierOf(botSide, desk)])]] : [],
  );
  const head = ['bot side ↓ desk →', ...desks.map(({ name }) => code(name))];
  return [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}

function code(name: string): string {
  return `\`${name}\``;
}
