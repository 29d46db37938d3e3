// The simulator as a process of its own: `main.js [--port N] [--host H] [--state FILE]`.
import { runSimulator } from '../../simulation/run-process';
import { startMessagingSimulator } from './server';

runSimulator({
  name: 'messaging',
  start: ({ file, ...listen }) =>
    startMessagingSimulator({ ...listen, ...(file !== undefined && { stateFile: file }) }),
});
