// Conversations with simulated Einstein bots on the time-skipping server: the real activities, platforms and workflows of a
// worker, two organisations of bots, an Omni-Channel org, and a client at which the user reads. At the end of a
// conversation its histories are replayed.
import {
  WorkflowClient,
  type Client,
  type WorkflowHandle,
  type WorkflowStartInput,
} from '@temporalio/client';
import { TestWorkflowEnvironment } from '@temporalio/testing';
import { Worker } from '@temporalio/worker';
import { createActivities } from '../../activities';
import { createAccounts, type Accounts } from '../../activities/accounts';
import { createTransformer } from '../../activities/transform';
import type { HandedOver, SessionStatus, UserSays } from '../../domain/bot-session-messages';
import type {
  BotConfiguration,
  Configuration,
  ConnectorConfiguration,
  IntegrationConfiguration,
} from '../../domain/configuration';
import { escalationWorkflowId, sessionWorkflowId } from '../../domain/ids';
import type { Notice } from '../../domain/notice';
import { BOT_SESSION_WORKFLOW, SUCCESSION_WORKFLOW, TASK_QUEUE } from '../../domain/task-queue';
import { PLATFORMS } from '../../platforms';
import {
  createEinsteinBotsControl,
  PRESET_BOTS,
  PRESET_ORGS,
  presetOrganisations,
  startEinsteinBotsSimulator,
  type BotSpec,
  type EinsteinBotsControl,
  type EinsteinBotsSimulator,
  type SessionView,
} from '../../platforms/einstein-bots/simulator';
import {
  connectControl,
  startOmniSimulator,
  type OmniControl,
} from '../../platforms/salesforce-omni/simulator';
import {
  createBotReceiverControl,
  createGenericDeskControl,
  startBotReceiver,
  startGenericDesk,
  type BotReceiverControl,
  type GenericDeskControl,
} from '../../platforms/webhook/simulator';
import { createEscalationAccess } from '../../workers/escalation-access';
import { obtainTimeSkippingServer } from '../../servers/time-skipping-server';
import {
  endSignal,
  handedOverSignal,
  noticeSignal,
  sessionQuery,
  userSaysSignal,
} from '../../workflows/messages';
import { aConnector as anEinsteinConnector } from '../platforms/einstein-bots/builders';
import { aConnector as anOmniConnector } from '../platforms/salesforce-omni/builders';
import { uniqueId } from './builders';
import { TEST_BUNDLE_PATH } from './global-setup';
import { historiesOf, openReplays, record, type Replays } from './histories';
import { aConnector, aSecret, aTenant, anIntegration } from './tenant-builders';
import type { escalation } from '../../workflows/escalation';
import type { EscalationResult } from '../../workflows/steps/close';
import { installRuntime, registerSearchAttributes } from './time-skipping-stage';

const TENANT = 'acme';
const CLIENT_SECRET = 'whsec_Y2xpZW50LXNlY3JldC1mb3ItdGVzdHMtb25seS0x';
const SILENT = { debug: () => undefined, info: () => undefined, warn: () => undefined };
const DEFAULT_RESPONSE = 'I cannot help you right now. Please call us.';
/** Of the server's time, in which the test looks again. */
const LOOK_AGAIN_MS = 100;

/** The bots of the configuration, by their names. */
export type BotName =
  'variables' | 'support' | 'shop' | 'ping' | 'chain' | 'own-ladder' | keyof typeof PRESET_BOTS;

/** What a test changes of a bot. */
export interface BotOptions {
  readonly bot?: keyof typeof PRESET_BOTS;
  /** Another bot than a preset one. */
  readonly spec?: BotSpec;
  readonly options?: Readonly<Record<string, unknown>>;
  readonly integration?: Partial<IntegrationConfiguration>;
}

/** One conversation. */
export interface Conversation {
  readonly id: string;
  readonly workflowId: string;
  /** The user writes, as the gateway passes it on. */
  says(text: string, more?: Partial<UserSays>): Promise<string>;
  chooses(choiceId: string): Promise<void>;
  handsOver(handed: HandedOver): Promise<void>;
  leaves(): Promise<void>;
  hears(notice: Partial<Notice> & Pick<Notice, 'id' | 'type' | 'requestId'>): Promise<void>;
  status(): Promise<SessionStatus>;
  /** The names of the story's lines. */
  story(): Promise<readonly string[]>;
  /** What the user read, in order. */
  read(): Promise<readonly string[]>;
  /** Until the user has read this many messages. */
  reads(count: number): Promise<readonly string[]>;
  /** Until the conversation stands so. */
  becomes(phase: SessionStatus['phase']): Promise<SessionStatus>;
  /** Until the escalation is over: its result. No time passes that the wait does not need. */
  escalationEnds(): Promise<EscalationResult>;
  handle(): WorkflowHandle;
  escalation(): WorkflowHandle;
}

/** See the file's comment. */
export interface BotSessionStage {
  readonly env: TestWorkflowEnvironment;
  readonly client: Client;
  readonly einstein: EinsteinBotsControl;
  readonly simulator: EinsteinBotsSimulator;
  readonly omni: OmniControl;
  readonly user: BotReceiverControl;
  /** Behind the connector `desk`, where Baton carries the messages. It tells nothing by itself. */
  readonly desk: GenericDeskControl;
  readonly accounts: Accounts;
  /** The queue "Customer Support Queue". */
  readonly queueId: string;
  /** Plays one conversation, and replays its histories. */
  play<T>(
    options: BotOptions & { readonly record?: string },
    story: (conversation: Conversation) => Promise<T>,
  ): Promise<T>;
  /** Runs the world until something is so. */
  until<T>(what: string, look: () => Promise<T | undefined | false>): Promise<T>;
  pass(ms: number): Promise<void>;
  /** The sessions at the vendor since the conversation began, in the order in which they began. */
  sessionsOf(conversation: Conversation): Promise<readonly SessionView[]>;
  /** Stops the worker in the middle of whatever it does, and starts another. */
  replaceWorker(): Promise<void>;
  close(): Promise<void>;
}

/**
 * Builds the stage; call in `beforeAll`. `forgetful`: its workers keep no workflow, so that another can go on at once;
 * this server would wait for the one that is gone.
 */
export async function createBotSessionStage(options: { forgetful?: true } = {}): Promise<BotSessionStage> {
  installRuntime();
  const executable = await obtainTimeSkippingServer({ log: () => undefined, env: process.env });
  const env = await TestWorkflowEnvironment.createTimeSkipping({
    server: { executable },
    client: { interceptors: { workflow: [{ start: (input, next) => next(claimElsewhere(input)) }] } },
  });
  await registerSearchAttributes(env);
  const omniSimulator = await startOmniSimulator({ org: { queues: [{ name: 'Customer_Support_Queue' }] } });
  const omni = connectControl(omniSimulator.url);
  const { queueId } = await omni.setQueue({ name: 'Customer_Support_Queue' });
  const { queueId: secondQueue } = await omni.setQueue({ name: 'Second_Queue' });
  const simulator = await startEinsteinBotsSimulator({
    world: { organisations: presetOrganisations({ targets: { queue: queueId, secondQueue } }) },
  });
  const einstein = createEinsteinBotsControl(simulator.url);
  const receiver = await startBotReceiver({ secret: CLIENT_SECRET });
  const user = createBotReceiverControl(receiver.controlUrl);
  const genericDesk = await startGenericDesk({ secret: CLIENT_SECRET });
  const desk = createGenericDeskControl(genericDesk.controlUrl);
  const bots: Record<string, BotConfiguration> = {};
  const integrations: Record<string, IntegrationConfiguration> = {};
  const connectors: Record<string, ConnectorConfiguration> = {
    'acme-bots': anEinsteinConnector(simulator, {}, PRESET_ORGS.acme),
    'globex-bots': anEinsteinConnector(simulator, {}, PRESET_ORGS.globex),
    omni: anOmniConnector(omniSimulator.url),
    desk: aConnector({
      platform: 'webhook',
      options: { url: genericDesk.url },
      credentials: { secret: aSecret(CLIENT_SECRET) },
      allowPrivateNetwork: true,
    }),
  };
  const configuration: Configuration = {
    tenants: { [TENANT]: { ...aTenant(), bots, integrations, connectors } },
  };
  const accounts = createAccounts({ configuration, platforms: PLATFORMS, log: SILENT });
  const transformer = createTransformer({});
  const { client } = env;
  const activities = createActivities({
    configuration,
    platforms: PLATFORMS,
    accounts,
    transformer,
    signalBot: (workflowId, signal, notice) => client.workflow.getHandle(workflowId).signal(signal, notice),
    signalEscalation: (workflowId, signal, news) =>
      client.workflow.getHandle(workflowId).signal(signal, news),
    askEscalation: () => Promise.resolve(undefined),
    ...createEscalationAccess({ configuration, platforms: PLATFORMS, client }),
    log: SILENT,
  });
  const startWorker = async (): Promise<{ worker: Worker; running: Promise<void> }> => {
    const worker = await Worker.create({
      connection: env.nativeConnection,
      taskQueue: TASK_QUEUE,
      workflowBundle: { codePath: TEST_BUNDLE_PATH },
      activities,
      shutdownForceTime: '1s',
      ...(options.forgetful && { maxCachedWorkflows: 0 }),
    });
    return { worker, running: worker.run() };
  };
  const replays = openReplays();
  let current = await startWorker();
  const begun = new Map<string, number>();

  const until = async <T>(what: string, look: () => Promise<T | undefined | false>): Promise<T> => {
    for (let tries = 0; tries < 900; tries += 1) {
      const found = await look();
      if (found !== undefined && found !== false) return found;
      await env.sleep(LOOK_AGAIN_MS);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    throw new Error(`waited in vain for ${what}`);
  };

  return {
    env,
    client,
    einstein,
    simulator,
    omni,
    user,
    desk,
    accounts,
    queueId,
    until,
    pass: (ms) => env.sleep(ms),
    sessionsOf: async ({ id }) => (await einstein.state()).sessions.slice(begun.get(id) ?? 0),
    async play({ bot = 'support', spec, options: more = {}, integration = {}, record: name }, story) {
      const botName = uniqueId('bot');
      if (spec) await einstein.bot(PRESET_ORGS.acme, spec);
      bots[botName] = {
        platform: 'einstein-bots',
        connector: 'acme-bots',
        options: {
          botId: spec?.id ?? PRESET_BOTS[bot],
          integration: botName,
          url: receiver.messagesUrl,
          secret: aSecret(CLIENT_SECRET),
          ...more,
        },
        notices: { kind: 'platform' },
        defaultResponse: DEFAULT_RESPONSE,
        retryWindowMs: 600_000,
        allowPrivateNetwork: true,
      };
      const {
        agentSkillId: _none,
        agentSkillName: _noName,
        ...base
      } = anIntegration({
        bot: botName,
        connector: 'omni',
        messageToUser: 'BLANK_MESSAGE',
        requestedTargets: { bot: 'acme-bots', queue: 'omni', skill: 'omni', agent: 'omni', flow: 'omni' },
        transferBotContext: { intent: true, userMessage: false, variables: 'all' },
      });
      integrations[botName] = { ...base, ...integration };
      const conversation = openConversation({ client, user, until }, botName);
      begun.set(conversation.id, (await einstein.state()).sessions.length);
      try {
        const told = await story(conversation);
        await replayAll(client, conversation.workflowId, name, replays);
        return told;
      } finally {
        // What goes on would hold up the server's time for the others.
        for (const handle of [conversation.handle(), conversation.escalation()])
          await handle.terminate('the story is told').catch(() => undefined);
      }
    },
    async replaceWorker() {
      current.worker.shutdown();
      await current.running.catch(() => undefined);
      current = await startWorker();
    },
    async close() {
      await replays.close();
      current.worker.shutdown();
      await current.running;
      await accounts.close();
      await transformer.close();
      await env.teardown();
      await Promise.all([user.close(), einstein.close(), desk.close()]);
      await Promise.all([omniSimulator, simulator, receiver, genericDesk].map((each) => each.close()));
    },
  };
}

interface World {
  readonly client: Client;
  readonly user: BotReceiverControl;
  readonly until: BotSessionStage['until'];
}

function openConversation({ client, user, until }: World, bot: string): Conversation {
  const id = uniqueId('conv');
  const workflowId = sessionWorkflowId(TENANT, id);
  const handle = (): WorkflowHandle => client.workflow.getHandle(workflowId);
  const start = {
    workflowId,
    taskQueue: TASK_QUEUE,
    args: [{ tenant: TENANT, conversationId: id, bot }] as const,
    workflowIdConflictPolicy: 'USE_EXISTING' as const,
  };
  const status = (): Promise<SessionStatus> => handle().query(sessionQuery);
  const read = async (): Promise<readonly string[]> =>
    ((await user.state()).transcripts[id] ?? []).map(({ text }) => text);
  let said = 0;
  return {
    id,
    workflowId,
    async says(text, more = {}) {
      said += 1;
      const message: UserSays = { id: `u${said}`, text, ...more };
      await client.workflow.signalWithStart(BOT_SESSION_WORKFLOW, {
        ...start,
        args: [...start.args],
        signal: userSaysSignal.name,
        signalArgs: [message],
      });
      return message.id;
    },
    async chooses(choiceId) {
      said += 1;
      await handle().signal(userSaysSignal, { id: `u${said}`, choiceId });
    },
    async handsOver(handed) {
      await client.workflow.signalWithStart(BOT_SESSION_WORKFLOW, {
        ...start,
        args: [...start.args],
        signal: handedOverSignal.name,
        signalArgs: [handed],
      });
    },
    leaves: () => handle().signal(endSignal),
    hears: (notice) => handle().signal(noticeSignal, notice as Notice),
    status,
    story: async () => (await status()).story.map(({ event }) => event),
    read,
    reads: (count) =>
      until(`${count} messages of ${id}`, async () => {
        const texts = await read();
        return texts.length >= count && texts;
      }),
    becomes: (phase) =>
      until(`${id} to be ${phase}`, async () => {
        const now = await status().catch(() => undefined);
        return now?.phase === phase && now;
      }),
    escalationEnds: async () => {
      // Awaiting a result, the environment's client lets the server skip on to the session's next timer, three days away.
      const { connection, options } = client;
      const patient = new WorkflowClient({ connection, namespace: options.namespace });
      const handle = patient.getHandle<typeof escalation>(escalationWorkflowId(TENANT, id));
      await until('the escalation to end', async () => (await handle.describe()).status.name === 'COMPLETED');
      return handle.result();
    },
    handle,
    escalation: () => client.workflow.getHandle(escalationWorkflowId(TENANT, id)),
  };
}

async function replayAll(
  client: Client,
  workflowId: string,
  name: string | undefined,
  { replay }: Replays,
): Promise<void> {
  const runs = await historiesOf(client, workflowId, undefined);
  for (const [index, history] of runs.entries()) {
    await replay(history, workflowId);
    if (name !== undefined) record(index === 0 ? name : `${name}-run-${index + 1}`, history);
  }
}

/** This server starts at once what is to be delayed: a claim, which no worker may see, has a queue of its own here. */
function claimElsewhere(input: WorkflowStartInput): WorkflowStartInput {
  if (input.workflowType !== SUCCESSION_WORKFLOW) return input;
  return { ...input, options: { ...input.options, taskQueue: `${TASK_QUEUE}-claims` } };
}
