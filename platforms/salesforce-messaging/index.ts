// Salesforce Messaging for In-App and Web (Enhanced Chat): a desk whose chats Baton carries.
import type { Platform } from '../platform';
import { createMessagingDesk, MESSAGING_CAPABILITIES } from './desk';
import { isValidTargetId } from './ids';
import { checkConnector } from './options';

/** The platform that platforms/index.ts lists. */
export const salesforceMessaging: Platform = {
  name: 'salesforce-messaging',
  desk: {
    capabilities: MESSAGING_CAPABILITIES,
    isValidTargetId,
    checkConnector,
    createDesk: createMessagingDesk,
  },
};
