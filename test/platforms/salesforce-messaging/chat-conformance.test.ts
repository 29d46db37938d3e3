// Chats over Messaging for In-App and Web against its simulator, in orgs that behave differently where Salesforce does
// not say how it behaves.
import { salesforceMessaging } from '../../../platforms/salesforce-messaging';
import { describeChatConformance } from '../chat-conformance';
import { GUEST, VERIFIED } from './builders';
import { openChatStage, TROUBLES } from './chat-stage';

const common = { platform: salesforceMessaging.desk!, troubles: Object.keys(TROUBLES) } as const;

describeChatConformance({
  ...common,
  name: 'Salesforce Messaging (verified users; nothing is replayed, no repeat is dropped)',
  open: () =>
    openChatStage({
      credentials: VERIFIED,
      settings: { replays: false, dedupes: false, listPayload: 'string' },
    }),
});

describeChatConformance({
  ...common,
  name: 'Salesforce Messaging (guests; everything is replayed)',
  // A guest whose token is refused has no other.
  troubles: common.troubles.filter((name) => name !== 'the token is no longer taken'),
  open: () => openChatStage({ credentials: GUEST, settings: { streamPayload: 'object' } }),
});
