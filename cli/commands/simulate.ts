// `baton simulate`: simulated platforms on loopback, for demos and for trying a configuration.
import { once } from 'node:events';
import type { Command } from 'commander';
import { startCertainlySimulator } from '../../platforms/certainly/simulator';
import { startKoreSimulator } from '../../platforms/kore/simulator';
import { startLivePersonSimulator } from '../../platforms/liveperson/simulator';
import { startLiveAgentSimulator } from '../../platforms/salesforce-live-agent/simulator';
import { startMessagingSimulator } from '../../platforms/salesforce-messaging/simulator';
import { startBotReceiver } from '../../platforms/webhook/simulator';
import { fail, stopSignal } from '../failure';
import { startSalesforce } from '../start/salesforce';
import { optionalPortOption, portOption } from '../options';
import { DEMO_BOT_SECRET, DEMO_KORE_SECRET } from '../start/settings';

interface Options {
  readonly livepersonPort: number;
  readonly livepersonState?: string;
  readonly botPort: number;
  /** Absent: no Live Agent. */
  readonly liveAgentPort?: number;
  readonly messagingPort: number;
  readonly certainlyPort: number;
  readonly einsteinBotsPort: number;
  readonly omniPort: number;
  readonly korePort: number;
}

/** Adds the command. */
export function addSimulateCommand(program: Command): void {
  program
    .command('simulate')
    .description(
      'Run the simulated platforms: LivePerson, Salesforce Messaging, Live Agent, Omni-Channel and Einstein bots, Kore.ai, Certainly, and a bot that receives notices.',
    )
    .addOption(portOption('--liveperson-port <port>', 'port of the simulated LivePerson', 7301))
    .option('--liveperson-state <file>', 'keep its conversations in this file')
    .addOption(portOption('--bot-port <port>', "port of the bot's webhook", 7302))
    .addOption(
      optionalPortOption(
        '--live-agent-port <port>',
        'port of a simulated Live Agent, which is left out otherwise',
        'BATON_LIVE_AGENT_PORT',
      ),
    )
    .addOption(portOption('--messaging-port <port>', 'port of the simulated Salesforce Messaging', 7304))
    .addOption(portOption('--certainly-port <port>', 'port of the simulated Certainly', 7305))
    .addOption(
      portOption('--einstein-bots-port <port>', 'port of the simulated runtime of Einstein bots', 7306),
    )
    .addOption(portOption('--omni-port <port>', 'port of the simulated Omni-Channel org of these bots', 7307))
    .addOption(portOption('--kore-port <port>', 'port of the simulated Kore.ai', 7308))
    .action((options: Options) => simulate(options, stopSignal()).catch(fail));
}

async function simulate(options: Options, stop: AbortSignal): Promise<void> {
  const liveperson = await startLivePersonSimulator({
    port: options.livepersonPort,
    ...(options.livepersonState !== undefined && { stateFile: options.livepersonState }),
  });
  const { liveAgentPort } = options;
  const liveAgent =
    liveAgentPort === undefined ? undefined : await startLiveAgentSimulator({ port: liveAgentPort });
  const messaging = await startMessagingSimulator({ port: options.messagingPort });
  const certainly = await startCertainlySimulator({ port: options.certainlyPort });
  const kore = await startKoreSimulator({
    port: options.korePort,
    settings: { clientSecret: DEMO_KORE_SECRET },
  });
  const salesforce = await startSalesforce({ bots: options.einsteinBotsPort, omni: options.omniPort });
  // The last: who waits for it waits for all.
  const bot = await startBotReceiver({ port: options.botPort, secret: DEMO_BOT_SECRET });
  const urls = {
    liveperson: liveperson.url,
    messaging: messaging.url,
    certainly: certainly.url,
    kore: kore.url,
    einsteinBots: salesforce.botsUrl,
    omni: salesforce.omniUrl,
    bot: bot.controlUrl,
    ...(liveAgent && { liveAgent: liveAgent.baseUrl }),
  };
  process.stdout.write(`${JSON.stringify(urls)}\n`);
  if (!stop.aborted) await once(stop, 'abort');
  const simulators = [liveperson, liveAgent, messaging, certainly, kore, salesforce, bot];
  await Promise.all(simulators.map(async (simulator) => simulator?.close()));
}
