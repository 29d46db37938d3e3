// A user of the simulated widget: one WebSocket, and a screen on which nobody can tell the bot from an agent.
import { once } from 'node:events';
import { WebSocket } from 'ws';
import { z } from 'zod';

const frame = z.object({ type: z.literal('message'), id: z.string(), text: z.string() });
const POLL_MS = 20;

/** Who comes, and where. */
export interface WidgetUserOptions {
  /** The simulator's, without a path. */
  readonly url: string;
  readonly deploymentId: string;
  readonly userId: string;
}

/** See the file's comment. */
export interface WidgetUser {
  /** Texts from the other side, in order. */
  readonly screen: readonly string[];
  readonly isOpen: boolean;
  say(text: string, link?: string): void;
  /** Waits for a text that holds these words; those from `from` on count. @throws Error when the signal aborts */
  reads(words: string, from?: number, signal?: AbortSignal): Promise<string>;
  close(): Promise<void>;
}

/** Opens the socket. Rejects when the simulator refuses it. */
export async function connectWidgetUser(options: WidgetUserOptions): Promise<WidgetUser> {
  const { url, deploymentId, userId } = options;
  const path = `/webbot/api/webchat/${encodeURIComponent(deploymentId)}/?user_id=${encodeURIComponent(userId)}`;
  const socket = new WebSocket(`${url.replace(/^http/, 'ws')}${path}`);
  const screen: string[] = [];
  socket.on('message', (data) =>
    screen.push(frame.parse(JSON.parse((data as Buffer).toString('utf8'))).text),
  );
  await once(socket, 'open');
  socket.on('error', () => socket.terminate());
  return {
    screen,
    get isOpen() {
      return socket.readyState === WebSocket.OPEN;
    },
    say: (text, link) =>
      socket.send(JSON.stringify({ type: 'message', text, ...(link !== undefined && { link }) })),
    async reads(words, from = 0, signal = AbortSignal.timeout(30_000)) {
      for (;;) {
        const found = screen.slice(from).find((text) => text.includes(words));
        if (found !== undefined) return found;
        if (signal.aborted)
          throw new Error(`the user never read "${words}"; the screen: ${screen.join(' | ')}`);
        await new Promise((resolve) => setTimeout(resolve, POLL_MS));
      }
    },
    async close() {
      if (socket.readyState === WebSocket.CLOSED) return;
      socket.close();
      await once(socket, 'close');
    },
  };
}
