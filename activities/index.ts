// The activities by the names that the workflow uses. Made once for each worker process.
import { createSessionActivities } from './bot-sessions';
import { createCarry, createCloseChat, createListenToDesk } from './chats';
import type { ActivityDeps } from './deps';
import { createExtendConversation, createPostToUser, createReadTranscript } from './messages';
import { createDeliverNotice } from './notices';
import { createAskForPassage, createPassOn } from './passage';
import { createPlan } from './plan';
import {
  createAwaitAnswer,
  createCheckTarget,
  createRequestTransfer,
  createWithdrawTransfer,
} from './transfers';
import { createTransformResult } from './transform-result';
import type { SessionActivities } from './session-types';
import type { EscalationActivities, PassageActivities } from './types';

/** All activities of a worker. */
export function createActivities(
  deps: ActivityDeps,
): EscalationActivities & PassageActivities & SessionActivities {
  return {
    plan: createPlan(deps),
    postToUser: createPostToUser(deps),
    checkTarget: createCheckTarget(deps),
    requestTransfer: createRequestTransfer(deps),
    awaitAnswer: createAwaitAnswer(deps),
    withdrawTransfer: createWithdrawTransfer(deps),
    listenToDesk: createListenToDesk(deps),
    carry: createCarry(deps),
    closeChat: createCloseChat(deps),
    transformResult: createTransformResult(deps),
    deliverNotice: createDeliverNotice(deps),
    passOn: createPassOn(deps),
    askForPassage: createAskForPassage(deps),
    extendConversation: createExtendConversation(deps),
    readTranscript: createReadTranscript(deps),
    ...createSessionActivities(deps),
  };
}
