// One escalation of an end-to-end test: the conversation on LivePerson, what the user saw, what the bot was told, how it
// ended, and its history, which every scenario replays at its end.
import { isGrpcServiceError } from '@temporalio/client';
import { DefaultLogger, Runtime, Worker } from '@temporalio/worker';
import type { Explanation } from '../../domain/explain';
import type { NoticeType } from '../../domain/notice';
import type { EscalationRequest } from '../../domain/request';
import type { ConversationView, FaultAction, FaultSpec } from '../../platforms/liveperson/simulator';
import type { BotReceiverState } from '../../platforms/webhook/simulator';
import type { EscalationResult } from '../../workflows/steps/close';
import { uniqueId } from './builders';
import type { GatewayAnswer } from './gateway-calls';
import { keepBroken, type History } from './histories';
import { BUILT_BUNDLE } from './real-process';
import type { System } from './system';
import { ACCOUNT, SKILLS } from './system-configuration';
import { until } from './until';

/** The gRPC status. */
const NOT_FOUND = 5;

type ReceivedNotice = BotReceiverState['notices'][number];

/** One conversation and its escalation. */
export interface Scenario {
  readonly conversationId: string;
  readonly workflowId: string;
  /** Asks through the gateway; every member has a friendly default. */
  ask(request?: Partial<EscalationRequest>, headers?: Record<string, string>): Promise<GatewayAnswer>;
  cancel(): Promise<GatewayAnswer>;
  /** The workflow's result, however often the server is away meanwhile. */
  ended(): Promise<EscalationResult>;
  explain(): Promise<Explanation>;
  /** Until the story has this event. */
  untilTold(event: string, times?: number): Promise<Explanation>;
  /** The conversation as LivePerson sees it. */
  conversation(): Promise<ConversationView>;
  untilConversation(what: string, isRight: (view: ConversationView) => boolean): Promise<ConversationView>;
  /** The next request of this type about this conversation misbehaves; `skip` lets some pass before. */
  fault(match: string, action: FaultAction, skip?: number): Promise<OrderedFault>;
  /** What the user read from the bot, in order. */
  botTexts(): Promise<string[]>;
  /** Notices at the bot's webhook, in order of first arrival. */
  notices(): Promise<readonly ReceivedNotice[]>;
  untilNotices(count: number): Promise<readonly ReceivedNotice[]>;
  noticeTypes(): Promise<NoticeType[]>;
  history(): Promise<History>;
  /** Waits for the end, then tells how it went for everybody. */
  summary(): Promise<Summary>;
}

/** How an escalation went: for the user, the agents and the bot. */
export interface Summary {
  readonly outcome: string;
  /** Skills that the conversation was transferred to, in order. */
  readonly transfers: readonly string[];
  /** What the user read from the bot. */
  readonly userRead: readonly string[];
  /** Humans who were ever in the conversation, in order. */
  readonly agents: readonly string[];
  readonly botHeard: readonly NoticeType[];
}

/** A fault that strikes once. */
export interface OrderedFault {
  readonly isStruck: () => Promise<boolean>;
  /** Resolves when the request that it is meant for has come. */
  struck(): Promise<void>;
}

/** Makes scenarios, and replays the histories of all that were made. */
export interface Scenarios {
  /** A new conversation on LivePerson that the bot has. */
  open(): Promise<Scenario>;
  /** A conversation that is known only to the bot: for bots with webhooks. */
  openElsewhere(): Scenario;
  /** Replays every history since the last time against the bundle that the worker runs. */
  replay(): Promise<void>;
}

/** See {@link Scenarios}. */
export function createScenarios(system: System): Scenarios {
  const toReplay = new Set<string>();
  const open = (conversationId: string): Scenario => {
    toReplay.add(system.workflowId(conversationId));
    return createScenario(system, conversationId);
  };
  return {
    open: async () => open(await newConversation(system)),
    openElsewhere: () => open(uniqueId('conv')),
    async replay() {
      const ids = [...toReplay];
      toReplay.clear();
      await replayHistories(system, ids);
    },
  };
}

async function newConversation({ liveperson }: System): Promise<string> {
  const input = { account: ACCOUNT, assignedTo: 'baton-bot', message: 'I want to talk to a human' };
  return (await liveperson.control.createConversation(input)).conversationId;
}

function createScenario(system: System, conversationId: string): Scenario {
  const { client, gateway, liveperson, bot } = system;
  const workflowId = system.workflowId(conversationId);
  const path = `/v1/escalations/${encodeURIComponent(conversationId)}`;
  const conversation = (): Promise<ConversationView> => liveperson.control.conversation({ conversationId });
  const notices = async (): Promise<readonly ReceivedNotice[]> =>
    (await bot.state()).notices.filter(({ data }) => data.conversationId === conversationId);
  const explain = async (): Promise<Explanation> => {
    const { status, json } = await gateway.call('GET', `${path}/explain`);
    if (status !== 200) throw new Error(`explain was answered with ${status}: ${JSON.stringify(json)}`);
    return json as unknown as Explanation;
  };
  const scenario: Scenario = {
    conversationId,
    workflowId,
    ask: (request, headers) =>
      gateway.escalate(
        conversationId,
        {
          requestId: 'r1',
          integration: 'to-skill',
          ...request,
          variables: { skillId: SKILLS.service, firstName: 'Ada', ...request?.variables },
        },
        headers,
      ),
    cancel: () => gateway.call('POST', `${path}/cancel`, { body: {} }),
    ended: () => until(`the end of ${workflowId}`, () => resultOf(system, workflowId), { timeoutMs: 90_000 }),
    explain,
    untilTold: (event, times = 1) =>
      until(`${times} ${event} in the story of ${workflowId}`, async () => {
        const explanation = await explain().catch(() => undefined);
        const found = explanation?.story.filter((line) => line.event === event).length ?? 0;
        return found >= times && explanation;
      }),
    conversation,
    untilConversation: (what, isRight) =>
      until(what, async () => {
        const view = await conversation();
        return isRight(view) && view;
      }),
    fault: (match, action, skip = 0) =>
      orderFault(system, { channel: 'ws', match, contains: conversationId, skip, times: 1, action }),
    botTexts: async () =>
      (await conversation()).transcript.filter(({ from }) => from === 'bot').map(({ text }) => text),
    notices,
    untilNotices: (count) =>
      until(`${count} notices of ${conversationId}`, async () => {
        const heard = await notices();
        return heard.length >= count && heard;
      }),
    noticeTypes: async () => (await notices()).map(({ type }) => type),
    history: () => client.workflow.getHandle(workflowId).fetchHistory(),
    summary: () => summarize(scenario),
  };
  return scenario;
}

async function summarize(scenario: Scenario): Promise<Summary> {
  const { outcome } = await scenario.ended();
  // A notice that an outbox delivers may come after the end.
  await scenario.untilNotices(1);
  const { transfers, joined } = await scenario.conversation();
  return {
    outcome: outcome?.kind ?? 'none',
    transfers: transfers.flatMap(({ toSkillId }) => toSkillId ?? []),
    userRead: await scenario.botTexts(),
    agents: joined.filter(({ kind }) => kind === 'human').map(({ loginName }) => loginName),
    botHeard: await scenario.noticeTypes(),
  };
}

/** Orders a fault of the simulated LivePerson that strikes once. */
export async function orderFault({ liveperson }: System, spec: FaultSpec): Promise<OrderedFault> {
  const { id } = await liveperson.control.addFault({ ...spec, times: 1 });
  const isStruck = async (): Promise<boolean> =>
    !(await liveperson.control.faults()).faults.some((fault) => fault.id === id);
  return {
    isStruck,
    struck: async () => void (await until(`the fault on ${spec.match ?? 'anything'}`, isStruck)),
  };
}

/** Every payload of a history as text: to look for what must, or must not, be in it. */
export function textOf(value: unknown): string {
  if (value instanceof Uint8Array) return Buffer.from(value).toString('utf8');
  if (typeof value !== 'object' || value === null) return typeof value === 'string' ? value : '';
  return Object.values(value).map(textOf).join('\n');
}

/** Undefined while the workflow runs, or while the server is away. */
async function resultOf({ client }: System, workflowId: string): Promise<EscalationResult | undefined> {
  const handle = client.workflow.getHandle(workflowId);
  try {
    return await client.connection.withDeadline(
      Date.now() + 5_000,
      () => handle.result() as Promise<EscalationResult>,
    );
  } catch (error) {
    const grpc = isGrpcServiceError(error) ? error : (error as { cause?: unknown }).cause;
    if (isGrpcServiceError(grpc)) return undefined;
    throw error;
  }
}

/** Replays workflows and their children against the built bundle. Rejects when one does not replay. */
export async function replayHistories(system: System, workflowIds: readonly string[]): Promise<void> {
  const seen = new Set<string>();
  const waiting = [...workflowIds];
  const histories: { workflowId: string; history: History }[] = [];
  for (let workflowId = waiting.shift(); workflowId !== undefined; workflowId = waiting.shift()) {
    if (seen.has(workflowId)) continue;
    seen.add(workflowId);
    const history = await historyOf(system, workflowId);
    if (!history) continue;
    histories.push({ workflowId, history });
    waiting.push(...childrenOf(history));
  }
  if (histories.length === 0) return;
  // The runtime ends with its last worker, so that each replay has one of its own.
  Runtime.install({ logger: new DefaultLogger('ERROR') });
  const results = Worker.runReplayHistories({ workflowBundle: { codePath: BUILT_BUNDLE } }, histories);
  for await (const { error, workflowId } of results) {
    if (!error) continue;
    const kept = keepBroken(histories.find((one) => one.workflowId === workflowId)?.history);
    throw new Error(`the history of ${workflowId} does not replay: ${kept}`, { cause: error });
  }
}

async function historyOf({ client }: System, workflowId: string): Promise<History | undefined> {
  try {
    return await client.workflow.getHandle(workflowId).fetchHistory();
  } catch (error) {
    // A scenario about a refused request has no workflow.
    if (isGrpcServiceError(error) && Number(error.code) === NOT_FOUND) return undefined;
    throw error;
  }
}

function childrenOf(history: History): string[] {
  return (history.events ?? []).flatMap((event) => {
    const id = event.startChildWorkflowExecutionInitiatedEventAttributes?.workflowId;
    return id ? [id] : [];
  });
}
