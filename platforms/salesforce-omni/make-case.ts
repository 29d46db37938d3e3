// Makes the Case of a transfer and routes it: in one call that does all or nothing, or, by the action, in two.
import { BatonError } from '../../domain/errors';
import type { Target } from '../../domain/target';
import type { TransferAnswer, TransferRequest } from '../desk';
import { parseValue } from '../parse-body';
import { toId18 } from '../salesforce/ids';
import { toDeclined } from './declined';
import type { Declined } from './declined';
import { errorsOf, hasCode } from './refusal';
import type { Answer } from './refusal';
import { createCase, PART, routingAction, routingParts } from './routing';
import type { Route } from './routing';
import type { Runtime } from './runtime';
import { rawOf } from './standing';
import { actionSchema, createdSchema } from './wire';

/** `doubled`: there is one of this external id already. */
export type Made =
  { readonly kind: 'made'; readonly caseId: string } | { readonly kind: 'doubled' } | Declined;

/** Makes the Case, with its work where that is by records. */
export async function makeCase(
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
    return { kind: 'made', caseId: toId18(parseValue(createdSchema, answer.body, 'a new Case').id) };
  if (part === PART.case && hasCode(answer, 'DUPLICATE_VALUE')) return { kind: 'doubled' };
  return toDeclined(answer, target, part);
}

/** Routes a Case that is there already. */
export async function routeCase(
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
  const results = parseValue(actionSchema, answer.body, 'skillsBasedRouting');
  if (results.every(({ isSuccess }) => isSuccess)) return { kind: 'queued', raw };
  const refused = { kind: 'refused', status: 200, errors: errorsOf(answer.body) } as const;
  return toDeclined(refused, request.target, PART.skill);
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
