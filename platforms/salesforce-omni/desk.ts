// Salesforce's Omni-Channel as a desk: a Case for each transfer, routed to a queue, a skill or an agent, or left as a
// ticket; or a flow of the org, whose result decides. A human has joined when an agent opened the work.
import type { ConnectorConfiguration } from '../../domain/configuration';
import type { DeskEvent } from '../../domain/desk-event';
import type { Desk, DeskCapabilities } from '../desk';
import { createHttpClient, createRateLimiter } from '../http';
import type { PlatformContext } from '../platform';
import { createUsageWatch } from './api-usage';
import { createDirectory } from './directory';
import { createFlows } from './flows';
import { createLogin } from '../salesforce/login';
import { readConnector } from './options';
import { createPresence } from './presence';
import { createRest } from './rest';
import type { Runtime } from './runtime';
import { findTransfer, standingOf } from './standing';
import { requestTransfer } from './transfer';
import { createWatcher } from './watcher';
import { withdraw } from './withdraw';
import { newsOf } from './work';
import type { Work } from './work';

/** What Omni-Channel can do as a desk. */
export const OMNI_CAPABILITIES: DeskCapabilities = {
  targets: ['queue', 'skill', 'agent', 'flow', 'ticket'],
  carriesMessage: false,
  events: 'watch',
  confirmsConnection: true,
  queuedOnly: ['ticket', 'flow'],
  unrepeatable: ['flow'],
  settlesUnknownBy: 'client_made_id',
};

/** @throws BatonError `ESC_PLAN_MISCONFIGURED` for a connector at fault. */
export function createOmniDesk(configuration: ConnectorConfiguration, context: PlatformContext): Desk {
  const connector = readConnector(configuration);
  const { requestMs, apiVersion, pollIntervalMs } = connector;
  const { tenant, log } = context;
  const http = createHttpClient(connector);
  const login = createLogin({ http, connector });
  const limiter = createRateLimiter(connector.rateLimit);
  const noteUsage = createUsageWatch(log, connector.org);
  const rest = createRest({ http, login, limiter, noteUsage, apiVersion, requestMs });
  const directory = createDirectory(rest);
  const flows = createFlows(rest);
  const presence = createPresence({ rest, directory, flows, connector });
  const runtime: Runtime = { tenant, connector, rest, directory, flows, presence, log };
  const watcher = createWatcher({ rest, log, pollIntervalMs });
  return {
    capabilities: OMNI_CAPABILITIES,
    check: (target, { signal }) => presence.check(target, signal),
    requestTransfer: (request, { signal }) => requestTransfer(runtime, request, signal),
    async lookUp(ref, { signal }) {
      return standingOf(runtime, ref, await findTransfer(runtime, ref.transferId, signal));
    },
    withdraw: (ref, { signal }) => withdraw(runtime, ref, signal),
    async watch(ref, seen, { signal }): Promise<DeskEvent> {
      const found = await findTransfer(runtime, ref.transferId, signal);
      if (!found) return { kind: 'declined', reason: 'rejected', detail: 'the Case is gone' };
      const look = (work: Work): DeskEvent | undefined => newsOf(work, seen);
      const news = look(found.work) ?? (await watcher.watch(found.caseId, look, signal));
      if (news.kind !== 'declined') return news;
      // Work that was canceled leaves an open Case behind, and nobody withdraws what was declined.
      const withdrawal = await withdraw(runtime, ref, signal);
      return withdrawal.kind === 'connected' ? withdrawal : news;
    },
    async warmUp({ signal }) {
      await login.token(signal);
    },
    async close() {
      watcher.close();
      login.close();
      await http.close();
    },
  };
}
