// The people and places of the simulated org: users with skills and queues, who is online, and who may be asked for a
// piece of work.
import { z } from 'zod';
import { toId18 } from '../../salesforce/ids';
import type { Records, SimulatedRecord } from './records';

const developerName = z.string().regex(/^[A-Za-z]\w{0,79}$/);

/** What an agent does when work is offered. `cancel`: a supervisor takes it away. */
export const behaviourSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('accept'), afterMs: z.number().min(0) }),
  z.strictObject({ kind: z.literal('decline'), afterMs: z.number().min(0) }),
  z.strictObject({ kind: z.literal('cancel'), afterMs: z.number().min(0) }),
  z.strictObject({ kind: z.literal('silent') }),
]);

/** A user who takes work. */
export const agentSchema = z.strictObject({
  username: z.string().includes('@'),
  skills: z
    .array(z.strictObject({ name: developerName, level: z.number().min(0).max(99.99).default(1) }))
    .default([]),
  queues: z.array(developerName).default([]),
  presence: z.enum(['online', 'away', 'busy', 'offline']).default('online'),
  behaviour: behaviourSchema.default({ kind: 'silent' }),
  capacity: z.number().positive().default(100),
});

/** A queue; `omni`: its Cases are offered to agents. `pushTimeout` in seconds. */
export const queueSchema = z.strictObject({
  name: developerName,
  omni: z.boolean().default(true),
  pushTimeout: z.number().int().positive().optional(),
});

/** See {@link agentSchema}. */
export type AgentSpec = z.input<typeof agentSchema>;
/** See {@link queueSchema}. */
export type QueueSpec = z.input<typeof queueSchema>;

/** Developer names of what every org of the simulator has. */
export const NAMES = {
  channel: 'Baton_Cases',
  configuration: 'Baton_Routing',
  online: 'Available_Cases',
  busy: 'On_Break',
} as const;

/** See the file's comment. */
export interface Agents {
  /** Makes or changes an agent, with the skills and queues named. */
  setAgent(spec: AgentSpec): string;
  setQueue(spec: QueueSpec): string;
  setSkill(name: string): string;
  setPresence(userId: string, presence: z.output<typeof agentSchema>['presence']): void;
  behaviourOf(userId: string): z.output<typeof behaviourSchema>;
  /** Who may be asked, the first first. */
  candidates(pending: SimulatedRecord): readonly string[];
  caseChannelId(): string;
}

/** See {@link Agents}. */
export function createAgents(records: Records): Agents {
  const behaviours = new Map<string, z.output<typeof behaviourSchema>>();
  const capacities = new Map<string, number>();
  const named = (object: string, name: string): SimulatedRecord | undefined =>
    records.all(object).find(({ DeveloperName, Username }) => (DeveloperName ?? Username) === name);
  const channel = records.put('ServiceChannel', { DeveloperName: NAMES.channel, RelatedEntity: 'Case' });
  const online = records.put('ServicePresenceStatus', { DeveloperName: NAMES.online });
  const busy = records.put('ServicePresenceStatus', { DeveloperName: NAMES.busy });
  records.put('ServiceChannelStatus', {
    ServiceChannelId: channel.Id,
    ServicePresenceStatusId: online.Id,
  });
  const configuration = routing(NAMES.configuration);

  function routing(name: string, pushTimeout?: number): SimulatedRecord {
    return records.put('QueueRoutingConfig', {
      DeveloperName: name,
      RoutingModel: 'MostAvailable',
      RoutingPriority: 1,
      CapacityWeight: 1,
      PushTimeout: pushTimeout ?? null,
    });
  }

  const setSkill = (name: string): string =>
    (named('Skill', name) ?? records.put('Skill', { DeveloperName: name, MasterLabel: name })).Id;

  function setQueue(spec: QueueSpec): string {
    const { name, omni, pushTimeout } = queueSchema.parse(spec);
    const own = pushTimeout === undefined ? configuration : routing(`${name}_Routing`, pushTimeout);
    const values = { Type: 'Queue', Name: name, QueueRoutingConfigId: omni ? own.Id : null };
    const found = named('Group', name);
    if (found) return records.change('Group', found.Id, values).Id;
    return records.put('Group', { DeveloperName: name, ...values }).Id;
  }

  function setPresence(userId: string, presence: z.output<typeof agentSchema>['presence']): void {
    for (const { Id, UserId, IsCurrentState } of records.all('UserServicePresence'))
      if (UserId === userId && IsCurrentState === true)
        records.change('UserServicePresence', Id, { IsCurrentState: false });
    if (presence === 'offline') return;
    records.put('UserServicePresence', {
      UserId: userId,
      ServicePresenceStatusId: presence === 'busy' ? busy.Id : online.Id,
      IsCurrentState: true,
      IsAway: presence === 'away',
      ConfiguredCapacity: capacities.get(userId) ?? 100,
    });
  }

  function giveSkill(resourceId: string, skillId: string, level: number): void {
    const held = records
      .all('ServiceResourceSkill')
      .find((each) => each['ServiceResourceId'] === resourceId && each['SkillId'] === skillId);
    if (held) records.change('ServiceResourceSkill', held.Id, { SkillLevel: level });
    else
      records.put('ServiceResourceSkill', {
        ServiceResourceId: resourceId,
        SkillId: skillId,
        SkillLevel: level,
        EffectiveStartDate: '2020-01-01T00:00:00.000+0000',
      });
  }

  function setAgent(input: AgentSpec): string {
    const spec = agentSchema.parse(input);
    const user =
      named('User', spec.username) ?? records.put('User', { Username: spec.username, Name: spec.username });
    const resource =
      records.all('ServiceResource').find(({ RelatedRecordId }) => RelatedRecordId === user.Id) ??
      records.put('ServiceResource', { Name: spec.username, RelatedRecordId: user.Id, IsActive: true });
    for (const { name, level } of spec.skills) giveSkill(resource.Id, setSkill(name), level);
    for (const name of spec.queues) {
      const GroupId = named('Group', name)?.Id ?? setQueue({ name });
      const isMember = records
        .all('GroupMember')
        .some((each) => each['GroupId'] === GroupId && each['UserOrGroupId'] === user.Id);
      if (!isMember) records.put('GroupMember', { GroupId, UserOrGroupId: user.Id });
    }
    behaviours.set(user.Id, spec.behaviour);
    capacities.set(user.Id, spec.capacity);
    setPresence(user.Id, spec.presence);
    return user.Id;
  }

  /** How much of a user's capacity is taken. */
  const load = (userId: string): number =>
    records
      .all('AgentWork')
      .filter(({ UserId, Status }) => UserId === userId && (Status === 'Assigned' || Status === 'Opened'))
      .reduce((sum, { CapacityWeight }) => sum + Number(CapacityWeight), 0);

  function canTake(userId: string, pending: SimulatedRecord): boolean {
    const statuses = records
      .all('ServiceChannelStatus')
      .filter((each) => each['ServiceChannelId'] === pending['ServiceChannelId'])
      .map((each) => each['ServicePresenceStatusId']);
    const presence = records
      .all('UserServicePresence')
      .find(({ UserId, IsCurrentState }) => UserId === userId && IsCurrentState === true);
    if (!presence || presence['IsAway'] === true) return false;
    if (!statuses.includes(presence['ServicePresenceStatusId'] ?? '')) return false;
    return load(userId) + Number(pending['CapacityWeight'] ?? 1) <= Number(presence['ConfiguredCapacity']);
  }

  /** Holders of every skill that is asked for, or members of the queue. */
  function eligible(pending: SimulatedRecord): readonly string[] {
    if (pending['RoutingType'] === 'QueueBased')
      return records
        .all('GroupMember')
        .filter(({ GroupId }) => GroupId === pending['GroupId'])
        .map(({ UserOrGroupId }) => String(UserOrGroupId));
    const needs = records.all('SkillRequirement').filter((each) => each['RelatedRecordId'] === pending.Id);
    const holds = (resource: SimulatedRecord, need: SimulatedRecord): boolean =>
      records
        .all('ServiceResourceSkill')
        .some(
          (held) =>
            held['ServiceResourceId'] === resource.Id &&
            held['SkillId'] === need['SkillId'] &&
            Number(held['SkillLevel'] ?? 0) >= Number(need['SkillLevel'] ?? 0),
        );
    return records
      .all('ServiceResource')
      .filter((resource) => needs.every((need) => holds(resource, need)))
      .map(({ RelatedRecordId }) => String(RelatedRecordId));
  }

  return {
    setAgent,
    setQueue,
    setSkill,
    setPresence,
    behaviourOf: (userId) => behaviours.get(userId) ?? { kind: 'silent' },
    candidates(pending) {
      const preferred = pending['PreferredUserId'];
      const mustBe = pending['IsPreferredUserRequired'] === true;
      return eligible(pending)
        .filter((userId) => !mustBe || userId === preferred)
        .filter((userId) => canTake(userId, pending))
        .sort((one, other) => {
          if ((one === preferred) !== (other === preferred)) return one === preferred ? -1 : 1;
          return load(one) - load(other);
        });
    },
    caseChannelId: () => toId18(channel.Id),
  };
}
