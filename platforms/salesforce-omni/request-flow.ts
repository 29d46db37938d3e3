// Hands the conversation to a flow of the org and lets its result decide. A flow may do anything, so that nothing makes
// it safe to run twice: whoever calls this does not call it again while the result of a run is unknown. A Case that the
// flow names, or writes Baton's id into, is found again by that id, and can be withdrawn.
import { BatonError } from '../../domain/errors';
import type { TransferAnswer, TransferRequest } from '../desk';
import { parseValue } from '../parse-body';
import { declined } from './declined';
import { isId, toId18 } from '../salesforce/ids';
import { externalIdOf } from './ids';
import { errorsOf, hasCode, refusalText } from './refusal';
import type { Answer } from './refusal';
import { endCase, markCase, runFlow } from './routing';
import type { Runtime } from './runtime';
import { flowAnswerSchema } from './wire';

/** What a flow may say. */
const OUTCOMES = ['connected', 'queued', 'no_agents', 'closed_hours', 'rejected'] as const;
type Outcome = (typeof OUTCOMES)[number];

const MAX_INPUT = 30_000;
const CASE = '500';

/** Runs the flow once. @throws BatonError as the client does; with `resultUnknown` where the flow may have run */
export async function requestFlow(
  runtime: Runtime,
  request: TransferRequest,
  signal: AbortSignal,
): Promise<TransferAnswer> {
  const { rest, flows, connector } = runtime;
  const name = await beforehand(() => flows.nameOf(request.target.id, signal));
  if (name === undefined) return declined('invalid_target', 'Salesforce has no such flow');
  const answer = await rest.call(runFlow(name, inputsFor(runtime, request)), signal);
  if (answer.kind === 'refused') return refusedBy(answer);
  const [{ isSuccess, outputValues }] = parseValue(flowAnswerSchema, answer.body, 'the flow');
  if (!isSuccess) return refusedBy({ kind: 'refused', status: 200, errors: errorsOf(answer.body) });
  const outcome = outcomeOf(outputValues[connector.flowOutputs.outcome]);
  if (outcome === undefined)
    return declined('rejected', `${connector.flowOutputs.outcome} is none of ${OUTCOMES.join(', ')}`);
  if (outcome !== 'connected' && outcome !== 'queued') return declined(outcome, 'the flow said so');
  const caseId = caseOf(outputValues[connector.flowOutputs.case]);
  if (caseId !== undefined && !(await mark(runtime, request, caseId, signal)))
    return declined('rejected', 'it was withdrawn while the flow ran');
  return {
    kind: outcome,
    raw: { flow: name, outputs: outputValues, ...(caseId !== undefined && { caseId }) },
  };
}

/** Asks before the flow runs: whatever happens to a question, the flow has not run. @throws BatonError never in doubt */
export async function beforehand<T>(ask: () => Promise<T>): Promise<T> {
  try {
    return await ask();
  } catch (error) {
    if (!(error instanceof BatonError) || !error.resultUnknown) throw error;
    const { code, message, retryAfterMs } = error;
    throw new BatonError(code, message, {
      cause: error,
      ...(retryAfterMs !== undefined && { retryAfterMs }),
    });
  }
}

/** What is known of it, by the names of the flow's variables. */
function inputsFor({ connector, tenant }: Runtime, request: TransferRequest): Record<string, string> {
  const { conversationId, transferId, context } = request;
  const known: Readonly<Record<keyof typeof connector.flowInputs, string | undefined>> = {
    conversation: conversationId,
    transfer: externalIdOf(tenant, transferId),
    intent: context?.intent,
    userMessage: context?.userMessage,
    summary: context?.summary,
  };
  return Object.fromEntries(
    Object.entries(connector.flowInputs).flatMap(([what, variable]) => {
      const value = known[what as keyof typeof known];
      return value === undefined || variable === undefined ? [] : [[variable, cut(value)]];
    }),
  );
}

/** Never through the middle of a surrogate pair. */
function cut(text: string): string {
  return text.slice(0, MAX_INPUT).replace(/[\uD800-\uDBFF]$/, '');
}

/** A flow that says nothing has taken it. Undefined: a word that it may not say. */
function outcomeOf(value: unknown): Outcome | undefined {
  if (value === undefined || value === null || value === '') return 'queued';
  const word = typeof value === 'string' ? value.trim().toLowerCase() : undefined;
  return OUTCOMES.find((outcome) => outcome === word);
}

function caseOf(value: unknown): string | undefined {
  return typeof value === 'string' && isId(value) && value.startsWith(CASE) ? toId18(value) : undefined;
}

/** A flow that is not there, or not active, has no resource. */
function refusedBy(answer: Answer & { kind: 'refused' }): TransferAnswer {
  return declined(hasCode(answer, 'NOT_FOUND') ? 'invalid_target' : 'rejected', refusalText(answer));
}

/**
 * Writes the transfer's id into the Case that the flow named, so that whoever asks finds it. The result of the flow is
 * known by now: a failure here loses it not. False: the id belongs to a Case that says that this was withdrawn; then the
 * flow's is ended too.
 */
async function mark(
  { rest, connector, tenant, log }: Runtime,
  { transferId }: TransferRequest,
  caseId: string,
  signal: AbortSignal,
): Promise<boolean> {
  try {
    const answer = await rest.call(markCase(connector, caseId, externalIdOf(tenant, transferId)), signal);
    if (answer.kind === 'ok') return true;
    if (hasCode(answer, 'DUPLICATE_VALUE')) {
      await rest.call(endCase(connector, caseId), signal);
      return false;
    }
    log.warn({ event: 'salesforce.not_marked', caseId, refusal: refusalText(answer) }, NOT_MARKED);
  } catch (error) {
    const code = error instanceof BatonError ? error.code : 'unknown';
    log.warn({ event: 'salesforce.not_marked', caseId, code }, NOT_MARKED);
  }
  return true;
}

const NOT_MARKED = "a flow's Case could not be given the transfer's id";
