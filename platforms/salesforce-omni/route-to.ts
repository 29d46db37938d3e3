// Turns a target into the route of its work: names into ids, and whether a preferred agent can be asked.
import { assertNever } from '../../domain/assert-never';
import { BatonError } from '../../domain/errors';
import type { Target } from '../../domain/target';
import { declined } from './declined';
import type { Declined } from './declined';
import type { Named } from './directory';
import { DEFAULT_OWNER, isCaseKind } from './ids';
import type { Route } from './routing';
import type { Runtime } from './runtime';

/** A route, or why there is none. */
export type Routed = { readonly kind: 'route'; readonly route: Route } | Declined;

/** @throws BatonError `ESC_PLAN_MISCONFIGURED` where the connector lacks what this kind of target needs */
export async function routeTo(runtime: Runtime, target: Target, signal: AbortSignal): Promise<Routed> {
  const { kind, id } = target;
  if (!isCaseKind(kind)) return declined('invalid_target', `a ${kind} is no target here`);
  switch (kind) {
    case 'ticket':
      if (id === DEFAULT_OWNER) return { kind: 'route', route: { kind: 'owner', ownerId: undefined } };
      return byOwner(runtime, id, signal);
    case 'queue':
      return byOwner(runtime, id, signal);
    case 'skill':
      return bySkill(runtime, target, signal);
    case 'agent': {
      const userId = await runtime.directory.resolve('agent', id, signal);
      if (userId === undefined) return unknownName('agent');
      return {
        kind: 'route',
        route: { kind: 'records', channelId: await channelOf(runtime, signal), userId },
      };
    }
    default:
      return assertNever(kind);
  }
}

async function byOwner({ directory }: Runtime, id: string, signal: AbortSignal): Promise<Routed> {
  const ownerId = await directory.resolve('queue', id, signal);
  return ownerId === undefined ? unknownName('queue') : { kind: 'route', route: { kind: 'owner', ownerId } };
}

/** The agent is preferred only if known to have the skill and to be there; otherwise the skill alone decides. */
async function bySkill(runtime: Runtime, target: Target, signal: AbortSignal): Promise<Routed> {
  const { connector, directory, presence } = runtime;
  const skillId = await directory.resolve('skill', target.id, signal);
  if (skillId === undefined) return unknownName('skill');
  const wanted = target.agentId;
  const canBeAsked = wanted !== undefined && (await presence.check(target, signal)).agent === 'yes';
  const userId = canBeAsked ? await directory.resolve('agent', wanted, signal) : undefined;
  const byAction = connector.skillsRouting === 'action';
  // The action knows no preferred user.
  if (byAction && (userId === undefined || connector.serviceChannel === undefined)) {
    const configurationId = await named(
      runtime,
      'routingConfiguration',
      connector.routingConfiguration,
      signal,
    );
    return { kind: 'route', route: { kind: 'action', configurationId, skillId } };
  }
  const channelId = await channelOf(runtime, signal);
  return {
    kind: 'route',
    route: { kind: 'records', channelId, skillId, ...(userId !== undefined && { userId }) },
  };
}

function channelOf(runtime: Runtime, signal: AbortSignal): Promise<string> {
  return named(runtime, 'serviceChannel', runtime.connector.serviceChannel, signal);
}

async function named(
  { directory }: Runtime,
  kind: Named & ('serviceChannel' | 'routingConfiguration'),
  name: string | undefined,
  signal: AbortSignal,
): Promise<string> {
  if (name === undefined)
    throw new BatonError('ESC_PLAN_MISCONFIGURED', `this target needs options.${kind} of its connector`);
  const id = await directory.resolve(kind, name, signal);
  if (id === undefined)
    throw new BatonError('ESC_PLAN_MISCONFIGURED', `options.${kind}: Salesforce has no ${name}`);
  return id;
}

function unknownName(kind: Named): Declined {
  return declined('invalid_target', `Salesforce has no such ${kind}`);
}
