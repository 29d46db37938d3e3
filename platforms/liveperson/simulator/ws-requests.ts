// The requests of the agent socket, by type. A handler answers the body of success or throws a Refusal; types
// that are not listed are refused.
import { z } from 'zod';
import { publishEvent, queryMessages } from './events';
import { updateConversationField } from './field-changes';
import { metadataSchema } from './metadata';
import { demand } from './refusal';
import type { Simulation } from './simulation';
import type { AgentSocket } from './sockets';
import type { Account, User } from './world';
import { findUser } from './world';
import { availabilitySchema } from './world-schema';

/** What a handler works with. */
export interface WsRequest {
  readonly simulation: Simulation;
  readonly account: Account;
  readonly caller: User;
  readonly socket: AgentSocket;
  readonly body: unknown;
  readonly metadata: unknown;
}

type Handler = (request: WsRequest) => unknown;

const agentState = z.object({
  availability: availabilitySchema,
  channels: z.array(z.literal('MESSAGING')).min(1),
  agentUserId: z.string().optional(),
});
const exConversations = z.object({
  convState: z.array(z.enum(['OPEN', 'LOCKED', 'CLOSE'])).min(1),
  agentIds: z.array(z.string()).optional(),
  minLastUpdatedTime: z.number().default(0),
});
const routingTasks = z.object({
  channelType: z.literal('MESSAGING'),
  agentId: z.string(),
  brandId: z.string(),
});
const agentsState = z.object({ agentId: z.string(), brandId: z.string() });
const ringState = z.object({ ringId: z.string(), ringState: z.enum(['ACCEPTED', 'REJECTED']) });
const subscriptionRef = z.object({ subscriptionId: z.string() });

/** Handlers by frame type. */
export const WS_REQUESTS: ReadonlyMap<string, Handler> = new Map<string, Handler>([
  ['.GetClock', () => ({ currentTime: Date.now() })],
  ['.ams.routing.SetAgentState', setAgentState],
  ['.ams.aam.SubscribeExConversations', subscribeExConversations],
  ['.ams.aam.UnsubscribeExConversations', unsubscribeExConversations],
  ['.ams.routing.SubscribeRoutingTasks', subscribeRoutingTasks],
  ['.ams.routing.SubscribeAgentsState', subscribeAgentsState],
  ['.ams.routing.UpdateRingState', updateRingState],
  [
    '.ams.ms.PublishEvent',
    ({ simulation, account, caller, body, metadata }) =>
      publishEvent(simulation, account, caller, body, metadata),
  ],
  ['.ams.ms.QueryMessages', ({ account, caller, body }) => queryMessages(account, caller, body)],
  ['.ams.userprofile.GetUserProfile', getUserProfile],
  ['.ams.cm.UpdateConversationField', updateField],
]);

function parse<T extends z.ZodType>(schema: T, request: WsRequest, what: string): z.output<T> {
  const parsed = schema.safeParse(request.body);
  demand(parsed.success, 400, `Failed to parse ${what}`);
  return parsed.data;
}

function setAgentState(request: WsRequest): string {
  const { account, caller, simulation } = request;
  const { availability, agentUserId } = parse(agentState, request, 'SetAgentState');
  const user = agentUserId === undefined ? caller : findUser(account, agentUserId);
  demand(user, 400, 'Agent does not exist');
  demand(user === caller || caller.manages, 403, 'Agent is not authorized');
  user.availability = availability;
  simulation.notifier.agentStateChanged(account, user);
  simulation.routing.reconsider(account);
  return 'Agent state updated successfully';
}

function subscribeExConversations(request: WsRequest): { subscriptionId: string } {
  const { account, caller, simulation, socket } = request;
  const { convState, agentIds, minLastUpdatedTime } = parse(
    exConversations,
    request,
    'SubscribeExConversations',
  );
  const userIds = agentIds?.map((id) => findUser(account, id)?.userId ?? id);
  const onlyOwn = userIds?.every((id) => id === caller.userId) ?? false;
  demand(onlyOwn || caller.seesAllConversations, 403, 'Agent is not authorized');
  const subscriptionId = simulation.notifier.subscribeConversations(account, socket, {
    states: convState,
    ...(userIds === undefined ? {} : { userIds }),
    minLastUpdatedTime,
  });
  return { subscriptionId };
}

function unsubscribeExConversations(request: WsRequest): string {
  const { subscriptionId } = parse(subscriptionRef, request, 'UnsubscribeExConversations');
  demand(request.socket.conversations.delete(subscriptionId), 400, 'Subscription does not exist');
  return 'OK Unsubscribed successfully';
}

function subscribeRoutingTasks(request: WsRequest): { subscriptionId: string } {
  const { account, caller, simulation, socket } = request;
  const { agentId, brandId } = parse(routingTasks, request, 'SubscribeRoutingTasks');
  demand(brandId === account.id, 400, 'Brand does not match');
  demand(findUser(account, agentId) === caller, 403, 'Agent is not authorized');
  return { subscriptionId: simulation.notifier.subscribeRoutingTasks(account, socket) };
}

function subscribeAgentsState(request: WsRequest): { subscriptionId: string } {
  const { account, simulation, socket } = request;
  const { agentId, brandId } = parse(agentsState, request, 'SubscribeAgentsState');
  demand(brandId === account.id, 400, 'Brand does not match');
  const user = findUser(account, agentId);
  demand(user, 400, 'Agent does not exist');
  return { subscriptionId: simulation.notifier.subscribeAgentState(account, socket, user) };
}

function updateRingState(request: WsRequest): string {
  const { account, caller, simulation } = request;
  const { ringId, ringState: state } = parse(ringState, request, 'UpdateRingState');
  const answered = simulation.routing.answerRing(account, ringId, caller.userId, state === 'ACCEPTED');
  demand(answered, 400, 'Ring is not waiting');
  return 'Ring state updated successfully';
}

function getUserProfile({ account, body }: WsRequest): unknown[] {
  demand(typeof body === 'string', 400, 'Failed to parse GetUserProfile');
  const conversation = Object.values(account.conversations).find((c) => c.consumerId === body);
  demand(conversation, 404, 'User profile does not exist');
  return [{ type: 'personal', personal: { firstname: conversation.consumerName } }];
}

function updateField({ simulation, account, caller, body, metadata }: WsRequest): string {
  demand(metadataSchema.safeParse(metadata ?? []).success, 400, 'Metadata is not valid');
  return updateConversationField(simulation, account, caller, body);
}
