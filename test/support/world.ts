// The world outside a workflow test: every activity recorded, answered as the test scripts it. Worlds are told apart
// by conversation, so that one worker serves every test of a file.
import type {
  CarryInput,
  CarryReply,
  EscalationActivities,
  RequestTransferInput,
  TransferReply,
  TransferCall,
  WithdrawReply,
} from '../../activities/types';
import type { BotState } from '../../domain/bot-state';
import type { ChatMessage } from '../../domain/chat';
import type { Notice } from '../../domain/notice';
import type { PassOn } from '../../domain/passage';
import type { EscalationPlan } from '../../domain/plan';
import type { EscalationRequest } from '../../domain/request';
import { aPlan } from './builders';

/** What a test scripts; each has a friendly default. */
export interface Script {
  plan?: EscalationPlan | ((request: EscalationRequest) => EscalationPlan | Promise<EscalationPlan>);
  requestTransfer?: (input: RequestTransferInput, world: World) => Promise<TransferReply> | TransferReply;
  withdrawTransfer?: (input: TransferCall, world: World) => Promise<WithdrawReply> | WithdrawReply;
  awaitAnswer?: EscalationActivities['awaitAnswer'];
  checkTarget?: EscalationActivities['checkTarget'];
  postToUser?: EscalationActivities['postToUser'];
  listenToDesk?: EscalationActivities['listenToDesk'];
  extendConversation?: EscalationActivities['extendConversation'];
  readTranscript?: EscalationActivities['readTranscript'];
  askForPassage?: (asked: PassOn) => Promise<void> | void;
  carry?: (input: CarryInput, world: World) => Promise<CarryReply> | CarryReply;
  closeChat?: (input: TransferCall) => Promise<void> | void;
  transformResult?: EscalationActivities['transformResult'];
  deliverNotice?: (notice: Notice, world: World, botState?: BotState) => Promise<void> | void;
  /** Called by a scripted activity when something else happens while it runs. */
  meanwhile?: () => Promise<void>;
}

/** The world of one conversation. */
export interface World {
  readonly script: Script;
  /** Everything in order, e.g. `requestTransfer 4711`. */
  readonly seen: string[];
  /** What the user read, in order; a message that came twice, once. */
  readonly userRead: string[];
  readonly read: Set<string>;
  /** What the bot was told, in order; a notice that came twice, once, as bots are asked to take it. */
  readonly notices: Notice[];
  readonly transfers: RequestTransferInput[];
  /** What the agent read, in order; a number that came twice, once. */
  readonly agentGot: (ChatMessage & { readonly number: number })[];
  /** What the user read of the agent, in order; an id that came twice, once. */
  readonly userGot: (ChatMessage & { readonly agentName?: string })[];
  /** Every batch that was to be carried. */
  readonly carried: CarryInput[];
  /** Transfers on which a human is with the user: they joined and were not withdrawn. */
  readonly humans: Set<string>;
}

/** All worlds of a test file. */
export interface Worlds {
  open(conversationId: string, script: Script): World;
  readonly activities: EscalationActivities;
}

/** Makes the worlds of a file and the activities that serve them. */
export function createWorlds(): Worlds {
  const worlds = new Map<string, World>();
  const of = (conversationId: string): World => {
    const world = worlds.get(conversationId);
    if (!world) throw new Error(`no world for ${conversationId}`);
    return world;
  };
  return {
    open: (conversationId, script) => {
      const world: World = {
        script,
        seen: [],
        userRead: [],
        read: new Set(),
        notices: [],
        transfers: [],
        agentGot: [],
        userGot: [],
        carried: [],
        humans: new Set(),
      };
      worlds.set(conversationId, world);
      return world;
    },
    activities: activitiesOf(of),
  };
}

function activitiesOf(of: (conversationId: string) => World): EscalationActivities {
  return {
    async plan({ conversationId, request }) {
      const { seen, script } = of(conversationId);
      seen.push(`plan ${request.requestId}`);
      const plan = script.plan ?? aPlan();
      return typeof plan === 'function' ? plan(request) : plan;
    },
    async postToUser(input) {
      const { seen, script, userRead, read } = of(input.conversationId);
      seen.push(...input.messages.map((message) => `post ${message.id.split('/').at(-1)}`));
      const reply = (await script.postToUser?.(input)) ?? { kind: 'posted' };
      // As a platform that knows message ids: the same message again is not shown again.
      const fresh = reply.kind === 'posted' ? input.messages.filter(({ id }) => !read.has(id)) : [];
      for (const { id, text } of fresh) {
        read.add(id);
        userRead.push(text);
      }
      return reply;
    },
    async checkTarget(input) {
      const { seen, script } = of(input.conversationId);
      seen.push(`check ${input.target.id}`);
      return script.checkTarget?.(input) ?? Promise.resolve({ kind: 'go' });
    },
    async requestTransfer(input) {
      const world = of(input.conversationId);
      world.seen.push(`transfer ${input.target.id}`);
      world.transfers.push(input);
      const reply = (await world.script.requestTransfer?.(input, world)) ?? { kind: 'queued' };
      // One that hands on at once has nobody to take the user.
      if (reply.kind === 'connected' && !reply.handsOn) world.humans.add(input.transferId);
      return reply;
    },
    async awaitAnswer(input) {
      const { seen, script, humans } = of(input.conversationId);
      seen.push(`await ${input.target.id}`);
      const event = (await script.awaitAnswer?.(input)) ?? { kind: 'connected', agentId: 'maria' };
      if (event.kind === 'connected') humans.add(input.transferId);
      return event;
    },
    async withdrawTransfer(input) {
      const world = of(input.conversationId);
      world.seen.push(`withdraw ${input.target.id}`);
      const reply = (await world.script.withdrawTransfer?.(input, world)) ?? { kind: 'withdrawn' };
      if (reply.kind === 'connected') world.humans.add(input.transferId);
      else world.humans.delete(input.transferId);
      return reply;
    },
    async extendConversation(input) {
      const { seen, script } = of(input.conversationId);
      seen.push('extend');
      await script.extendConversation?.(input);
    },
    async askForPassage({ conversationId, asked }) {
      const { seen, script } = of(conversationId);
      await script.askForPassage?.(asked);
      seen.push(`pass on ${asked.id}`);
    },
    async readTranscript(input) {
      const { seen, script } = of(input.conversationId);
      seen.push('read transcript');
      return (await script.readTranscript?.(input)) ?? [];
    },
    async listenToDesk(input) {
      return of(input.conversationId).script.listenToDesk?.(input) ?? {};
    },
    async carry(input) {
      const world = of(input.conversationId);
      world.carried.push(input);
      return world.script.carry ? world.script.carry(input, world) : carryAll(input, world);
    },
    async closeChat(input) {
      const { seen, script } = of(input.conversationId);
      await script.closeChat?.(input);
      seen.push(`close ${input.target.id}`);
    },
    async transformResult(input) {
      const { seen, script } = of(input.conversationId);
      seen.push('transform');
      return script.transformResult?.(input) ?? Promise.resolve({ data: {} });
    },
    async deliverNotice({ notice, botState }) {
      const world = of(notice.conversationId);
      await world.script.deliverNotice?.(notice, world, botState);
      if (world.notices.some(({ id }) => id === notice.id)) return;
      world.notices.push(notice);
      world.seen.push(`notice ${notice.type}`);
    },
  };
}

/** Both sides take everything, and know what they have already. */
export function carryAll(input: CarryInput, world: World): CarryReply {
  const { toAgent, toUser } = input;
  return {
    toAgent: agentTakes(input, world, toAgent.messages.length),
    toUser: userTakes(input, world, toUser.length),
  };
}

/** The agent takes so many of a batch. */
export function agentTakes({ toAgent }: CarryInput, world: World, taken: number): { taken: number } {
  for (const [index, message] of toAgent.messages.slice(0, taken).entries()) {
    const number = toAgent.first + index;
    if (!world.agentGot.some((got) => got.number === number)) world.agentGot.push({ ...message, number });
  }
  return { taken };
}

/** The user takes so many of a batch. */
export function userTakes({ toUser }: CarryInput, world: World, taken: number): { taken: number } {
  for (const message of toUser.slice(0, taken))
    if (!world.userGot.some(({ id }) => id === message.id)) world.userGot.push(message);
  return { taken };
}
