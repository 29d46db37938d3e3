// Helpers of the simulator's own tests: raw HTTP and raw frames, nothing of our client.
import { randomUUID } from 'node:crypto';
import { fetch } from 'undici';
import type { Response } from 'undici';
import { WebSocket } from 'ws';
import type { LivePersonSimulator, WorldSpec } from '../../../../platforms/liveperson/simulator';

export const ACCOUNT = '555';

/** One bot, two desks: 10 (ann accepts at once), 20 (ben never answers). */
export function aWorld(settings: NonNullable<WorldSpec['accounts'][number]['settings']> = {}): WorldSpec {
  return {
    accounts: [
      {
        id: ACCOUNT,
        settings,
        skills: [
          { id: '10', name: 'Service' },
          { id: '20', name: 'Silent', transferToAgentMaxWaitInSeconds: 0.05 },
          { id: '30', name: 'Gone', deleted: true },
        ],
        users: [
          {
            userId: '1',
            loginName: 'bot',
            kind: 'bot',
            manages: true,
            credentials: { password: 'pw', appKey: 'key', secret: 'shh' },
          },
          {
            userId: '2',
            loginName: 'other-bot',
            kind: 'bot',
            seesAllConversations: false,
            credentials: { password: 'pw2' },
          },
          { userId: '11', loginName: 'ann', skillIds: ['10'], behaviour: { kind: 'accept', afterMs: 0 } },
          { userId: '21', loginName: 'ben', skillIds: ['20'] },
          { userId: '22', loginName: 'cid', skillIds: ['20'], availability: 'AWAY' },
        ],
      },
    ],
  };
}

/** Asks again until there is a value. */
export async function until<T>(ask: () => Promise<T | undefined> | T | undefined): Promise<T> {
  for (let tries = 0; tries < 400; tries += 1) {
    const value = await ask();
    if (value !== undefined) return value;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  throw new Error('the condition was never met');
}

export interface Login {
  readonly bearer: string;
  readonly csrf: string;
  readonly cookie: string;
  readonly config: { readonly userId: string; readonly userPid: string };
}

export function post(url: string, body: unknown, headers: Record<string, string> = {}): Promise<Response> {
  return fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
    signal: AbortSignal.timeout(30_000),
  });
}

export async function logIn(
  simulator: LivePersonSimulator,
  username = 'bot',
  password = 'pw',
  account = ACCOUNT,
): Promise<Login> {
  const response = await post(`${simulator.url}/api/account/${account}/login?v=1.3`, { username, password });
  if (response.status !== 200) throw new Error(`login answered ${String(response.status)}`);
  const body = (await response.json()) as Omit<Login, 'cookie'>;
  return { ...body, cookie: response.headers.get('set-cookie')?.split(';')[0] ?? '' };
}

/** A frame as it arrived. */
export interface Frame {
  readonly kind: string;
  readonly reqId?: string;
  readonly code?: number;
  readonly type: string;
  // Bodies are of every shape; tests compare them.
  readonly body: never;
}

/** A raw agent socket that keeps every frame. */
export class RawSocket {
  readonly frames: Frame[] = [];
  closeCode: number | undefined;

  private constructor(readonly ws: WebSocket) {
    ws.on('message', (data) => this.frames.push(JSON.parse((data as Buffer).toString('utf8')) as Frame));
    ws.on('close', (code) => (this.closeCode = code));
    ws.on('error', () => undefined);
  }

  static async open(simulator: LivePersonSimulator, bearer: string, account = ACCOUNT): Promise<RawSocket> {
    const ws = new WebSocket(
      `${simulator.url.replace('http', 'ws')}/ws_api/account/${account}/messaging/brand/${bearer}?v=2.1`,
    );
    const socket = new RawSocket(ws);
    await new Promise<void>((resolve, reject) => {
      ws.once('open', resolve);
      ws.once('error', reject);
    });
    return socket;
  }

  send(type: string, body: unknown, metadata?: unknown): string {
    const id = randomUUID();
    this.ws.send(JSON.stringify({ kind: 'req', id, type, body, ...(metadata ? { metadata } : {}) }));
    return id;
  }

  async ask(type: string, body: unknown, metadata?: unknown): Promise<Frame> {
    const id = this.send(type, body, metadata);
    return until(() => this.frames.find((frame) => frame.reqId === id));
  }

  notifications(type: string): Frame[] {
    return this.frames.filter((frame) => frame.kind === 'notification' && frame.type.endsWith(type));
  }

  /** Changes of conversations, in the order of arrival. */
  changes(): { readonly type: string; readonly result: ConversationResult }[] {
    return this.notifications('ExConversationChangeNotification').flatMap(
      (frame) => (frame.body as { changes: { type: string; result: ConversationResult }[] }).changes,
    );
  }

  subscribe(own?: string): Promise<Frame> {
    return this.ask('.ams.aam.SubscribeExConversations', {
      convState: ['OPEN'],
      ...(own === undefined ? {} : { agentIds: [own] }),
    });
  }

  publish(dialogId: string, text: string, metadata?: unknown): Promise<Frame> {
    const event = { type: 'ContentEvent', contentType: 'text/plain', message: text };
    return this.ask('.ams.ms.PublishEvent', { dialogId, event, messageAudience: 'ALL' }, metadata);
  }

  update(conversationId: string, ...conversationField: unknown[]): Promise<Frame> {
    return this.ask('.ams.cm.UpdateConversationField', { conversationId, conversationField });
  }

  close(): void {
    this.ws.terminate();
  }
}

interface ConversationResult {
  readonly convId: string;
  readonly conversationDetails: {
    readonly skillId: string;
    readonly state: string;
    readonly participants: Record<string, string[]>;
    readonly participantsPId: Record<string, string[]>;
    readonly metaDataLastUpdateTs: number;
    readonly dialogs: {
      readonly dialogId: string;
      readonly participantsDetails: { id: string; role: string; state: string }[];
    }[];
  };
}

export const removeBot = {
  field: 'ParticipantsChange',
  type: 'REMOVE',
  role: 'ASSIGNED_AGENT',
  userId: `${ACCOUNT}.1`,
};
export const addBot = { ...removeBot, type: 'ADD' };
export const toSkill = (skill: string): Record<string, string> => ({ field: 'Skill', type: 'UPDATE', skill });
export const suggest = (userId: string): Record<string, string> => ({
  ...removeBot,
  type: 'SUGGEST',
  userId: `${ACCOUNT}.${userId}`,
});
