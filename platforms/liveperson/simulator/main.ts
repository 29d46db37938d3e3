// The simulator as a process of its own: `main.js [--port N] [--host H] [--state FILE]`. Prints a JSON line for each
// event.
import { runSimulator } from '../../simulation/run-process';
import { startLivePersonSimulator } from './server';

runSimulator({
  name: 'liveperson',
  start: ({ file, ...listen }, print) =>
    startLivePersonSimulator({
      ...listen,
      ...(file !== undefined && { stateFile: file }),
      log: (event, fields) => print({ event, ...fields }),
    }),
});
