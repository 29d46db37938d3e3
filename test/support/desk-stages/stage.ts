// One desk as the matrix of bots and desks plays it: its part of the configuration, its people, and what they see. The
// conversations run on a system of real processes (../system.ts).
import type { TargetKind } from '../../../domain/target';
import type { Line } from '../chat-stages/stage';

/** Somewhere to hand off to. */
export interface Place {
  readonly kind: TargetKind;
  readonly id: string;
  /** Nobody is known to come: that it is there is all that the desk tells. */
  readonly queuedOnly?: true;
}

/** A user whose conversation is the desk's own. */
export interface UserOfDesk {
  /** A conversation that the bot has; gives its id. */
  begin(): Promise<string>;
  writes(conversationId: string, text: string): Promise<void>;
  leaves(conversationId: string): Promise<void>;
  /** The whole screen but for the user's own lines. */
  screen(conversationId: string): Promise<readonly string[]>;
}

/** See the file's comment. */
export interface DeskStage {
  /** As in platforms/index.ts. */
  readonly platform: string;
  /** Name of its connector. */
  readonly connector: string;
  /** Who carries the messages once a human has joined. */
  readonly carriedBy: 'baton' | 'platform' | 'nobody';
  /** Whoever takes it is there with the answer to the request: nobody ever waits. */
  readonly isThereAtOnce?: true;
  /** The agent's name, where Baton gets to know it. */
  readonly agentName?: string;
  /** It takes over what it has already: conversations whose users are there. Absent: any. */
  readonly user?: UserOfDesk;
  /** Its connector, without timeouts; absent if the system has it. */
  configuration(): { readonly connector?: object; readonly secrets?: Readonly<Record<string, string>> };
  /** Where somebody waits to be told; a place for each kind of target, the first for most of the plays. */
  readonly places: readonly [Place, ...Place[]];
  /** Where nobody is. */
  readonly nobody: Place;
  /** The gateway is there: desks that call it get to know. */
  open(gatewayUrl: string): Promise<void>;
  /** Waits for the conversation's transfer; then an agent takes it. */
  agentJoins(conversationId: string): Promise<void>;
  /** Resolves when the desk has it. Not where nobody carries messages. */
  agentWrites(conversationId: string, text: string): Promise<void>;
  agentEnds(conversationId: string): Promise<void>;
  /** What the agent's console shows of the talk with the user. */
  console(conversationId: string): Promise<readonly Line[]>;
  /** Whether it has nothing of it that waits or is open. */
  hasLetGo(conversationId: string): Promise<boolean>;
  close(): Promise<void>;
}
