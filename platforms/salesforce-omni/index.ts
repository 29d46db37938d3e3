// Salesforce Omni-Channel by the core REST API: a desk for queues, skills, agents and tickets.
import type { Platform } from '../platform';
import { createOmniDesk, OMNI_CAPABILITIES } from './desk';
import { isValidTargetId } from './ids';
import { checkConnector } from './options';

/** The platform that platforms/index.ts lists. */
export const salesforceOmni: Platform = {
  name: 'salesforce-omni',
  desk: {
    capabilities: OMNI_CAPABILITIES,
    isValidTargetId,
    checkConnector,
    createDesk: createOmniDesk,
  },
};
