// Chats over Live Agent against its simulator, in orgs that behave differently where the vendor does not say how.
import { salesforceLiveAgent } from '../../../platforms/salesforce-live-agent';
import { describeChatConformance } from '../chat-conformance';
import { openChatStage, TROUBLES } from './chat-stage';

const common = { platform: salesforceLiveAgent.desk!, troubles: Object.keys(TROUBLES) } as const;

describeChatConformance({
  ...common,
  name: 'Live Agent (repeats are refused)',
  open: () => openChatStage({ settings: { repeats: 'conflict', unmoved: 'refused' } }),
});

describeChatConformance({
  ...common,
  name: 'Live Agent (repeats are passed over, every reconnection counts)',
  open: () => openChatStage({ settings: { repeats: 'ok', unmoved: 'reconnected' } }),
});
