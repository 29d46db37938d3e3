// Salesforce Live Agent (Chat REST API): a desk whose chats Baton carries. Retired by the vendor, spoken by private
// installations.
import type { Platform } from '../platform';
import { LIVE_AGENT_CAPABILITIES } from './capabilities';
import { createLiveAgentDesk } from './desk';
import { isValidTargetId } from './ids';
import { checkConnector } from './options';

/** The platform that platforms/index.ts lists. */
export const salesforceLiveAgent: Platform = {
  name: 'salesforce-live-agent',
  desk: {
    capabilities: LIVE_AGENT_CAPABILITIES,
    isValidTargetId,
    checkConnector,
    createDesk: createLiveAgentDesk,
  },
};
