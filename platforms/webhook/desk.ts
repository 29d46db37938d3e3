// The generic desk: any desk that answers signed webhooks. Its own events come by signed webhooks the other way.
import { randomUUID } from 'node:crypto';
import type { z } from 'zod';
import { assertNever } from '../../domain/assert-never';
import type { ConnectorConfiguration } from '../../domain/configuration';
import { BatonError } from '../../domain/errors';
import { TARGET_KINDS } from '../../domain/target';
import type { Target } from '../../domain/target';
import type {
  Call,
  Desk,
  DeskCapabilities,
  TransferAnswer,
  TransferRef,
  TransferStanding,
  Withdrawal,
} from '../desk';
import { createHttpClient, createRateLimiter, errorForStatus } from '../http';
import { createWebhookChat, WEBHOOK_CHAT, type Ask } from './chat';
import { connectorEndpoint } from './options';
import { envelopeOf, sendSigned } from './send-signed';
import { webhookId } from './signing';
import { checkAnswer, lookUpAnswer, parseJson, transferAnswer, withdrawalAnswer } from './wire';
import type { WireStanding } from './wire';

/** What every generic desk can do: the wire format asks it of them. */
export const WEBHOOK_DESK_CAPABILITIES: DeskCapabilities = {
  targets: TARGET_KINDS,
  carriesMessage: true,
  events: 'webhook',
  confirmsConnection: true,
  settlesUnknownBy: 'idempotency_key',
  chat: WEBHOOK_CHAT,
};

const MAX_RAW_BYTES = 64 * 1024;

/** @throws BatonError `ESC_PLAN_MISCONFIGURED` for options at fault. */
export function createWebhookDesk(connector: ConnectorConfiguration): Desk {
  const endpoint = connectorEndpoint(connector);
  const { host } = new URL(endpoint.url);
  const http = createHttpClient({
    allowPrivateNetwork: connector.allowPrivateNetwork,
    privateHosts: connector.privateHosts,
    connectMs: connector.timeouts.connectMs,
    requestMs: connector.timeouts.requestMs,
  });
  const limiter = createRateLimiter(connector.rateLimit);

  async function ask<T>({ type, id, data }: Ask, schema: z.ZodType<T>, { signal }: Call) {
    await limiter.acquire(AbortSignal.any([signal, AbortSignal.timeout(connector.timeouts.requestMs)]));
    const answer = await sendSigned(http, endpoint, { id, envelope: envelopeOf(type, data), signal });
    const failure = errorForStatus(answer.status, answer.headers, `${type} to ${host}`);
    if (failure?.code === 'ESC_PLATFORM_RATE_LIMITED') limiter.holdBack(failure.retryAfterMs ?? 0);
    if (failure) throw failure;
    const parsed = parseJson(answer.body, schema);
    if (parsed.kind === 'ok') return { value: parsed.value, raw: keepable(answer.body, parsed.raw) };
    throw new BatonError(
      'ESC_PLATFORM_PROTOCOL',
      `${host} answered ${type} with a misfit: ${parsed.member}`,
      {
        resultUnknown: true,
      },
    );
  }

  return {
    capabilities: WEBHOOK_DESK_CAPABILITIES,
    async check(target, call) {
      const { value } = await ask(question('target.check', { target }), checkAnswer, call);
      const { agent, ...rest } = value;
      return target.agentId !== undefined && agent !== undefined ? { ...rest, agent } : rest;
    },
    async requestTransfer(request, call) {
      const { value, raw } = await ask(command('transfer.requested', request), transferAnswer, call);
      return toAnswer(value, raw);
    },
    async lookUp(ref, call) {
      const { value, raw } = await ask(question('transfer.lookup', named(ref)), lookUpAnswer, call);
      return toStanding(value, raw);
    },
    async withdraw(ref, call) {
      const { value } = await ask(command('transfer.withdrawn', named(ref)), withdrawalAnswer, call);
      return toWithdrawal(value);
    },
    chat: createWebhookChat(ask),
    close: () => http.close(),
  };
}

/** Whether an id can be sent: the desk says what it means. */
export function isValidTargetId(_kind: string, id: string): boolean {
  return /^[^\p{Cc}]{1,200}$/u.test(id);
}

/** A command is idempotent by its id; a question has a new id each time, or a receiver would answer from memory. */
function command(type: string, ref: (TransferRef & Readonly<Record<string, unknown>>) | TransferRef): Ask {
  return { type, id: webhookId(type, ref.transferId), data: { ...ref } };
}

function question(type: string, data: { readonly target: Target } & Readonly<Record<string, unknown>>): Ask {
  return { type, id: webhookId(type, randomUUID()), data };
}

function named({ conversationId, transferId, target }: TransferRef) {
  return { conversationId, transferId, target };
}

function keepable(body: string, raw: unknown): unknown {
  return Buffer.byteLength(body) <= MAX_RAW_BYTES ? raw : undefined;
}

function toAnswer(value: z.infer<typeof transferAnswer>, raw: unknown): TransferAnswer {
  const kept = raw === undefined ? {} : { raw };
  switch (value.status) {
    case 'requested':
    case 'queued':
      return { kind: value.status, ...kept };
    case 'connected':
      return { kind: 'connected', ...agentOf(value), ...kept };
    case 'declined':
      return {
        kind: 'declined',
        reason: value.reason,
        ...(value.detail !== undefined && { detail: value.detail }),
        ...kept,
      };
    case 'userLeft':
      return { kind: 'userLeft' };
    default:
      return assertNever(value);
  }
}

function toStanding(value: WireStanding, raw: unknown): TransferStanding {
  if (value.status === 'absent' || value.status === 'withdrawn') return { kind: 'absent' };
  return toAnswer(value, raw);
}

function toWithdrawal(value: z.infer<typeof withdrawalAnswer>): Withdrawal {
  switch (value.status) {
    case 'withdrawn':
    case 'absent':
    case 'declined':
      return { kind: 'withdrawn' };
    case 'connected':
      return { kind: 'connected', ...agentOf(value) };
    case 'userLeft':
      return { kind: 'userLeft' };
    default:
      return assertNever(value);
  }
}

function agentOf({ agentId }: { readonly agentId?: string | undefined }): { readonly agentId?: string } {
  return agentId === undefined ? {} : { agentId };
}
