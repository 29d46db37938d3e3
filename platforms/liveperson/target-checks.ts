// Whether a skill exists and somebody works on it, and whether an agent is assigned to it and available. These
// services are for reporting (LivePerson agent metrics notes): what they do not tell stays `unknown`, and nothing
// here ever stops a transfer by failing.
import type { Target } from '../../domain/target';
import type { TargetCheck } from '../desk';
import { parseBody } from '../parse-body';
import { orUnknown, verdict } from '../verdict';
import type { Verdict } from '../verdict';
import { toUserNumber } from './ids';
import type { Rest } from './rest';
import { agentStatusSchema, skillsSchema, usersSchema } from './wire';
import type { AgentStatus } from './wire';

/** See the file's comment. */
export interface TargetChecks {
  check(target: Target, signal: AbortSignal): Promise<TargetCheck>;
}

/** Skills and users change rarely. */
const KEPT_MS = 60_000;

/** See {@link TargetChecks}. */
export function createTargetChecks(rest: Rest, account: string): TargetChecks {
  const skills = kept((signal) => readSkills(rest, account, signal));
  const users = kept((signal) => readUsers(rest, account, signal));

  async function checkSkill({ id, agentId }: Target, signal: AbortSignal): Promise<TargetCheck> {
    const [exists, available, agent] = await Promise.all([
      orUnknown(async () => verdict((await skills(signal)).has(id))),
      orUnknown(async () =>
        verdict((await readAgents(rest, account, { skillIds: [id] }, signal)).some(isFree)),
      ),
      agentId === undefined ? undefined : checkAgentForSkill(agentId, id, signal),
    ]);
    return { exists, available, ...(agent === undefined ? {} : { agent }) };
  }

  async function checkAgentForSkill(agentId: string, skillId: string, signal: AbortSignal): Promise<Verdict> {
    return orUnknown(async () => {
      const record = await readAgent(agentId, signal);
      if (!record || !isFree(record)) return 'no';
      const assigned = record.agentSkills?.map((skill) => skill.skillId);
      return verdict((assigned ?? (await users(signal)).get(record.agentId) ?? []).includes(skillId));
    });
  }

  async function checkAgent(agentId: string, signal: AbortSignal): Promise<TargetCheck> {
    const [exists, available] = await Promise.all([
      orUnknown(async () => verdict((await users(signal)).has(toUserNumber(agentId)))),
      orUnknown(async () => {
        const record = await readAgent(agentId, signal);
        return verdict(record !== undefined && isFree(record));
      }),
    ]);
    return { exists, available };
  }

  async function readAgent(agentId: string, signal: AbortSignal): Promise<AgentStatus | undefined> {
    const number = toUserNumber(agentId);
    const records = await readAgents(rest, account, { agentIds: [number] }, signal);
    return records.find((record) => toUserNumber(record.agentId) === number);
  }

  return {
    check: (target, signal) =>
      target.kind === 'agent' ? checkAgent(target.id, signal) : checkSkill(target, signal),
  };
}

/** Online, connected, and with a free slot where the service says how many there are. */
function isFree({
  currentStatus,
  currentConnectionState,
  busySlots,
  configuredMaxSlots,
}: AgentStatus): boolean {
  const hasSlot =
    busySlots === undefined || configuredMaxSlots === undefined || busySlots < configuredMaxSlots;
  return currentStatus === 'ONLINE' && (currentConnectionState ?? 'CONNECTED') === 'CONNECTED' && hasSlot;
}

async function readSkills(rest: Rest, account: string, signal: AbortSignal): Promise<ReadonlySet<string>> {
  const path = `/api/account/${account}/configuration/le-users/skills?v=4.0`;
  const body = await rest.call({ service: 'accountConfigReadOnly', method: 'GET', path }, signal);
  const skills = parseBody(skillsSchema, body, 'the list of skills');
  return new Set(skills.filter(({ deleted }) => deleted !== true).map(({ id }) => id));
}

/** Enabled users and their skills. */
async function readUsers(
  rest: Rest,
  account: string,
  signal: AbortSignal,
): Promise<ReadonlyMap<string, readonly string[]>> {
  const path = `/api/account/${account}/configuration/le-users/users?v=6.0`;
  const body = await rest.call({ service: 'accountConfigReadOnly', method: 'GET', path }, signal);
  const users = parseBody(usersSchema, body, 'the list of users');
  return new Map(
    users.filter(({ isEnabled }) => isEnabled !== false).map(({ id, skillIds }) => [id, skillIds ?? []]),
  );
}

/** Logged-in agents; nobody who is logged out is listed. */
async function readAgents(
  rest: Rest,
  account: string,
  filter: { readonly skillIds?: readonly string[]; readonly agentIds?: readonly string[] },
  signal: AbortSignal,
): Promise<readonly AgentStatus[]> {
  const path = `/messaging_history/api/account/${account}/agent-view/status?offset=0&limit=1000`;
  const all = { Status: [], agentIds: [], skillIds: [], agentGroupIds: [], agentPresence: true };
  const body = await rest.call(
    {
      service: 'msgHist',
      method: 'POST',
      path,
      body: { ...all, connectionStates: ['CONNECTED'], ...filter },
    },
    signal,
  );
  return parseBody(agentStatusSchema, body, 'the status of agents').agentStatusRecords;
}

function kept<T>(read: (signal: AbortSignal) => Promise<T>): (signal: AbortSignal) => Promise<T> {
  let last: { readonly value: T; readonly until: number } | undefined;
  return async (signal) => {
    if (!last || last.until <= Date.now()) last = { value: await read(signal), until: Date.now() + KEPT_MS };
    return last.value;
  };
}
