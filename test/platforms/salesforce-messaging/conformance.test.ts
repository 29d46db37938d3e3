// Messaging for In-App and Web against its simulator, as a desk.
import { salesforceMessaging } from '../../../platforms/salesforce-messaging';
import { describeDeskConformance } from '../desk-conformance';
import { GUEST, VERIFIED } from './builders';
import { openStage } from './stage';

const common = {
  platform: salesforceMessaging.desk!,
  tells: { exists: false, available: false, agent: false, userLeft: false },
  declines: ['no_agents'],
} as const;

describeDeskConformance({
  ...common,
  name: 'Salesforce Messaging (verified users)',
  open: () => openStage(VERIFIED, true),
});

describeDeskConformance({
  ...common,
  name: 'Salesforce Messaging (verified users, an org that drops no repeats)',
  open: () => openStage(VERIFIED, false),
});

describeDeskConformance({
  ...common,
  name: 'Salesforce Messaging (guests)',
  asked: 'when_listened_to',
  open: () => openStage(GUEST, false),
});
