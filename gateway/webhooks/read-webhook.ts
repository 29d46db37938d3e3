// Finds whose webhook it is and reads it by the platform's own rules. Whether a tenant or a connector exists is nobody's
// business: an unknown one is refused in the same words, and after the same work, as a bad signature.
import { randomBytes } from 'node:crypto';
import type { Configuration, ConnectorConfiguration } from '../../domain/configuration';
import { BatonError } from '../../domain/errors';
import type {
  InboundRequest,
  InboundResult,
  PlatformEvent,
  Platform,
  PlatformLog,
} from '../../platforms/platform';
import { readInbound as readGeneric } from '../../platforms/webhook/inbound';
import { InvalidRequest } from '../http/problem';

/** A webhook that its platform's rules hold for. */
export interface VerifiedWebhook {
  readonly tenant: string;
  readonly connector: string;
  readonly platform: string;
  readonly events: readonly PlatformEvent[];
  readonly typing: readonly { readonly conversationId: string; readonly writes: boolean }[];
}

/** Reads webhooks. */
export interface WebhookReader {
  /**
   * Reads it as the connector of this name of `tenant`, or of whichever tenant's connector verifies it.
   *
   * @throws BatonError `ESC_WEBHOOK_UNAUTHORIZED`; InvalidRequest if it is verified and cannot be understood
   */
  read(name: string, inbound: InboundRequest, tenant?: string): VerifiedWebhook;
}

interface Candidate {
  readonly tenant: string;
  readonly name: string;
  readonly platform: string;
  readonly read: (inbound: InboundRequest) => InboundResult;
}

/** What the reader is made from. */
export interface WebhookReaderDeps {
  readonly configuration: Configuration;
  readonly platforms: Readonly<Record<string, Platform>>;
  readonly log: PlatformLog;
}

/** The reader of a configuration's connectors. */
export function createWebhookReader({ configuration, platforms, log }: WebhookReaderDeps): WebhookReader {
  const byName = candidatesOf(configuration, platforms);
  const most = Math.max(1, ...[...byName.values()].map((candidates) => candidates.length));
  const decoy = createDecoy();
  return {
    read(name, inbound, tenant) {
      const named = byName.get(name) ?? [];
      const candidates = tenant === undefined ? named : named.filter((each) => each.tenant === tenant);
      // All of them, also after one has verified; and as many for a name that nobody has.
      const verified = candidates
        .map((candidate) => ({ candidate, result: safely(candidate, inbound, log) }))
        .filter(({ result }) => result.kind !== 'unauthorized');
      for (let more = candidates.length; more < (tenant === undefined ? most : 1); more += 1) decoy(inbound);
      const [only, ...others] = verified;
      if (others.length > 0)
        log.warn({ event: 'gateway.webhook_ambiguous', connector: name }, 'tenants share a secret');
      if (!only || others.length > 0)
        throw new BatonError('ESC_WEBHOOK_UNAUTHORIZED', 'no connector verifies it');
      return understood(only.candidate, only.result);
    },
  };
}

function understood({ tenant, name, platform }: Candidate, result: InboundResult): VerifiedWebhook {
  if (result.kind === 'events')
    return { tenant, connector: name, platform, events: result.events, typing: result.typing ?? [] };
  throw new InvalidRequest([{ pointer: '', detail: result.kind === 'invalid' ? result.detail : '' }]);
}

/** One tenant's faulty connector must not stand in the way of another's. */
function safely({ tenant, name, read }: Candidate, inbound: InboundRequest, log: PlatformLog): InboundResult {
  try {
    return read(inbound);
  } catch (error) {
    const code = error instanceof BatonError ? error.code : 'ESC_INTERNAL';
    log.warn({ event: 'gateway.webhook_unreadable', tenant, connector: name, code }, 'webhook not verified');
    return { kind: 'unauthorized' };
  }
}

function candidatesOf(
  { tenants }: Configuration,
  platforms: Readonly<Record<string, Platform>>,
): ReadonlyMap<string, readonly Candidate[]> {
  const byName = new Map<string, Candidate[]>();
  for (const [tenant, { connectors }] of Object.entries(tenants))
    for (const [name, connector] of Object.entries(connectors)) {
      const desk = Object.hasOwn(platforms, connector.platform)
        ? platforms[connector.platform]?.desk
        : undefined;
      if (!desk?.readInbound) continue;
      const read: Candidate['read'] = (inbound) =>
        desk.readInbound?.(connector, inbound) ?? { kind: 'unauthorized' };
      byName.set(name, [...(byName.get(name) ?? []), { tenant, name, platform: connector.platform, read }]);
    }
  return byName;
}

/** Verifies with a secret that nobody has. */
function createDecoy(): (inbound: InboundRequest) => void {
  const secret = `whsec_${randomBytes(32).toString('base64')}`;
  const connector: ConnectorConfiguration = {
    platform: 'webhook',
    account: 'nobody',
    credentials: { secret },
    options: { url: 'https://nobody.invalid/' },
    timeouts: { requestMs: 1, connectMs: 1, heartbeatMs: 1 },
    allowPrivateNetwork: false,
  };
  return (inbound) => void readGeneric(connector, inbound);
}
