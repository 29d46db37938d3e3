// The answer to whatever a session was asked: messages, numbers processed, links, and what was asked for besides.
import { randomUUID } from 'node:crypto';
import type { MessageOut, Turn } from './dialog';
import type { ResponseOptions } from './requests';
import { answered } from './variables';
import type { Variable } from './variables';

/** Where an answer stands. */
export interface Place {
  /** Base of the API, without a trailing slash. */
  readonly url: string;
  /** Such as 5.3.0. */
  readonly version: string;
  readonly sessionId: string;
  /** Path of the request, below the version. */
  readonly self: string;
}

/** What an answer tells. */
export interface Told extends Turn {
  readonly botVersion: string;
  readonly processedSequenceIds: readonly number[];
  readonly options: ResponseOptions;
  readonly before: readonly Variable[];
  readonly variables: readonly Variable[];
}

/** The answer to a message or an end; the one to a start has the session's id besides. */
export function envelope({ url, version, sessionId, self }: Place, told: Told): object {
  const { botVersion, processedSequenceIds, messages, intents, options, before, variables } = told;
  const base = `${url}/v${version}`;
  const session = `${base}/sessions/${sessionId}`;
  return {
    botVersion,
    processedSequenceIds,
    messages,
    variables: answered(options?.variables, before, variables),
    ...(options?.metrics === true && { metrics: {} }),
    ...(options?.intents === true && { intents }),
    ...(options?.entities === true && { entities: [] }),
    _links: {
      self: { href: `${base}${self}` },
      messages: { href: `${session}/messages` },
      session: { href: session },
    },
  };
}

/** The one message of the answer to `DELETE`. */
export function endedByClient(): MessageOut {
  return {
    type: 'sessionEnded',
    id: randomUUID(),
    reason: 'ClientRequest',
    schedule: { responseDelayMilliseconds: 0 },
  };
}
