// The routes of a conversation with a bot that Baton speaks to.
import { acceptedSchema, botSessionSchema, handedOverSchema } from '../answers';
import { conversationPath, einsteinTriggerBody, sessionMessageBody } from '../questions';
import { defineRoutes } from '../route';

const OF_THE_SESSION = ['getSession', 'endSession', 'getEscalation'];

/** Rows of the table. */
export const SESSION_ROUTES = defineRoutes({
  triggerEinsteinBots: {
    operationId: 'triggerEinsteinBots',
    method: 'POST',
    url: '/v1/triggers/einstein-bots',
    tag: 'Sessions',
    summary: 'Hand over the answer of an Einstein bot that escalates, and the session with it',
    description:
      "For clients that speak to the bot themselves. Baton does what the bot's `escalate` message asks for, tells the bot how it went and ends the session. The same answer again is the same.",
    caller: 'tenant',
    body: einsteinTriggerBody,
    answers: {
      202: { description: 'Temporal has it.', schema: handedOverSchema, links: OF_THE_SESSION },
    },
    problems: ['ESC_BOT_WITHOUT_SESSIONS', 'ESC_CONFIG_UNKNOWN_NAME'],
  },
  sendSessionMessage: {
    operationId: 'sendSessionMessage',
    method: 'POST',
    url: '/v1/sessions/{conversationId}/messages',
    tag: 'Sessions',
    summary: 'The user writes to a bot that Baton speaks to, or chooses',
    description:
      "The first message begins a session with the bot; one without text or choice lets the bot begin to speak. What the bot says is posted to the user as the bot's configuration has it. While somebody else has the user, the message goes there.",
    caller: 'tenant',
    path: conversationPath,
    body: sessionMessageBody,
    answers: { 202: { description: 'Temporal has it.', schema: acceptedSchema } },
    unknown: 'ESC_BOT_SESSION_NOT_FOUND',
    problems: ['ESC_BOT_WITHOUT_SESSIONS', 'ESC_CONFIG_UNKNOWN_NAME'],
  },
  getSession: {
    operationId: 'getSession',
    method: 'GET',
    url: '/v1/sessions/{conversationId}',
    tag: 'Sessions',
    summary: 'Where the conversation with the bot stands',
    caller: 'tenant',
    path: conversationPath,
    answers: { 200: { description: 'The session.', schema: botSessionSchema } },
    unknown: 'ESC_BOT_SESSION_NOT_FOUND',
    problems: ['ESC_NO_WORKER'],
  },
  endSession: {
    operationId: 'endSession',
    method: 'POST',
    url: '/v1/sessions/{conversationId}/end',
    tag: 'Sessions',
    summary: 'The user has left',
    description: 'Ends the session with the bot, and whatever the bot has asked for.',
    caller: 'tenant',
    path: conversationPath,
    answers: { 202: { description: 'Signalled.', schema: acceptedSchema } },
    unknown: 'ESC_BOT_SESSION_NOT_FOUND',
  },
});
