// The consumer's words, whether they come by the control API or by the Connector API.
import { publish } from './conversation-state';
import type { Simulation } from './simulation';
import type { Account, Conversation } from './world';

/** Publishes a text of the consumer in the main dialog; answers its sequence. */
export function consumerSays(
  { notifier }: Simulation,
  account: Account,
  conversation: Conversation,
  text: string,
): number {
  const message = publish(conversation, {
    dialogId: conversation.id,
    role: 'CONSUMER',
    audience: 'ALL',
    event: { type: 'ContentEvent', contentType: 'text/plain', message: text },
    metadata: [],
  });
  notifier.published(account, conversation, message);
  return message.sequence;
}
