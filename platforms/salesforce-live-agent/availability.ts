// Whether anybody could take a chat, asked of buttons and agents. Tells nothing of `agentId_buttonId` (field).
import type { Deployment } from './chat-request';
import type { Rest } from './rest';
import { parseBody, parseValue } from '../parse-body';
import { availabilitySchema, baseUrlOf, messagesSchema, switchServerSchema } from './wire';

/** Moves to another pod within one question. */
const MAX_MOVES = 2;
/** The availability call takes the short form of ids. */
const SHORT_ID = 15;

/** One answer. */
export interface Availability {
  readonly isAvailable: boolean;
  /** Absent where the platform does not know. */
  readonly waitMs?: number;
}

/** The answers, and the pod that gave them: begin the chat there. */
export interface AvailabilityResult {
  readonly baseUrl: string;
  /** By the ids as they were asked for. An id without an answer is not available. */
  readonly byId: Readonly<Record<string, Availability>>;
}

/** A question. */
export interface AvailabilityQuestion {
  readonly baseUrl: string;
  /** Of buttons or agents. */
  readonly ids: readonly string[];
  readonly deployment: Deployment;
  readonly timeoutMs: number;
}

/** Asks, and follows to another pod where the vendor says so. @throws BatonError */
export async function askAvailability(
  rest: Rest,
  question: AvailabilityQuestion,
  signal: AbortSignal,
): Promise<AvailabilityResult> {
  const name = 'Availability';
  const { ids, timeoutMs } = question;
  const call = { method: 'GET', path: pathOf(question), name, identity: 'none', timeoutMs } as const;
  let { baseUrl } = question;
  for (let moves = 0; ; moves += 1) {
    const answer = await rest.call({ baseUrl }, call, signal);
    if (answer.status !== 200) throw rest.fault(answer, name);
    const { messages } = parseBody(messagesSchema, answer.body, name);
    const elsewhere = messages.find(({ type }) => type === 'SwitchServer');
    if (!elsewhere || moves === MAX_MOVES) {
      const found = messages.find(({ type }) => type === name);
      const { results } = parseValue(availabilitySchema, found?.message, name);
      return { baseUrl, byId: Object.fromEntries(ids.map((id) => [id, availabilityOf(results, id)])) };
    }
    baseUrl = baseUrlOf(parseValue(switchServerSchema, elsewhere.message, name).newUrl);
  }
}

function pathOf({ ids, deployment }: AvailabilityQuestion): string {
  const query = new URLSearchParams({
    org_id: short(deployment.organizationId),
    deployment_id: short(deployment.deploymentId),
    'Availability.ids': `[${ids.map(short).join(',')}]`,
    'Availability.needEstimatedWaitTime': '1',
  });
  return `Visitor/Availability?${query.toString()}`;
}

function availabilityOf(
  results: readonly {
    id: string;
    isAvailable?: boolean | undefined;
    estimatedWaitTime?: number | undefined;
  }[],
  id: string,
): Availability {
  const found = results.find((result) => short(result.id) === short(id));
  const wait = found?.estimatedWaitTime ?? -1;
  return { isAvailable: found?.isAvailable === true, ...(wait >= 0 && { waitMs: wait * 1000 }) };
}

function short(id: string): string {
  return id.slice(0, SHORT_ID);
}
