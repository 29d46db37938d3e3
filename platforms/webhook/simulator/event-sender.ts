// Sends the desk's events as signed webhooks, in order, each until it is taken; and, if told to, late, twice,
// in the wrong order or not at all.
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { createHttpClient } from '../../http';
import { envelopeOf, sendSigned } from '../send-signed';

const RETRY_MS = [50, 100, 250, 500, 1_000, 2_000];
const GIVE_UP_MS = 60_000;

/** How events travel from now on. */
export const eventModeSchema = z.object({
  /** Sent twice with the same id. */
  duplicate: z.boolean().default(false),
  /** Held this long first. */
  delayMs: z.number().int().nonnegative().default(0),
  /** Never sent. */
  drop: z.boolean().default(false),
  /** Kept back and sent in reverse order when the mode is next set. */
  reverse: z.boolean().default(false),
});

/** A mode as the control API takes it. */
export type EventModeOrder = z.input<typeof eventModeSchema>;

/** Where events go. */
export interface Callback {
  readonly url: string;
  readonly secret: string;
}

/** One event and what became of it. */
export interface SentEvent {
  readonly id: string;
  readonly type: string;
  readonly transferId: string;
  /** Status of each delivery; 0: no answer. */
  readonly statuses: number[];
}

/** See the file's comment. */
export interface EventSender {
  readonly log: readonly SentEvent[];
  send(type: string, data: Readonly<Record<string, unknown>> & { readonly transferId: string }): void;
  setCallback(callback: Callback): void;
  setMode(mode: z.output<typeof eventModeSchema>): void;
  close(): Promise<void>;
}

type Queued = SentEvent & { readonly at: number; readonly data: Readonly<Record<string, unknown>> };

/** Events sent before a callback is known wait for it. */
export function createEventSender(callback?: Callback): EventSender {
  const http = createHttpClient({ allowPrivateNetwork: true, connectMs: 2_000, requestMs: 10_000 });
  const closing = new AbortController();
  const log: SentEvent[] = [];
  const waiting: Queued[] = [];
  const keptBack: Queued[] = [];
  let target = callback;
  let mode = eventModeSchema.parse({});
  let running = false;

  async function deliver(event: Queued, to: Callback): Promise<void> {
    const { id, type, at, data } = event;
    const endpoint = { url: to.url, secrets: [to.secret] };
    for (let tries = 0; Date.now() - at < GIVE_UP_MS; tries += 1) {
      const status = await sendSigned(http, endpoint, {
        id,
        envelope: envelopeOf(type, data, at),
        signal: closing.signal,
      }).then(
        (answer) => answer.status,
        () => 0,
      );
      event.statuses.push(status);
      if ((status >= 200 && status < 300) || closing.signal.aborted) return;
      await pause(RETRY_MS[Math.min(tries, RETRY_MS.length - 1)] ?? 0);
    }
  }

  async function pause(ms: number): Promise<void> {
    await sleep(ms, undefined, { signal: closing.signal }).catch(() => undefined);
  }

  async function work(): Promise<void> {
    if (running) return;
    running = true;
    for (let event = waiting[0]; event && target && !closing.signal.aborted; event = waiting[0]) {
      const { duplicate, delayMs } = mode;
      if (delayMs > 0) await pause(delayMs);
      await deliver(event, target);
      if (duplicate) await deliver(event, target);
      waiting.shift();
    }
    running = false;
  }

  return {
    log,
    send(type, data) {
      const event = {
        id: `evt_${randomUUID()}`,
        type,
        transferId: data.transferId,
        statuses: [],
        at: Date.now(),
        data,
      };
      if (mode.drop) return;
      log.push(event);
      (mode.reverse ? keptBack : waiting).push(event);
      void work();
    },
    setCallback(next) {
      target = next;
      void work();
    },
    setMode(next) {
      mode = next;
      waiting.push(...keptBack.splice(0).reverse());
      void work();
    },
    async close() {
      closing.abort();
      await http.close();
    },
  };
}
