// The ways of handing an escalation to Temporal that are compared: the bare client in this process, and the gateway
// over HTTP in a process of its own. No worker runs: accepting is all that is measured.
import { randomUUID } from 'node:crypto';
import type { Client } from '@temporalio/client';
import { Pool } from 'undici';
import { escalationWorkflowId } from '../../domain/ids';
import { ESCALATION_WORKFLOW, TASK_QUEUE } from '../../domain/task-queue';
import { API_KEY } from '../parts';
import { aRequest } from '../request';

/** One way. */
export interface Way {
  readonly name: string;
  readonly title: string;
  /** Hands over one escalation; resolves when it is durable. */
  accept(): Promise<void>;
  close(): Promise<void>;
}

/** Connections of the load generator to the gateway. */
const CONNECTIONS = 50;

/** All ways; the first is the baseline. */
export function createWays(client: Client, gatewayUrl: string): readonly Way[] {
  return [bareClient(client), gateway(gatewayUrl, false), gateway(gatewayUrl, true)];
}

/** The least that one would write: a start with the same request, no attributes, no checks. */
function bareClient(client: Client): Way {
  return {
    name: 'bare-client',
    title: 'bare client, `start`',
    accept: async () => {
      const conversationId = randomUUID();
      await client.workflow.start(ESCALATION_WORKFLOW, {
        workflowId: escalationWorkflowId('bare', conversationId),
        taskQueue: TASK_QUEUE,
        args: [{ tenant: 'bare', conversationId, request: aRequest('desk', '4711') }],
      });
    },
    close: () => Promise.resolve(),
  };
}

function gateway(url: string, hasKey: boolean): Way {
  const pool = new Pool(url, { connections: CONNECTIONS });
  const headers = { authorization: `Bearer ${API_KEY}`, 'content-type': 'application/json' };
  return {
    name: hasKey ? 'gateway-idempotency-key' : 'gateway',
    title: hasKey ? 'gateway, with `Idempotency-Key`' : 'gateway, `POST /v1/escalations`',
    accept: async () => {
      const { statusCode, body } = await pool.request({
        method: 'POST',
        path: '/v1/escalations',
        headers: hasKey ? { ...headers, 'idempotency-key': `"${randomUUID()}"` } : headers,
        body: JSON.stringify({ conversationId: randomUUID(), ...aRequest('desk', '4711') }),
      });
      const text = await body.text();
      if (statusCode !== 202) throw new Error(`the gateway answered ${statusCode}: ${text}`);
    },
    close: () => pool.close(),
  };
}
