// Activities as a worker has them, over a real generic desk, a real bot receiver and a real LivePerson simulator,
// run one by one in the mock activity environment.
import type { DeskNewsSignal } from '../../domain/desk-event';
import { MockActivityEnvironment } from '@temporalio/testing';
import { createActivities } from '../../activities';
import { createAccounts, type Accounts } from '../../activities/accounts';
import { createTransformer } from '../../activities/transform';
import type { EscalationActivities } from '../../activities/types';
import type { Notice } from '../../domain/notice';
import type { TenantConfiguration } from '../../domain/configuration';
import { PLATFORMS } from '../../platforms';
import {
  DEMO_ACCOUNT,
  startLivePersonSimulator,
  type LivePersonSimulator,
} from '../../platforms/liveperson/simulator';
import {
  createBotReceiverControl,
  createGenericDeskControl,
  startBotReceiver,
  startGenericDesk,
  type BotReceiverControl,
  type GenericDeskControl,
} from '../../platforms/webhook/simulator';
import { aBot, aConnector, anIntegration, aSecret } from '../support/tenant-builders';

const SECRET = 'whsec_MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIz';

/** What a test of activities has at hand. */
export interface ActivityStage {
  readonly activities: EscalationActivities;
  readonly accounts: Accounts;
  readonly desk: GenericDeskControl;
  readonly bot: BotReceiverControl;
  readonly liveperson: LivePersonSimulator;
  /** Signals that bots which are workflows would have got. */
  readonly signals: { workflowId: string; signal: string; notice: Notice }[];
  close(): Promise<void>;
  /** What listening activities have signalled to escalations. */
  readonly chatSignals: { workflowId: string; signal: string; news: DeskNewsSignal }[];
}

/** The environment of an activity, with as much time as workflows give: the mock's second is short on a busy machine. */
export function anActivity(
  info: ConstructorParameters<typeof MockActivityEnvironment>[0] = {},
): MockActivityEnvironment {
  return new MockActivityEnvironment({ startToCloseTimeoutMs: 15_000, ...info });
}

/** Runs one activity as a worker would. */
export function inActivity<T>(run: () => Promise<T>, env = anActivity()): Promise<T> {
  return env.run(run);
}

/** Starts everything that the activities talk to. */
export async function createActivityStage(): Promise<ActivityStage> {
  const genericDesk = await startGenericDesk({ secret: SECRET });
  const receiver = await startBotReceiver({ secret: SECRET });
  const liveperson = await startLivePersonSimulator({});
  const desk = createGenericDeskControl(genericDesk.controlUrl);
  const bot = createBotReceiverControl(receiver.controlUrl);
  await desk.setTarget({ id: '4711' });
  const configuration = {
    tenants: {
      acme: tenant({
        deskUrl: genericDesk.url,
        messagesUrl: receiver.messagesUrl,
        noticesUrl: receiver.noticesUrl,
        liveperson: liveperson.url,
      }),
    },
  };
  const log = { debug: () => undefined, info: () => undefined, warn: () => undefined };
  const accounts = createAccounts({ configuration, platforms: PLATFORMS, log });
  const transformer = createTransformer({
    runnerPath: require.resolve('../../dist/activities/transform/runner.js'),
  });
  const signals: ActivityStage['signals'] = [];
  const chatSignals: ActivityStage['chatSignals'] = [];
  return {
    activities: createActivities({
      configuration,
      platforms: PLATFORMS,
      accounts,
      transformer,
      signalBot: (workflowId, signal, notice) =>
        Promise.resolve(void signals.push({ workflowId, signal, notice })),
      signalEscalation: (workflowId, signal, news) =>
        Promise.resolve(void chatSignals.push({ workflowId, signal, news })),
      askEscalation: () => Promise.resolve(undefined),
      takeRequest: () => Promise.resolve({ kind: 'started', isCarried: false }),
      askForReceiver: () => Promise.resolve(undefined),
      askForPassage: () => Promise.resolve(),
      askForOwner: () => Promise.resolve({ owner: 'bot', epoch: 0 }),
      log,
    }),
    chatSignals,
    accounts,
    desk,
    bot,
    liveperson,
    signals,
    close: async () => {
      await accounts.close();
      await transformer.close();
      await Promise.all([desk.close(), bot.close()]);
      await Promise.all([genericDesk.close(), receiver.close(), liveperson.close()]);
    },
  };
}

function tenant(urls: {
  deskUrl: string;
  messagesUrl: string;
  noticesUrl: string;
  liveperson: string;
}): TenantConfiguration {
  const secret = aSecret(SECRET);
  const bot = aBot({
    platform: 'webhook',
    options: { url: urls.messagesUrl, secret },
    notices: { kind: 'webhook', url: urls.noticesUrl, secret },
    allowPrivateNetwork: true,
  });
  const webhookConnector = aConnector({
    platform: 'webhook',
    options: { url: urls.deskUrl },
    credentials: { secret },
    allowPrivateNetwork: true,
  });
  return {
    apiKeys: [],
    bots: {
      shop: bot,
      workflow: { ...bot, notices: { kind: 'signal', workflowId: 'bot-1', signal: 'handoff' } },
    },
    // `limited` is the same desk under another name: what holds one account back does not hold the other.
    connectors: {
      desk: webhookConnector,
      limited: webhookConnector,
      liveperson: aConnector({
        account: DEMO_ACCOUNT,
        credentials: { username: 'baton-bot', password: aSecret('demo-password') },
        options: { host: urls.liveperson.replace('http://', ''), scheme: 'http' },
        allowPrivateNetwork: true,
      }),
    },
    integrations: { sales: anIntegration({ bot: 'shop' }) },
  };
}
