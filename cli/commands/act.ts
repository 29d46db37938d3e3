// `baton act`, which nobody types: the people of a demo story, each as a process of its own.
import type { Command } from 'commander';
import { fail, stopSignal } from '../failure';
import { playAgent, type AgentOptions } from '../start/actors/agent';
import { playChatClient, type ChatClientOptions } from '../start/actors/chat-client';
import { playKoreUser, type KoreUserOptions } from '../start/actors/kore-user';
import { playLiveAgent, type LiveAgentOptions } from '../start/actors/live-agent';
import { playUser, type UserOptions } from '../start/actors/user';
import { playWidgetVisitor, type WidgetVisitorOptions } from '../start/actors/widget-visitor';
import { DEMO_API_KEY } from '../start/settings';

/** Adds the command; help does not list it. */
export function addActCommand(program: Command): void {
  const act = program.command('act', { hidden: true }).description('Play a side of a demo story.');
  act
    .command('user')
    .requiredOption('--conversation <id>')
    .requiredOption('--gateway <url>')
    .requiredOption('--bot <url>')
    .action((options: Omit<UserOptions, 'apiKey'>) =>
      playUser({ ...options, apiKey: DEMO_API_KEY }, stopSignal()).then(() => process.exit(), fail),
    );
  act
    .command('widget-visitor')
    .requiredOption('--user <id>')
    .requiredOption('--certainly <url>')
    .action((options: WidgetVisitorOptions) =>
      playWidgetVisitor(options, stopSignal()).then(() => process.exit(), fail),
    );
  act
    .command('chat-client')
    .requiredOption('--conversation <id>')
    .requiredOption('--talk <name>')
    .requiredOption('--gateway <url>')
    .requiredOption('--receiver <url>')
    .action((options: Omit<ChatClientOptions, 'apiKey'>) =>
      playChatClient({ ...options, apiKey: DEMO_API_KEY }, stopSignal()).then(() => process.exit(), fail),
    );
  act
    .command('kore-user')
    .requiredOption('--user <id>')
    .requiredOption('--kore <url>')
    .action((options: KoreUserOptions) =>
      playKoreUser(options, stopSignal()).then(() => process.exit(), fail),
    );
  act
    .command('live-agent')
    .requiredOption('--conversation <id>')
    .requiredOption('--org <url>')
    .action((options: LiveAgentOptions) =>
      playLiveAgent(options, stopSignal()).then(() => process.exit(), fail),
    );
  act
    .command('agent')
    .requiredOption('--conversation <id>')
    .requiredOption('--messaging <url>')
    .action((options: AgentOptions) => playAgent(options, stopSignal()).then(() => process.exit(), fail));
}
