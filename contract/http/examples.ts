// Examples of bodies in the OpenAPI document, by operation: one conversation from its first request to an agent. A test
// reads each with the schema that it is an example of.

/** Examples of one route. */
export interface RouteExamples {
  readonly request?: unknown;
  /** By status. */
  readonly answers?: Readonly<Record<number, unknown>>;
}

const CONVERSATION = '1a8d0345-8835';
const URL = `/v1/escalations/${CONVERSATION}`;
const WORKFLOW = `escalation/acme/${CONVERSATION}`;
const TAKEN = {
  conversationId: CONVERSATION,
  requestId: 'r-1',
  taken: 'started',
  workflowId: WORKFLOW,
  url: URL,
};
const CONNECTED = { kind: 'connected', rung: 1, agentId: '12345678.2101' };

/** By operation id. */
export const OPENAPI_EXAMPLES: Readonly<Record<string, RouteExamples>> = {
  startEscalation: {
    request: {
      conversationId: CONVERSATION,
      requestId: 'r-1',
      integration: 'to-human',
      variables: { skillId: '4711', firstName: 'Ada' },
      lastMessages: [{ id: 'm-7', text: 'I will get someone for you.' }],
      precedingMessages: 3,
      intent: 'broken_parcel',
      userMessage: 'I want a human.',
      reason: 'user_request',
    },
    answers: { 202: TAKEN, 200: { ...TAKEN, result: { attempt: 1, outcome: CONNECTED } } },
  },
  listEscalations: {
    answers: {
      200: {
        escalations: [
          {
            conversationId: CONVERSATION,
            status: 'open',
            phase: 'transferring',
            platform: 'liveperson',
            skill: '4711',
            attempt: 1,
            startedAt: '2026-11-21T09:30:00.000Z',
            url: URL,
          },
        ],
      },
    },
  },
  getEscalation: {
    answers: {
      200: {
        conversationId: CONVERSATION,
        status: 'open',
        phase: 'queued',
        owner: 'baton',
        epoch: 1,
        attempt: 1,
        requestId: 'r-1',
        integration: 'to-human',
        rung: 0,
        rungs: 2,
        target: { kind: 'skill', id: '4711' },
        waiting: { for: 'agent', until: '2026-11-21T09:33:02.000Z' },
        attempts: [],
        url: URL,
      },
    },
  },
  cancelEscalation: { answers: { 202: { accepted: 'cancel' } } },
  userLeft: { answers: { 202: { accepted: 'user-left' } } },
  redeliverNotice: { answers: { 202: { accepted: 'redeliver' } } },
  getOwner: { answers: { 200: { conversationId: CONVERSATION, owner: 'bot', epoch: 2 } } },
  postMessage: {
    request: { epoch: 2, id: 'm-8', text: 'Is there anything else?' },
    answers: { 200: { conversationId: CONVERSATION, messageId: 'm-8', posted: true, epoch: 2 } },
  },
  postUserMessage: {
    request: { id: 'u-12', text: 'The box was open when it came.' },
    answers: { 202: { accepted: 'user-message' } },
  },
  postTyping: { request: { writes: true }, answers: { 202: { accepted: 'typing' } } },
  returnConversation: {
    request: { epoch: 3 },
    answers: { 200: { conversationId: CONVERSATION, owner: 'bot', epoch: 4 } },
  },
  takeWebhook: { answers: { 202: { accepted: 1 } } },
  takeWebhookOfTenant: { answers: { 202: { accepted: 1 } } },
  health: { answers: { 200: { status: 'ok' } } },
  readiness: {
    answers: { 200: { temporal: true, workers: true }, 503: { temporal: false, workers: false } },
  },
};
