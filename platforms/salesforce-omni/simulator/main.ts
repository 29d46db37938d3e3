// The simulator as a process of its own: `main.js [--port N] [--host H] [--org FILE]`, the file a JSON of OrgSpec.
import { readFileSync } from 'node:fs';
import { runSimulator } from '../../simulation/run-process';
import { startOmniSimulator } from './server';
import type { OrgSpec } from './simulation';

runSimulator({
  name: 'salesforce',
  fileOption: 'org',
  start: ({ file, ...listen }) =>
    startOmniSimulator({
      ...listen,
      ...(file !== undefined && { org: JSON.parse(readFileSync(file, 'utf8')) as OrgSpec }),
    }),
});
