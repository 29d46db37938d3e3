// What an escalation takes over into its next run, while user and agent talk: everything that it knows but what is over
// and large. It is the input of a run, so it stays small however long the chat lasts.
import type { EscalationState } from './escalation-state';
import type { EscalationPlan } from './plan';
import type { EscalationRequest } from './request';

const MAX_NOTICES = 100;

/** The state as the next run begins with it. */
export function stateForNextRun(state: EscalationState): EscalationState {
  const { answeredAt: _, plan, request, notices, noticesBefore = 0, ...rest } = state;
  return {
    ...rest,
    ...(plan && { plan: withoutTransfer(plan) }),
    ...(request && { request: nameOf(request) }),
    notices: notices.slice(-MAX_NOTICES),
    noticesBefore: noticesBefore + Math.max(notices.length - MAX_NOTICES, 0),
  };
}

/** The transfer is made: what it carried is not needed any more. */
function withoutTransfer(plan: EscalationPlan): EscalationPlan {
  const {
    transferMessage: _message,
    lastMessages: _last,
    context: _context,
    result: _result,
    ...rest
  } = plan;
  return rest;
}

function nameOf({ requestId, integration }: EscalationRequest): EscalationRequest {
  return { requestId, integration };
}
