// A client of the simulated runtime that sends whatever a test likes, right or wrong.
import { generateKeyPairSync, randomUUID, sign } from 'node:crypto';
import {
  createEinsteinBotsControl,
  PRESET_ORGS,
  presetOrganisations,
  startEinsteinBotsSimulator,
} from '../../../platforms/einstein-bots/simulator';
import type {
  BotSpec,
  EinsteinBotsControl,
  OrganisationSpec,
  WorldSpec,
} from '../../../platforms/einstein-bots/simulator';

/** An answer of the runtime. */
export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: Body;
}

interface Body {
  readonly sessionId: string;
  readonly messages: readonly Message[];
  readonly [name: string]: unknown;
}

interface Message {
  readonly type: string;
  readonly id: string;
  readonly text?: string;
  readonly choices?: readonly { readonly id: string; readonly label: string; readonly alias: string }[];
  readonly [name: string]: unknown;
}

/** How a request differs from a right one. */
export interface Odd {
  readonly headers?: Readonly<Record<string, string | undefined>>;
  readonly version?: string;
  readonly signal?: AbortSignal;
}

const PUBLIC = { type: 'spki', format: 'pem' } as const;
const PRIVATE = { type: 'pkcs8', format: 'pem' } as const;

/** A key pair in PEM. */
export function aKeyPair(): { readonly publicKey: string; readonly privateKey: string } {
  return generateKeyPairSync('rsa', {
    modulusLength: 2048,
    publicKeyEncoding: PUBLIC,
    privateKeyEncoding: PRIVATE,
  });
}

/** A JWT signed for the token endpoint. */
export function aJwt(claims: Readonly<Record<string, unknown>>, privateKey: string): string {
  const signed = [{ alg: 'RS256' }, claims]
    .map((part) => Buffer.from(JSON.stringify(part)).toString('base64url'))
    .join('.');
  return `${signed}.${sign('sha256', Buffer.from(signed), privateKey).toString('base64url')}`;
}

/** A simulator with both preset organisations, ready to be talked to as either. */
export interface Stage {
  readonly url: string;
  readonly control: EinsteinBotsControl;
  /** Logs in anew. */
  token(org?: keyof typeof PRESET_ORGS): Promise<string>;
  askForToken(
    form: Readonly<Record<string, string>>,
  ): Promise<{ status: number; body: Record<string, string> }>;
  claims(org?: keyof typeof PRESET_ORGS): Record<string, unknown>;
  jwtOf(claims: Readonly<Record<string, unknown>>): string;
  /** Any request with a right token and organisation, unless the odd says otherwise. */
  call(method: string, path: string, body?: unknown, odd?: Odd): Promise<Answer>;
  start(botId: string, more?: object, odd?: Odd): Promise<Answer>;
  say(sessionId: string, message: object, more?: object, odd?: Odd): Promise<Answer>;
  end(sessionId: string, reason?: string, odd?: Odd): Promise<Answer>;
  close(): Promise<void>;
}

const keys = aKeyPair();
/** The public half of the key that {@link Stage.jwtOf} signs with. */
export const PUBLIC_KEYS = { acme: keys.publicKey, globex: keys.publicKey };

/** Opens one. `as`: whose token and id requests carry. */
export async function openStage(
  world: WorldSpec = { organisations: presetOrganisations({ publicKeys: PUBLIC_KEYS }) },
  as: keyof typeof PRESET_ORGS = 'acme',
  stateFile?: string,
): Promise<Stage> {
  const simulator = await startEinsteinBotsSimulator({
    world,
    ...(stateFile !== undefined && { stateFile }),
  });
  const { url } = simulator;
  const control = createEinsteinBotsControl(url);
  const claims = (org: keyof typeof PRESET_ORGS = as): Record<string, unknown> => ({
    iss: `${org}-bots`,
    sub: `baton@${org}.example`,
    aud: 'https://login.salesforce.com',
    exp: Math.floor(Date.now() / 1000) + 180,
  });
  const jwtOf = (claimed: Readonly<Record<string, unknown>>): string => aJwt(claimed, keys.privateKey);

  async function askForToken(form: Readonly<Record<string, string>>) {
    const response = await fetch(`${url}/services/oauth2/token`, {
      method: 'POST',
      body: new URLSearchParams(form),
    });
    return { status: response.status, body: (await response.json()) as Record<string, string> };
  }
  async function token(org: keyof typeof PRESET_ORGS = as): Promise<string> {
    const { body } = await askForToken({
      grant_type: 'urn:ietf:params:oauth:grant-type:jwt-bearer',
      assertion: jwtOf(claims(org)),
    });
    return body.access_token ?? '';
  }
  let held: Promise<string> | undefined;

  async function call(method: string, path: string, body?: unknown, odd: Odd = {}): Promise<Answer> {
    const headers = {
      authorization: `Bearer ${await (held ??= token())}`,
      'x-org-id': PRESET_ORGS[as],
      ...(body !== undefined && { 'content-type': 'application/json' }),
      ...odd.headers,
    };
    const response = await fetch(`${url}${path}`, {
      method,
      headers: Object.fromEntries(
        Object.entries(headers).filter((entry): entry is [string, string] => entry[1] !== undefined),
      ),
      ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
      ...(odd.signal && { signal: odd.signal }),
    });
    return { status: response.status, headers: response.headers, body: (await response.json()) as Body };
  }

  return {
    url,
    control,
    token,
    askForToken,
    claims,
    jwtOf,
    call,
    start: (botId, more = {}, odd = {}) =>
      call('POST', `/v${odd.version ?? '5.3.0'}/bots/${botId}/sessions`, { ...aStart(), ...more }, odd),
    say: (sessionId, message, more = {}, odd = {}) =>
      call('POST', `/v${odd.version ?? '5.3.0'}/sessions/${sessionId}/messages`, { message, ...more }, odd),
    end: (sessionId, reason = 'UserRequest', odd = {}) =>
      call('DELETE', `/v${odd.version ?? '5.3.0'}/sessions/${sessionId}`, undefined, {
        ...odd,
        headers: { 'x-session-end-reason': reason, ...odd.headers },
      }),
    async close() {
      await control.close();
      await simulator.close();
    },
  };
}

function aStart(): object {
  return { externalSessionKey: randomUUID(), forceConfig: { endpoint: 'https://acme.my.salesforce.com/' } };
}

/** What the messages of an answer say, one line each; what is not text by its type. */
export function wordsOf({ body }: Answer): readonly string[] {
  return body.messages.map(({ type, text, choices }) =>
    choices ? choices.map(({ label }) => label).join(' | ') : (text ?? `[${type}]`),
  );
}

/** The preset organisations with one more bot of Acme's. */
export function withBot(bot: BotSpec): readonly OrganisationSpec[] {
  const [acme, ...others] = presetOrganisations({ publicKeys: PUBLIC_KEYS });
  return [{ ...acme!, bots: [bot, ...(acme!.bots ?? [])] }, ...others];
}
