// What the operations of the control API do.
import type { z } from 'zod';
import type { CONTROL_INPUTS, ControlOperation, ControlOutput } from './control';
import type { SimulatedRecord } from './records';
import type { Simulation } from './simulation';

type Operations = {
  readonly [K in ControlOperation]: (input: z.output<(typeof CONTROL_INPUTS)[K]>) => ControlOutput<K>;
};

/** Operations of one org; each ends with Omni-Channel in line with what was changed. */
export function createControlOperations(org: Simulation, connections: () => number): Operations {
  const { records, agents, omni } = org;
  const userId = (username: string): string => {
    const user = records.all('User').find(({ Username }) => Username === username);
    if (!user) throw new RangeError(`no user ${username}`);
    return user.Id;
  };
  const whose = (work: SimulatedRecord | undefined): { readonly userId?: string } =>
    work ? { userId: String(work['UserId']) } : {};

  return {
    setAgent: (spec) => ({ userId: agents.setAgent(spec) }),
    setQueue: (spec) => ({ queueId: agents.setQueue(spec) }),
    setFlow: (spec) => org.flows.set(spec),
    flowRuns: () => ({ runs: org.flows.runs }),
    setSkill: ({ name }) => ({ skillId: agents.setSkill(name) }),
    setPresence({ username, presence }) {
      const id = userId(username);
      agents.setPresence(id, presence);
      omni.forget();
      if (presence !== 'offline') return {};
      for (const { UserId, Status, WorkItemId } of records.all('AgentWork'))
        if (UserId === id && Status === 'Assigned') omni.end(String(WorkItemId), 'Unavailable');
      return {};
    },
    accept: ({ caseId }) => whose(omni.open(caseId)),
    decline: ({ caseId }) => whose(omni.end(caseId, 'Declined')),
    cancel: ({ caseId }) => whose(omni.end(caseId, 'Canceled')),
    finish: ({ caseId }) => whose(omni.finish(caseId)),
    setStatus({ caseId, status }) {
      const IsClosed = org.settings.closedStatuses.includes(status);
      records.change('Case', caseId, { Status: status, IsClosed });
      return {};
    },
    records: ({ object }) => ({ records: records.all(object) }),
    ever: ({ object }) => ({ records: records.ever(object) }),
    fault(order) {
      org.faults.order(order);
      return {};
    },
    clearFaults() {
      org.faults.clear();
      return {};
    },
    revokeTokens() {
      org.oauth.revoke();
      return {};
    },
    usage(usage) {
      Object.assign(org.usage, usage);
      return {};
    },
    settings({ assignedQueue, queryPageSize, ...behaviour }) {
      omni.settings = { ...omni.settings, ...withoutUndefined(behaviour) };
      const assignedOwner =
        assignedQueue === undefined ? org.settings.assignedOwner : agents.setQueue({ name: assignedQueue });
      org.settings = {
        ...org.settings,
        assignedOwner,
        queryPageSize: queryPageSize ?? org.settings.queryPageSize,
      };
      return {};
    },
    traffic: () => ({ calls: org.calls, connections: connections(), tokens: org.oauth.given() }),
  };
}

function withoutUndefined<T extends object>(value: T): { [K in keyof T]: NonNullable<T[K]> } {
  return Object.fromEntries(Object.entries(value).filter(([, each]) => each !== undefined)) as never;
}
