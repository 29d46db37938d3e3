// The page of Kore.ai with Salesforce, as the tests play it: a simulated platform with a bot for each desk, Live Agent and
// Messaging, and between them the real worker and gateway on a real Temporal server.
import { writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import {
  createKoreControl,
  startKoreSimulator,
  type KoreControl,
  type KoreState,
} from '../../platforms/kore/simulator';
import type { EscalationResult } from '../../workflows/steps/close';
import { uniqueId } from './builders';
import { createLiveAgentStage } from './chat-stages/salesforce-live-agent';
import { createMessagingStage } from './chat-stages/salesforce-messaging';
import { addToConfiguration, type ChatStage } from './chat-stages/stage';
import { startSystem, type System } from './system';
import { TENANT } from './system-configuration';
import { until } from './until';

/** Baton's last words. */
export const ONE_MOMENT = 'One moment, says Baton.';
/** What the simulated bot says when its dialog is at the agent transfer node. */
export const ASKING = 'One moment.';
/** What the bot hears when nobody came. */
export const NOBODY_CAME = 'nobody is there';
/** The bot's client secret. */
export const SECRET = 'simulated-client-secret-0123456789=';
/** Of the simulator's default settings. */
const BOT_ID = 'st-b4a22e86-e95b-575c-b888-e106d083a251';
const APP_ID = 'cs-5f1e2d3c-0b7a-5c44-9d21-7f6e5d4c3b2a';
const PATIENCE = { timeoutMs: 60_000 };

/** The page's desks: what it was written for, and what came after it. */
export const DESKS = ['salesforce-live-agent', 'salesforce-messaging'] as const;
/** One of them. */
export type DeskName = (typeof DESKS)[number];

/** The bot's answer. */
export function youSaid(text: string): string {
  return `You said: ${text}`;
}

/** What the gateway says of an escalation, as far as it matters here. */
interface View {
  readonly phase: string;
  readonly attempt: number;
}

/** A user of the bot. */
export interface Visit {
  readonly userId: string;
  readonly conversationId: string;
  readonly workflowId: string;
  readonly kore: KoreControl;
  readonly desk: ChatStage;
  /** Resolves when the platform has posted it and was answered. */
  writes(text: string): Promise<void>;
  /** The user wants a human, and the bot hands over. */
  asks(): Promise<void>;
  /** An agent takes it, and Baton knows. */
  isTaken(): Promise<void>;
  /** The whole screen but for the user's own lines, in order: `Ann: text` where a name is shown. */
  screen(): Promise<readonly string[]>;
  /** Lines of the user that reached nobody. */
  unanswered(): Promise<readonly string[]>;
  untilReads(text: string): Promise<void>;
  /** What the agent has of the user, in order. */
  agentHas(): Promise<readonly string[]>;
  untilAgentHas(text: string): Promise<void>;
  /** Calls back for the user by this name, in order, those that were taken or all. */
  calls(isOne: RegExp): Promise<readonly string[]>;
  untilKore(isRight: (state: KoreState) => boolean): Promise<void>;
  /** Waits until the gateway says so. */
  untilIs(isRight: (view: View) => boolean): Promise<void>;
  result(): Promise<EscalationResult>;
}

/** See the file's comment. */
export interface KorePage {
  readonly system: System;
  /** A user of the bot whose agents are at this desk; `nobody`: the dialog leads where nobody is. */
  visit(desk: DeskName, to?: 'nobody'): Promise<Visit>;
  /** The address of a bot at the gateway. */
  address(desk: DeskName): string;
  close(): Promise<void>;
}

interface Place {
  readonly stage: ChatStage;
  readonly kore: KoreControl;
  readonly skill: string;
}

/** Starts everything. `masking`: of the tenant. */
export async function openKorePage({ masking }: { readonly masking?: object } = {}): Promise<KorePage> {
  const system = await startSystem({ processes: [] });
  const closers: (() => Promise<unknown>)[] = [() => system.close()];
  const close = async (): Promise<void> => {
    for (const each of closers.splice(0)) await each().catch(() => undefined);
  };
  try {
    const places = new Map<DeskName, Place>();
    for (const desk of DESKS) places.set(desk, await openPlace(system, desk, closers));
    if (masking) addToConfiguration(system.configFile, { masking });
    await Promise.all([system.startWorker(), system.startGateway()]);
    const address = (desk: DeskName): string => `${system.gateway.url}/v1/bots/${TENANT}/${botOf(desk)}`;
    for (const [desk, { kore, stage }] of places) {
      await kore.settings({ callbackUrl: address(desk) });
      await stage.open(system.gateway.url);
    }
    return {
      system,
      address,
      async visit(desk, to) {
        const place = places.get(desk);
        if (!place) throw new Error(`no desk ${desk}`);
        const visit = aVisit(system, place);
        await place.kore.entities(visit.userId, { skill: to ? place.stage.nobody : place.skill });
        return visit;
      },
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

function botOf(desk: DeskName): string {
  return `travel-${desk}`;
}

async function openPlace(
  system: System,
  desk: DeskName,
  closers: (() => Promise<unknown>)[],
): Promise<Place> {
  const stage = desk === 'salesforce-messaging' ? await createMessagingStage() : await createLiveAgentStage();
  closers.push(() => stage.close());
  const simulator = await startKoreSimulator();
  closers.push(() => simulator.close());
  const kore = createKoreControl(simulator.url);
  closers.push(() => kore.close());
  const { connector, integration, secrets = {} } = stage.configuration();
  for (const [name, secret] of Object.entries({ ...secrets, 'kore-secret': SECRET }))
    writeFileSync(join(dirname(system.configFile), name), secret);
  addToConfiguration(system.configFile, {
    bots: {
      [botOf(desk)]: {
        platform: 'kore',
        options: {
          botId: BOT_ID,
          appId: APP_ID,
          clientSecret: '${file:kore-secret}',
          host: simulator.url,
          integration: `kore-to-${desk}`,
          liveAgentTemplate: true,
          noAgentsMessage: NOBODY_CAME,
        },
        notices: 'platform',
        // Longer than any test.
        retryWindow: '30m',
        allowPrivateNetwork: true,
      },
    },
    connectors: {
      [stage.connector]: {
        ...connector,
        timeouts: { request: '2s', connect: '2s', heartbeat: '3s' },
        allowPrivateNetwork: true,
      },
    },
    integrations: {
      [`kore-to-${desk}`]: {
        bot: botOf(desk),
        connector: stage.connector,
        responseDataVariableName: 'transfer',
        agentSkillName: 'Chat',
        agentSkillId: '{$botContext.skill}',
        messageToUser: ONE_MOMENT,
        responseTimeout: '60s',
        relay: { deliverWithin: '5m' },
      },
    },
  });
  return { stage, kore, skill: (integration as { readonly agentSkillId: string }).agentSkillId };
}

function aVisit(system: System, { stage: desk, kore }: Place): Visit {
  const userId = uniqueId('ada');
  const conversationId = `${userId}@${BOT_ID}`;
  const workflowId = system.workflowId(conversationId);
  const lines = () => kore.screen(userId);
  const screen = async (): Promise<readonly string[]> =>
    (await lines())
      .filter(({ from }) => from === 'bot')
      .map(({ text, agentName }) => (agentName === undefined ? text : `${agentName}: ${text}`));
  const writes = async (text: string): Promise<void> => {
    await kore.write(userId, text);
  };
  const untilIs = async (isRight: (view: View) => boolean): Promise<void> => {
    const path = `/v1/escalations/${encodeURIComponent(conversationId)}`;
    await until(
      `${conversationId} to be as expected`,
      async () => {
        const { status, json } = await system.gateway.call('GET', path);
        return status === 200 && isRight(json as unknown as View);
      },
      PATIENCE,
    );
  };
  const agentHas = async (): Promise<readonly string[]> =>
    (await desk.console(conversationId)).filter(({ from }) => from === 'user').map(({ text }) => text);
  return {
    userId,
    conversationId,
    workflowId,
    kore,
    desk,
    writes,
    asks: () => writes('I want a human'),
    async isTaken() {
      await desk.agentJoins(conversationId);
      await untilIs(({ phase }) => phase === 'connected');
    },
    screen,
    unanswered: async () => (await lines()).filter((line) => line.unanswered).map(({ text }) => text),
    async untilReads(text) {
      await until(`the user to read “${text}”`, async () => (await screen()).includes(text), PATIENCE);
    },
    agentHas,
    async untilAgentHas(text) {
      await until(`the agent to have “${text}”`, async () => (await agentHas()).includes(text), PATIENCE);
    },
    async calls(isOne) {
      const { calls } = await kore.state();
      return calls
        .filter((call) => call.userId === userId && isOne.test(call.operation))
        .map(({ operation, status }) => (status === 200 ? operation : `${operation}: ${status}`));
    },
    async untilKore(isRight) {
      await kore.until(isRight, AbortSignal.timeout(PATIENCE.timeoutMs));
    },
    untilIs,
    result: () => system.client.workflow.getHandle(workflowId).result() as Promise<EscalationResult>,
  };
}
