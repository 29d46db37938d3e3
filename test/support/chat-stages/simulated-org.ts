// What Salesforce's chats have in common as stages: a simulated org behind a link that can be cut, whose agent writes
// and ends by the id of the chat.
import type { BreakableLink } from '../breakable-link';
import { FAULTS, type ChatStage } from './stage';

/** What seals the tokens in a chat's state. */
export const SEALING_KEYS = `k1:${Buffer.alloc(32, 7).toString('base64')}`;

/** The parts of one org. */
export interface SimulatedOrg<On extends string> {
  readonly simulator: { close(): Promise<unknown> };
  readonly link: BreakableLink;
  readonly control: {
    write(chatId: string, text: string): Promise<unknown>;
    end(chatId: string): Promise<unknown>;
    fault(order: { readonly kind: (typeof FAULTS)[keyof typeof FAULTS]; readonly on: On }): Promise<void>;
    clearFaults(): Promise<void>;
    close(): Promise<unknown>;
  };
  /** Kind of the request that brings a message of the user. */
  readonly message: On;
  /** The chat of a conversation, once it is there. */
  chatOf(conversationId: string): Promise<string>;
}

/** The members of a stage that are the same for every org. */
export function playOrg<On extends string>({
  simulator,
  link,
  control,
  message,
  chatOf,
}: SimulatedOrg<On>): Pick<ChatStage, 'open' | 'agentWrites' | 'agentEnds' | 'disturb' | 'calm' | 'close'> {
  return {
    open: () => Promise.resolve(),
    async agentWrites(conversationId, text) {
      await control.write(await chatOf(conversationId), text);
    },
    async agentEnds(conversationId) {
      await control.end(await chatOf(conversationId));
    },
    async disturb(how) {
      if (how === 'cut') link.cut();
      else await control.fault({ kind: FAULTS[how], on: message });
    },
    calm: () => control.clearFaults(),
    async close() {
      await control.close();
      await simulator.close();
      await link.close();
    },
  };
}
