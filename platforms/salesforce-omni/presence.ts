// Whether a target exists and somebody is there for it: the members of a queue, the holders of a skill, or one agent,
// joined with who is online for the service channel. What Salesforce does not let the connector's user see stays
// `unknown`, and nothing here stops a transfer by failing.
import { assertNever } from '../../domain/assert-never';
import { BatonError } from '../../domain/errors';
import type { Target } from '../../domain/target';
import type { TargetCheck } from '../desk';
import { toId18 } from '../salesforce/ids';
import { orUnknown, verdict } from '../verdict';
import type { Verdict } from '../verdict';
import type { Directory } from './directory';
import type { Flows } from './flows';
import { DEFAULT_OWNER, isOmniKind } from './ids';
import type { OmniConnector } from './options';
import type { Rest } from './rest';
import { oneOf, quoted } from './soql';
import { channelStatusRow, memberRow, presenceRow, userSkillRow } from './wire';

/** Users who may take a target's work; `more`: there are others who were not looked up. */
interface Candidates {
  readonly users: readonly string[];
  readonly more: boolean;
}

/** See the file's comment. */
export interface Presence {
  check(target: Target, signal: AbortSignal): Promise<TargetCheck>;
}

/** What it asks with. */
export interface PresenceDeps {
  readonly rest: Rest;
  readonly directory: Directory;
  readonly flows: Flows;
  readonly connector: Pick<OmniConnector, 'serviceChannel' | 'skillLevel'>;
}

const USERS_AT_ONCE = 300;
const USER = '005';

/** See {@link Presence}. */
export function createPresence(deps: PresenceDeps): Presence {
  return {
    async check(target, signal) {
      if (!isOmniKind(target.kind)) return { exists: 'no', available: 'no' };
      switch (target.kind) {
        case 'ticket':
          return checkTicket(deps, target.id, signal);
        case 'queue':
          return checkMany(deps, 'queue', target, signal);
        case 'skill':
          return checkMany(deps, 'skill', target, signal);
        case 'agent':
          return checkMany(deps, 'agent', target, signal);
        case 'flow':
          // Only its result tells whether anybody is there.
          return {
            exists: await orUnknown(() => deps.flows.isThere(target.id, signal)),
            available: 'unknown',
          };
        default:
          return assertNever(target.kind);
      }
    },
  };
}

/** A ticket needs nobody to be there. */
async function checkTicket(
  { directory }: PresenceDeps,
  id: string,
  signal: AbortSignal,
): Promise<TargetCheck> {
  if (id === DEFAULT_OWNER) return { exists: 'yes', available: 'yes' };
  if (id.startsWith(USER)) return { exists: 'unknown', available: 'yes' };
  return {
    exists: await orUnknown(async () => verdict(await directory.exists('queue', id, signal))),
    available: 'yes',
  };
}

async function checkMany(
  deps: PresenceDeps,
  kind: 'queue' | 'skill' | 'agent',
  { id, agentId }: Target,
  signal: AbortSignal,
): Promise<TargetCheck> {
  const { directory } = deps;
  const exists = await orUnknown(async () => verdict(await directory.exists(kind, id, signal)));
  if (exists === 'no') return { exists, available: 'no', ...(agentId !== undefined && { agent: 'no' }) };
  let candidates: Candidates | undefined;
  let agent: Verdict = 'unknown';
  const available = await orUnknown(async () => {
    candidates = await candidatesFor(deps, kind, id, signal);
    const online = await onlineOf(deps, candidates.users, signal);
    const wanted = agentId === undefined ? undefined : await directory.resolve('agent', agentId, signal);
    agent = verdict(wanted !== undefined && online.has(wanted));
    if (online.size > 0) return 'yes';
    return candidates.more ? 'unknown' : 'no';
  });
  return { exists, available, ...(agentId !== undefined && { agent }) };
}

async function candidatesFor(
  deps: PresenceDeps,
  kind: 'queue' | 'skill' | 'agent',
  idOrName: string,
  signal: AbortSignal,
): Promise<Candidates> {
  const id = await deps.directory.resolve(kind, idOrName, signal);
  if (id === undefined) return { users: [], more: false };
  if (kind === 'agent') return { users: [id], more: false };
  return kind === 'queue' ? membersOf(deps, id, signal) : holdersOf(deps, id, signal);
}

/** Roles and groups among the members are not followed. */
async function membersOf({ rest }: PresenceDeps, queue: string, signal: AbortSignal): Promise<Candidates> {
  const soql = `SELECT UserOrGroupId FROM GroupMember WHERE GroupId = ${quoted(queue)}`;
  const ids = (await rest.query(soql, memberRow, signal)).map(({ UserOrGroupId }) => toId18(UserOrGroupId));
  const users = ids.filter((id) => id.startsWith(USER));
  return { users, more: users.length < ids.length };
}

async function holdersOf(
  { rest, connector }: PresenceDeps,
  skill: string,
  signal: AbortSignal,
): Promise<Candidates> {
  const soql = `SELECT SkillLevel, EffectiveStartDate, EffectiveEndDate, ServiceResource.RelatedRecordId FROM ServiceResourceSkill WHERE SkillId = ${quoted(skill)}`;
  const now = Date.now();
  const users = (await rest.query(soql, userSkillRow, signal))
    .filter((row) => (row.SkillLevel ?? 0) >= (connector.skillLevel ?? 0))
    .filter(
      (row) => timeOf(row.EffectiveStartDate, now) <= now && timeOf(row.EffectiveEndDate, Infinity) > now,
    )
    .flatMap((row) => row.ServiceResource?.RelatedRecordId ?? []);
  return { users: users.map(toId18), more: false };
}

/** Who of these users is online, not away, and in a status that takes the channel's work. */
async function onlineOf(
  { rest, directory, connector }: PresenceDeps,
  users: readonly string[],
  signal: AbortSignal,
): Promise<ReadonlySet<string>> {
  const statuses = await statusesOf(rest, directory, connector.serviceChannel, signal);
  const online = new Set<string>();
  for (let from = 0; from < users.length; from += USERS_AT_ONCE) {
    const some = oneOf(users.slice(from, from + USERS_AT_ONCE));
    const soql = `SELECT UserId, ServicePresenceStatusId, IsAway FROM UserServicePresence WHERE IsCurrentState = true AND UserId ${some}`;
    for (const row of await rest.query(soql, presenceRow, signal))
      if (row.IsAway !== true && (statuses?.has(toId18(row.ServicePresenceStatusId)) ?? true))
        online.add(toId18(row.UserId));
  }
  return online;
}

/** Presence statuses of the channel; undefined: no channel is configured. */
async function statusesOf(
  rest: Rest,
  directory: Directory,
  channel: string | undefined,
  signal: AbortSignal,
): Promise<ReadonlySet<string> | undefined> {
  if (channel === undefined) return undefined;
  const id = await directory.resolve('serviceChannel', channel, signal);
  if (id === undefined)
    throw new BatonError('ESC_PLAN_MISCONFIGURED', `there is no service channel ${channel}`);
  const soql = `SELECT ServicePresenceStatusId FROM ServiceChannelStatus WHERE ServiceChannelId = ${quoted(id)}`;
  const rows = await rest.query(soql, channelStatusRow, signal);
  return new Set(rows.map(({ ServicePresenceStatusId }) => toId18(ServicePresenceStatusId)));
}

function timeOf(text: string | null | undefined, otherwise: number): number {
  const at = text === null || text === undefined ? NaN : Date.parse(text);
  return Number.isNaN(at) ? otherwise : at;
}
