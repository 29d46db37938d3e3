// The chat of a generic desk: what the user writes is sent as commands with ids of their own, one after another.
import { setTimeout as sleep } from 'node:timers/promises';
import type { z } from 'zod';
import type { ChatMessage } from '../../domain/chat';
import type { Call, ChatCapabilities, DeskChat, SendReceipt, TransferRef } from '../desk';
import { webhookId } from './signing';
import { chatAnswer, closeAnswer, typingAnswer } from './wire';

/** What a generic desk's chat promises; the wire format asks it of them. */
export const WEBHOOK_CHAT: ChatCapabilities = {
  always: false,
  maxChars: 8_000,
  attachments: 'carried',
  typing: { toAgent: true, toUser: true },
  repeats: 'by_id',
  resumes: 'retried_by_desk',
  context: { inlineChars: 64_000, messages: 0 },
};

/** One command or question to the desk. */
export interface Ask {
  readonly type: string;
  readonly id: string;
  readonly data: Readonly<Record<string, unknown>>;
}

/** Sends it and checks the answer. @throws BatonError */
export type AskDesk = <T>(ask: Ask, schema: z.ZodType<T>, call: Call) => Promise<{ readonly value: T }>;

/** The chat over the desk's commands. */
export function createWebhookChat(ask: AskDesk): DeskChat {
  return {
    async send(ref, { first, messages, gapMs = 0 }, call): Promise<SendReceipt> {
      for (const [index, message] of messages.entries()) {
        if (index > 0 && gapMs > 0) await sleep(gapMs, undefined, { signal: call.signal });
        try {
          const { value } = await ask(messageCommand(ref, first + index, message), chatAnswer, call);
          if (value.status === 'refused') return { taken: index, refused: value.reason };
          if (value.status === 'gone') return { taken: index, gone: true };
        } catch (error) {
          if (index === 0) throw error;
          return { taken: index };
        }
      }
      return { taken: messages.length };
    },
    async close(ref, call) {
      await ask(
        { type: 'chat.closed', id: webhookId('chat.closed', ref.transferId), data: named(ref) },
        closeAnswer,
        call,
      );
    },
    async typing(ref, writes, call) {
      const id = webhookId('chat.typing', ref.transferId, crypto.randomUUID());
      await ask({ type: 'chat.typing', id, data: { ...named(ref), writes } }, typingAnswer, call);
    },
  };
}

/** The number makes a repeat the same message, also where the user's id of it is not unique. */
function messageCommand(ref: TransferRef, number: number, { id, text, attachment }: ChatMessage): Ask {
  return {
    type: 'chat.message',
    id: webhookId('chat.message', ref.transferId, String(number)),
    data: { ...named(ref), messageId: id, number, text, attachment },
  };
}

function named({ conversationId, transferId }: TransferRef): Record<string, string> {
  return { conversationId, transferId };
}
