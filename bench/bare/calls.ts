// What the bare workflow asks of the world, and with what. Nothing here is more than the calls themselves need.

/** Where the bare workflow's tasks wait. */
export const BARE_TASK_QUEUE = 'bare';

/** Input of the bare workflow. */
export interface BareInput {
  readonly conversationId: string;
  /** The same request that Baton gets: it is in the history once. */
  readonly request: unknown;
  readonly text: string;
  /** Skills to ask in order. */
  readonly skills: readonly string[];
  readonly delayMs: number;
  /** How long the first skill may take; the last has three minutes. */
  readonly responseMs: number;
  /** The transfer carries the message, so that it is not posted by itself. */
  readonly carriesMessage: boolean;
}

/** The calls, each one HTTP POST. */
export interface BareActivities {
  postMessage(input: { conversationId: string; text: string }): Promise<void>;
  requestTransfer(input: { conversationId: string; skill: string; text?: string }): Promise<string>;
  withdrawTransfer(input: { conversationId: string; skill: string }): Promise<string>;
  postNotice(input: { conversationId: string; outcome: string; agentId?: string }): Promise<void>;
}
