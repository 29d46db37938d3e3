// Where a transfer stands at Salesforce, and what the desk says of it.
import type { Target } from '../../domain/target';
import type { TransferAnswer, TransferRef, TransferRequest, TransferStanding } from '../desk';
import { isId, toId18 } from '../salesforce/ids';
import { externalIdOf } from './ids';
import type { Runtime } from './runtime';
import { findCase, newsOf, readWork, whyOver } from './work';
import type { Work } from './work';

/** A transfer's Case and work. */
export interface Found {
  readonly caseId: string;
  readonly work: Work;
}

/** Reads where a transfer stands; undefined: Salesforce has none of it. */
export async function findTransfer(
  { rest, connector, tenant, log }: Runtime,
  transferId: string,
  signal: AbortSignal,
): Promise<Found | undefined> {
  const found = await findCase(rest, connector.externalIdField, externalIdOf(tenant, transferId), signal);
  if (!found) return undefined;
  if (found.doubled)
    log.warn({ event: 'salesforce.doubled', caseId: found.id }, `${connector.externalIdField} is not unique`);
  const work = (await readWork(rest, [found.id], signal)).get(found.id);
  return work && { caseId: found.id, work };
}

/** Where a transfer stands, for who asks without wanting to go on with it. */
export function standingOf(runtime: Runtime, ref: TransferRef, found: Found | undefined): TransferStanding {
  if (!found || (!found.work.accepted && whyOver(found.work) !== undefined)) return { kind: 'absent' };
  if (isHalfDone(runtime, ref.target, found.work))
    return { kind: 'requested', raw: rawOf(ref, found.caseId) };
  return answerOf(ref, found);
}

/** What the desk says of a transfer that is there. */
export function answerOf(request: Pick<TransferRequest, 'target'>, { caseId, work }: Found): TransferAnswer {
  const raw = rawOf(request, caseId);
  const news = newsOf(work, undefined);
  switch (news?.kind) {
    case 'connected':
      return { ...news, raw: { ...raw, agentId: news.agentId } };
    case 'declined':
      return { ...news, raw };
    default:
      return { kind: 'queued', raw };
  }
}

/** A Case that waits for the action, because the call that made it was the last one. */
export function isHalfDone({ connector }: Runtime, { kind }: Target, work: Work): boolean {
  const isUntouched = work.pending.length === 0 && !work.wasOffered && work.exists && !work.isClosed;
  return kind === 'skill' && connector.skillsRouting === 'action' && isUntouched;
}

/** For the Transform Result Script. */
export function rawOf({ target }: Pick<TransferRequest, 'target'>, caseId: string): Record<string, string> {
  return { caseId, targetKind: target.kind, targetId: isId(target.id) ? toId18(target.id) : target.id };
}
