// The LivePerson desk against its simulator, by the suite that every desk passes.
import type { Target } from '../../../domain/target';
import { createLivePerson } from '../../../platforms/liveperson';
import type { LivePersonControl } from '../../../platforms/liveperson/simulator';
import { describeDeskConformance } from '../desk-conformance';
import type { DeskFault, DeskStage, PreferredAgent, SkillBehaviour } from '../desk-conformance';
import { ACCOUNT, openStage } from './stage';

const { desk } = createLivePerson();
if (!desk) throw new Error('LivePerson has a desk');

describeDeskConformance({
  name: 'LivePerson',
  platform: desk,
  tells: { exists: true, available: true, agent: true },
  declines: ['invalid_target'],
  open,
});

const TRANSFER = '.ams.cm.UpdateConversationField';

async function open(): Promise<DeskStage> {
  const stage = await openStage();
  const { control } = stage;
  let counter = 600;
  const newId = (): string => String((counter += 1));

  async function newAgent(skillId: string, more: Parameters<LivePersonControl['setUser']>[0] | object = {}) {
    const userId = newId();
    await control.setUser({ userId, loginName: `agent-${userId}`, skillIds: [skillId], ...more });
    return userId;
  }

  async function skill(behaviour: SkillBehaviour): Promise<Target> {
    const id = newId();
    await control.setSkill({ id, name: behaviour });
    if (behaviour === 'silent') await newAgent(id);
    if (behaviour === 'accepting') await newAgent(id, { behaviour: { kind: 'accept', afterMs: 0 } });
    if (behaviour === 'offline') await newAgent(id, { availability: 'OFFLINE' });
    return { kind: 'skill', id };
  }

  return {
    openDesk: ({ badCredential } = {}) =>
      stage.openDesk(badCredential ? { credentials: { username: 'bot', password: 'wrong' } } : {}),
    newConversation: stage.newConversation,
    skill,
    unknownSkill: () => ({ kind: 'skill', id: '99999' }),
    async skillWithAgent(standing: PreferredAgent) {
      const target = await skill('silent');
      const agentId =
        standing === 'unassigned'
          ? await newAgent((await skill('offline')).id)
          : await newAgent(target.id, standing === 'offline' ? { availability: 'AWAY' } : {});
      return { target: { ...target, agentId }, reportedAs: `${ACCOUNT}.${agentId}` };
    },
    decliningTarget: () => Promise.resolve({ kind: 'skill', id: '99999' }),
    async agentAccepts({ conversationId }) {
      const { ringing } = await control.conversation({ conversationId });
      const [user] = ringing;
      if (user === undefined) return undefined;
      const { joined } = await control.agentJoins({ conversationId, user });
      return joined ? `${ACCOUNT}.${user}` : undefined;
    },
    async userLeaves(conversationId) {
      await control.consumerCloses({ conversationId });
    },
    fault: (fault) => strike(control, fault),
    async transferCount(conversationId) {
      const { transfers } = await control.conversation({ conversationId });
      return transfers.filter(({ kind }) => kind === 'skill' || kind === 'agent').length;
    },
    async joined(conversationId) {
      const { participants } = await control.conversation({ conversationId });
      return participants
        .filter(
          ({ kind, role, state }) => kind === 'human' && role === 'ASSIGNED_AGENT' && state === 'ACTIVE',
        )
        .map(({ userId }) => `${ACCOUNT}.${userId}`);
    },
    async transcript(conversationId) {
      const { transcript } = await control.conversation({ conversationId });
      return transcript.map(({ text }) => text);
    },
    connections: async () => (await control.sockets()).sockets.length,
    close: stage.close,
  };
}

async function strike(control: LivePersonControl, fault: DeskFault): Promise<void> {
  switch (fault.kind) {
    case 'rateLimited': {
      const retryAfterSeconds = fault.retryAfterMs / 1000;
      const action = { kind: 'status', status: 429, retryAfterSeconds } as const;
      await control.addFault({ channel: 'http', match: 'login', times: 1, action });
      return;
    }
    case 'serverError':
      await control.addFault({
        channel: 'ws',
        match: TRANSFER,
        times: 1,
        action: { kind: 'status', status: 503 },
      });
      return;
    case 'hang':
      await control.addFault({ channel: 'ws', match: TRANSFER, times: 1, action: { kind: 'hang' } });
      return;
    case 'lostAnswer':
      await control.addFault({ channel: 'ws', match: TRANSFER, times: 1, action: { kind: 'dropAfter' } });
  }
}
