// Asks for a human: finds what an earlier try has done, makes what is missing, and says where it stands. Reading first
// and a unique external id make it one Case and one piece of work, whoever repeats it.
import { assertNever } from '../../domain/assert-never';
import { BatonError } from '../../domain/errors';
import type { Target } from '../../domain/target';
import type { TransferAnswer, TransferRef, TransferRequest, TransferStanding } from '../desk';
import type { PlatformLog } from '../platform';
import type { Directory, Named } from './directory';
import { DEFAULT_OWNER, externalIdOf, isId, isOmniKind, toId18 } from './ids';
import type { OmniConnector } from './options';
import type { Presence } from './presence';
import { accepted, errorsOf, hasCode, refusalText } from './refusal';
import type { Answer } from './refusal';
import type { Rest } from './rest';
import { createCase, endCase as endOf, PART, routingAction, routingParts } from './routing';
import type { Route } from './routing';
import { actionSchema, createdSchema, read } from './wire';
import { findCase, newsOf, readWork, whyOver } from './work';
import type { Work } from './work';

/** Everything of one connector that its calls share. */
export interface Runtime {
  readonly tenant: string;
  readonly connector: OmniConnector;
  readonly rest: Rest;
  readonly directory: Directory;
  readonly presence: Presence;
  readonly log: PlatformLog;
}

type Declined = TransferAnswer & { readonly kind: 'declined' };
type Routed = { readonly kind: 'route'; readonly route: Route } | Declined;

/** Codes for a reference that leads nowhere. */
const NOWHERE: readonly string[] = [
  'INVALID_CROSS_REFERENCE_KEY',
  'MALFORMED_ID',
  'INVALID_ID_FIELD',
  'INSUFFICIENT_ACCESS_ON_CROSS_REFERENCE_ENTITY',
];

/** See the file's comment. */
export async function requestTransfer(
  runtime: Runtime,
  request: TransferRequest,
  signal: AbortSignal,
): Promise<TransferAnswer> {
  const before = await findTransfer(runtime, request.transferId, signal);
  if (before && !isHalfDone(runtime, request.target, before.work)) return answerOf(request, before);
  const routed = await routeTo(runtime, request.target, signal);
  if (routed.kind === 'declined') return routed;
  const { route } = routed;
  if (before) return routeOrEnd(runtime, request, route, before.caseId, signal);
  const externalId = externalIdOf(runtime.tenant, request.transferId);
  const made = await makeCase(runtime, request, route, externalId, signal);
  if (made.kind === 'declined') return made;
  if (made.kind === 'doubled') return afterDoubled(runtime, request, signal);
  if (route.kind === 'action') return routeOrEnd(runtime, request, route, made.caseId, signal);
  return { kind: 'queued', raw: rawOf(request, made.caseId) };
}

/** Routes the Case; one that cannot be routed is closed again, since nobody withdraws what was declined. */
async function routeOrEnd(
  runtime: Runtime,
  request: TransferRequest,
  route: Route,
  caseId: string,
  signal: AbortSignal,
): Promise<TransferAnswer> {
  const answer = await routeCase(runtime, request, route, caseId, signal);
  if (answer.kind === 'declined') await endCase(runtime, caseId, signal);
  return answer;
}

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

function answerOf(request: Pick<TransferRequest, 'target'>, { caseId, work }: Found): TransferAnswer {
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
function isHalfDone({ connector }: Runtime, { kind }: Target, work: Work): boolean {
  const isUntouched = work.pending.length === 0 && !work.wasOffered && work.exists && !work.isClosed;
  return kind === 'skill' && connector.skillsRouting === 'action' && isUntouched;
}

async function routeTo(runtime: Runtime, target: Target, signal: AbortSignal): Promise<Routed> {
  const { kind, id } = target;
  if (!isOmniKind(kind)) return declined('invalid_target', `a ${kind} is no target here`);
  switch (kind) {
    case 'ticket':
      if (id === DEFAULT_OWNER) return { kind: 'route', route: { kind: 'owner', ownerId: undefined } };
      return byOwner(runtime, id, signal);
    case 'queue':
      return byOwner(runtime, id, signal);
    case 'skill':
      return bySkill(runtime, target, signal);
    case 'agent': {
      const userId = await runtime.directory.resolve('agent', id, signal);
      if (userId === undefined) return unknownName('agent');
      return {
        kind: 'route',
        route: { kind: 'records', channelId: await channelOf(runtime, signal), userId },
      };
    }
    default:
      return assertNever(kind);
  }
}

async function byOwner({ directory }: Runtime, id: string, signal: AbortSignal): Promise<Routed> {
  const ownerId = await directory.resolve('queue', id, signal);
  return ownerId === undefined ? unknownName('queue') : { kind: 'route', route: { kind: 'owner', ownerId } };
}

/** The agent is preferred only if known to have the skill and to be there; otherwise the skill alone decides. */
async function bySkill(runtime: Runtime, target: Target, signal: AbortSignal): Promise<Routed> {
  const { connector, directory, presence } = runtime;
  const skillId = await directory.resolve('skill', target.id, signal);
  if (skillId === undefined) return unknownName('skill');
  const wanted = target.agentId;
  const canBeAsked = wanted !== undefined && (await presence.check(target, signal)).agent === 'yes';
  const userId = canBeAsked ? await directory.resolve('agent', wanted, signal) : undefined;
  const byAction = connector.skillsRouting === 'action';
  // The action knows no preferred user.
  if (byAction && (userId === undefined || connector.serviceChannel === undefined)) {
    const configurationId = await named(
      runtime,
      'routingConfiguration',
      connector.routingConfiguration,
      signal,
    );
    return { kind: 'route', route: { kind: 'action', configurationId, skillId } };
  }
  const channelId = await channelOf(runtime, signal);
  return {
    kind: 'route',
    route: { kind: 'records', channelId, skillId, ...(userId !== undefined && { userId }) },
  };
}

function channelOf(runtime: Runtime, signal: AbortSignal): Promise<string> {
  return named(runtime, 'serviceChannel', runtime.connector.serviceChannel, signal);
}

async function named(
  { directory }: Runtime,
  kind: Named & ('serviceChannel' | 'routingConfiguration'),
  name: string | undefined,
  signal: AbortSignal,
): Promise<string> {
  if (name === undefined)
    throw new BatonError('ESC_PLAN_MISCONFIGURED', `this target needs options.${kind} of its connector`);
  const id = await directory.resolve(kind, name, signal);
  if (id === undefined)
    throw new BatonError('ESC_PLAN_MISCONFIGURED', `options.${kind}: Salesforce has no ${name}`);
  return id;
}

type Made = { readonly kind: 'made'; readonly caseId: string } | { readonly kind: 'doubled' } | Declined;

async function makeCase(
  { rest, connector }: Runtime,
  request: TransferRequest,
  route: Route,
  externalId: string,
  signal: AbortSignal,
): Promise<Made> {
  const creation = createCase(connector, request, externalId, route);
  if (route.kind !== 'records') return toMade(await rest.call(creation, signal), request.target);
  const caseRef = `@{${PART.case}.id}`;
  const parts = [{ ...creation, reference: PART.case }, ...routingParts(connector, route, caseRef)];
  const answers = await rest.composite(parts, { allOrNone: true }, signal);
  const refusal = refusalAmong(answers);
  if (refusal) return toMade(refusal.answer, request.target, refusal.part);
  const answer = answers.get(PART.case);
  if (!answer)
    throw new BatonError('ESC_PLATFORM_PROTOCOL', 'a composite call left its first part unanswered');
  return toMade(answer, request.target);
}

function toMade(answer: Answer, target: Target, part: string = PART.case): Made {
  if (answer.kind === 'ok')
    return { kind: 'made', caseId: toId18(read(createdSchema, answer.body, 'a new Case').id) };
  if (part === PART.case && hasCode(answer, 'DUPLICATE_VALUE')) return { kind: 'doubled' };
  return toDeclined(answer, target, part);
}

/** Another try was faster, or its answer was lost: what it made counts. */
async function afterDoubled(
  runtime: Runtime,
  request: TransferRequest,
  signal: AbortSignal,
): Promise<TransferAnswer> {
  const found = await findTransfer(runtime, request.transferId, signal);
  if (!found) return declined('rejected', 'DUPLICATE_VALUE in another field than the external id');
  return answerOf(request, found);
}

/** Routes a Case that is there already. */
async function routeCase(
  { rest, connector }: Runtime,
  request: TransferRequest,
  route: Route,
  caseId: string,
  signal: AbortSignal,
): Promise<TransferAnswer> {
  const raw = rawOf(request, caseId);
  if (route.kind === 'owner') return { kind: 'queued', raw };
  if (route.kind === 'records') {
    const parts = routingParts(connector, route, caseId);
    const refusal = refusalAmong(await rest.composite(parts, { allOrNone: true }, signal));
    return refusal ? toDeclined(refusal.answer, request.target, refusal.part) : { kind: 'queued', raw };
  }
  const answer = await rest.call(routingAction(route, caseId), signal);
  if (answer.kind === 'refused') return toDeclined(answer, request.target, PART.skill);
  const results = read(actionSchema, answer.body, 'skillsBasedRouting');
  if (results.every(({ isSuccess }) => isSuccess)) return { kind: 'queued', raw };
  const refused = { kind: 'refused', status: 200, errors: errorsOf(answer.body) } as const;
  return toDeclined(refused, request.target, PART.skill);
}

/** Closes or deletes the Case, as configured. */
async function endCase({ rest, connector }: Runtime, caseId: string, signal: AbortSignal): Promise<void> {
  const answer = await rest.call(endOf(connector, caseId), signal);
  if (!hasCode(answer, 'NOT_FOUND', 'ENTITY_IS_DELETED')) accepted(answer, 'the end of a Case');
}

/** The part that was refused; the others only say that they were halted for it. */
function refusalAmong(
  answers: ReadonlyMap<string, Answer>,
): { readonly part: string; readonly answer: Answer & { kind: 'refused' } } | undefined {
  const refused = [...answers].flatMap(([part, answer]) =>
    answer.kind === 'refused' ? [{ part, answer }] : [],
  );
  return refused.find(({ answer }) => !hasCode(answer, 'PROCESSING_HALTED')) ?? refused[0];
}

/** A reference that leads nowhere is the target's fault only in the part that names the target. */
function toDeclined(answer: Answer & { kind: 'refused' }, { kind }: Target, part: string): Declined {
  const names = kind === 'skill' ? PART.skill : kind === 'agent' ? PART.routing : PART.case;
  const isTarget = part === names && hasCode(answer, ...NOWHERE);
  return declined(isTarget ? 'invalid_target' : 'rejected', refusalText(answer));
}

function declined(reason: Declined['reason'], detail: string): Declined {
  return { kind: 'declined', reason, detail };
}

function unknownName(kind: Named): Declined {
  return declined('invalid_target', `Salesforce has no such ${kind}`);
}

function rawOf({ target }: Pick<TransferRequest, 'target'>, caseId: string): Record<string, string> {
  return { caseId, targetKind: target.kind, targetId: isId(target.id) ? toId18(target.id) : target.id };
}
