// Omni-Channel against the simulated org: queues, skills in both ways of routing them, and
// flows that write the transfer's id into the Case that they make.
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

describeDeskConformance({
  ...common,
  name: 'Salesforce Omni-Channel (flows)',
  declines: ['invalid_target', 'rejected', 'no_agents', 'closed_hours'],
  tells: { exists: true, available: false, agent: false, userLeft: false },
  open: () => openStage('flow'),
});
