// Live Agent as a desk against its simulator.
import { salesforceLiveAgent } from '../../../platforms/salesforce-live-agent';
import { describeDeskConformance } from '../desk-conformance';
import { openStage } from './desk-stage';

describeDeskConformance({
  name: 'Salesforce Live Agent',
  platform: salesforceLiveAgent.desk!,
  // Whether an agent is one of a button's is nobody's to know.
  tells: { exists: false, available: true, agent: false, userLeft: false },
  asked: 'when_listened_to',
  declines: ['no_agents'],
  open: openStage,
});
