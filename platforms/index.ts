// Every platform that Baton knows. A new vendor is a new folder and one line here.
import { livePerson } from './liveperson';
import type { Platform } from './platform';
import { salesforceMessaging } from './salesforce-messaging';
import { salesforceOmni } from './salesforce-omni';
import { webhook } from './webhook';

/** Platforms by the name that the configuration uses. */
export const PLATFORMS: Readonly<Record<string, Platform>> = {
  liveperson: livePerson,
  'salesforce-messaging': salesforceMessaging,
  'salesforce-omni': salesforceOmni,
  webhook,
};
