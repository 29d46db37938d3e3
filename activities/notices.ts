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

type Deps = Pick<
  ActivityDeps,
  'configuration' | 'platforms' | 'accounts' | 'signalBot' | 'askForOwner' | 'log'
>;

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
          if (input.late && (await isOvertaken(deps, input, platform))) return undefined;
          return botSide.deliverNotice(notice, botCall(input, signal));
        }
        default:
          return assertNever(notices);
      }
    });
  };
}

/**
 * On platforms that are told who has the conversation: the word of one handoff must not give back what the next one has
 * taken. What cannot be found out holds up nothing.
 */
async function isOvertaken(
  { platforms, askForOwner, log }: Deps,
  { tenant, notice }: DeliverNoticeInput,
  platform: string,
): Promise<boolean> {
  if (!platforms[platform]?.botSide?.ownProgress?.includes('accepted')) return false;
  const { conversationId, epoch, id } = notice;
  const now = await askForOwner({ tenant, conversationId }).catch(() => undefined);
  const isOver = now !== undefined && now.owner !== 'bot' && now.epoch > epoch;
  if (isOver) log.info({ event: 'notice.overtaken', noticeId: id }, 'the conversation is handed off again');
  return isOver;
}

/** The bot hears it in its session, which the conversation's workflow keeps. Once that is over, nobody is to be told. */
async function tellSession({ signalBot }: Deps, tenant: string, notice: Notice): Promise<void> {
  try {
    await signalBot(sessionWorkflowId(tenant, notice.conversationId), 'notice', notice);
  } catch (error) {
    if (!(error instanceof WorkflowNotFoundError)) throw error;
  }
}
