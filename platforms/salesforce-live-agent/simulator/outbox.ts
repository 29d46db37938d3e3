// What the visitor has yet to be told, and the long polls that wait for it. Events stay until a later poll
// acknowledges them; a second poll beside a waiting one ends the chat.
import { setTimeout as sleep } from 'node:timers/promises';
import { answer, answerText } from '../../simulation/server';
import type { SimulatorAnswer } from '../../simulation/server';
import type { Timers } from '../../simulation/timers';
import type { Chat, World } from './world';

/** The vendor's words. */
const DUPLICATE = 'A duplicate long poll using the same session ID has caused the chat to terminate';
const MOVED = 'Invalid Affinity Token';

/** A poll that waits. `wake` lets it look again. */
interface Waiting {
  readonly gone: AbortSignal;
  readonly wake: AbortController;
}

/** See the file. */
export interface Outbox {
  tell(chat: Chat, type: string, message?: unknown): void;
  /** Answers a poll, at once or later. */
  poll(chat: Chat, ack: number, affinity: string | undefined, gone: AbortSignal): Promise<SimulatorAnswer>;
  /** Lets a waiting poll see what changed. */
  wake(chat: Chat): void;
  /** The chat is over if nobody polls it in time. */
  expect(chat: Chat): void;
  isPolled(chat: Chat): boolean;
  /** Drops what a visitor learns from the transcript instead, and numbers the rest anew. */
  begin(chat: Chat, offset: number, sessionData: unknown): void;
  close(): void;
}

/** What it is made with. */
export interface OutboxDeps {
  readonly world: World;
  readonly timers: Timers;
  readonly changed: () => void;
  /** Ends a chat whose session is over. */
  readonly terminate: (chat: Chat, by: string) => void;
}

/** See {@link Outbox}. */
export function createOutbox({ world, timers, changed, terminate }: OutboxDeps): Outbox {
  const waiting = new Map<string, Waiting>();
  const wake = (chat: Chat): void => waiting.get(chat.key)?.wake.abort();

  function expect(chat: Chat): void {
    timers.set(`session:${chat.key}`, world.settings.sessionMs, () => terminate(chat, 'timeout'));
  }

  function number(chat: Chat, type: string, message: unknown, offset = (world.offset += 1)): void {
    chat.lastNumber += 1;
    chat.pending.push({ number: chat.lastNumber, offset, type, message });
  }

  function acknowledge(chat: Chat, ack: number): void {
    for (const { type, message } of chat.pending.filter((pending) => pending.number <= ack)) {
      if (type === 'ChatMessage') chat.visitorRead.push((message as { text: string }).text);
      if (type === 'ChasitorSessionData') chat.visitorRead = agentTexts(message);
    }
    chat.pending = chat.pending.filter((pending) => pending.number > ack);
    changed();
  }

  /** True when this poll is the only one, perhaps after the other's connection has ended. */
  async function isAlone(chat: Chat): Promise<boolean> {
    const other = waiting.get(chat.key);
    if (!other) return true;
    const graceMs = world.settings.duplicateGraceMs;
    await sleep(graceMs, undefined, { signal: other.gone }).catch(() => undefined);
    return other.gone.aborted || waiting.get(chat.key) !== other;
  }

  function look(chat: Chat, affinity: string | undefined): SimulatorAnswer | undefined {
    if (chat.endedBy === 'duplicatePoll') return answerText(409, DUPLICATE);
    if (chat.state === 'gone') return answerText(403, 'Session is not valid');
    if (affinity !== chat.affinity) return answerText(503, MOVED);
    const last = chat.pending.at(-1);
    if (!last) return undefined;
    const messages = chat.pending.map(({ type, message }) => ({ type, message }));
    return answer(200, { messages, sequence: last.number, offset: last.offset });
  }

  async function wait(chat: Chat, affinity: string | undefined, gone: AbortSignal): Promise<SimulatorAnswer> {
    const until = Date.now() + world.settings.pollMs;
    for (;;) {
      const found = look(chat, affinity);
      if (found) return found;
      const rest = until - Date.now();
      if (rest <= 0) return { kind: 'answer', status: 204 };
      const own: Waiting = { gone, wake: new AbortController() };
      waiting.set(chat.key, own);
      const signal = AbortSignal.any([gone, own.wake.signal]);
      await sleep(rest, undefined, { signal, ref: false }).catch(() => undefined);
      if (waiting.get(chat.key) === own) waiting.delete(chat.key);
      if (gone.aborted) return { kind: 'hang' };
    }
  }

  return {
    tell(chat, type, message = {}) {
      number(chat, type, message);
      changed();
      wake(chat);
    },
    async poll(chat, ack, affinity, gone) {
      // A delayed one of a client that gave up is nobody's second poll.
      if (gone.aborted) return { kind: 'hang' };
      if (!(await isAlone(chat))) {
        terminate(chat, 'duplicatePoll');
        return answerText(409, DUPLICATE);
      }
      timers.cancel(`session:${chat.key}`);
      if (affinity === chat.affinity) acknowledge(chat, ack);
      const found = await wait(chat, affinity, gone);
      if (chat.state !== 'gone') expect(chat);
      return found;
    },
    wake,
    expect,
    isPolled: (chat) => waiting.has(chat.key),
    begin(chat, offset, sessionData) {
      const kept = chat.pending.filter(
        ({ type, ...pending }) =>
          pending.offset > offset && type !== 'ChatMessage' && type !== 'ChasitorSessionData',
      );
      chat.pending = [];
      chat.lastNumber = 0;
      number(chat, 'ChasitorSessionData', sessionData);
      for (const { type, message, offset: at } of kept) number(chat, type, message, at);
      changed();
      wake(chat);
    },
    close() {
      for (const { wake: controller } of waiting.values()) controller.abort();
    },
  };
}

function agentTexts(sessionData: unknown): string[] {
  const { chatMessages } = sessionData as { chatMessages: { type: string; content: string }[] };
  return chatMessages.filter(({ type }) => type === 'Agent').map(({ content }) => content);
}
