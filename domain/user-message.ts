// What the user wrote, as it reaches the workflow that has the conversation: it alone knows whose it is.
import type { BotState } from './bot-state';
import type { ChatMessage } from './chat';
import type { PassOn } from './passage';

/** Signal `userMessage`. */
export interface UserMessage extends ChatMessage {
  /** What the bot's platform gave with it. */
  readonly botState?: BotState;
  /** Passed on if the message is the bot's: nothing else is done with it then. Absent: then it is not carried. */
  readonly otherwise?: PassOn;
  /** Passed on besides if it is not: the platform has forgotten that the conversation is handed off. */
  readonly ifTaken?: PassOn;
}
