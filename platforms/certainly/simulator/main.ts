// The simulator as a process of its own: `main.js [--port N] [--host H]`.
import { runSimulator } from '../../simulation/run-process';
import { startCertainlySimulator } from './server';

runSimulator({
  name: 'certainly',
  start: ({ port, host }) =>
    startCertainlySimulator({ ...(port !== undefined && { port }), ...(host !== undefined && { host }) }),
});
