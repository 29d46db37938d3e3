// The simulator as a process of its own: `main.js [--port N] [--host H] [--state FILE]`.
import { runSimulator } from '../../simulation/run-process';
import { startLiveAgentSimulator } from './server';

runSimulator({
  name: 'live agent',
  start: ({ file, ...listen }) =>
    startLiveAgentSimulator({ ...listen, ...(file !== undefined && { stateFile: file }) }),
});
