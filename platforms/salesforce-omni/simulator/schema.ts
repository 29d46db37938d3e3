// The objects and fields that the simulator has, with what may be done to each: enough for routing Cases, no more.

/** A field. */
export interface Field {
  readonly type: 'string' | 'boolean' | 'double' | 'datetime' | 'reference' | 'picklist';
  readonly length?: number;
  /** Objects that a reference may lead to. */
  readonly to?: readonly string[];
  readonly values?: readonly string[];
  readonly create?: boolean;
  readonly update?: boolean;
  readonly required?: boolean;
  readonly unique?: boolean;
  readonly externalId?: boolean;
  readonly default?: string | number | boolean;
}

/** An object. */
export interface ObjectType {
  /** First three characters of its ids. */
  readonly prefix: string;
  readonly fields: Readonly<Record<string, Field>>;
  /** Whether the API may make or delete records; fields say what it may change. */
  readonly create?: boolean;
  readonly delete?: boolean;
}

const text = (length = 255, more: Partial<Field> = {}): Field => ({
  type: 'string',
  length,
  create: true,
  update: true,
  ...more,
});
const flag = (more: Partial<Field> = {}): Field => ({ type: 'boolean', default: false, ...more });
const number = (more: Partial<Field> = {}): Field => ({ type: 'double', ...more });
const time = (more: Partial<Field> = {}): Field => ({ type: 'datetime', ...more });
const link = (to: readonly string[], more: Partial<Field> = {}): Field => ({
  type: 'reference',
  to,
  ...more,
});
const choice = (values: readonly string[], more: Partial<Field> = {}): Field => ({
  type: 'picklist',
  values,
  ...more,
});
const BOTH = { create: true, update: true } as const;
const CREATE = { create: true } as const;

const SYSTEM: Readonly<Record<string, Field>> = {
  Id: { type: 'string', length: 18 },
  CreatedDate: time(),
  LastModifiedDate: time(),
};

/** Where a text's field of Case for Baton's external id goes. */
export const EXTERNAL_ID: Field = text(255, { unique: true, externalId: true });

const TYPES: Readonly<Record<string, ObjectType>> = {
  User: { prefix: '005', fields: { Username: text(), Name: text(), IsActive: flag({ default: true }) } },
  Group: {
    prefix: '00G',
    fields: {
      DeveloperName: text(80),
      Name: text(),
      Type: choice(['Queue', 'Regular']),
      QueueRoutingConfigId: link(['QueueRoutingConfig']),
    },
  },
  GroupMember: {
    prefix: '011',
    fields: { GroupId: link(['Group']), UserOrGroupId: link(['User', 'Group']) },
  },
  QueueRoutingConfig: {
    prefix: '0K8',
    fields: {
      DeveloperName: text(80),
      RoutingModel: choice(['LeastActive', 'MostAvailable']),
      RoutingPriority: number(),
      CapacityWeight: number(),
      PushTimeout: number(),
    },
  },
  Skill: { prefix: '0C5', fields: { DeveloperName: text(80), MasterLabel: text() } },
  ServiceResource: {
    prefix: '0Hn',
    fields: { Name: text(), RelatedRecordId: link(['User']), IsActive: flag() },
  },
  ServiceResourceSkill: {
    prefix: '0Hx',
    fields: {
      ServiceResourceId: link(['ServiceResource']),
      SkillId: link(['Skill']),
      SkillLevel: number(),
      EffectiveStartDate: time(),
      EffectiveEndDate: time(),
    },
  },
  ServiceChannel: { prefix: '0N9', fields: { DeveloperName: text(80), RelatedEntity: text() } },
  ServicePresenceStatus: { prefix: '0N5', fields: { DeveloperName: text(80) } },
  ServiceChannelStatus: {
    prefix: '0N6',
    fields: {
      ServiceChannelId: link(['ServiceChannel']),
      ServicePresenceStatusId: link(['ServicePresenceStatus']),
    },
  },
  UserServicePresence: {
    prefix: '0N7',
    fields: {
      UserId: link(['User']),
      ServicePresenceStatusId: link(['ServicePresenceStatus']),
      IsCurrentState: flag(),
      IsAway: flag(),
      StatusStartDate: time(),
      StatusEndDate: time(),
      ConfiguredCapacity: number(),
      AverageCapacity: number(),
    },
  },
  FlowDefinitionView: {
    prefix: '300',
    fields: {
      DurableId: text(18),
      ApiName: text(80),
      NamespacePrefix: text(15),
      ActiveVersionId: text(18),
    },
  },
  FlowVersionView: {
    prefix: '301',
    fields: {
      DurableId: text(18),
      FlowDefinitionViewId: link(['FlowDefinitionView']),
      VersionNumber: number(),
      Status: choice(['Active', 'Draft', 'Obsolete']),
    },
  },
  Case: {
    prefix: '500',
    create: true,
    delete: true,
    fields: {
      CaseNumber: text(30, { create: false, update: false }),
      Subject: text(),
      Description: text(32_000),
      Origin: text(),
      Status: text(255, { default: 'New' }),
      Priority: text(255, { default: 'Medium' }),
      SuppliedEmail: text(80),
      OwnerId: link(['User', 'Group'], BOTH),
      IsClosed: flag(),
    },
  },
  PendingServiceRouting: {
    prefix: '0JR',
    create: true,
    delete: true,
    fields: {
      WorkItemId: link(['Case'], { ...CREATE, required: true }),
      ServiceChannelId: link(['ServiceChannel'], { ...CREATE, required: true }),
      RoutingType: choice(['QueueBased', 'SkillsBased'], { ...CREATE, required: true }),
      RoutingModel: choice(['LeastActive', 'MostAvailable', 'ExternalRouting'], { ...BOTH, required: true }),
      RoutingPriority: number({ ...BOTH, required: true }),
      SecondaryRoutingPriority: number(BOTH),
      CapacityWeight: number(BOTH),
      CapacityPercentage: number(BOTH),
      IsReadyForRouting: flag(BOTH),
      PushTimeout: number(BOTH),
      DropAdditionalSkillsTimeout: number(BOTH),
      PreferredUserId: link(['User'], BOTH),
      IsPreferredUserRequired: flag(CREATE),
      CustomRequestedDateTime: time(BOTH),
      OwnerId: link(['User'], BOTH),
      GroupId: link(['Group']),
      IsPushed: flag(),
      IsPushAttempted: flag(),
      IsTransfer: flag(),
      Serial: number(),
      LastDeclinedAgentSession: text(255, { create: false, update: false }),
    },
  },
  SkillRequirement: {
    prefix: '0Hy',
    create: true,
    delete: true,
    fields: {
      RelatedRecordId: link(['PendingServiceRouting'], { ...CREATE, required: true }),
      SkillId: link(['Skill'], { ...CREATE, required: true }),
      SkillLevel: number(BOTH),
      SkillPriority: number(BOTH),
      IsAdditionalSkill: flag(BOTH),
    },
  },
  AgentWork: {
    prefix: '0Bz',
    delete: true,
    fields: {
      WorkItemId: link(['Case']),
      UserId: link(['User']),
      ServiceChannelId: link(['ServiceChannel']),
      PendingServiceRoutingId: link(['PendingServiceRouting']),
      Status: choice([
        'Assigned',
        'Opened',
        'Declined',
        'DeclinedOnPushTimeout',
        'Unavailable',
        'Canceled',
        'Closed',
        'Transferred',
      ]),
      CapacityWeight: number(),
      AssignedDateTime: time(),
      AcceptDateTime: time(),
      DeclineDateTime: time(),
      CancelDateTime: time(),
      CloseDateTime: time(),
      DeclineReason: text(255, { create: false, update: false }),
    },
  },
};

/** The objects, with an org's own fields of Case. */
export function createSchema(
  caseFields: Readonly<Record<string, Field>>,
): Readonly<Record<string, ObjectType>> {
  return Object.fromEntries(
    Object.entries(TYPES).map(([name, type]) => [
      name,
      { ...type, fields: { ...SYSTEM, ...type.fields, ...(name === 'Case' ? caseFields : {}) } },
    ]),
  );
}

/** The entry of a name, whatever its case. */
export function entryOf<T>(
  entries: Readonly<Record<string, T>>,
  name: string,
): readonly [string, T] | undefined {
  return Object.entries(entries).find(([each]) => each.toLowerCase() === name.toLowerCase());
}
