// One simulated LivePerson account for a test: a bot, and skills with agents as the test asks for them.
import type { BotConfiguration, ConnectorConfiguration } from '../../../domain/configuration';
import type { Target } from '../../../domain/target';
import type { Desk, TransferRequest } from '../../../platforms/desk';
import { createLivePerson } from '../../../platforms/liveperson';
import { startLivePersonSimulator } from '../../../platforms/liveperson/simulator';
import type { LivePersonSimulator } from '../../../platforms/liveperson/simulator';
import type { BotSide } from '../../../platforms/bot-side';
import type { Platform, PlatformContext } from '../../../platforms/platform';

/** The simulated account. */
export const ACCOUNT = '31415926';
/** The bot that the connector logs in as. */
export const BOT = '1001';
/** A skill that nobody has unless a test says so. */
export const SKILL = '501';
/** Another one. */
export const OTHER_SKILL = '502';
/** An agent of {@link SKILL} who is there and waits. */
export const AGENT = '2001';
/** Last words of the tests. */
export const MESSAGE = { id: 'last-words', text: 'One moment, I am handing you over.' };

const silentLog = { debug: () => undefined, info: () => undefined, warn: () => undefined };

/** A simulator with its desks and bot sides. */
export interface Stage {
  readonly simulator: LivePersonSimulator;
  readonly control: LivePersonSimulator['control'];
  readonly connector: ConnectorConfiguration;
  /** Each call is a new process in the eyes of LivePerson: it shares nothing with the others. */
  openDesk(overrides?: Partial<ConnectorConfiguration>): Desk;
  openBotSide(bot?: Partial<BotConfiguration>): BotSide;
  /** A conversation that the bot holds. */
  newConversation(): Promise<string>;
  /** A transfer of a new conversation. */
  newTransfer(target?: Target): Promise<TransferRequest>;
  close(): Promise<void>;
}

/** See {@link Stage}. */
export async function openStage(): Promise<Stage> {
  const simulator = await startLivePersonSimulator({ world: WORLD });
  const { control } = simulator;
  const open: { close(): Promise<void> }[] = [];
  const connector = connectorOf(simulator);
  const stage: Stage = {
    simulator,
    control,
    connector,
    openDesk(overrides) {
      const desk = deskOf(createLivePerson(), { ...connector, ...overrides });
      open.push(desk);
      return desk;
    },
    openBotSide(overrides) {
      const bot = { ...BOT_CONFIGURATION, ...overrides };
      const side = createLivePerson().botSide?.createBotSide(bot, { ...connector }, CONTEXT);
      if (!side) throw new Error('LivePerson has a bot side');
      open.push(side);
      return side;
    },
    async newConversation() {
      return (await control.createConversation({ assignedTo: BOT, message: 'Hello' })).conversationId;
    },
    async newTransfer(target = { kind: 'skill', id: SKILL }) {
      const conversationId = await stage.newConversation();
      return { conversationId, transferId: `${conversationId}/r1/0`, target, message: MESSAGE };
    },
    async close() {
      await Promise.all(open.map((each) => each.close()));
      await simulator.close();
    },
  };
  return stage;
}

/** The desk of a platform that may be shared with other desks. */
export function deskOf(platform: Platform, connector: ConnectorConfiguration): Desk {
  const desk = platform.desk?.createDesk(connector, CONTEXT);
  if (!desk) throw new Error('LivePerson has a desk');
  return desk;
}

/** What the platform is made with. */
export const CONTEXT: PlatformContext = { tenant: 't1', name: 'lp', log: silentLog };

/** Limits of one call, generous. */
export function call(ms = 10_000): { readonly signal: AbortSignal } {
  return { signal: AbortSignal.timeout(ms) };
}

/** Asks until the answer is right. */
export async function eventually<T>(ask: () => T | Promise<T>, isRight: (value: T) => boolean): Promise<T> {
  const deadline = AbortSignal.timeout(30_000);
  for (;;) {
    const value = await ask();
    if (isRight(value)) return value;
    if (deadline.aborted) throw new Error(`never became right: ${JSON.stringify(value)}`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

const WORLD = {
  accounts: [
    {
      id: ACCOUNT,
      skills: [
        { id: SKILL, name: 'Returns' },
        { id: OTHER_SKILL, name: 'Service' },
      ],
      users: [
        {
          userId: BOT,
          loginName: 'bot',
          kind: 'bot' as const,
          manages: true,
          maxAsyncChats: 999,
          credentials: { password: 'pw', appKey: 'key', secret: 'shh' },
        },
        { userId: AGENT, loginName: 'paul', skillIds: [SKILL] },
      ],
    },
  ],
};

const BOT_CONFIGURATION: BotConfiguration = {
  platform: 'liveperson',
  connector: 'lp',
  options: {},
  notices: { kind: 'platform' },
  retryWindowMs: 60_000,
  allowPrivateNetwork: true,
};

function connectorOf(simulator: LivePersonSimulator): ConnectorConfiguration {
  return {
    platform: 'liveperson',
    account: ACCOUNT,
    credentials: { username: 'bot', password: { reveal: () => 'pw' } },
    options: { host: `127.0.0.1:${simulator.port}`, scheme: 'http', snapshotGraceMs: 200 },
    timeouts: { requestMs: 3_000, connectMs: 2_000, heartbeatMs: 5_000 },
    allowPrivateNetwork: true,
  };
}
