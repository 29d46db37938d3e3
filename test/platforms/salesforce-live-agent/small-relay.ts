// The smallest relay that is right: one poller and one sender on a chat that is stored as text between any two calls.
// It is what the rules of the client ask of a caller, and nothing else.
import { arrived, unread } from '../../../platforms/salesforce-live-agent/read-back';
import type { TranscriptLine } from '../../../platforms/salesforce-live-agent/chat-events';
import type { ChatSession } from '../../../platforms/salesforce-live-agent/chat-session';
import { BatonError } from '../../../domain/errors';
import type { Stage } from './stage';

/** A running relay. */
export interface SmallRelay {
  /** What the user read. */
  readonly read: readonly string[];
  /** Resolves when the desk has it. */
  send(text: string): Promise<void>;
  /** Resolves when the chat is over, with how. */
  readonly over: Promise<string>;
}

/** A message of the user's, and the number that the desk took it under, in which of the chat's lives. */
interface Entry {
  readonly text: string;
  number?: number;
  resyncs?: number;
}

/** Takes over a chat. */
export function startSmallRelay({ client, signal }: Stage, from: ChatSession): SmallRelay {
  let stored = JSON.stringify(from);
  const now = (): ChatSession => JSON.parse(stored) as ChatSession;
  const store = (change: Partial<ChatSession>): void =>
    void (stored = JSON.stringify({ ...now(), ...change }));
  const read: string[] = [];
  const ledger: Entry[] = [];
  let transcript: readonly TranscriptLine[] = [];
  let isOver = false;
  /** Aborted by the sender: the poller gives up its poll and resyncs. */
  let resyncWanted = new AbortController();
  let resyncsDone = 0;
  const pause = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 10));

  async function retried<T>(
    run: () => Promise<T>,
    failed: (error: BatonError) => void = () => undefined,
  ): Promise<T> {
    for (;;) {
      try {
        return await run();
      } catch (error) {
        if (signal.aborted || !(error instanceof BatonError) || error.retry !== 'retryable') throw error;
        failed(error);
        await pause();
      }
    }
  }

  async function resync(): Promise<void> {
    const checkpoint = async (found: ChatSession): Promise<void> => void (stored = JSON.stringify(found));
    const result = await retried(() => client.resync(now(), { signal, checkpoint }));
    resyncWanted = new AbortController();
    if (result.kind === 'lost') throw new Error(`lost: ${result.reason}`);
    if (result.kind === 'resumed') {
      transcript = result.transcript;
      read.push(...unread(transcript, read.length).map(({ text }) => text));
      for (const event of result.events) if (event.kind === 'message') read.push(event.text);
      stored = JSON.stringify(result.session);
    }
    resyncsDone += 1;
  }

  async function listen(): Promise<string> {
    for (;;) {
      const wanted = resyncWanted.signal;
      const polled = await retried(async () =>
        wanted.aborted
          ? ({ kind: 'resync' } as const)
          : client.poll(now(), { signal: AbortSignal.any([signal, wanted]) }),
      );
      if (polled.kind === 'lost') return polled.reason;
      if (polled.kind === 'resync') {
        await resync();
        continue;
      }
      const { ack, offset, baseUrl } = polled.session;
      store({ ack, baseUrl, ...(offset !== undefined && { offset }) });
      if (polled.kind === 'silent') continue;
      for (const event of polled.events) {
        if (event.kind === 'message') read.push(event.text);
        if (event.kind === 'ended' || event.kind === 'requestFailed') return event.reason;
      }
    }
  }

  async function deliver(entry: Entry): Promise<void> {
    let isRepeat = false;
    for (;;) {
      const before = resyncsDone;
      while (now().isResuming && !isOver) await pause();
      const session = now();
      const sequence = session.sequence + 1;
      const result = await retried(
        () => client.sendMessage(session, entry.text, { signal, sequence, isRepeat }),
        (error) => (isRepeat ||= error.resultUnknown),
      );
      switch (result.kind) {
        case 'taken':
          Object.assign(entry, { number: sequence, resyncs: session.resyncs });
          store({ sequence: result.session.sequence });
          return;
        case 'resequence': {
          const actual = result.session.sequence;
          const missed = ledger.filter(
            ({ number = 0, resyncs }) => resyncs === session.resyncs && number > actual,
          );
          store({ sequence: actual });
          for (const lost of missed) await deliver(lost);
          isRepeat = false;
          break;
        }
        case 'resync': {
          if (resyncsDone === before) resyncWanted.abort();
          while (resyncsDone === before && !isOver) await pause();
          if (isOver) throw new Error('the chat is over');
          const hasMoved = now().resyncs !== session.resyncs;
          if (
            hasMoved &&
            arrived(
              ledger.map(({ text }) => text),
              transcript,
            )[ledger.indexOf(entry)]
          )
            return;
          isRepeat &&= !hasMoved;
          break;
        }
        case 'lost':
          throw new Error(`lost: ${result.reason}`);
      }
    }
  }

  async function send(text: string): Promise<void> {
    const entry: Entry = { text };
    ledger.push(entry);
    await deliver(entry);
  }

  const over = listen().finally(() => (isOver = true));
  over.catch(() => undefined);
  return { read, send, over };
}
