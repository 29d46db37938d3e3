// LivePerson's desk. Each call first reads where the conversation stands, since the workflow may call again after
// a crash in which nothing remembers the first try; a transfer is not idempotent on its own.
import type { DeskEvent } from '../../domain/desk-event';
import type { Target } from '../../domain/target';
import { BatonError } from '../../domain/errors';
import { assertNever } from '../../domain/assert-never';
import type { Call, Desk, DeskCapabilities, TransferAnswer, TransferRef, TransferRequest } from '../desk';
import type { Answer } from './connection';
import { afterTransfer } from './conversations';
import type { Place } from './conversations';
import { fieldsOf, transferRequest } from './fields';
import type { TransferFields } from './fields';
import { locate, locateAnew } from './locate';
import type { Located } from './locate';
import { postOnce, saysClosed } from './messages';
import { isRefusal, refusalText } from './runtime';
import type { Runtime } from './runtime';
import { newsOf } from './news';
import { takeBack } from './take-back';
import { createTargetChecks } from './target-checks';
import type { TargetChecks } from './target-checks';

/** What LivePerson's desk can do. */
export const LIVEPERSON_CAPABILITIES: DeskCapabilities = {
  targets: ['skill', 'agent'],
  carriesMessage: true,
  events: 'watch',
  confirmsConnection: true,
  settlesUnknownBy: 'read_back',
};

/** A desk over a runtime that it shares with the bots of its connector. `release` lets go of it. */
export function createLivePersonDesk(runtime: Runtime, release: () => Promise<void>): Desk {
  const checks = createTargetChecks(runtime.rest, runtime.connector.account);
  return {
    capabilities: LIVEPERSON_CAPABILITIES,
    check: (target, call) => checks.check(target, call.signal),
    requestTransfer: (request, call) => requestTransfer(runtime, checks, request, call),
    async lookUp(ref, { signal }) {
      const { place } = await locate(runtime, ref.conversationId, signal);
      if (place.kind === 'unknown') return { kind: 'requested' };
      return standing(ref, place) ?? { kind: 'absent' };
    },
    async withdraw(ref, { signal }) {
      const { place } = await locate(runtime, ref.conversationId, signal);
      const held =
        place.kind === 'queue' || place.kind === 'unknown' ? await takeBack(runtime, ref, signal) : place;
      switch (held.kind) {
        case 'human':
          return { kind: 'connected', agentId: held.agentId };
        case 'closed':
          return { kind: 'userLeft' };
        case 'bot':
          return { kind: 'withdrawn' };
        default:
          return assertNever(held);
      }
    },
    watch: (ref, seen, call) => watch(runtime, ref, seen, call),
    async warmUp({ signal }) {
      await runtime.own(signal);
    },
    close: release,
  };
}

async function requestTransfer(
  runtime: Runtime,
  checks: TargetChecks,
  asked: TransferRequest,
  { signal }: Call,
): Promise<TransferAnswer> {
  const before = await locate(runtime, asked.conversationId, signal);
  const known = before.place.kind === 'unknown' ? undefined : standing(asked, before.place);
  if (known) return known;
  // Before the message, so that nothing comes between it and the transfer.
  const request = { ...asked, target: await withAgentWhoCanBeAsked(checks, asked.target, signal) };
  if (before.place.kind === 'queue') {
    const back = await takeBack(runtime, request, signal);
    if (back.kind !== 'bot') return standing(request, back) ?? { kind: 'userLeft' };
  }
  const posting = await postTransferMessage(runtime, request, before, signal);
  return posting ?? transfer(runtime, request, before, signal);
}

/** The agent is asked only if known to be assigned to the skill and available; otherwise the skill is. */
async function withAgentWhoCanBeAsked(
  checks: TargetChecks,
  target: Target,
  signal: AbortSignal,
): Promise<Target> {
  if (target.kind !== 'skill' || target.agentId === undefined) return target;
  const { agent } = await checks.check(target, signal);
  const { agentId: _agentId, ...skill } = target;
  return agent === 'yes' ? target : skill;
}

/** Posts the last words; an answer only if the transfer must not follow. */
async function postTransferMessage(
  runtime: Runtime,
  request: TransferRequest,
  { view }: Located,
  signal: AbortSignal,
): Promise<TransferAnswer | undefined> {
  if (!request.message) return undefined;
  const posting = await postOnce(runtime, view?.dialogId ?? request.conversationId, request.message, signal);
  switch (posting.kind) {
    case 'posted':
      return undefined;
    case 'gone':
      return { kind: 'userLeft' };
    case 'refused':
      return contradicted(runtime, request, posting.answer, signal);
    default:
      return assertNever(posting);
  }
}

async function transfer(
  runtime: Runtime,
  request: TransferRequest,
  { view }: Located,
  signal: AbortSignal,
): Promise<TransferAnswer> {
  const { conversationId, target, context } = request;
  const own = await runtime.own(signal);
  const fields = fieldsOf(target, runtime.connector.account, view?.skillId);
  const answer = await runtime.session.request(transferRequest(conversationId, own, fields, context), signal);
  if (isRefusal(answer)) return contradicted(runtime, request, answer, signal);
  runtime.store.assume(conversationId, (seen) => afterTransfer(seen, own, fields));
  return { kind: 'queued', raw: rawOf(request, answer, fields) };
}

/**
 * A refusal may only mean that an earlier try had its effect: the bot is no participant any more. What the
 * service says now decides; if the bot still has the conversation, the refusal was one.
 */
async function contradicted(
  runtime: Runtime,
  request: TransferRequest,
  answer: Answer,
  signal: AbortSignal,
): Promise<TransferAnswer> {
  if (saysClosed(answer)) return { kind: 'userLeft' };
  const { place } = await locateAnew(runtime, request.conversationId, signal);
  const known = place.kind === 'unknown' ? undefined : standing(request, place);
  if (known) return known;
  // Not among the bot's own, and too many others to be told of all: it left the bot before, so watching will tell.
  const isElsewhere = place.kind === 'unknown' && answer.code !== 404 && !namesUnknownTarget(answer);
  if (isElsewhere) return { kind: 'requested', raw: named(request) };
  const detail = refusalText(answer);
  const reason = namesUnknownTarget(answer) ? 'invalid_target' : 'rejected';
  return { kind: 'declined', reason, detail, raw: rawOf(request, answer, {}) };
}

async function watch(
  runtime: Runtime,
  ref: TransferRef,
  seen: DeskEvent['kind'] | undefined,
  { signal }: Call,
): Promise<DeskEvent> {
  const { store } = runtime;
  let own = await runtime.own(signal);
  let news: DeskEvent | undefined;
  await store.waitUntil(() => {
    own = store.own() ?? own;
    news = newsOf(store.get(ref.conversationId), store.absence(), own, seen);
    return news !== undefined;
  }, signal);
  if (!news) throw new BatonError('ESC_PLATFORM_PROTOCOL', 'a watch ended without news');
  return news;
}

/** What a place means for a transfer; undefined: the transfer has not been made. */
function standing(ref: TransferRef, place: Place): TransferAnswer | undefined {
  switch (place.kind) {
    case 'bot':
      return undefined;
    case 'human':
      return { kind: 'connected', agentId: place.agentId, raw: { ...named(ref), agentId: place.agentId } };
    case 'closed':
      return { kind: 'userLeft' };
    case 'queue':
      return isQueueOf(ref.target, place.skillId) ? { kind: 'queued', raw: named(ref) } : undefined;
    default:
      return assertNever(place);
  }
}

/** A conversation offered to an agent waits in whatever skill it has when he does not accept. */
function isQueueOf(target: Target, skillId: string | undefined): boolean {
  return target.kind === 'agent' || target.id === skillId;
}

function rawOf(request: TransferRequest, { code, body }: Answer, fields: TransferFields): object {
  return { code, body, ...named(request), ...fields };
}

function named({ conversationId, target }: TransferRef): Record<string, string> {
  return { conversationId, ...(target.kind === 'agent' ? { agentId: target.id } : { skillId: target.id }) };
}

/** The exact words are not documented; "does not exist in conversation" is about the caller. */
function namesUnknownTarget({ body }: Answer): boolean {
  const text = typeof body === 'string' ? body : JSON.stringify(body ?? '');
  return /not.?exist|unknown|not.?found|no such/i.test(text) && !/in (the )?conversation/i.test(text);
}
