// Business hours as the workflow sees them: instants computed when the plan was made, compared with its own clock.
// Time zones are not evaluated here, because their tables differ between the Node versions that replay a history.
import type { OpenWindow } from './plan';

/** Whether an instant (epoch milliseconds) is inside one of the windows. */
export function isOpenAt(windows: readonly OpenWindow[], at: number): boolean {
  return windows.some(([from, to]) => from <= at && at < to);
}
