// Einstein bots as a desk: the one who takes the conversation is a bot, which is there at once and speaks when spoken to.
import { sessionKey } from '../../../platforms/einstein-bots/desk';
import type { Explanation } from '../../../domain/explain';
import { EINSTEIN_BOTS, type EinsteinOrg } from '../einstein-org';
import type { System } from '../system';
import { TENANT } from '../system-configuration';
import type { DeskStage } from './stage';

/** On the org, which the bot of the same platform has too. */
export function createEinsteinDesk(system: System, org: EinsteinOrg): Promise<DeskStage> {
  const { control, connector, configuration } = org;

  /** Known by the keys of the transfers, which do not change: a later run knows nothing of them. */
  const keys = new Map<string, readonly string[]>();

  async function keysOf(conversationId: string): Promise<readonly string[]> {
    const known = keys.get(conversationId);
    if (known) return known;
    const path = `/v1/escalations/${encodeURIComponent(conversationId)}/explain`;
    const { status, json } = await system.gateway.call('GET', path);
    const { transfers } = status === 200 ? (json as Partial<Explanation>) : {};
    const found = (transfers ?? []).map(({ transferId }) => sessionKey(TENANT, { transferId }));
    if (found.length > 0) keys.set(conversationId, found);
    return found;
  }

  /** The sessions that were begun for a conversation. */
  async function sessionsOf(conversationId: string) {
    const own = await keysOf(conversationId);
    const { sessions } = await control.state();
    return sessions.filter(({ externalSessionKey }) => own.includes(externalSessionKey));
  }

  return Promise.resolve({
    platform: 'einstein-bots',
    connector,
    carriedBy: 'baton',
    isThereAtOnce: true,
    configuration: () => configuration,
    places: [{ kind: 'bot', id: EINSTEIN_BOTS.receiver }],
    nobody: { kind: 'bot', id: EINSTEIN_BOTS.inactive },
    open: () => Promise.resolve(),
    agentJoins: () => Promise.resolve(),
    // It has answered the user, and ends with its last answer.
    agentWrites: () => Promise.resolve(),
    agentEnds: () => Promise.resolve(),
    async console(conversationId) {
      const [session] = await sessionsOf(conversationId);
      return (session?.said ?? []).flatMap(({ from, text }) =>
        from === 'client' || text === '[sessionEnded]'
          ? []
          : [{ from: from === 'bot' ? 'agent' : 'user', text }],
      );
    },
    hasLetGo: async (conversationId) =>
      (await sessionsOf(conversationId)).every(({ ended }) => ended !== null),
    close: () => Promise.resolve(),
  });
}
