// The simulator as a process of its own: `main.js [--port N] [--host H] [--state FILE]`.
import { runSimulator } from '../../simulation/run-process';
import { startEinsteinBotsSimulator } from './server';

runSimulator({
  name: 'einstein-bots',
  start: ({ file, ...listen }) =>
    startEinsteinBotsSimulator({ ...listen, ...(file !== undefined && { stateFile: file }) }),
});
