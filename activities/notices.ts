// Tells the bot: by signed webhook, by Temporal signal, or in the platform's own words.
import { assertNever } from '../domain/assert-never';
import { BatonError } from '../domain/errors';
import { deliverWebhookNotice } from '../platforms/webhook/deliver-notice';
import { botOf } from './accounts';
import type { ActivityDeps } from './deps';
import { withFaults } from './faults';
import type { DeliverNoticeInput } from './types';

/** The `deliverNotice` activity: one try. The notice's id is the same on every try. */
export function createDeliverNotice(deps: Pick<ActivityDeps, 'configuration' | 'accounts' | 'signalBot'>) {
  return async function deliverNotice({ tenant, bot: name, notice }: DeliverNoticeInput): Promise<void> {
    return withFaults(async (signal) => {
      const { notices } = botOf(deps, tenant, name);
      switch (notices.kind) {
        case 'webhook': {
          const { secret, previousSecret } = notices;
          const secrets = [secret, ...(previousSecret ? [previousSecret] : [])].map((each) => each.reveal());
          const endpoint = { url: notices.url, secrets };
          return deliverWebhookNotice(deps.accounts.noticeClient(tenant, name), endpoint, notice, { signal });
        }
        case 'signal':
          return deps.signalBot(notices.workflowId, notices.signal, notice);
        case 'platform': {
          const botSide = deps.accounts.botSide(tenant, name);
          if (!botSide.deliverNotice) {
            throw new BatonError(
              'ESC_CONFIG_UNKNOWN_NAME',
              `the platform of bot ${name} has no words for notices`,
            );
          }
          return botSide.deliverNotice(notice, { signal });
        }
        default:
          return assertNever(notices);
      }
    });
  };
}
