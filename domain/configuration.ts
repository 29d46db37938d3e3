// The configuration as plain values, after parsing: durations in milliseconds, defaults filled, secrets resolved.
// contract/configuration.ts parses baton.yaml into these and is type-checked against them.
import type { ProgressNotice } from './notice';
import type { RelayPlan } from './plan';
import type { TargetKind } from './target';

/** A secret from `${env:…}` or `${file:…}`. Prints as `[secret]`; call `reveal()` where it is used. */
export interface Secret {
  reveal(): string;
}

/** The whole file. */
export interface Configuration {
  readonly tenants: Readonly<Record<string, TenantConfiguration>>;
  /** Absent: Temporal keeps payloads as they are. */
  readonly encryption?: EncryptionConfiguration;
  /** Absent: every default. */
  readonly gateway?: GatewayConfiguration;
}

/** A key by its name and its hash; the key itself is nowhere in the configuration. */
export interface ApiKey {
  /** For logs and metrics. */
  readonly name: string;
  /** SHA-256 of the key as its UTF-8 bytes: 64 lower-case hexadecimal digits. */
  readonly sha256: string;
}

/** What all of the gateway's callers share. */
export interface GatewayConfiguration {
  /** Keys of the operators, who may read `/metrics`. */
  readonly operatorKeys: readonly ApiKey[];
  /** Origins of pages whose browsers may call the gateway. Empty: none. */
  readonly corsOrigins: readonly string[];
  /** Most calls of one key, for each gateway process. */
  readonly rateLimit: { readonly requests: number; readonly perMs: number };
  readonly maxConnections: number;
  /** Most event streams that one key may hold open, for each gateway process. */
  readonly maxStreams: number;
}

/** Tokens of an identity provider that name this tenant (OpenID Connect). */
export interface OidcConfiguration {
  readonly issuer: string;
  readonly audience: string;
  /** Absent: found by the issuer's discovery document. */
  readonly jwksUrl?: string;
  /** Claims that a token must have, with exactly these values. */
  readonly claims: Readonly<Record<string, string>>;
  readonly allowPrivateNetwork: boolean;
}

/** The keys of what Temporal keeps, and the server that decrypts for the Temporal UI and CLI. */
export interface EncryptionConfiguration {
  /** The id of the key that encrypts; it is one of `keys`. */
  readonly activeKey: string;
  /** Every key that decrypts, by id: base64 of 32 bytes. */
  readonly keys: Readonly<Record<string, Secret>>;
  readonly codecServer?: {
    /** What the CLI sends as a bearer token and an operator enters in the browser. */
    readonly token: Secret;
    /** Origin of the Temporal UI, such as `https://temporal.example.com`. */
    readonly uiOrigin: string;
  };
}

/** What is taken out of message text and variables before anything is written. */
export interface MaskingConfiguration {
  readonly cardNumbers: boolean;
  readonly emails: boolean;
  readonly phones: boolean;
  readonly patterns: readonly MaskingPattern[];
}

/** A tenant's own pattern, compiled. `replaceAll` takes time linear in the text. */
export interface MaskingPattern {
  /** Stands in the text instead of what was found, in brackets. */
  readonly name: string;
  readonly pattern: string;
  readonly replaceAll: (text: string, by: string) => string;
}

/** One tenant: its keys and its bots, connectors and integrations by name. */
export interface TenantConfiguration {
  /** Bearer keys of the gateway for this tenant; several during a rotation. */
  readonly apiKeys: readonly ApiKey[];
  /** Absent: only keys. */
  readonly oidc?: OidcConfiguration;
  /** Absent: nothing is masked. */
  readonly masking?: MaskingConfiguration;
  readonly bots: Readonly<Record<string, BotConfiguration>>;
  readonly connectors: Readonly<Record<string, ConnectorConfiguration>>;
  readonly integrations: Readonly<Record<string, IntegrationConfiguration>>;
}

/** Where notices to the bot go. `platform`: in the bot platform's own words. */
export type NoticeDestination =
  | {
      readonly kind: 'webhook';
      readonly url: string;
      readonly secret: Secret;
      /** During a rotation: each notice is signed with both. */
      readonly previousSecret?: Secret;
      readonly progress?: readonly ProgressNotice[];
    }
  | {
      readonly kind: 'signal';
      readonly workflowId: string;
      readonly signal: string;
      readonly progress?: readonly ProgressNotice[];
    }
  | { readonly kind: 'platform' };

/** One bot. */
export interface BotConfiguration {
  /** The platform that carries the user's conversation: `liveperson`, or `webhook` for any bot. */
  readonly platform: string;
  /** For platforms with an account: the connector whose credentials are used to post to the user. */
  readonly connector?: string;
  /** Options of the bot side that only its platform knows (e.g. `url` and `secret` of the generic webhook). */
  readonly options: Readonly<Record<string, unknown>>;
  readonly notices: NoticeDestination;
  /** "Default user-friendly response" of the bot's settings. */
  readonly defaultResponse?: string;
  /** What the user reads when a target is invalid; defaults to the default response. */
  readonly fallbackMessage?: string;
  readonly retryWindowMs: number;
  /** Whether the bot's URLs may be on loopback and private addresses: only for simulators and bots on one's own network. */
  readonly allowPrivateNetwork: boolean;
  /** Host names that may lead to private addresses, where not all may. */
  readonly privateHosts?: readonly string[];
}

/** A configured account on a desk ("agent connector"). */
export interface ConnectorConfiguration {
  readonly platform: string;
  readonly account: string;
  /** Credential fields that the platform names; values are strings or {@link Secret}s. */
  readonly credentials: Readonly<Record<string, Secret | string>>;
  /** Other options that only the platform knows (hosts, url, …). */
  readonly options: Readonly<Record<string, unknown>>;
  readonly fallbackSkillId?: string;
  readonly timeouts: {
    /** One call to the platform. */
    readonly requestMs: number;
    readonly connectMs: number;
    /** Longest silence of a watching activity before another worker takes over. */
    readonly heartbeatMs: number;
  };
  /** Outgoing calls per second to this account, for the whole worker process. */
  readonly rateLimit?: { readonly perSecond: number; readonly burst: number };
  /** Whether loopback and private addresses may be called: only for simulators and self-hosted desks. */
  readonly allowPrivateNetwork: boolean;
  /** Host names that may lead to private addresses, where not all may. */
  readonly privateHosts?: readonly string[];
}

/** How long to wait between the bot's last message and the transfer. */
export type InteractionDelay =
  | { readonly kind: 'fixed'; readonly ms: number }
  | {
      readonly kind: 'perMessage';
      readonly ms: number;
      /** Default count where the request names none. */ readonly messages: number;
    };

/** Opening hours in one time zone. */
export interface BusinessHours {
  /** IANA name. */
  readonly timeZone: string;
  /** Weekday (`mon` … `sun`) to open ranges, `HH:MM` local; `24:00` allowed as end. */
  readonly weekly: Readonly<
    Partial<Record<Weekday, readonly { readonly from: string; readonly to: string }[]>>
  >;
  /** `YYYY-MM-DD` local dates that are closed all day. */
  readonly closedOn: readonly string[];
}

/** Days as the configuration spells them. */
export type Weekday = 'mon' | 'tue' | 'wed' | 'thu' | 'fri' | 'sat' | 'sun';

/** A further rung of the ladder. Ids may be templates. */
export interface RungConfiguration {
  readonly connector: string;
  readonly target: {
    readonly kind: TargetKind;
    readonly id: string;
    readonly name?: string;
    readonly agentId?: string;
  };
  readonly responseTimeoutMs?: number;
  readonly queueTimeoutMs?: number;
  readonly businessHours?: BusinessHours;
  readonly onlyIfAvailable: boolean;
}

/** How the messages between user and agent are carried, where Baton carries them. */
export interface RelayConfiguration extends Omit<RelayPlan, 'eventsPerRun'> {
  /** Names of the bot's variables that the agent gets to see. */
  readonly variables: readonly string[];
}

/** A named recipe for an escalation: the fields of LivePerson's Agent Escalation integration, and Baton's own. */
export interface IntegrationConfiguration {
  readonly bot: string;
  readonly connector: string;
  readonly responseDataVariable: string;
  readonly type: 'agent_escalation';
  /** Display only: the id decides. */
  readonly agentSkillName?: string;
  /** A number, or a template such as `{$botContext.skillId}`; absent only where the bot names its targets. */
  readonly agentSkillId?: string;
  readonly agentId?: string;
  /** Connectors for the targets that the bot names itself, by their kind. Absent: it may name none. */
  readonly requestedTargets?: Readonly<Partial<Record<TargetKind, string>>>;
  readonly transferBotContext: {
    readonly intent: boolean;
    readonly userMessage: boolean;
    /** Names of the variables that a receiving bot gets. @default none */
    readonly variables?: 'all' | readonly string[];
  };
  /** Text, variables, both, or `BLANK_MESSAGE`. */
  readonly messageToUser: string;
  readonly transformResultScript?: string;
  readonly customData: Readonly<Record<string, string>>;
  readonly interactionDelay: InteractionDelay;
  readonly responseTimeoutMs: number;
  readonly queueTimeoutMs?: number;
  readonly businessHours?: BusinessHours;
  readonly onlyIfAvailable: boolean;
  /** Absent: messages are carried only on desks where nobody else does, with every default. */
  readonly relay?: RelayConfiguration;
  readonly furtherRungs: readonly RungConfiguration[];
}
