// What becomes of the platform's answer for the bot.
import type { Variable } from './request';

/** What the Transform Result Script and the custom data fields made of the platform's answer. */
export interface ResultData {
  readonly data?: Readonly<Record<string, Variable>>;
  readonly error?: string;
}
