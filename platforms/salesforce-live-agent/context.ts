// What the agent gets to know: details and records before accepting, and messages to read after it. Sized, since it
// travels in the chat's state until it is said.
import type { TemplateVariables } from '../../domain/template';
import { fillText } from '../../domain/template';
import { contextMessages } from '../context-messages';
import type { TransferRequest } from '../desk';
import { fillDetails } from './chat-request';
import type { LiveAgentState } from './chat-state';
import type { LiveAgentConnector } from './options';

/** Messages that tell the agent what was said before. */
export const CONTEXT_MESSAGES = 2;
/** Longest of them, in UTF-16 units. */
const CONTEXT_CHARS = 1_500;
/** A state has 8 KB; other members need one. */
const MAX_BYTES = 7_000;
const MAX_NAME_CHARS = 100;

/** What a chat begins with. */
export type Opening = Required<Pick<LiveAgentState, 'request' | 'context'>>;

/** Fills the connector's templates. Where all of it is too large, the transcript is shortened first. */
export function openingOf(connector: LiveAgentConnector, request: TransferRequest): Opening {
  const variables = variablesOf(request);
  const visitorName = fillText(connector.visitorName, variables).trim().slice(0, MAX_NAME_CHARS);
  const values = { ...fillDetails(connector.prechat, variables) };
  const opening = (context: readonly string[]): Opening => ({
    request: { visitorName: visitorName === '' ? 'Visitor' : visitorName, values },
    context: [...context],
  });
  for (let maxChars = CONTEXT_CHARS; maxChars >= 100; maxChars = Math.floor(maxChars / 2)) {
    const size = { messages: CONTEXT_MESSAGES, maxChars };
    const sized = opening(contextMessages(request.context, connector.contextHeading, size));
    if (bytesOf(sized) <= MAX_BYTES) return sized;
  }
  for (const label of Object.keys(values).reverse()) {
    if (bytesOf(opening([])) <= MAX_BYTES) break;
    delete values[label];
  }
  return opening([]);
}

/** The user's variables that the agent may see, and what Baton knows besides, under `baton.`. */
function variablesOf({ context, conversationId, transferId, target }: TransferRequest): TemplateVariables {
  const own: Record<string, string | undefined> = {
    'baton.conversationId': conversationId,
    'baton.transferId': transferId,
    'baton.intent': context?.intent,
    'baton.userMessage': context?.userMessage,
    'baton.summary': context?.summary,
    'baton.targetName': target.name,
  };
  const known = Object.entries(own).filter((entry): entry is [string, string] => entry[1] !== undefined);
  return { ...context?.variables, ...Object.fromEntries(known) };
}

function bytesOf(value: unknown): number {
  return Buffer.byteLength(JSON.stringify(value));
}
