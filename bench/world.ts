// The world outside: the simulated platforms, the bot that hears notices, and the plain HTTP stub that the bare
// workflow calls. It runs in the benchmark's own process, whose CPU is not counted.
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import {
  startLivePersonSimulator,
  type LivePersonControl,
  type WorldSpec,
} from '../platforms/liveperson/simulator';
import { verifyWebhook } from '../platforms/webhook/signing';
import { startGenericDesk, type GenericDesk } from '../platforms/webhook/simulator';

/** Opens nothing but the simulators of this run (32 bytes, base64). */
export const BENCH_SECRET = 'whsec_YmVuY2htYXJrLXNlY3JldC1mb3ItbG9vcGJhY2stb25seQ==';
/** Where nobody answers. */
export const SILENT_SKILL = '4711';
/** The connectors' fallback skill. */
export const FALLBACK_SKILL = '4712';
/** Where a human answers at once. */
export const ANSWERING_SKILL = '4713';
/** An agent takes this long. */
export const ACCEPTANCE_MS = 200;

/** The running world. */
export interface World {
  /** Base of the bot's and the bare workflow's URLs. */
  readonly url: string;
  /** `host:port` of the simulated LivePerson. */
  readonly livepersonHost: string;
  readonly liveperson: LivePersonControl;
  readonly desk: GenericDesk;
  /** Resolves when the bot has heard how the conversation's escalation ended. Call before the escalation starts. */
  heard(conversationId: string): Promise<void>;
  /** How many messages the user of the conversation has read, and bare calls have posted. */
  posted(conversationId: string): number;
  close(): Promise<void>;
}

/** What the world needs of the stage. */
export interface WorldOptions {
  /** Where the generic desk sends its events: the gateway's webhook. */
  readonly deskCallback: () => string;
  /** An agent accepted the bare workflow's transfer. */
  readonly accept: (conversationId: string, skill: string) => Promise<void>;
}

/** Starts everything on loopback. */
export async function startWorld(options: WorldOptions): Promise<World> {
  const waiting = new Map<string, () => void>();
  const posted = new Map<string, number>();
  const timers = new Set<NodeJS.Timeout>();
  const tell = (conversationId: string): void => {
    waiting.get(conversationId)?.();
    waiting.delete(conversationId);
  };
  const later = (run: () => void): void => {
    const timer = setTimeout(() => {
      timers.delete(timer);
      run();
    }, ACCEPTANCE_MS);
    timers.add(timer);
  };
  const server = createServer((request, response) => {
    void take(request, response, {
      tell,
      later,
      accept: options.accept,
      read: (conversationId) => void posted.set(conversationId, (posted.get(conversationId) ?? 0) + 1),
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const simulator = await startLivePersonSimulator({ world: LIVEPERSON_WORLD });
  const desk = await startGenericDesk({
    secret: BENCH_SECRET,
    callback: { url: options.deskCallback(), secret: BENCH_SECRET },
    targets: [
      { id: SILENT_SKILL, behaviour: { kind: 'silent' } },
      ...[FALLBACK_SKILL, ANSWERING_SKILL].map((id) => ({
        id,
        behaviour: { kind: 'accepts' as const, afterMs: ACCEPTANCE_MS },
      })),
    ],
  });
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    livepersonHost: `127.0.0.1:${simulator.port}`,
    liveperson: simulator.control,
    desk,
    posted: (conversationId) => posted.get(conversationId) ?? 0,
    heard: (conversationId) => new Promise((resolve) => waiting.set(conversationId, resolve)),
    close: async () => {
      for (const timer of timers) clearTimeout(timer);
      server.closeAllConnections();
      await Promise.all([new Promise((resolve) => server.close(resolve)), simulator.close(), desk.close()]);
    },
  };
}

interface Effects {
  tell(conversationId: string): void;
  later(run: () => void): void;
  read(conversationId: string): void;
  accept(conversationId: string, skill: string): Promise<void>;
}

async function take(request: IncomingMessage, response: ServerResponse, effects: Effects): Promise<void> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const body = Buffer.concat(chunks);
  response.statusCode = answer(request, body, effects);
  response.setHeader('content-type', 'application/json');
  response.end(response.statusCode === 200 ? '{"status":"queued"}' : undefined);
}

function answer({ url = '', headers }: IncomingMessage, body: Buffer, effects: Effects): number {
  const json = JSON.parse(body.toString('utf8')) as {
    conversationId?: string;
    skill?: string;
    data?: { conversationId?: string };
  };
  const { conversationId = '', skill = '' } = json;
  switch (url) {
    case '/notices':
    case '/messages':
      if (verify(headers, body).kind === 'refused') return 401;
      if (url === '/notices') effects.tell(json.data?.conversationId ?? '');
      else effects.read(json.data?.conversationId ?? '');
      return 204;
    case '/bare/transfers':
      if (skill !== SILENT_SKILL) effects.later(() => void effects.accept(conversationId, skill));
      return 200;
    case '/bare/withdrawals':
      return 200;
    case '/bare/messages':
      effects.read(conversationId);
      return 204;
    case '/bare/notices':
      effects.tell(conversationId);
      return 204;
    default:
      return 404;
  }
}

function verify(headers: IncomingMessage['headers'], body: Buffer): ReturnType<typeof verifyWebhook> {
  const single = Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, String(value)]));
  return verifyWebhook({ headers: single, body, secrets: [BENCH_SECRET], now: Date.now() });
}

const accepting = (userId: string, loginName: string, skillId: string) => ({
  userId,
  loginName,
  skillIds: [skillId],
  maxAsyncChats: 1_000_000,
  behaviour: { kind: 'accept' as const, afterMs: ACCEPTANCE_MS },
});

const LIVEPERSON_WORLD: WorldSpec = {
  accounts: [
    {
      id: '12345678',
      skills: [
        { id: SILENT_SKILL, name: 'Returns' },
        { id: FALLBACK_SKILL, name: 'Service' },
        { id: ANSWERING_SKILL, name: 'Billing' },
      ],
      users: [
        {
          userId: '1001',
          loginName: 'baton-bot',
          kind: 'bot',
          manages: true,
          maxAsyncChats: 1_000_000,
          credentials: { password: 'bench' },
        },
        { userId: '2001', loginName: 'paul', skillIds: [SILENT_SKILL] },
        accepting('2002', 'maria', FALLBACK_SKILL),
        accepting('2003', 'lena', ANSWERING_SKILL),
      ],
    },
  ],
};
