// What the platform posts elsewhere: claims, and every line of a conversation. Each waits for its answer as long as
// configured; the lines of a user go one after another.
import { createHttpClient } from '../../http';
import { BatonError } from '../../../domain/errors';
import type { Line, SentWebhook, User, World } from './world';

/** See the file's comment. */
export interface Webhooks {
  /** Resolves with whether it was answered with 2xx in time. */
  claim(user: User): Promise<boolean>;
  /** Tells a line; resolves when it was answered or given up. */
  tell(user: User, line: Line): Promise<void>;
  close(): Promise<void>;
}

/** See {@link Webhooks}. */
export function createWebhooks(world: World): Webhooks {
  const http = createHttpClient({ allowPrivateNetwork: true, connectMs: 2_000, requestMs: 600_000 });
  const queues = new Map<string, Promise<unknown>>();

  async function send(
    sent: Pick<SentWebhook, 'kind' | 'userId' | 'interlocutor'>,
    url: string,
    body: unknown,
  ): Promise<boolean> {
    const { authorization, webhookTimeoutMs } = world.settings;
    const outcome = await http
      .request({
        method: 'POST',
        url,
        headers: { 'content-type': 'application/json', ...(authorization !== null && { authorization }) },
        body: JSON.stringify(body),
        signal: AbortSignal.timeout(webhookTimeoutMs),
      })
      .then(
        (answered) => ({ outcome: answered.status, answer: jsonOf(answered.body) }),
        (error: unknown) => ({ outcome: wordFor(error) }),
      );
    world.webhooks.push({ ...sent, ...outcome });
    return typeof outcome.outcome === 'number' && outcome.outcome >= 200 && outcome.outcome < 300;
  }

  return {
    async claim(user) {
      const { claimUrl } = world.settings;
      if (claimUrl === null) return false;
      return send({ kind: 'claim', userId: user.id }, claimUrl, claimBody(world, user));
    },
    tell(user, line) {
      const { messagesUrl, deliveries } = world.settings;
      if (messagesUrl === null) return Promise.resolve();
      const sent = { kind: 'message', userId: user.id, interlocutor: line.from } as const;
      const deliver = async (): Promise<void> => {
        for (let delivery = 0; delivery < deliveries; delivery += 1)
          await send(sent, messagesUrl, messageBody(world, user, line));
      };
      const told = (queues.get(user.id) ?? Promise.resolve()).then(deliver);
      queues.set(user.id, told);
      return told;
    },
    close: () => http.close(),
  };
}

/** The page's body, member by member. */
function claimBody({ settings }: World, user: User): unknown {
  const said = user.lines.findLast(({ from }) => from === 'user');
  return {
    attachedMedia: '',
    reply: said?.text ?? 'VarWebhook',
    botId: settings.botId,
    direction: 'out',
    extractedData: {},
    lastName: '',
    sessionId: user.sessionId,
    customVariables: settings.customVariables,
    from: 'simulated-secret-token',
    firstName: '',
    to: user.id,
    replyData: '',
    moduleId: user.moduleId,
    botTrainedModelId: 'model-1',
  };
}

/** Only `interlocutor` is documented; the rest is how it might be. */
function messageBody({ settings }: World, user: User, line: Line): unknown {
  const { from: interlocutor, id, text, at } = line;
  const attachments = line.link === undefined ? [] : [{ type: 'image/png', url: line.link }];
  const timestamp = Math.floor(at / 1_000);
  switch (settings.messageShape) {
    case 'flat':
      return { interlocutor, id, user_id: user.id, botId: settings.botId, text, attachments, timestamp };
    case 'nested':
      return {
        interlocutor,
        user: { id: user.id },
        message: { id, text, attachments },
        created_at: timestamp,
      };
    case 'bare':
      return { interlocutor, user_id: user.id, message: text };
  }
}

function wordFor(error: unknown): 'timeout' | 'unreachable' {
  return error instanceof BatonError && error.code === 'ESC_PLATFORM_TIMEOUT' ? 'timeout' : 'unreachable';
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
