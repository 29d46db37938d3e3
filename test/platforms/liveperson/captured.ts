// Notifications as LivePerson's raw socket sends them (shapes from the wire notes), for tests of the pure parts.
import type { ConversationChange } from '../../../platforms/liveperson/wire';
import { conversationChangesSchema } from '../../../platforms/liveperson/wire';

/** The connector's own user in these tests. */
export const OWN = { oldId: '2344566.901083232', pid: 'b0f5b2a4-0c5c-4a55-9b1e-1a5c1f0a0001' };
/** A human. */
export const HUMAN = '2344566.880365851';

/** What a test says about a conversation. */
export interface Told {
  readonly type?: 'UPSERT' | 'DELETE';
  readonly ts?: number;
  readonly skillId?: string;
  readonly agents?: readonly { readonly id: string; readonly state?: string }[];
  readonly state?: string;
  readonly closedBy?: string;
  readonly withoutPids?: boolean;
  readonly withoutDetails?: boolean;
  readonly withoutStates?: boolean;
}

/** One change of a notification, through the schema that reads it. */
export function aChange(told: Told = {}): ConversationChange {
  const { type = 'UPSERT', withoutDetails = false } = told;
  const result = {
    convId: 'C',
    effectiveTTR: -1,
    numberOfunreadMessages: { c: 1 },
    ...(withoutDetails ? {} : { conversationDetails: details(told) }),
  };
  const [change] = conversationChangesSchema.parse({
    subscriptionId: 'S',
    changes: [{ type, result }],
  }).changes;
  if (!change) throw new Error('the change does not fit the schema');
  return change;
}

function details(told: Told): Record<string, unknown> {
  const { ts = 10, skillId = '1', agents = [{ id: OWN.oldId, state: 'ACTIVE' }], state = 'OPEN' } = told;
  const ids = agents.map(({ id }) => id);
  return {
    convId: 'C',
    skillId,
    brandId: '2344566',
    participants: { CONSUMER: ['c'], ASSIGNED_AGENT: ids, MANAGER: [], READER: [] },
    ...(told.withoutPids ? {} : { participantsPId: { CONSUMER: ['c'] } }),
    dialogs: [
      {
        dialogId: 'D',
        dialogType: 'MAIN',
        channelType: 'MESSAGING',
        state,
        metaDataLastUpdateTs: ts,
        ...(told.closedBy === undefined ? {} : { endTs: ts, closedBy: told.closedBy, closedCause: 'x' }),
        ...(told.withoutStates
          ? {}
          : { participantsDetails: agents.map((agent) => ({ ...agent, role: 'ASSIGNED_AGENT' })) }),
      },
    ],
    state,
    stage: state,
    metaDataLastUpdateTs: ts,
    ttr: { ttrType: 'NORMAL', value: 1200 },
  };
}
