// Omni-Channel against the simulated org: queues, and skills in both ways of routing them.
import { salesforceOmni } from '../../../platforms/salesforce-omni';
import { describeDeskConformance } from '../desk-conformance';
import { openStage } from './stage';

const common = {
  platform: salesforceOmni.desk!,
  declines: ['invalid_target', 'rejected'],
} as const;
const knowsAgents = { exists: true, available: true, agent: true, userLeft: false };

describeDeskConformance({
  ...common,
  name: 'Salesforce Omni-Channel (queues)',
  tells: { ...knowsAgents, agent: false },
  open: () => openStage('queue'),
});

describeDeskConformance({
  ...common,
  name: 'Salesforce Omni-Channel (skills by records)',
  tells: knowsAgents,
  open: () => openStage('skill'),
});

describeDeskConformance({
  ...common,
  name: 'Salesforce Omni-Channel (skills by the action)',
  tells: knowsAgents,
  open: () => openStage('skill', { skillsRouting: 'action' }),
});
