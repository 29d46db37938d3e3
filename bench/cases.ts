// What is measured: Baton's two paths on its platforms, and beside each the bare workflow making the same calls.
import { randomUUID } from 'node:crypto';
import { request } from 'undici';
import { ESCALATION_WORKFLOW } from '../domain/task-queue';
import { escalationWorkflowId } from '../domain/ids';
import { BARE_TASK_QUEUE, type BareInput } from './bare/calls';
import { aRequest } from './request';
import { bareWorkflowId, type Stage } from './stage';
import { ANSWERING_SKILL, FALLBACK_SKILL, SILENT_SKILL } from './world';

/** One line of the result. */
export interface Case {
  readonly name: string;
  readonly title: string;
  readonly worker: 'product' | 'bare';
  readonly workflowType: string;
  /** Calls to the outside that every escalation makes: message, transfer, withdrawal, notice. */
  readonly calls: readonly string[];
  /** The case that this one is compared with. */
  readonly baseline?: string;
  /** Starts one escalation and resolves when its bot has heard. */
  run(stage: Stage): Promise<{ readonly workflowId: string }>;
}

/** As long as the integrations of baton.bench.yaml say. */
const DELAY_MS = 50;
const IMPATIENT_MS = 1_500;
const TEXT = 'Hold on Ada, while I connect you with an agent.';

const THREE_CALLS = ['message', 'transfer', 'notice'];
const TWO_CALLS = ['transfer with message', 'notice'];
const FIVE_CALLS = ['message', 'transfer', 'withdrawal', 'transfer', 'notice'];

/** All cases; a baseline comes before what is compared with it. */
export const CASES: readonly Case[] = [
  bare('bare-success', 'bare, success, 3 regular activities', THREE_CALLS, {
    skills: [ANSWERING_SKILL],
    carriesMessage: false,
  }),
  product('liveperson-success', 'Baton on LivePerson, success', THREE_CALLS, {
    integration: 'liveperson',
    skill: ANSWERING_SKILL,
    baseline: 'bare-success',
  }),
  bare('bare-success-2', 'bare, success, 2 regular activities', TWO_CALLS, {
    skills: [ANSWERING_SKILL],
    carriesMessage: true,
  }),
  product('webhook-success', 'Baton on the generic desk, success', TWO_CALLS, {
    integration: 'desk',
    skill: ANSWERING_SKILL,
    baseline: 'bare-success-2',
  }),
  bare('bare-fallback', 'bare, fallback, 5 regular activities', FIVE_CALLS, {
    skills: [SILENT_SKILL, FALLBACK_SKILL],
    carriesMessage: false,
  }),
  product('liveperson-fallback', 'Baton on LivePerson, fallback', FIVE_CALLS, {
    integration: 'liveperson-impatient',
    skill: SILENT_SKILL,
    baseline: 'bare-fallback',
  }),
];

function bare(
  name: string,
  title: string,
  calls: readonly string[],
  { skills, carriesMessage }: Pick<BareInput, 'skills' | 'carriesMessage'>,
): Case {
  return {
    name,
    title,
    calls,
    worker: 'bare',
    workflowType: 'bareEscalation',
    async run({ client, world }) {
      const conversationId = randomUUID();
      const workflowId = bareWorkflowId(conversationId);
      const heard = world.heard(conversationId);
      const input: BareInput = {
        conversationId,
        request: aRequest('bare', skills[0] ?? ''),
        text: TEXT,
        skills,
        delayMs: DELAY_MS,
        responseMs: IMPATIENT_MS,
        carriesMessage,
      };
      await client.workflow.start('bareEscalation', {
        workflowId,
        taskQueue: BARE_TASK_QUEUE,
        args: [input],
      });
      await heard;
      return { workflowId };
    },
  };
}

function product(
  name: string,
  title: string,
  calls: readonly string[],
  how: { readonly integration: string; readonly skill: string; readonly baseline: string },
): Case {
  return {
    name,
    title,
    calls,
    baseline: how.baseline,
    worker: 'product',
    workflowType: ESCALATION_WORKFLOW,
    async run(stage) {
      const { world, gatewayUrl, apiKey } = stage;
      const conversationId =
        how.integration === 'desk' ? randomUUID() : await openLivePersonConversation(stage);
      const heard = world.heard(conversationId);
      const { statusCode, body } = await request(`${gatewayUrl}/v1/escalations`, {
        method: 'POST',
        headers: { authorization: `Bearer ${apiKey}`, 'content-type': 'application/json' },
        body: JSON.stringify({ conversationId, ...aRequest(how.integration, how.skill) }),
      });
      const text = await body.text();
      if (statusCode !== 202) throw new Error(`the gateway answered ${statusCode}: ${text}`);
      await heard;
      return { workflowId: escalationWorkflowId('bench', conversationId) };
    },
  };
}

async function openLivePersonConversation({ world }: Stage): Promise<string> {
  const { conversationId } = await world.liveperson.createConversation({
    assignedTo: 'baton-bot',
    message: 'I want a human.',
  });
  return conversationId;
}
