// The gateway's dealings with one escalation: start or ask again, read, cancel, user left, desk events. Holds no state.
import type { WorkflowHandle } from '@temporalio/client';
import { isChatEvent } from '../../domain/chat';
import type { DeskEventSignal, DeskNewsSignal } from '../../domain/desk-event';
import { BatonError } from '../../domain/errors';
import type { Explanation } from '../../domain/explain';
import { escalationWorkflowId } from '../../domain/ids';
import type { EscalationRequest } from '../../domain/request';
import type { UserMessage } from '../../domain/user-message';
import type { PlatformEvent } from '../../platforms/platform';
import type { GatewayDeps } from '../settings';
import { escalationRun } from './escalation-run';
import { viewOf, type EscalationView } from './escalation-view';
import { withTemporal } from '../../temporal/faults';
import { readExplanation, readStatus } from './read-run';
import { redeliver } from './redeliver';
import { untilNotBusy } from './updates';
import { noEscalation, type EscalationKey } from '../../temporal/runs';
import { prepare, take, type Prepared, type Taken } from '../../temporal/take';

/** What the routes call. */
export interface Escalations {
  /** What can be refused without Temporal. @throws BatonError `ESC_PLAN_UNKNOWN_INTEGRATION` */
  prepare(key: EscalationKey, request: EscalationRequest): Prepared;
  take(prepared: Prepared): Promise<Taken>;
  /** Waits for how the attempt of the request ended; undefined when that takes longer. */
  awaitPlacement(prepared: Prepared, waitMs: number): Promise<unknown>;
  view(key: EscalationKey): Promise<EscalationView>;
  explain(key: EscalationKey): Promise<Explanation>;
  cancel(key: EscalationKey): Promise<void>;
  userLeft(key: EscalationKey): Promise<void>;
  /** @throws BatonError `ESC_NOTICE_NOT_FOUND` */
  redeliver(key: EscalationKey, sequence: number): Promise<void>;
  /**
   * The user wrote something: whose it is, the open escalation decides.
   * @throws BatonError `ESC_NO_HANDOFF`
   */
  userMessage(key: EscalationKey, message: UserMessage): Promise<void>;
  /** A desk, by its connector, says something of a transfer or a chat. */
  deskWord(tenant: string, connector: string, event: PlatformEvent): Promise<void>;
}

/** The gateway's escalations. */
export function createEscalations(deps: GatewayDeps): Escalations {
  const { client } = deps;
  const handleOf = ({ tenant, conversationId }: EscalationKey): WorkflowHandle =>
    client.workflow.getHandle(escalationWorkflowId(tenant, conversationId));
  const signalOpen = async (key: EscalationKey, name: string, ...args: unknown[]): Promise<void> => {
    const { isOpen } = await escalationRun(deps, key);
    if (!isOpen) throw noEscalation();
    await withTemporal(client, () => handleOf(key).signal(name, ...args));
  };
  return {
    prepare: (key, request) => prepare(deps, key, request),
    take: (prepared) => take(deps, prepared),
    awaitPlacement: ({ key, request }, waitMs) => awaitPlacement(deps, handleOf(key), request, waitMs),
    view: async (key) => {
      const run = await escalationRun(deps, key);
      return viewOf(await readStatus(client, run), run.isOpen);
    },
    explain: async (key) => readExplanation(client, await escalationRun(deps, key)),
    cancel: (key) => signalOpen(key, 'cancel', {}),
    userLeft: (key) => signalOpen(key, 'userLeft'),
    redeliver: (key, sequence) => redeliver(deps, key, sequence),
    userMessage: async (key, message) => {
      const { isOpen } = await escalationRun(deps, key).catch(orNoHandoff);
      if (!isOpen) throw noHandoff();
      await withTemporal(client, () => handleOf(key).signal('userMessage', message)).catch(orNoHandoff);
    },
    deskWord: (tenant, connector, { id, conversationId, transferId, word }) => {
      const handle = handleOf({ tenant, conversationId });
      if (isChatEvent(word)) {
        const news: DeskNewsSignal = { transferId, connector, news: [{ id, word }] };
        return withTemporal(client, () => handle.signal('deskNews', news));
      }
      const event: DeskEventSignal = { id, transferId, connector, event: word };
      return withTemporal(client, () => handle.signal('deskEvent', event));
    },
  };
}

function noHandoff(): BatonError {
  return new BatonError('ESC_NO_HANDOFF', 'no escalation of this conversation is open');
}

function orNoHandoff(error: unknown): never {
  throw error instanceof BatonError && error.code === 'ESC_ESCALATION_NOT_FOUND' ? noHandoff() : error;
}

async function awaitPlacement(
  { client, stop }: GatewayDeps,
  handle: WorkflowHandle,
  request: EscalationRequest,
  waitMs: number,
): Promise<unknown> {
  try {
    const update = { args: [request] as [EscalationRequest], updateId: request.requestId };
    const until = Date.now() + waitMs;
    const wait = (): Promise<unknown> =>
      client.connection.withDeadline(until, () =>
        untilNotBusy(
          () => handle.executeUpdate<unknown, [EscalationRequest]>('escalateAndWait', update),
          until,
        ),
      );
    // A gateway that stops does not make its supervisor wait for a minute.
    return await (stop ? client.connection.withAbortSignal(stop, wait) : wait());
  } catch {
    // The request is accepted whatever happens to the wait: the caller reads the status or hears the notice.
    return undefined;
  }
}
