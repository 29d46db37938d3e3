// The world outside a workflow test: every activity recorded, answered as the test scripts it. Worlds are told apart
// by conversation, so that one worker serves every test of a file.
import type {
  EscalationActivities,
  RequestTransferInput,
  TransferReply,
  TransferCall,
  WithdrawReply,
} from '../../activities/types';
import type { Notice } from '../../domain/notice';
import type { EscalationPlan } from '../../domain/plan';
import type { EscalationRequest } from '../../domain/request';
import { aPlan } from './builders';

/** What a test scripts; each has a friendly default. */
export interface Script {
  plan?: EscalationPlan | ((request: EscalationRequest) => EscalationPlan);
  requestTransfer?: (input: RequestTransferInput, world: World) => Promise<TransferReply> | TransferReply;
  withdrawTransfer?: (input: TransferCall, world: World) => Promise<WithdrawReply> | WithdrawReply;
  awaitAnswer?: EscalationActivities['awaitAnswer'];
  checkTarget?: EscalationActivities['checkTarget'];
  postToUser?: EscalationActivities['postToUser'];
  transformResult?: EscalationActivities['transformResult'];
  deliverNotice?: (notice: Notice, world: World) => Promise<void> | void;
}

/** One activity call as it was seen, in order. */
export interface Seen {
  readonly activity: keyof EscalationActivities;
  readonly detail: string;
}

/** The world of one conversation. */
export interface World {
  readonly script: Script;
  /** Everything in order, e.g. `requestTransfer 4711`. */
  readonly seen: string[];
  /** What the user read, in order. */
  readonly userRead: string[];
  /** What the bot was told, in order. */
  readonly notices: Notice[];
  readonly transfers: RequestTransferInput[];
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
      const world: World = { script, seen: [], userRead: [], notices: [], transfers: [] };
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
      return Promise.resolve(typeof plan === 'function' ? plan(request) : plan);
    },
    async postToUser(input) {
      const { seen, script, userRead } = of(input.conversationId);
      seen.push(...input.messages.map((message) => `post ${message.id.split('/').at(-1)}`));
      if (script.postToUser) return script.postToUser(input);
      userRead.push(...input.messages.map((message) => message.text));
      return Promise.resolve({ kind: 'posted' });
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
      return (await world.script.requestTransfer?.(input, world)) ?? { kind: 'queued' };
    },
    async awaitAnswer(input) {
      const { seen, script } = of(input.conversationId);
      seen.push(`await ${input.target.id}`);
      return script.awaitAnswer?.(input) ?? Promise.resolve({ kind: 'connected', agentId: 'maria' });
    },
    async withdrawTransfer(input) {
      const world = of(input.conversationId);
      world.seen.push(`withdraw ${input.target.id}`);
      return (await world.script.withdrawTransfer?.(input, world)) ?? { kind: 'withdrawn' };
    },
    async transformResult(input) {
      const { seen, script } = of(input.conversationId);
      seen.push('transform');
      return script.transformResult?.(input) ?? Promise.resolve({ data: {} });
    },
    async deliverNotice({ notice }) {
      const world = of(notice.conversationId);
      await world.script.deliverNotice?.(notice, world);
      world.notices.push(notice);
      world.seen.push(`notice ${notice.type}`);
    },
  };
}
