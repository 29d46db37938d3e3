// The conversation at its bot, as activities take it.
import type { BotConversation } from '../../activities/types';
import type { EscalationState } from '../../domain/escalation-state';

/** For calls to a bot side. */
export function atBot({ tenant, conversationId, botState }: EscalationState, bot: string): BotConversation {
  return { tenant, bot, conversationId, ...(botState && { botState }) };
}
