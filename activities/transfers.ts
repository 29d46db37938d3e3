// What is asked of a desk: check a target, request a transfer, wait for its answer, withdraw it.
import { Context } from '@temporalio/activity';
import type { DeskEvent } from '../domain/desk-event';
import { BatonError } from '../domain/errors';
import type { TransferAnswer } from '../platforms/desk';
import type { ActivityDeps } from './deps';
import { withFaults } from './faults';
import { startHeartbeat } from './heartbeat';
import { isKeepable } from './payload-limit';
import type {
  AwaitAnswerInput,
  RequestTransferInput,
  TargetVerdict,
  TransferCall,
  TransferReply,
  WithdrawReply,
} from './types';

type Deps = Pick<ActivityDeps, 'accounts'>;

/** The `checkTarget` activity. What the desk cannot tell never stops a transfer. */
export function createCheckTarget(deps: Deps) {
  return async function checkTarget(input: TransferCall): Promise<TargetVerdict> {
    return withFaults(async (signal) => {
      const check = await deps.accounts.desk(input.tenant, input.connector).check(input.target, { signal });
      if (check.exists === 'no') return { kind: 'skip', reason: 'invalid_target' };
      if (check.available === 'no') return { kind: 'skip', reason: 'no_agents' };
      return { kind: 'go' };
    });
  };
}

/** The `requestTransfer` activity. The desk settles what an earlier try may have done before it sends again. */
export function createRequestTransfer(deps: Deps) {
  return async function requestTransfer(input: RequestTransferInput): Promise<TransferReply> {
    return withFaults(async (signal) => {
      const desk = deps.accounts.desk(input.tenant, input.connector);
      const { conversationId, transferId, target, message, context } = input;
      const request = {
        conversationId,
        transferId,
        target,
        ...(message && { message }),
        ...(context && { context }),
      };
      return toReply(await desk.requestTransfer(request, { signal }), input.keepRaw ?? false);
    });
  };
}

/** The `awaitAnswer` activity: heartbeats until the desk has news. Another worker resumes it where the desk stands. */
export function createAwaitAnswer(deps: Deps) {
  return async function awaitAnswer(input: AwaitAnswerInput): Promise<DeskEvent> {
    return withFaults(async (signal) => {
      const desk = deps.accounts.desk(input.tenant, input.connector);
      if (!desk.watch)
        throw new BatonError('ESC_CONFIG_UNKNOWN_NAME', `connector ${input.connector} is not watched`);
      const stop = startHeartbeat(Context.current());
      try {
        return await desk.watch(input, input.seen, { signal });
      } finally {
        stop();
      }
    });
  };
}

/** The `withdrawTransfer` activity. */
export function createWithdrawTransfer(deps: Deps) {
  return async function withdrawTransfer(input: TransferCall): Promise<WithdrawReply> {
    return withFaults((signal) =>
      deps.accounts.desk(input.tenant, input.connector).withdraw(input, { signal }),
    );
  };
}

function toReply(answer: TransferAnswer, keepRaw: boolean): TransferReply {
  if (!('raw' in answer) || (keepRaw && isKeepable(answer.raw))) return answer;
  const { raw: _dropped, ...reply } = answer;
  return reply;
}
