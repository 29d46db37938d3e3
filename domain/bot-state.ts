// What a bot side needs in order to speak in a conversation, where the bot's platform gives it with each request.

/**
 * Made by the platform, kept by the conversation's workflow, opaque to it: the greater generation counts. Plain JSON of
 * at most 16 KB without message text; secrets in it are sealed.
 */
export interface BotState {
  readonly generation: number;
  readonly [member: string]: unknown;
}
