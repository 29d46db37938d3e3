// Agent status and skill availability, as the reporting services answer them.
import { z } from 'zod';
import type { HttpAnswer, HttpRequest, Route } from './http';
import { authorized } from './http';
import { demand } from './refusal';
import { openConversations } from './routing';
import type { Simulation } from './simulation';
import type { Account, User } from './world';
import { findUser } from './world';

const statusFilter = z.object({
  Status: z.array(z.string()).default([]),
  agentIds: z.array(z.coerce.string()).default([]),
  skillIds: z.array(z.coerce.string()).default([]),
  agentGroupIds: z.array(z.coerce.string()).default([]),
  agentPresence: z.boolean().optional(),
  connectionStates: z.array(z.enum(['CONNECTED', 'DISCONNECTED'])).default([]),
});
const eligibleFilter = z.object({ skillIds: z.array(z.coerce.string()).min(1) });
const availabilityFilter = z.object({
  filters: z.object({ userTypes: z.array(z.enum(['HUMAN', 'BOT'])).default([]) }).prefault({}),
});

/** States that the workspace lists when nothing else is asked for. */
const PRESENT = ['ONLINE', 'BACK_SOON', 'AWAY'];
const PAGE_LIMIT = 1000;

/** Routes of `msgHist` and `agentManagerWorkspace`. */
export const METRICS_ROUTES: readonly Route[] = [
  {
    name: 'agent-view-status',
    method: 'POST',
    pattern: /^\/messaging_history\/api\/account\/([^/]+)\/agent-view\/status$/,
    handle: agentViewStatus,
  },
  {
    name: 'agent-view',
    method: 'POST',
    pattern: /^\/manager_workspace\/api\/account\/([^/]+)\/agent_view$/,
    handle: agentView,
  },
  {
    name: 'agent-view-list',
    method: 'POST',
    pattern: /^\/manager_workspace\/api\/account\/([^/]+)\/agent_view\/list$/,
    handle: eligibleAgents,
  },
  {
    name: 'skill-availability',
    method: 'POST',
    pattern: /^\/manager_workspace\/api\/account\/([^/]+)\/skill\/availability$/,
    handle: skillAvailability,
  },
];

function agentViewStatus(request: HttpRequest): HttpAnswer {
  const { account } = authorized(request);
  const filter = statusFilter.safeParse(request.body);
  demand(filter.success, 400, 'Bad request');
  const { Status, agentIds, skillIds, connectionStates } = filter.data;
  const users = loggedIn(request.simulation, account)
    .filter((user) => Status.length === 0 || Status.includes(user.availability))
    .filter((user) => agentIds.length === 0 || agentIds.some((id) => findUser(account, id) === user))
    .filter((user) => skillIds.length === 0 || user.skillIds.some((id) => skillIds.includes(id)))
    .filter(() => connectionStates.length === 0 || connectionStates.includes('CONNECTED'));
  return records(request, account, users);
}

function agentView(request: HttpRequest): HttpAnswer {
  const { account } = authorized(request);
  const users = loggedIn(request.simulation, account).filter((user) => PRESENT.includes(user.availability));
  return records(request, account, users);
}

function eligibleAgents(request: HttpRequest): HttpAnswer {
  const { account } = authorized(request);
  const filter = eligibleFilter.safeParse(request.body);
  demand(filter.success, 400, 'Bad request');
  const users = loggedIn(request.simulation, account)
    .filter((user) => PRESENT.includes(user.availability))
    .filter((user) => user.skillIds.some((id) => filter.data.skillIds.includes(id)));
  return records(request, account, users);
}

function skillAvailability(request: HttpRequest): HttpAnswer {
  const { account } = authorized(request);
  const filter = availabilityFilter.safeParse(request.body ?? {});
  demand(filter.success, 400, 'Bad request');
  const { userTypes } = filter.data.filters;
  const users = loggedIn(request.simulation, account).filter(
    (user) => userTypes.length === 0 || userTypes.includes(user.kind === 'bot' ? 'BOT' : 'HUMAN'),
  );
  const skillAvailabilities = Object.keys(account.skills).flatMap((skillId) => {
    const agents = users.filter((user) => user.skillIds.includes(skillId));
    const count = (state: string): number => agents.filter((user) => user.availability === state).length;
    return agents.length === 0
      ? []
      : [
          {
            skillId: Number(skillId),
            onlineAgents: count('ONLINE'),
            backSoonAgents: count('BACK_SOON'),
            awayAgents: count('AWAY'),
          },
        ];
  });
  return { status: 200, body: { metadata: { count: skillAvailabilities.length }, skillAvailabilities } };
}

function loggedIn(simulation: Simulation, account: Account): User[] {
  return Object.values(account.users).filter(
    (user) =>
      user.availability !== 'OFFLINE' &&
      (user.connected || simulation.sockets.of(account.id, user.userId).length > 0),
  );
}

function records(request: HttpRequest, account: Account, users: readonly User[]): HttpAnswer {
  const offset = Number(request.url.searchParams.get('offset') ?? '0');
  const limit = Number(request.url.searchParams.get('limit') ?? '50');
  const valid = Number.isInteger(offset) && Number.isInteger(limit) && offset >= 0 && limit > 0;
  demand(valid && limit <= PAGE_LIMIT, 400, 'Bad request');
  return {
    status: 200,
    body: {
      _metadata: { count: users.length, self: { rel: 'self', href: request.url.pathname } },
      accountID: account.id,
      agentStatusRecords: users.slice(offset, offset + limit).map((user) => record(account, user)),
    },
  };
}

function record(account: Account, user: User): Record<string, unknown> {
  const busy = openConversations(account, user.userId);
  return {
    agentId: user.userId,
    agentName: user.nickname,
    agentSkills: user.skillIds.map((skillId) => ({
      skillId,
      skillName: account.skills[skillId]?.name ?? '',
    })),
    currentStatus: user.availability,
    load: user.maxAsyncChats === 0 ? 100 : Math.round((busy / user.maxAsyncChats) * 100),
    ringingSlots: 0,
    configuredMaxSlots: user.maxAsyncChats,
    busySlots: busy,
    openAssignedConversations: busy,
    agentPresence: 'true',
    currentConnectionState: 'CONNECTED',
  };
}
