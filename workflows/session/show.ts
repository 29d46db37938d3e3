// What operators see of a conversation with a bot: the details in the Temporal UI, and its phase as a search attribute.
import { setCurrentDetails } from '@temporalio/workflow';
import { renderSession } from '../../domain/bot-session-details';
import { tellSession, type BotSessionState } from '../../domain/bot-session-state';
import { publish } from '../inspect';

/** Adds a line to the story and shows it. */
export function narrate(state: BotSessionState, event: string, detail?: string): void {
  tellSession(state, Date.now(), event, detail);
  setCurrentDetails(renderSession(state));
}

/** Shows where the conversation stands. Costs a history event where the phase has changed. */
export function show(state: BotSessionState): void {
  const { tenant, conversationId, phase } = state;
  publish({ BatonTenant: tenant, BatonConversationId: conversationId, BatonPhase: phase });
  setCurrentDetails(renderSession(state));
}
