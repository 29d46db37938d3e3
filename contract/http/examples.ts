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
  triggerEinsteinBots: {
    request: {
      conversationId: CONVERSATION,
      bot: 'shop-bot',
      sessionId: '57904eb6-5352-4c5e-adf6-5f100572cf5d',
      response: {
        sessionId: '57904eb6-5352-4c5e-adf6-5f100572cf5d',
        botVersion: '0X9RM0000004CD00AM',
        messages: [
          {
            id: '3c4f1b2e-5f3c-4b6f-9f0c-1d4e3c2b1a00',
            type: 'escalate',
            targets: [{ type: 'Salesforce:Core:Bot:Id', value: '0XxRM0000004ZK60AM' }],
            schedule: { responseDelayMilliseconds: 1200 },
          },
        ],
        processedSequenceIds: [4],
      },
      lastSequenceId: 4,
      reason: 'user_request',
    },
    answers: {
      202: { conversationId: CONVERSATION, url: URL, sessionUrl: `/v1/sessions/${CONVERSATION}` },
    },
  },
  sendSessionMessage: {
    request: {
      bot: 'shop-bot',
      id: 'u-1',
      text: 'Where is my order?',
      variables: [{ name: 'OrderNumber', type: 'text', value: 'A-4711' }],
    },
    answers: { 202: { accepted: 'message' } },
  },
  getSession: {
    answers: {
      200: {
        conversationId: CONVERSATION,
        bot: 'shop-bot',
        phase: 'talking',
        connector: 'salesforce',
        botId: '0XxRM0000004ZK50AM',
        sequence: 3,
        hops: 0,
        waiting: 0,
        movedAt: '2026-11-21T09:30:00.000Z',
        story: [{ at: '2026-11-21T09:29:58.000Z', event: 'session begun' }],
        url: `/v1/sessions/${CONVERSATION}`,
        escalationUrl: URL,
      },
    },
  },
  endSession: { answers: { 202: { accepted: 'end' } } },
  takeWebhook: { answers: { 202: { accepted: 1 } } },
  takeWebhookOfTenant: { answers: { 202: { accepted: 1 } } },
  health: { answers: { 200: { status: 'ok' } } },
  readiness: {
    answers: { 200: { temporal: true, workers: true }, 503: { temporal: false, workers: false } },
  },
};
