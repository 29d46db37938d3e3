#!/usr/bin/env node
// The `baton` command. Each command is a file in commands/; this one only lists them.
import { Command } from 'commander';
import { addActCommand } from './commands/act';
import { addCodecCommand } from './commands/codec';
import { addConfigCommand } from './commands/config-check';
import { addGatewayCommand } from './commands/gateway';
import { addKeysCommand } from './commands/keys';
import { addReplayCommand } from './commands/replay';
import { addSimulateCommand } from './commands/simulate';
import { addStartCommand } from './commands/start';
import { addWorkerCommand } from './commands/worker';
import { fail } from './failure';

// Whoever read the output has gone (`baton … | head`): nothing is left to say, and no stack trace helps.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
  process.exit(1);
});

const program = new Command('baton').description('Durable handoffs from a bot to a human or another bot.');
addStartCommand(program);
addWorkerCommand(program);
addGatewayCommand(program);
addConfigCommand(program);
addKeysCommand(program);
addCodecCommand(program);
addReplayCommand(program);
addSimulateCommand(program);
addActCommand(program);
program.parseAsync().catch(fail);
