// One simulated org: its records, its people, Omni-Channel, sessions, faults and quota, put together.
import { createOAuth } from '../../simulation/salesforce-oauth';
import type { AppSpec, OAuth } from '../../simulation/salesforce-oauth';
import { toId18 } from '../../salesforce/ids';
import { createApi } from './api';
import type { Api } from './api';
import type { OrgSettings } from './api-call';
import { createFaults } from './faults';
import { createFlows } from './flows';
import type { Flows, FlowSpec } from './flows';
import type { Faults } from './faults';
import { createOmni } from './omni';
import type { Omni } from './omni';
import { createAgents } from './org';
import type { Agents, AgentSpec, QueueSpec } from './org';
import { createRecords } from './records';
import type { Records } from './records';
import { createSchema, EXTERNAL_ID } from './schema';

/** What an org begins with. */
export interface OrgSpec {
  /** @default {@link DEMO_ORG} */
  readonly id?: string;
  /** @default one app with client credentials, see {@link DEMO_APP} */
  readonly apps?: readonly AppSpec[];
  readonly queues?: readonly QueueSpec[];
  readonly skills?: readonly string[];
  readonly flows?: readonly FlowSpec[];
  readonly agents?: readonly AgentSpec[];
  /** @default Baton_Transfer__c */
  readonly externalIdField?: string;
  /** @default ['Closed'] */
  readonly closedStatuses?: readonly string[];
}

/** Id of an org that has no other. */
export const DEMO_ORG = toId18('00D5e000001AbCd');
/** Name of the user whom Baton logs in as. */
export const DEMO_USER = 'baton@acme.example';
/** The app of an org that has no other. */
export const DEMO_APP = {
  clientId: 'demo-client-id',
  clientSecret: 'demo-client-secret',
  runAs: DEMO_USER,
} as const;

/** See the file's comment. */
export interface Simulation {
  readonly records: Records;
  readonly agents: Agents;
  readonly flows: Flows;
  readonly omni: Omni;
  readonly oauth: OAuth;
  readonly api: Api;
  readonly faults: Faults;
  settings: OrgSettings;
  readonly usage: { used: number; max: number };
  readonly calls: { readonly kind: string; readonly what: string; answered: boolean }[];
}

/** A new org. `instanceUrl`: what tokens name as the place of the API. */
export function createSimulation(spec: OrgSpec, instanceUrl: () => string): Simulation {
  const schema = createSchema({ [spec.externalIdField ?? 'Baton_Transfer__c']: EXTERNAL_ID });
  const records = createRecords(schema);
  const agents = createAgents(records);
  const omni = createOmni(records, agents);
  const flows = createFlows(records);
  const runningUserId = records.put('User', { Username: DEMO_USER, Name: 'Baton' }).Id;
  for (const queue of spec.queues ?? []) agents.setQueue(queue);
  for (const flow of spec.flows ?? []) flows.set(flow);
  for (const skill of spec.skills ?? []) agents.setSkill(skill);
  for (const agent of spec.agents ?? []) agents.setAgent(agent);
  const oauth = createOAuth({
    orgId: spec.id ?? DEMO_ORG,
    apps: spec.apps ?? [DEMO_APP],
    userId: (username) => records.all('User').find(({ Username }) => Username === username)?.Id,
    instanceUrl,
  });
  const simulation: Simulation = {
    records,
    agents,
    flows,
    omni,
    oauth,
    api: createApi({ records, omni, flows, runningUserId, settings: () => simulation.settings }),
    faults: createFaults(),
    settings: { closedStatuses: spec.closedStatuses ?? ['Closed'], queryPageSize: 2_000 },
    usage: { used: 0, max: 100_000 },
    calls: [],
  };
  return simulation;
}
