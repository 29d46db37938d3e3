// A simulated bot backend: takes notices and messages for the user as signed webhooks, shows each message once
// whatever arrives twice, and misbehaves on order.
import { z } from 'zod';
import { NOTICE_TYPES, NOTICE_VERSION } from '../../../domain/notice';
import { isSecret, verifyWebhook } from '../signing';
import { parseJson } from '../wire';
import { createControlClient, handleControl, operation, pollUntil } from '../../simulation/control';
import type { Operation } from '../../simulation/control';
import { createFaults, faultSchema } from '../../simulation/faults';
import type { FaultOrder, Faults } from '../../simulation/faults';
import { answer, serve } from '../../simulation/server';
import type { ListenOptions, SimulatorAnswer, SimulatorRequest } from '../../simulation/server';

const message = z.object({
  type: z.literal('message.post'),
  timestamp: z.iso.datetime(),
  data: z
    .object({
      conversationId: z.string(),
      messageId: z.string(),
      text: z.string().optional(),
      attachment: z.object({ url: z.string(), name: z.string(), mediaType: z.string() }).optional(),
      choices: z.array(z.object({ id: z.string(), label: z.string() })).optional(),
      from: z.literal('agent').optional(),
      agentName: z.string().optional(),
    })
    .refine(({ text, attachment }) => text !== undefined || attachment !== undefined),
});
const typing = z.object({
  type: z.literal('agent.typing'),
  timestamp: z.iso.datetime(),
  data: z.object({ conversationId: z.string(), writes: z.boolean() }),
});
const notice = z.object({
  type: z.enum(NOTICE_TYPES),
  version: z.literal(NOTICE_VERSION),
  timestamp: z.iso.datetime(),
  data: z.looseObject({
    noticeId: z.string(),
    sequence: z.number(),
    progress: z.literal(true).optional(),
    conversationId: z.string(),
    requestId: z.string(),
    attempt: z.number(),
    epoch: z.number(),
  }),
});

/** How to start the receiver. */
export interface BotReceiverOptions extends ListenOptions {
  /** `whsec_…`, shared with the bot's configuration, for messages and notices alike. */
  readonly secret: string;
}

/** A running receiver. */
export interface BotReceiver {
  /** For the bot's `notices.url`. */
  readonly noticesUrl: string;
  /** For the bot's `options.url`. */
  readonly messagesUrl: string;
  /** For {@link createBotReceiverControl}. */
  readonly controlUrl: string;
  close(): Promise<void>;
}

/** A notice that was taken; `deliveries` counts repetitions under the same webhook-id. */
export interface ReceivedNotice {
  readonly webhookId: string;
  readonly type: (typeof NOTICE_TYPES)[number];
  readonly timestamp: string;
  readonly data: z.infer<typeof notice>['data'];
  deliveries: number;
}

/** A message that the user read. */
export interface ShownMessage {
  readonly webhookId: string;
  readonly messageId: string;
  /** Empty for a message that is only an attachment. */
  readonly text: string;
  readonly attachment?: { readonly url: string; readonly name: string };
  /** What the user may choose from. */
  readonly choices?: readonly { readonly id: string; readonly label: string }[];
  /** Absent: Baton or the bot. */
  readonly from?: 'agent';
  readonly agentName?: string;
  /** ISO 8601, when the user read it. */
  readonly at: string;
  deliveries: number;
}

/** Everything that the bot knows. */
export interface BotReceiverState {
  /** In order of first arrival. */
  readonly notices: readonly ReceivedNotice[];
  /** By conversation, in order of first arrival. */
  readonly transcripts: Readonly<Record<string, readonly ShownMessage[]>>;
  /** Indicators of agents, in order of arrival. */
  readonly typing: readonly { readonly conversationId: string; readonly writes: boolean }[];
  /** Requests whose signature did not hold. */
  readonly refused: number;
  /** Open connections but those of control. */
  readonly connections: number;
}

interface Bot {
  readonly typing: { conversationId: string; writes: boolean }[];
  readonly notices: ReceivedNotice[];
  readonly transcripts: Map<string, ShownMessage[]>;
  readonly gone: Set<string>;
  readonly faults: Faults;
  refused: number;
}

/** Starts the receiver. @throws RangeError for a secret that is none. */
export async function startBotReceiver(options: BotReceiverOptions): Promise<BotReceiver> {
  if (!isSecret(options.secret)) throw new RangeError('the secret must be whsec_ and base64');
  const bot: Bot = {
    typing: [],
    notices: [],
    transcripts: new Map(),
    gone: new Set(),
    faults: createFaults(),
    refused: 0,
  };
  const operations = controlOperations(bot, () => server.connections());
  const server = await serve(options, async (request) => {
    if (request.path.startsWith('/_control/')) return handleControl(operations, request);
    return take(bot, options.secret, request);
  });
  return {
    noticesUrl: `${server.url}/notices`,
    messagesUrl: `${server.url}/messages`,
    controlUrl: server.url,
    close: () => server.close(),
  };
}

async function take(bot: Bot, secret: string, request: SimulatorRequest): Promise<SimulatorAnswer> {
  const { headers, body, path } = request;
  const verification = verifyWebhook({ headers, body, secrets: [secret], now: Date.now() });
  if (verification.kind === 'refused') {
    bot.refused += 1;
    return answer(401, { error: 'bad signature' });
  }
  const text = body.toString('utf8');
  const { id } = verification;
  if (path === '/notices') {
    const parsed = parseJson(text, notice);
    if (parsed.kind === 'misfit') return answer(400, { error: parsed.member });
    return bot.faults.strike(parsed.value.type, () => hear(bot, id, parsed.value));
  }
  if (path !== '/messages') return answer(404);
  const parsed = parseJson(text, z.union([message, typing]));
  if (parsed.kind === 'misfit') return answer(400, { error: parsed.member });
  const said = parsed.value;
  if (said.type === 'agent.typing') {
    bot.typing.push(said.data);
    return answer(204);
  }
  return bot.faults.strike('message.post', () => show(bot, id, said));
}

function hear(
  bot: Bot,
  webhookId: string,
  { type, timestamp, data }: z.infer<typeof notice>,
): SimulatorAnswer {
  const known = bot.notices.find((earlier) => earlier.webhookId === webhookId);
  if (known) known.deliveries += 1;
  else bot.notices.push({ webhookId, type, timestamp, data, deliveries: 1 });
  return answer(204);
}

function show(bot: Bot, webhookId: string, { data }: z.infer<typeof message>): SimulatorAnswer {
  const { conversationId, messageId, text = '', attachment, choices, from, agentName } = data;
  if (bot.gone.has(conversationId)) return answer(410);
  const transcript = bot.transcripts.get(conversationId) ?? [];
  bot.transcripts.set(conversationId, transcript);
  const known = transcript.find((earlier) => earlier.webhookId === webhookId);
  if (known) known.deliveries += 1;
  else
    transcript.push({
      webhookId,
      messageId,
      text,
      ...(attachment && { attachment }),
      ...(choices && { choices }),
      ...(from && { from }),
      ...(agentName !== undefined && { agentName }),
      at: new Date().toISOString(),
      deliveries: 1,
    });
  return answer(204);
}

function controlOperations(bot: Bot, connections: () => number): Readonly<Record<string, Operation>> {
  return {
    fault: operation(faultSchema, (fault) => bot.faults.order(fault)),
    'clear-faults': operation(z.object({}), () => bot.faults.clear()),
    'end-conversation': operation(z.object({ conversationId: z.string() }), (input) => {
      bot.gone.add(input.conversationId);
    }),
    state: operation(z.object({}), () => ({
      notices: bot.notices,
      typing: bot.typing,
      transcripts: Object.fromEntries(bot.transcripts),
      refused: bot.refused,
      connections: connections(),
    })),
  };
}

/** Tells the simulated bot what to do, from any process. */
export interface BotReceiverControl {
  /** `on`: `message.post` or a notice type; absent: any. */
  fault(fault: FaultOrder): Promise<void>;
  clearFaults(): Promise<void>;
  /** Messages for this conversation are answered with 410 from now on. */
  endConversation(conversationId: string): Promise<void>;
  state(): Promise<BotReceiverState>;
  /** Polls until the state is as wanted. @default 10 s */
  until(isRight: (state: BotReceiverState) => boolean, signal?: AbortSignal): Promise<BotReceiverState>;
  close(): Promise<void>;
}

/** `controlUrl`: of {@link BotReceiver}. */
export function createBotReceiverControl(controlUrl: string): BotReceiverControl {
  const client = createControlClient(controlUrl);
  const state = (): Promise<BotReceiverState> => client.call('state');
  const tell = async (name: string, input?: unknown): Promise<void> => {
    await client.call(name, input);
  };
  return {
    fault: (fault) => tell('fault', fault),
    clearFaults: () => tell('clear-faults'),
    endConversation: (conversationId) => tell('end-conversation', { conversationId }),
    state,
    until: (isRight, signal = AbortSignal.timeout(30_000)) => pollUntil(state, isRight, signal),
    close: () => client.close(),
  };
}
