// What a demo story is: it makes something happen in the running system and follows it to its end.
import type { GatewayClient } from './gateway-client';
import type { Narrator } from './narrator';
import type { Restartable } from './restartable';

/** What a story has at hand. */
export interface Stage {
  readonly gateway: GatewayClient;
  /** Base URLs of the simulated platforms. */
  readonly simulators: {
    readonly liveperson: string;
    readonly bot: string;
    readonly messaging: string;
    readonly certainly: string;
    readonly kore: string;
    readonly liveAgent: string;
    readonly einsteinBots: string;
    readonly omni: string;
  };
  /** Starts `baton act …` as a process of its own, which prints into `logFile`. */
  act(name: string, args: readonly string[]): { readonly logFile: string };
  /** To be killed and started again in the middle of a story. */
  readonly worker: Pick<Restartable, 'kill' | 'start'>;
  readonly narrator: Narrator;
  /** Stop early when it aborts. */
  readonly stop: AbortSignal;
}

/** How a story ended. */
export interface Ending {
  readonly asExpected: boolean;
  /** Why not, or what was reached. */
  readonly summary: string;
  readonly workflowId: string;
  /** More workflows to look at, by a word or two. */
  readonly further?: Readonly<Record<string, string>>;
  /** A shell line that makes something similar happen again. */
  readonly tryIt: readonly string[];
}

/** A story by name, for `--demo NAME`. */
export interface Story {
  readonly name: string;
  readonly title: string;
  play(stage: Stage): Promise<Ending>;
}
