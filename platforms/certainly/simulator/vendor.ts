// The platform's HTTP: handover, messages of agents, takeover, and the widget's configuration. Error bodies are not
// documented; these are short.
import { z } from 'zod';
import { answer } from '../../simulation/server';
import type { SimulatorAnswer, SimulatorRequest } from '../../simulation/server';
import type { Conversations } from './conversations';
import type { User, World } from './world';

const PATH = /^\/webbot\/api\/webchat\/([^/]+)\/(?:(config)|(handover|takeover)\/([^/]+))\/$/;
const messageSchema = z.strictObject({ message: z.string().min(1) });

/** What a request is about, as faults and counters name it. */
export type Resource = 'handover' | 'message' | 'takeover' | 'config' | 'unknown';

/** The resource of a request. */
export function resourceOf({ method, path }: Pick<SimulatorRequest, 'method' | 'path'>): Resource {
  const [, , config, deed] = PATH.exec(path) ?? [];
  if (config !== undefined) return method === 'GET' ? 'config' : 'unknown';
  if (deed === 'takeover') return method === 'GET' ? 'takeover' : 'unknown';
  if (deed !== 'handover') return 'unknown';
  return method === 'GET' ? 'handover' : method === 'POST' ? 'message' : 'unknown';
}

/** Does what is asked for, if it may be. */
export function handleVendor(
  { world, conversations }: { readonly world: World; readonly conversations: Conversations },
  request: SimulatorRequest,
): SimulatorAnswer {
  const { settings, users } = world;
  const resource = resourceOf(request);
  const [, deployment = '', , , userId = ''] = PATH.exec(request.path) ?? [];
  if (resource === 'unknown') return answer(404, { detail: 'Not found.' });
  if (decodeURIComponent(deployment) !== settings.deploymentId) return answer(404, { detail: 'Not found.' });
  if (resource === 'config') return answer(200, { id: settings.deploymentId });
  if (settings.token !== null && request.headers['authorization'] !== `Bearer ${settings.token}`)
    return answer(401, { detail: 'Authentication credentials were not provided.' });
  const user = users.get(decodeURIComponent(userId));
  if (!user || user.isForgotten) return answer(404, { detail: 'Not found.' });
  return perform(resource, conversations, user, request);
}

function perform(
  resource: 'handover' | 'message' | 'takeover',
  conversations: Conversations,
  user: User,
  request: SimulatorRequest,
): SimulatorAnswer {
  switch (resource) {
    case 'handover':
      conversations.handOver(user);
      return answer(200, {});
    case 'takeover':
      conversations.takeOver(user, request.query.get('ClaimEnd') ?? undefined);
      return answer(200, {});
    case 'message': {
      const said = messageSchema.safeParse(fromJson(request.body));
      if (!said.success) return answer(400, { detail: 'message is required' });
      const isHeard = conversations.agentWrites(user, said.data.message);
      return isHeard ? answer(200, {}) : answer(409, { detail: 'the bot does not listen' });
    }
  }
}

function fromJson(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString('utf8'));
  } catch {
    return undefined;
  }
}
