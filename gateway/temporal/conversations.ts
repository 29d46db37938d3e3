// Who may speak to the user of a conversation, what its bot says, and its return to the bot. The conversation's workflow
// is the lock: without an open run one is started that only does this.
import { createHash } from 'node:crypto';
import type { Client } from '@temporalio/client';
import { BatonError } from '../../domain/errors';
import { escalationWorkflowId } from '../../domain/ids';
import type { Ownership, ReturnedInput, SayInput, SayResult } from '../../domain/ownership';
import type { Continued } from '../../domain/request';
import { TASK_QUEUE } from '../../domain/task-queue';
import type { GatewayDeps } from '../settings';
import { asAttributes } from '../../workflows/attributes';
import { lastEscalationOf, leftBy } from '../../temporal/earlier-run';
import { readStatus } from './read-run';
import { latestRun, type EscalationKey, type LatestRun } from '../../temporal/runs';
import { LOOK_FOR_MS, maySucceed } from '../../temporal/succession';
import { earlierUpdate, startAndUpdate, updateRun, type Update, type Updated } from './updates';

/** A conversation that Baton has never seen. */
const UNSEEN: Continued = { owner: 'bot', epoch: 0, requestIds: [] };
/** Times that the same message may be refused, or fail to be posted, in one run. */
const MAX_TIMES = 20;

/** What the routes call. */
export interface Conversations {
  owner(key: EscalationKey): Promise<Ownership>;
  /** @throws BatonError `ESC_NOT_OWNER`, `ESC_CONVERSATION_GONE`, `ESC_MESSAGE_NOT_POSTED`, `ESC_NO_WORKER` */
  say(key: EscalationKey, input: SayInput): Promise<Ownership>;
  /** @throws BatonError `ESC_NOT_OWNER`, `ESC_NO_WORKER` */
  giveBack(key: EscalationKey, input: ReturnedInput): Promise<Ownership>;
}

/** The conversations of the gateway. */
export function createConversations(deps: GatewayDeps): Conversations {
  const { client } = deps;
  return {
    owner: async (key) => {
      const run = await runOf(deps, key);
      if (!run) return ownershipOf(UNSEEN);
      if (!run.isOpen) return ownershipOf(await leftToSpeakers(deps, run));
      return ownershipOf(await readStatus(client, run));
    },
    say: async (key, input) => {
      const id = `say/${digestOf(`${input.bot}/${input.message.id}`)}`;
      const may = ({ owner, epoch }: Ownership): boolean => owner === 'bot' && epoch === input.epoch;
      const answered = await tell<SayResult, SayInput>(deps, key, { name: 'say', id, input }, may);
      return posted(answered);
    },
    giveBack: (key, input) => {
      const may = ({ owner, epoch }: Ownership): boolean =>
        owner === 'agent' ? epoch === input.epoch : owner === 'bot' && epoch === input.epoch + 1;
      return tell<Ownership, ReturnedInput>(
        deps,
        key,
        { name: 'returned', id: `returned/${input.epoch}`, input },
        may,
      );
    },
  };
}

function posted(answer: SayResult): Ownership {
  if (answer.kind === 'posted') return { owner: answer.owner, epoch: answer.epoch };
  if (answer.kind === 'gone')
    throw new BatonError('ESC_CONVERSATION_GONE', 'the platform says that it is over');
  throw new BatonError('ESC_MESSAGE_NOT_POSTED', `the post ended with ${answer.code}`);
}

/** Tells the open run, or else a new one, if the closed one leaves the conversation to who is calling. */
async function tell<Result, Input>(
  deps: GatewayDeps,
  key: EscalationKey,
  update: Update<Input>,
  may: (ownership: Ownership) => boolean,
): Promise<Result> {
  for (const giveUpAt = Date.now() + LOOK_FOR_MS; Date.now() < giveUpAt;) {
    const run = await runOf(deps, key);
    const updated = run?.isOpen
      ? await tellOpen<Result, Input>(deps, run, update)
      : await tellNew<Result, Input>(deps, key, run, update, may);
    if (updated.kind === 'answered') return updated.result;
  }
  throw new BatonError('ESC_TEMPORAL_UNAVAILABLE', 'the conversation opens and closes faster than this');
}

/** One that was refused, or not posted, is another update when it is sent again: the first keeps its answer. */
async function tellOpen<Result, Input>(
  { client }: GatewayDeps,
  { handle }: LatestRun,
  update: Update<Input>,
): Promise<Updated<Result>> {
  for (let times = 0; times < MAX_TIMES; times += 1) {
    const id = times === 0 ? update.id : `${update.id}/${times}`;
    const earlier = await earlierUpdate<Result>(client, handle, id);
    if (earlier.kind === 'none') return updateRun(client, handle, { ...update, id });
    if (earlier.kind === 'answered' && (earlier.result as Partial<SayResult>).kind !== 'not_posted')
      return earlier;
  }
  throw new BatonError('ESC_MESSAGE_NOT_POSTED', `it was tried ${MAX_TIMES} times`);
}

async function tellNew<Result, Input>(
  deps: GatewayDeps,
  { tenant, conversationId }: EscalationKey,
  run: LatestRun | undefined,
  update: Update<Input>,
  may: (ownership: Ownership) => boolean,
): Promise<Updated<Result>> {
  const continued = run ? await leftToSpeakers(deps, run) : UNSEEN;
  const { owner, epoch } = ownershipOf(continued);
  // What would be refused starts nothing.
  if (!may({ owner, epoch }))
    throw new BatonError('ESC_NOT_OWNER', 'the conversation has another owner or epoch', {
      facts: { owner, epoch },
    });
  if (run && !(await maySucceed(deps, { tenant, conversationId }, run))) return { kind: 'closed' };
  return startAndUpdate(
    deps.client,
    {
      workflowIdReusePolicy: run ? 'ALLOW_DUPLICATE' : 'REJECT_DUPLICATE',
      workflowId: escalationWorkflowId(tenant, conversationId),
      taskQueue: TASK_QUEUE,
      args: [{ tenant, conversationId, speaking: true, continued }],
      typedSearchAttributes: asAttributes({
        BatonTenant: tenant,
        BatonConversationId: conversationId,
        BatonPhase: 'speaking',
      }),
      staticSummary: 'The bot speaks',
      staticDetails: `Tenant **${tenant}**`,
    },
    update,
  );
}

async function runOf(deps: GatewayDeps, key: EscalationKey): Promise<LatestRun | undefined> {
  try {
    return await latestRun(deps, key);
  } catch (error) {
    if (error instanceof BatonError && error.code === 'ESC_ESCALATION_NOT_FOUND') return undefined;
    throw error;
  }
}

/** What a closed run leaves, with the conversation's last escalation. */
async function leftToSpeakers({ client }: GatewayDeps, run: LatestRun): Promise<Continued> {
  const [left, lastEscalation] = await Promise.all([leftBy(client, run), lastEscalationOf(client, run)]);
  const { isBound, ...continued } = left;
  return {
    ...continued,
    ...(isBound && (await ownershipAtEnd(client, run))),
    ...(lastEscalation !== undefined && { lastEscalation }),
  };
}

/** Of a run without a result, as a worker reads its history. Baton itself owns nothing once its run is closed. */
async function ownershipAtEnd(client: Client, run: LatestRun): Promise<Ownership> {
  const { owner, epoch } = await readStatus(client, run);
  return owner === 'baton' ? { owner: 'bot', epoch: epoch + 1 } : { owner, epoch };
}

function ownershipOf({ owner = 'bot', epoch }: Pick<Continued, 'owner' | 'epoch'>): Ownership {
  return { owner, epoch };
}

function digestOf(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
