// The routes of a conversation that somebody else than the bot may have: who speaks, and what is said.
import { acceptedSchema, ownershipSchema, postedSchema } from '../answers';
import { conversationPath, returnBody, sayBody, typingBody, userMessageBody } from '../questions';
import { defineRoutes } from '../route';

/** Rows of the table. */
export const CONVERSATION_ROUTES = defineRoutes({
  getOwner: {
    operationId: 'getOwner',
    method: 'GET',
    url: '/v1/conversations/{conversationId}/owner',
    tag: 'Conversations',
    summary: 'Who may speak to the user now',
    description: 'A conversation that Baton has never seen is owned by its bot under epoch 0.',
    caller: 'tenant',
    path: conversationPath,
    answers: { 200: { description: 'The owner.', schema: ownershipSchema } },
    problems: ['ESC_NO_WORKER'],
  },
  postMessage: {
    operationId: 'postMessage',
    method: 'POST',
    url: '/v1/conversations/{conversationId}/messages',
    tag: 'Conversations',
    summary: 'The bot says something to the user, if it still owns the conversation',
    description:
      'Checked at the time of posting: no handoff begins between the check and the post. Refused with the current owner otherwise.',
    caller: 'tenant',
    path: conversationPath,
    body: sayBody,
    answers: { 200: { description: 'The user has it.', schema: postedSchema } },
    problems: [
      'ESC_NOT_OWNER',
      'ESC_WORKFLOW_BUSY',
      'ESC_CONVERSATION_GONE',
      'ESC_MESSAGE_NOT_POSTED',
      'ESC_CONFIG_UNKNOWN_NAME',
      'ESC_NO_WORKER',
    ],
  },
  postUserMessage: {
    operationId: 'postUserMessage',
    method: 'POST',
    url: '/v1/conversations/{conversationId}/user-messages',
    tag: 'Conversations',
    summary: 'The user wrote something while a human is on the way, or there',
    description:
      'Kept until a human is there, then carried in order, each message once. For bots whose platform does not carry it itself.',
    caller: 'tenant',
    path: conversationPath,
    body: userMessageBody,
    answers: { 202: { description: 'Temporal has it.', schema: acceptedSchema } },
    problems: ['ESC_NO_HANDOFF', 'ESC_NO_WORKER'],
  },
  postTyping: {
    operationId: 'postTyping',
    method: 'POST',
    url: '/v1/conversations/{conversationId}/typing',
    tag: 'Conversations',
    summary: 'The user has begun, or stopped, to write',
    description:
      'Shown to the agent where the desk shows such a thing. Tried once, kept nowhere, and never refused: an indicator is not worth an error.',
    caller: 'tenant',
    path: conversationPath,
    body: typingBody,
    answers: { 202: { description: 'Passed on, if there is anybody to see it.', schema: acceptedSchema } },
  },
  returnConversation: {
    operationId: 'returnConversation',
    method: 'POST',
    url: '/v1/conversations/{conversationId}/return',
    tag: 'Conversations',
    summary: 'The agent is done and the platform gave the conversation back to the bot',
    description: 'For platforms that carry the conversation themselves, so that Baton does not see its end.',
    caller: 'tenant',
    path: conversationPath,
    body: returnBody,
    answers: { 200: { description: 'The bot owns it.', schema: ownershipSchema } },
    problems: ['ESC_NOT_OWNER', 'ESC_WORKFLOW_BUSY', 'ESC_NO_WORKER'],
  },
});
