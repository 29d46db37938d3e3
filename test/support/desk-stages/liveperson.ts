// LivePerson's desk: it takes over conversations that its bot has, and carries them itself.
import type { System } from '../system';
import { ACCOUNT } from '../system-configuration';
import { until } from '../until';
import type { DeskStage } from './stage';

const SKILL = '4801';
const NOBODY = '4802';
const ANN = '2801';
const AWAY = '2802';

/** On the simulator that the system has, with skills of its own. */
export async function createLivePersonDesk({ liveperson: { control } }: System): Promise<DeskStage> {
  await control.setSkill({ id: SKILL, name: 'Matrix' });
  await control.setSkill({ id: NOBODY, name: 'Nobody' });
  await control.setUser({ userId: ANN, loginName: 'ann', skillIds: [SKILL], maxAsyncChats: 1_000 });
  await control.setUser({ userId: AWAY, loginName: 'away', skillIds: [NOBODY], availability: 'OFFLINE' });
  return {
    platform: 'liveperson',
    connector: 'lp',
    carriedBy: 'platform',
    user: {
      begin: async () =>
        (await control.createConversation({ account: ACCOUNT, assignedTo: 'baton-bot' })).conversationId,
      async writes(conversationId, text) {
        await control.consumerMessage({ conversationId, text });
      },
      async leaves(conversationId) {
        await control.consumerCloses({ conversationId });
      },
      async screen(conversationId) {
        const { transcript } = await control.conversation({ conversationId });
        return transcript.filter(({ from }) => from !== 'consumer').map(({ text }) => text);
      },
    },
    configuration: () => ({}),
    places: [
      { kind: 'skill', id: SKILL },
      { kind: 'agent', id: ANN },
    ],
    nobody: { kind: 'skill', id: NOBODY },
    open: () => Promise.resolve(),
    async agentJoins(conversationId) {
      await until(`ann to be asked for ${conversationId}`, async () => {
        const { ringing } = await control.conversation({ conversationId });
        return ringing.includes(ANN) && (await control.agentJoins({ conversationId, user: ANN })).joined;
      });
    },
    async agentWrites(conversationId, text) {
      await control.agentMessage({ conversationId, user: ANN, text });
    },
    async agentEnds(conversationId) {
      await control.agentCloses({ conversationId, user: ANN });
    },
    async console(conversationId) {
      const { transcript } = await control.conversation({ conversationId });
      return transcript.flatMap(({ from, text }) =>
        from === 'bot' ? [] : [{ from: from === 'human' ? ('agent' as const) : ('user' as const), text }],
      );
    },
    async hasLetGo(conversationId) {
      const { state, assignedTo } = await control.conversation({ conversationId });
      return state !== 'OPEN' || assignedTo?.kind === 'bot';
    },
    close: () => Promise.resolve(),
  };
}
