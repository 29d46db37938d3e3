// Every platform that Baton knows. A new vendor is a new folder and one line here.
import { certainly } from './certainly';
import { einsteinBots } from './einstein-bots';
import { kore } from './kore';
import { livePerson } from './liveperson';
import type { Platform } from './platform';
import { salesforceLiveAgent } from './salesforce-live-agent';
import { salesforceMessaging } from './salesforce-messaging';
import { salesforceOmni } from './salesforce-omni';
import { webhook } from './webhook';

/** Platforms by the name that the configuration uses. */
export const PLATFORMS: Readonly<Record<string, Platform>> = {
  certainly,
  'einstein-bots': einsteinBots,
  kore,
  liveperson: livePerson,
  'salesforce-live-agent': salesforceLiveAgent,
  'salesforce-messaging': salesforceMessaging,
  'salesforce-omni': salesforceOmni,
  webhook,
};
