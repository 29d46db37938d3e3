// Omni-Channel of the simulated org: work that waits is offered to one agent after another, each offer a row of
// AgentWork, until one opens it. Runs after every change, on the records alone.
import { assertNever } from '../../../domain/assert-never';
import type { Agents } from './org';
import type { Records, SimulatedRecord, Values } from './records';

/** How an offer can end without being opened. */
export type OfferEnd = 'Declined' | 'DeclinedOnPushTimeout' | 'Unavailable' | 'Canceled';

/** What the vendor's behaviour is not certain of; each way can be tried. */
export interface OmniSettings {
  /** Whether what waits is still there while it is being offered. */
  readonly keepsPendingWhileOffered: boolean;
  /** Whether an offer ends when what waits is deleted. */
  readonly endsOfferOnDelete: boolean;
  /** Length of a second of a push timeout. */
  readonly secondMs: number;
}

/** See the file's comment. */
export interface Omni {
  settings: OmniSettings;
  readonly caseChannelId: string;
  /** Brings offers in line with the records. */
  settle(): void;
  /** What the platform itself does when a Case gets an owner. */
  ownerChanged(before: SimulatedRecord | undefined, after: SimulatedRecord): void;
  /** What waits was deleted by the API. */
  pendingDeleted(pending: SimulatedRecord): void;
  /** The offer of a Case that stands: opened by the agent, or ended. Undefined: there is none. */
  open(caseId: string): SimulatedRecord | undefined;
  end(caseId: string, how: OfferEnd): SimulatedRecord | undefined;
  /** The agent is done with the Case. */
  finish(caseId: string): SimulatedRecord | undefined;
  /** Agents who declined may be asked again. */
  forget(): void;
  close(): void;
}

const DEFAULTS: OmniSettings = { keepsPendingWhileOffered: true, endsOfferOnDelete: true, secondMs: 1_000 };

/** See {@link Omni}. */
export function createOmni(records: Records, agents: Agents): Omni {
  const timers = new Set<NodeJS.Timeout>();
  const declinedBy = new Map<string, Set<string>>();
  let serial = 0;

  const offers = (caseId: string, ...statuses: readonly string[]): SimulatedRecord | undefined =>
    records
      .all('AgentWork')
      .find(({ WorkItemId, Status }) => WorkItemId === caseId && statuses.includes(String(Status)));
  const pendingOf = (caseId: string): SimulatedRecord | undefined =>
    records.all('PendingServiceRouting').find(({ WorkItemId }) => WorkItemId === caseId);

  function later(ms: number, run: () => void): void {
    const timer = setTimeout(() => {
      timers.delete(timer);
      run();
      omni.settle();
    }, ms);
    timers.add(timer.unref());
  }

  function removePending(caseId: string): void {
    for (const { Id } of records
      .all('PendingServiceRouting')
      .filter(({ WorkItemId }) => WorkItemId === caseId)) {
      for (const need of records.all('SkillRequirement').filter((each) => each['RelatedRecordId'] === Id))
        records.remove('SkillRequirement', need.Id);
      records.remove('PendingServiceRouting', Id);
    }
  }

  function offer(pending: SimulatedRecord, userId: string): void {
    const caseId = String(pending['WorkItemId']);
    const work = records.put('AgentWork', {
      WorkItemId: caseId,
      UserId: userId,
      Status: 'Assigned',
      ServiceChannelId: pending['ServiceChannelId'] ?? null,
      PendingServiceRoutingId: pending.Id,
      CapacityWeight: pending['CapacityWeight'] ?? 1,
      AssignedDateTime: nowText(),
    });
    records.change('PendingServiceRouting', pending.Id, { IsPushed: true, IsPushAttempted: true });
    waiting.set(work.Id, pending);
    if (!omni.settings.keepsPendingWhileOffered) records.remove('PendingServiceRouting', pending.Id);
    const stillStands = (): boolean => records.get('AgentWork', work.Id)?.['Status'] === 'Assigned';
    const pushTimeout = Number(pending['PushTimeout'] ?? 0);
    if (pushTimeout > 0)
      later(pushTimeout * omni.settings.secondMs, () => {
        if (stillStands()) omni.end(caseId, 'DeclinedOnPushTimeout');
      });
    const behaviour = agents.behaviourOf(userId);
    if (behaviour.kind === 'silent') return;
    later(behaviour.afterMs, () => {
      if (!stillStands()) return;
      if (behaviour.kind === 'accept') omni.open(caseId);
      else omni.end(caseId, behaviour.kind === 'decline' ? 'Declined' : 'Canceled');
    });
  }

  /** What waited, by the offer made of it: it is put back when the offer is declined. */
  const waiting = new Map<string, SimulatedRecord>();

  function waitAgain(work: SimulatedRecord): void {
    const pending = waiting.get(work.Id);
    if (!pending || records.wasDeleted(String(work['WorkItemId']))) return;
    const declined = declinedBy.get(pending.Id) ?? new Set();
    declinedBy.set(pending.Id, declined.add(String(work['UserId'])));
    const back: Values = {
      IsPushed: false,
      LastDeclinedAgentSession: `session-of-${String(work['UserId'])}`,
    };
    if (records.get('PendingServiceRouting', pending.Id))
      records.change('PendingServiceRouting', pending.Id, back);
    else if (!omni.settings.keepsPendingWhileOffered && !withdrawn.has(pending.Id))
      records.restore('PendingServiceRouting', { ...pending, ...back });
  }

  const withdrawn = new Set<string>();

  const omni: Omni = {
    settings: DEFAULTS,
    caseChannelId: agents.caseChannelId(),
    settle() {
      const ready = records
        .all('PendingServiceRouting')
        .filter(({ IsReadyForRouting, IsPushed }) => IsReadyForRouting === true && IsPushed !== true)
        .sort((one, other) => Number(one['RoutingPriority']) - Number(other['RoutingPriority']));
      for (const pending of ready) {
        if (offers(String(pending['WorkItemId']), 'Assigned', 'Opened')) continue;
        const declined = declinedBy.get(pending.Id) ?? new Set();
        const userId = agents.candidates(pending).find((candidate) => !declined.has(candidate));
        if (userId !== undefined) offer(pending, userId);
      }
    },
    ownerChanged(before, after) {
      if (before?.['OwnerId'] === after['OwnerId']) return;
      const old = pendingOf(after.Id);
      if (old?.['RoutingType'] === 'QueueBased') {
        removePending(after.Id);
        omni.end(after.Id, 'Canceled');
      }
      const queue = records.get('Group', String(after['OwnerId']));
      const configuration = records.get('QueueRoutingConfig', String(queue?.['QueueRoutingConfigId']));
      if (!queue || !configuration) return;
      serial += 1;
      records.put('PendingServiceRouting', {
        WorkItemId: after.Id,
        ServiceChannelId: agents.caseChannelId(),
        GroupId: queue.Id,
        RoutingType: 'QueueBased',
        RoutingModel: configuration['RoutingModel'] ?? 'MostAvailable',
        RoutingPriority: configuration['RoutingPriority'] ?? 1,
        CapacityWeight: configuration['CapacityWeight'] ?? 1,
        PushTimeout: configuration['PushTimeout'] ?? null,
        IsReadyForRouting: true,
        Serial: serial,
      });
    },
    pendingDeleted(pending) {
      withdrawn.add(pending.Id);
      if (omni.settings.endsOfferOnDelete) omni.end(String(pending['WorkItemId']), 'Canceled');
    },
    open(caseId) {
      const work = offers(caseId, 'Assigned');
      if (!work) return undefined;
      const opened = records.change('AgentWork', work.Id, { Status: 'Opened', AcceptDateTime: nowText() });
      removePending(caseId);
      if (records.get('Case', caseId)) records.change('Case', caseId, { OwnerId: String(work['UserId']) });
      return opened;
    },
    end(caseId, how) {
      const work = offers(caseId, 'Assigned');
      if (!work) return undefined;
      const at = how === 'Canceled' ? { CancelDateTime: nowText() } : { DeclineDateTime: nowText() };
      const ended = records.change('AgentWork', work.Id, { Status: how, ...at });
      switch (how) {
        case 'Declined':
        case 'DeclinedOnPushTimeout':
        case 'Unavailable':
          waitAgain(work);
          break;
        case 'Canceled':
          removePending(caseId);
          break;
        default:
          assertNever(how);
      }
      return ended;
    },
    finish(caseId) {
      const work = offers(caseId, 'Opened');
      return work && records.change('AgentWork', work.Id, { Status: 'Closed', CloseDateTime: nowText() });
    },
    forget: () => declinedBy.clear(),
    close() {
      for (const timer of timers) clearTimeout(timer);
      timers.clear();
    },
  };
  return omni;
}

/** As the API writes times: whole seconds, with an offset that has no colon. */
function nowText(): string {
  return new Date().toISOString().replace(/\.\d+Z$/, '.000+0000');
}
