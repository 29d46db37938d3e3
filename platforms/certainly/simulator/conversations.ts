// What happens in the simulated conversations: users write, the bot answers or listens, agents are heard.
import type { Webhooks } from './webhooks';
import { START, type Line, type Module, type User, type World } from './world';

/** See the file's comment. */
export interface Conversations {
  /** A socket of the user has opened; the first one begins the conversation. */
  connected(userId: string): User;
  userWrites(user: User, said: { readonly text: string; readonly link?: string }): void;
  /** False: the bot does not listen, and agents are not heard then. */
  agentWrites(user: User, text: string): boolean;
  handOver(user: User): void;
  takeOver(user: User, claimEnd: string | undefined): void;
  /** Sends the claim of the user's module again, as it was. */
  claimAgain(user: User): void;
}

/** What it needs; `show` puts a line on the user's screen. */
export interface ConversationsDeps {
  readonly world: World;
  readonly webhooks: Webhooks;
  readonly show: (user: User, line: Line) => void;
}

/** See {@link Conversations}. */
export function createConversations({ world, webhooks, show }: ConversationsDeps): Conversations {
  let count = 0;

  /** Resolves when the line is told. */
  function write(user: User, from: Line['from'], said: Pick<Line, 'text' | 'link'>): Promise<void> {
    count += 1;
    const line: Line = { id: `line-${count}`, from, at: Date.now(), ...said };
    user.lines.push(line);
    if (from !== 'user') show(user, line);
    return webhooks.tell(user, line);
  }

  /** The flow stops until the webhook has answered or was given up. */
  async function enter(user: User, module: Module): Promise<void> {
    user.moduleId = module.id;
    for (const text of module.says) void write(user, 'bot', { text });
    if (!module.claims || (await webhooks.claim(user))) return;
    const next = moduleOf(module.onFailure);
    if (next && user.mode === 'normal') await enter(user, next);
  }

  function moduleOf(id: string | undefined): Module | undefined {
    return id === undefined ? undefined : world.modules.get(id);
  }

  function follow(
    user: User,
    fits: (connection: Module['connections'][number]) => boolean | undefined,
  ): void {
    const connection = moduleOf(user.moduleId)?.connections.find(fits);
    const next = moduleOf(connection?.to);
    if (next) void enter(user, next);
    else if (user.lines.at(-1)?.from === 'user')
      void write(user, 'bot', { text: 'I did not understand that.' });
  }

  function botAnswers(user: User, text: string): void {
    const said = text.toLowerCase();
    follow(user, (each) => 'text' in each && (each.text === '*' || said.includes(each.text.toLowerCase())));
  }

  return {
    connected(userId) {
      const known = world.users.get(userId);
      if (known) {
        known.connects += 1;
        return known;
      }
      const user: User = {
        id: userId,
        sessionId: `session-of-${userId}`,
        mode: 'normal',
        isForgotten: false,
        moduleId: START,
        connects: 1,
        lines: [],
        handovers: 0,
        takeovers: [],
        changes: [],
      };
      world.users.set(userId, user);
      const start = moduleOf(START);
      if (start) void enter(user, start);
      return user;
    },
    userWrites(user, { text, link }) {
      const isTold = write(user, 'user', { text, ...(link !== undefined && { link }) });
      if (user.mode === 'listen') return;
      if (world.settings.botAnswers === 'meanwhile') botAnswers(user, text);
      else void isTold.then(() => botAnswers(user, text));
    },
    agentWrites(user, text) {
      if (user.mode === 'normal' && world.settings.agentInNormalMode === 'refused') return false;
      void write(user, 'agent', { text });
      return true;
    },
    handOver(user) {
      user.mode = 'listen';
      user.changes.push({ at: Date.now(), to: 'listen' });
      user.handovers += 1;
    },
    takeOver(user, claimEnd) {
      user.mode = 'normal';
      user.changes.push({ at: Date.now(), to: 'normal' });
      user.takeovers.push(claimEnd ?? null);
      if (claimEnd === undefined) return;
      const connection = moduleOf(user.moduleId)?.connections.find(
        (each) => 'claimEnd' in each && (each.claimEnd === '*' || each.claimEnd === claimEnd),
      );
      const next = moduleOf(connection?.to);
      if (next) void enter(user, next);
    },
    claimAgain: (user) => void webhooks.claim(user),
  };
}
