// Everything of one connector that its calls share.
import type { PlatformLog } from '../platform';
import type { Directory } from './directory';
import type { Flows } from './flows';
import type { OmniConnector } from './options';
import type { Presence } from './presence';
import type { Rest } from './rest';

/** See the file's comment. */
export interface Runtime {
  readonly tenant: string;
  readonly connector: OmniConnector;
  readonly rest: Rest;
  readonly directory: Directory;
  readonly flows: Flows;
  readonly presence: Presence;
  readonly log: PlatformLog;
}
