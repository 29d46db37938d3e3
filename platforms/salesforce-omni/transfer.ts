// Asks for a human: finds what an earlier try has done, makes what is missing, and says where it stands. Reading first
// and a unique external id make it one Case and one piece of work, whoever repeats it.
import type { TransferAnswer, TransferRequest } from '../desk';
import { declined } from './declined';
import { externalIdOf } from './ids';
import { makeCase, routeCase } from './make-case';
import { beforehand, requestFlow } from './request-flow';
import { routeTo } from './route-to';
import type { Route } from './routing';
import type { Runtime } from './runtime';
import { answerOf, findTransfer, isHalfDone, rawOf } from './standing';
import type { Found } from './standing';
import { withdraw } from './withdraw';

/** See the file's comment. */
export async function requestTransfer(
  runtime: Runtime,
  request: TransferRequest,
  signal: AbortSignal,
): Promise<TransferAnswer> {
  const find = (): Promise<Found | undefined> => findTransfer(runtime, request.transferId, signal);
  const isFlow = request.target.kind === 'flow';
  const before = await (isFlow ? beforehand(find) : find());
  if (before && !isHalfDone(runtime, request.target, before.work))
    return leavingNothing(runtime, request, answerOf(request, before), before, signal);
  if (isFlow) return requestFlow(runtime, request, signal);
  const routed = await routeTo(runtime, request.target, signal);
  if (routed.kind === 'declined') return routed;
  const { route } = routed;
  if (before) return routeOrEnd(runtime, request, route, before.caseId, signal);
  const externalId = externalIdOf(runtime.tenant, request.transferId);
  const made = await makeCase(runtime, request, route, externalId, signal);
  if (made.kind === 'declined') return made;
  if (made.kind === 'doubled') return afterDoubled(runtime, request, route, signal);
  if (route.kind === 'action') return routeOrEnd(runtime, request, route, made.caseId, signal);
  return { kind: 'queued', raw: rawOf(request, made.caseId) };
}

/** Another try was faster, or its answer was lost: what it made counts, and is finished if it stopped halfway. */
async function afterDoubled(
  runtime: Runtime,
  request: TransferRequest,
  route: Route,
  signal: AbortSignal,
): Promise<TransferAnswer> {
  const found = await findTransfer(runtime, request.transferId, signal);
  if (!found) return declined('rejected', 'DUPLICATE_VALUE in another field than the external id');
  if (isHalfDone(runtime, request.target, found.work))
    return routeOrEnd(runtime, request, route, found.caseId, signal);
  return leavingNothing(runtime, request, answerOf(request, found), found, signal);
}

/** Routes the Case; one that cannot be routed does not stay. */
async function routeOrEnd(
  runtime: Runtime,
  request: TransferRequest,
  route: Route,
  caseId: string,
  signal: AbortSignal,
): Promise<TransferAnswer> {
  const answer = await routeCase(runtime, request, route, caseId, signal);
  if (answer.kind !== 'declined') return answer;
  const found = await findTransfer(runtime, request.transferId, signal);
  return found ? leavingNothing(runtime, request, answer, found, signal) : answer;
}

/** Nobody withdraws what was declined, so that a decline takes away by itself what is still there. */
async function leavingNothing(
  runtime: Runtime,
  request: TransferRequest,
  answer: TransferAnswer,
  { work }: Found,
  signal: AbortSignal,
): Promise<TransferAnswer> {
  if (answer.kind !== 'declined' || (work.isClosed && work.pending.length === 0)) return answer;
  const withdrawal = await withdraw(runtime, request, signal);
  return withdrawal.kind === 'connected' ? withdrawal : answer;
}
