// Skills, users and shift status, as the account configuration services answer them.
import { createHash } from 'node:crypto';
import type { HttpAnswer, HttpRequest, Route } from './http';
import { authorized } from './http';
import { demand } from './refusal';
import type { Account, User } from './world';
import type { Skill } from './world-schema';

const HOUR_MS = 3_600_000;
const SUMMARY = ['id', 'deleted', 'name'];

/** Routes of `accountConfigReadOnly` and the shift status service. */
export const ADMINISTRATION_ROUTES: readonly Route[] = [
  {
    name: 'skills',
    method: 'GET',
    pattern: /^\/api\/account\/([^/]+)\/configuration\/le-users\/skills$/,
    handle: listSkills,
  },
  {
    name: 'skill',
    method: 'GET',
    pattern: /^\/api\/account\/([^/]+)\/configuration\/le-users\/skills\/([^/]+)$/,
    handle: readSkill,
  },
  {
    name: 'users',
    method: 'GET',
    pattern: /^\/api\/account\/([^/]+)\/configuration\/le-users\/users$/,
    handle: listUsers,
  },
  {
    name: 'user',
    method: 'GET',
    pattern: /^\/api\/account\/([^/]+)\/configuration\/le-users\/users\/([^/]+)$/,
    handle: readUser,
  },
  {
    name: 'shift-status',
    method: 'GET',
    pattern: /^\/api\/account\/([^/]+)\/skills\/([^/]+)\/shift-status-skill$/,
    handle: readShift,
  },
];

function listSkills(request: HttpRequest): HttpAnswer {
  const { account } = authorized(request);
  const skills = Object.values(account.skills).map((skill) => select(request, skillBody(skill)));
  return revised(request, skills);
}

function readSkill(request: HttpRequest): HttpAnswer {
  const { account } = authorized(request);
  const skill = account.skills[request.params[1] ?? ''];
  demand(skill, 404, 'Skill does not exist');
  return revised(request, skillBody(skill));
}

function listUsers(request: HttpRequest): HttpAnswer {
  const { account } = authorized(request);
  return revised(
    request,
    Object.values(account.users).map((user) => userBody(account, user)),
  );
}

function readUser(request: HttpRequest): HttpAnswer {
  const { account } = authorized(request);
  const user = account.users[request.params[1] ?? ''];
  demand(user, 404, 'User does not exist');
  return revised(request, userBody(account, user));
}

function readShift(request: HttpRequest): HttpAnswer {
  const { account } = authorized(request);
  return { status: 200, body: shiftStatus(account, request.params[1] ?? '') };
}

/** `ac-revision` names the content; `If-Match` with it is answered 304, `-1` always in full. */
function revised(request: HttpRequest, body: unknown): HttpAnswer {
  const revision = String(
    parseInt(createHash('sha1').update(JSON.stringify(body)).digest('hex').slice(0, 8), 16),
  );
  const headers = { 'ac-revision': revision };
  return request.headers['if-match'] === revision ? { status: 304, headers } : { status: 200, headers, body };
}

function select(request: HttpRequest, body: Record<string, unknown>): Record<string, unknown> {
  const wanted = request.url.searchParams.get('select') ?? '';
  if (wanted.includes('$all')) return body;
  const named = wanted.match(/\w+/g) ?? [];
  const keep = named.length === 0 || wanted.includes('$summary') ? SUMMARY : named;
  return Object.fromEntries(Object.entries(body).filter(([key]) => keep.includes(key)));
}

function skillBody(skill: Skill): Record<string, unknown> {
  return {
    id: Number(skill.id),
    name: skill.name,
    description: skill.description,
    deleted: skill.deleted,
    maxWaitTime: skill.maxWaitTime,
    skillOrder: 0,
    canTransfer: skill.canTransfer,
    skillTransferList: skill.skillTransferList?.map(Number) ?? null,
    fallbackSkill: skill.fallbackSkill === null ? null : Number(skill.fallbackSkill),
    fallbackWhenAllAgentsAreAway: skill.fallbackWhenAllAgentsAreAway,
    transferToAgentMaxWaitInSeconds: skill.transferToAgentMaxWaitInSeconds,
    lobIds: [],
    skillRoutingConfiguration: [],
    dateUpdated: '2015-11-25 14:18:11',
  };
}

function userBody(account: Account, user: User): Record<string, unknown> {
  const stringly = account.settings.stringlyUsers;
  return {
    id: stringly ? user.userId : Number(user.userId),
    pid: user.pid,
    deleted: stringly ? 'false' : false,
    loginName: user.loginName,
    nickname: user.nickname,
    isEnabled: stringly ? String(user.isEnabled) : user.isEnabled,
    skillIds: user.skillIds.map(Number),
    maxAsyncChats: stringly ? String(user.maxAsyncChats) : user.maxAsyncChats,
    profileIds: [0],
    memberOf: { agentGroupId: stringly ? '-1' : -1, assignmentDate: '2015-11-25 14:18:11' },
    userTypeId: stringly ? String(userType(user)) : userType(user),
    lobIds: [],
  };
}

function userType(user: User): number {
  return user.kind === 'bot' ? 2 : 1;
}

/** An unknown skill is answered with the account's status, not 404 (LivePerson shift status notes). */
function shiftStatus(account: Account, skillId: string): Record<string, unknown> {
  const skill = account.skills[skillId];
  const onShift = skill?.onShift ?? true;
  const now = Date.now();
  return {
    ...(skill === undefined ? {} : { skill: Number(skillId) }),
    onShift,
    nextOn: now + (onShift ? 24 : 1) * HOUR_MS,
    nextOff: now + (onShift ? 1 : 9) * HOUR_MS,
  };
}
