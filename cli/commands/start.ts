// `baton start`, which is `npm start`: everything on this machine, and one escalation to its end.
import { Option, type Command } from 'commander';
import { fail, stopSignal } from '../failure';
import { portOption } from '../options';
import { runStart } from '../start/run-start';
import type { StartOptions } from '../start/settings';
import { STORIES } from '../start/stories';

/** Adds the command. */
export function addStartCommand(program: Command): void {
  program
    .command('start')
    .description(
      'Start Temporal, worker, gateway and simulated platforms here, and run one escalation to its end.',
    )
    .addOption(
      new Option('--demo <name>', 'the story to play')
        .choices(STORIES.map(({ name }) => name))
        .default(STORIES[0]?.name),
    )
    .option('--once', 'stop after the story; exit 0 if it ended as expected', false)
    .option('--json', 'print one JSON object per story line', false)
    .addOption(portOption('--temporal-port <port>', 'port of Temporal', 7233))
    .addOption(portOption('--ui-port <port>', 'port of the Temporal UI', 8233))
    .addOption(portOption('--gateway-port <port>', 'port of the gateway', 7300))
    .addOption(portOption('--liveperson-port <port>', 'port of the simulated LivePerson', 7301))
    .addOption(portOption('--bot-port <port>', "port of the demo bot's webhook", 7302))
    .addOption(portOption('--worker-health-port <port>', "port of the worker's health", 7303))
    .addOption(portOption('--messaging-port <port>', 'port of the simulated Salesforce Messaging', 7304))
    .addOption(portOption('--certainly-port <port>', 'port of the simulated Certainly', 7305))
    .addOption(
      portOption('--einstein-bots-port <port>', 'port of the simulated runtime of Einstein bots', 7306),
    )
    .addOption(portOption('--omni-port <port>', 'port of the simulated Omni-Channel org', 7307))
    .addOption(portOption('--kore-port <port>', 'port of the simulated Kore.ai', 7308))
    .addOption(portOption('--live-agent-port <port>', 'port of the simulated Live Agent', 7309))
    .action(async (options: StartOptions) => {
      const story = STORIES.find(({ name }) => name === options.demo);
      if (!story) throw new Error(`no story ${options.demo}`);
      process.exitCode = await runStart(story, options, stopSignal()).catch(fail);
      // Keep-alive sockets of the demo's own clients would hold the process for seconds.
      process.exit();
    });
}
