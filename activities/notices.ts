// Tells the bot: by signed webhook, by Temporal signal, or in the platform's own words.
import { WorkflowNotFoundError } from '@temporalio/common';
import { assertNever } from '../domain/assert-never';
import { BatonError } from '../domain/errors';
import { sessionWorkflowId } from '../domain/ids';
import type { Notice } from '../domain/notice';
import { deliverWebhookNotice } from '../platforms/webhook/deliver-notice';
import { botOf } from './accounts';
import type { ActivityDeps } from './deps';
import { withFaults } from './faults';
import { botCall } from './messages';
import type { DeliverNoticeInput } from './types';

type Deps = Pick<ActivityDeps, 'configuration' | 'platforms' | 'accounts' | 'signalBot'>;

/** The `deliverNotice` activity: one try. The notice's id is the same on every try. */
export function createDeliverNotice(deps: Deps) {
  return async function deliverNotice(input: DeliverNoticeInput): Promise<void> {
    const { tenant, bot: name, notice } = input;
    return withFaults(async (signal) => {
      const { notices, platform } = botOf(deps, tenant, name);
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
          if (deps.platforms[platform]?.botSide?.sessions) return tellSession(deps, tenant, notice);
          const botSide = deps.accounts.botSide(tenant, name);
          if (!botSide.deliverNotice) {
            throw new BatonError(
              'ESC_CONFIG_UNKNOWN_NAME',
              `the platform of bot ${name} has no words for notices`,
            );
          }
          return botSide.deliverNotice(notice, botCall(input, signal));
        }
        default:
          return assertNever(notices);
      }
    });
  };
}

/** The bot hears it in its session, which the conversation's workflow keeps. Once that is over, nobody is to be told. */
async function tellSession({ signalBot }: Deps, tenant: string, notice: Notice): Promise<void> {
  try {
    await signalBot(sessionWorkflowId(tenant, notice.conversationId), 'notice', notice);
  } catch (error) {
    if (!(error instanceof WorkflowNotFoundError)) throw error;
  }
}
