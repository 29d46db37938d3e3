// LivePerson's domain lookup: which host serves which of the account's services. Kept for a minute, as the
// vendor's SDK does, so that an account which moves is followed.
import { BatonError } from '../../domain/errors';
import { errorForStatus } from '../http';
import type { HttpClient } from '../http';
import { parseBody } from '../parse-body';
import { domainsSchema } from './wire';

/** Services by the vendor's names, which are case sensitive. */
export type Service = 'agentVep' | 'facadeMsg' | 'accountConfigReadOnly' | 'msgHist';

/** The lookup of one account. */
export interface Domains {
  /** Host (and port) of the service. @throws BatonError as the HTTP client does, or `ESC_PLATFORM_PROTOCOL` */
  hostOf(service: Service, signal: AbortSignal): Promise<string>;
}

/** What the lookup needs. */
export interface DomainsDeps {
  readonly http: HttpClient;
  readonly scheme: 'http' | 'https';
  readonly host: string;
  readonly account: string;
}

const KEPT_MS = 60_000;
/** The agent socket's service has another name for older clients (LivePerson UMS wire notes). */
const ALIASES: Partial<Record<Service, string>> = { facadeMsg: 'asyncMessagingEnt' };

/** See {@link Domains}. */
export function createDomains(deps: DomainsDeps): Domains {
  let kept: { readonly hosts: ReadonlyMap<string, string>; readonly until: number } | undefined;

  return {
    async hostOf(service, signal) {
      if (!kept || kept.until <= Date.now())
        kept = { hosts: await lookUp(deps, signal), until: Date.now() + KEPT_MS };
      const host = kept.hosts.get(service) ?? kept.hosts.get(ALIASES[service] ?? service);
      if (host === undefined)
        throw new BatonError('ESC_PLATFORM_PROTOCOL', `account ${deps.account} has no service ${service}`);
      return host;
    },
  };
}

async function lookUp(deps: DomainsDeps, signal: AbortSignal): Promise<ReadonlyMap<string, string>> {
  const url = `${deps.scheme}://${deps.host}/api/account/${deps.account}/service/baseURI.json?version=1.0`;
  const answer = await deps.http.request({ method: 'GET', url, signal });
  const failure = errorForStatus(answer.status, answer.headers, `domain lookup of account ${deps.account}`);
  if (failure) throw failure;
  const { baseURIs } = parseBody(domainsSchema, answer.body, 'domain lookup');
  return new Map(baseURIs.map(({ service, baseURI }) => [service, baseURI]));
}
