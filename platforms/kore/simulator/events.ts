// What happens on the platform: users write, the bot answers or hands over, and each of it is an event for the BotKit
// server, one after another for each user.
import { createHttpClient } from '../../http';
import { signJwt } from '../json-web-token';
import { makePayload, type Occurrence } from './payloads';
import { isWithAgent, now, showLine, type PlatformRequest, type User, type World } from './world';

const TOKEN_S = 60;
const REQUEST_MS = 15_000;

/** What users and the bot do. */
export interface Happenings {
  /** The user writes; resolves when the event was answered. Gives the message's id. */
  userWrites(user: User, text: string): Promise<string>;
  /** The user ends the chat. */
  userEnds(user: User): Promise<void>;
  /** Any `on_event`. */
  tell(user: User, eventType: string): Promise<void>;
  /** The bot has got what a user wrote, back from the BotKit server. */
  botHears(user: User, request: PlatformRequest, text: string): void;
  /** Resolves when nothing is left to happen. */
  settled(): Promise<void>;
  close(): Promise<void>;
}

/** `url`: of the simulator, once it listens. */
export function createHappenings(world: World, url: () => string, changed: () => void): Happenings {
  const http = createHttpClient({ allowPrivateNetwork: true, connectMs: 2_000, requestMs: REQUEST_MS });
  const queues = new Map<string, Promise<void>>();
  let closed = false;

  async function post(user: User, occurrence: Occurrence): Promise<void> {
    const { request, payload } = makePayload(world, url(), user, occurrence);
    const { agentTransfer } = user;
    for (let times = world.settings.duplicates ? 2 : 1; times > 0 && !closed; times -= 1) {
      const answer = await send(occurrence.event, payload);
      world.events.push({
        event: request.event,
        requestId: request.id,
        userId: user.id,
        agentTransfer,
        ...answer,
      });
      changed();
    }
  }

  async function send(event: string, payload: unknown) {
    const { settings } = world;
    try {
      const { status, headers, body } = await http.request({
        method: 'POST',
        url: `${settings.callbackUrl}/sdk/bots/${settings.botId}/${event}`,
        headers: { 'content-type': 'application/json', ...credential() },
        body: JSON.stringify(payload),
      });
      const supportsMessageAck = headers.supportsmessageack;
      return { status, body, ...(supportsMessageAck !== undefined && { supportsMessageAck }) };
    } catch {
      return { status: 0, body: '' };
    }
  }

  function credential(): Record<string, string> {
    const { authentication, appId, clientSecret, algorithm } = world.settings;
    if (authentication === 'apikey') return { apikey: clientSecret };
    return { token: signJwt({ appId, exp: Date.now() / 1000 + TOKEN_S }, clientSecret, algorithm) };
  }

  /** Behind what happens to the user already. */
  function enqueue(user: User, happen: () => Promise<void>): Promise<void> {
    const next = (queues.get(user.id) ?? Promise.resolve()).then(happen);
    queues.set(user.id, next);
    return next;
  }

  async function answer(user: User, text: string): Promise<void> {
    if (!text.toLowerCase().includes(world.settings.transferWord))
      return post(user, { event: 'on_bot_message', text: `You said: ${text}` });
    await post(user, { event: 'on_bot_message', text: 'One moment.' });
    await post(user, { event: 'on_agent_transfer', text });
  }

  const tell = (user: User, eventType: string): Promise<void> =>
    enqueue(user, () => post(user, { event: 'on_event', text: '', eventType }));

  return {
    async userWrites(user, text) {
      isWithAgent(world, user);
      const { id } = showLine(world, user, { from: 'user', text });
      await enqueue(user, () => post(user, { event: 'on_user_message', text, messageId: id }));
      return id;
    },
    userEnds: (user) => tell(user, 'sessionClosure'),
    tell,
    botHears(user, request, text) {
      if (isWithAgent(world, user)) {
        const line = user.screen.findLast((each) => each.from === 'user' && each.text === request.text);
        if (line) line.unanswered = true;
        return;
      }
      user.lastActivity = now(world);
      void enqueue(user, () => answer(user, text));
    },
    async settled() {
      await Promise.all(queues.values());
    },
    async close() {
      closed = true;
      await http.close();
    },
  };
}
