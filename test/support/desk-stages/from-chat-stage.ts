// A desk whose chats Baton carries, in the matrix: its stage is that of the other tests of chats.
import type { ChatStage } from '../chat-stages/stage';
import type { DeskStage } from './stage';

/** How a message begins with which the agent is told what was said before. */
const CONTEXT = 'Before you joined:';

/** See the file's comment. All of them have an agent who is called Ann. */
export async function deskStageOf(opening: Promise<ChatStage>): Promise<DeskStage> {
  const stage = await opening;
  const { connector, integration, secrets } = stage.configuration();
  const { agentSkillId } = integration as { readonly agentSkillId: string };
  const joined = new Set<string>();
  return {
    ...stage,
    async agentJoins(conversationId) {
      await stage.agentJoins(conversationId);
      joined.add(conversationId);
    },
    // Without an agent there is no console. What came before the talk is none of it.
    console: async (conversationId) =>
      joined.has(conversationId)
        ? (await stage.console(conversationId)).filter(({ text }) => !text.startsWith(CONTEXT))
        : [],
    carriedBy: 'baton',
    agentName: 'Ann',
    configuration: () => ({ connector, ...(secrets && { secrets }) }),
    places: [{ kind: 'skill', id: agentSkillId }],
    nobody: { kind: 'skill', id: stage.nobody },
  };
}
