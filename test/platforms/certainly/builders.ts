// A Certainly bot for tests, its webhooks' bodies as documented, and the requests that carry them.
import type { BotConfiguration, Secret } from '../../../domain/configuration';
import type { Notice, NoticeType } from '../../../domain/notice';
import { certainly } from '../../../platforms/certainly';
import type { BotInboundResult, BotRequest, PlatformLog } from '../../../platforms/platform';

/** The bot half of the platform. */
export const botSide = certainly.botSide!;

/** Silent. */
export const LOG: PlatformLog = { debug: () => undefined, info: () => undefined, warn: () => undefined };

/** A value as the configuration gives secrets. */
export function secret(value: string): Secret {
  return { reveal: () => value };
}

/** A bot whose webhooks prove themselves by nothing. */
export function aBot(
  options: Readonly<Record<string, unknown>> = {},
  overrides: Partial<BotConfiguration> = {},
): BotConfiguration {
  return {
    platform: 'certainly',
    options: {
      deploymentId: 'dep-1',
      integration: 'to-service',
      webhooks: { authentication: 'none' },
      ...options,
    },
    notices: { kind: 'platform' },
    retryWindowMs: 60_000,
    allowPrivateNetwork: true,
    ...overrides,
  };
}

/** The page's body (Handover conversation flow, 1B), filled. */
export function aClaim(overrides: Readonly<Record<string, unknown>> = {}): Record<string, unknown> {
  return {
    attachedMedia: '',
    reply: 'VarWebhook',
    botId: '',
    direction: 'out',
    extractedData: {},
    lastName: '',
    sessionId: 'session-1',
    customVariables: {},
    from: 'token-that-opens-doors',
    firstName: '',
    to: 'user-1',
    replyData: '',
    moduleId: '17',
    botTrainedModelId: '',
    ...overrides,
  };
}

/** What Certainly posts. */
export function aRequest(path: string, body: unknown, overrides: Partial<BotRequest> = {}): BotRequest {
  return {
    method: 'POST',
    path,
    query: {},
    headers: { 'content-type': 'application/json' },
    body: Buffer.from(typeof body === 'string' ? body : JSON.stringify(body)),
    receivedAt: Date.UTC(2026, 5, 1, 12),
    ...overrides,
  };
}

/** What the gateway gets to do. */
export function inbound(bot: BotConfiguration, request: BotRequest): BotInboundResult {
  return botSide.readInbound!(bot, undefined, request);
}

/** A notice of the user's first attempt. */
export function aNotice(type: NoticeType, overrides: Partial<Notice> = {}): Notice {
  return {
    id: `user-1@dep-1/r1/${type}`,
    type,
    sequence: 1,
    conversationId: 'user-1@dep-1',
    requestId: 'r1',
    attempt: 1,
    epoch: 1,
    at: Date.UTC(2026, 5, 1, 12),
    ...overrides,
  };
}
