// Takes a transfer back. First nothing is offered any more, then, once no agent can accept, the Case is closed; what
// happened meanwhile is read again after each step, and an agent who was faster keeps the user.
import { BatonError } from '../../domain/errors';
import type { TransferRef, Withdrawal } from '../desk';
import { externalIdOf } from './ids';
import { hasCode, refusalText } from './refusal';
import type { Answer } from './refusal';
import type { Part, RestCall } from './rest';
import { changeStatus, createWithdrawn, deletePending, endCase } from './routing';
import type { Runtime } from './runtime';
import { findTransfer } from './standing';
import type { Found } from './standing';
import { workOf, workQueries } from './work';
import type { Work } from './work';

/** @throws BatonError `ESC_PLATFORM_ERROR` (retryable) while an agent can still accept what nobody offers any more */
export async function withdraw(runtime: Runtime, ref: TransferRef, signal: AbortSignal): Promise<Withdrawal> {
  const found =
    (await findTransfer(runtime, ref.transferId, signal)) ?? (await barTheWay(runtime, ref, signal));
  if (!found) return { kind: 'withdrawn' };
  const { caseId } = found;
  let { work } = found;
  if (work.accepted) return connected(work);
  if (work.pending.length > 0) {
    work = await change(runtime, caseId, work.pending.map(deletePending), signal);
    if (work.accepted) return connected(work);
  }
  // Before the Case is closed: an agent who accepts now gets an open one.
  if (work.isRinging)
    throw new BatonError('ESC_PLATFORM_ERROR', 'an agent who was asked can still accept the withdrawn work');
  if (!work.exists || work.isClosed) return { kind: 'withdrawn' };
  work = await change(runtime, caseId, [endCase(runtime.connector, caseId)], signal);
  return work.accepted ? handBack(runtime, caseId, work, signal) : { kind: 'withdrawn' };
}

/**
 * Makes a closed Case where there is none, with the transfer's external id: a request whose answer never came may still
 * be under way, and is refused then. What was faster is found. Deleted Cases bar nothing, so where withdrawn ones are
 * deleted there is none.
 */
async function barTheWay(
  runtime: Runtime,
  ref: TransferRef,
  signal: AbortSignal,
): Promise<Found | undefined> {
  const { rest, connector, tenant, log } = runtime;
  if (connector.onWithdraw === 'delete') return undefined;
  const answer = await rest.call(createWithdrawn(connector, externalIdOf(tenant, ref.transferId)), signal);
  if (hasCode(answer, 'DUPLICATE_VALUE')) return findTransfer(runtime, ref.transferId, signal);
  if (answer.kind === 'refused')
    log.warn(
      { event: 'salesforce.not_barred', refusal: refusalText(answer) },
      'a transfer that never arrived could not be marked as withdrawn',
    );
  return undefined;
}

/** Makes changes and reads what became of the work, in one call. */
async function change(
  { rest }: Runtime,
  caseId: string,
  changes: readonly RestCall[],
  signal: AbortSignal,
): Promise<Work> {
  const parts = changes.map((each, index): Part => ({ ...each, reference: `change${index}` }));
  const answers = await rest.composite([...parts, ...workQueries([caseId])], { allOrNone: false }, signal);
  for (const { reference } of parts) refuseRefusal(answers.get(reference));
  const work = (await workOf(rest, [caseId], answers, signal)).get(caseId);
  if (!work) throw new BatonError('ESC_PLATFORM_PROTOCOL', 'a change was not read back');
  return work;
}

/** What is gone already is as it should be. */
function refuseRefusal(answer: Answer | undefined): void {
  if (answer?.kind === 'refused' && !hasCode(answer, 'NOT_FOUND', 'ENTITY_IS_DELETED'))
    throw new BatonError('ESC_PLATFORM_REJECTED', `the withdrawal: ${refusalText(answer)}`);
}

/** The agent accepted between the reading and the closing: the Case is theirs, open as it was. */
async function handBack(
  runtime: Runtime,
  caseId: string,
  work: Work,
  signal: AbortSignal,
): Promise<Withdrawal> {
  if (work.exists && work.isClosed && !work.accepted?.isOver)
    await change(runtime, caseId, [changeStatus(caseId, runtime.connector.status)], signal);
  return connected(work);
}

function connected({ accepted }: Work): Withdrawal {
  return { kind: 'connected', ...(accepted && { agentId: accepted.agentId }) };
}
