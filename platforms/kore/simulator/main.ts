// The simulator as a process of its own: `main.js [--port N] [--host H] [--state FILE]`. Where its events go is set over
// the control API.
import { runSimulator } from '../../simulation/run-process';
import { startKoreSimulator } from './server';

runSimulator({
  name: 'kore',
  start: ({ file, ...listen }) =>
    startKoreSimulator({ ...listen, ...(file !== undefined && { stateFile: file }) }),
});
