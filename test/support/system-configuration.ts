// The configuration of the system under test: one tenant, a bot of each kind, LivePerson with and without a fallback
// skill, and a generic desk. Written as JSON, which is YAML.
import { createHash } from 'node:crypto';
import type { WorldSpec } from '../../platforms/liveperson/simulator';

/** Tenant of every test. */
export const TENANT = 'acme';
/** Its key. */
export const API_KEY = 'acme-key-for-tests-only-0123456789';
/** Account of the simulated LivePerson. */
export const ACCOUNT = '12345678';
/** Secret of the bots' webhooks. */
export const BOT_SECRET = 'whsec_Ym90LXNlY3JldC1mb3ItdGVzdHMtb25seS0x';
/** Secret of the generic desk. */
export const DESK_SECRET = 'whsec_ZGVzay1zZWNyZXQtZm9yLXRlc3RzLW9ubHkt';
const PASSWORD = 'demo-password';
const BOT_TOKEN = 'token-of-the-custom-endpoint';

/** Skills of the simulated LivePerson. */
export const SKILLS = {
  /** Online, nobody takes a conversation. */
  returns: '4711',
  /** Maria accepts at once; nina only when suggested; omar is away. */
  service: '4712',
  /** Lena accepts only when told. */
  billing: '4713',
  /** Does not exist. */
  missing: '4799',
} as const;

/** Agents of the simulated LivePerson. */
export const AGENTS = { paul: '2001', maria: '2101', nina: '2102', omar: '2103', lena: '2104' } as const;

/** An agent's id as LivePerson's notifications have it. */
export function agentIdOf(agent: keyof typeof AGENTS): string {
  return `${ACCOUNT}.${AGENTS[agent]}`;
}

/** Where the simulators and recorders of a system are. */
export interface SystemUrls {
  readonly livepersonHost: string;
  readonly botMessages: string;
  readonly botNotices: string;
  readonly desk: string;
  readonly recorder: string;
}

/** What a suite changes. */
export interface SystemLimits {
  /** One call to a platform. @default 3s */
  readonly request?: string;
  /** @default 2s */
  readonly heartbeat?: string;
  /** Of every integration but `impatient`. @default 8s */
  readonly responseTimeout?: string;
  /** The section `gateway`. @default none */
  readonly gateway?: object;
}

/** Secrets of the configuration, as environment variables. */
export const SYSTEM_SECRETS = {
  BATON_ACME_API_KEY_HASH: `sha256:${createHash('sha256').update(API_KEY).digest('hex')}`,
  BATON_ACME_BOT_SECRET: BOT_SECRET,
  BATON_ACME_DESK_SECRET: DESK_SECRET,
  BATON_ACME_LP_PASSWORD: PASSWORD,
  BATON_ACME_BOT_TOKEN: BOT_TOKEN,
} as const;

/** The world of the simulated LivePerson. */
export const SYSTEM_WORLD: WorldSpec = {
  accounts: [
    {
      id: ACCOUNT,
      skills: [
        { id: SKILLS.returns, name: 'Returns' },
        { id: SKILLS.service, name: 'Service' },
        { id: SKILLS.billing, name: 'Billing' },
      ],
      users: [
        {
          userId: '1001',
          loginName: 'baton-bot',
          kind: 'bot',
          manages: true,
          maxAsyncChats: 999,
          credentials: { password: PASSWORD },
        },
        { userId: AGENTS.paul, loginName: 'paul', skillIds: [SKILLS.returns] },
        {
          userId: AGENTS.maria,
          loginName: 'maria',
          skillIds: [SKILLS.service],
          maxAsyncChats: 1000,
          behaviour: { kind: 'accept', afterMs: 150 },
        },
        {
          userId: AGENTS.nina,
          loginName: 'nina',
          skillIds: [SKILLS.service],
          maxAsyncChats: 1000,
          suggestedBehaviour: { kind: 'accept', afterMs: 50 },
        },
        { userId: AGENTS.omar, loginName: 'omar', skillIds: [SKILLS.service], availability: 'AWAY' },
        { userId: AGENTS.lena, loginName: 'lena', skillIds: [SKILLS.billing], maxAsyncChats: 1000 },
      ],
    },
  ],
};

/** Last words of the integrations that have some; the name is a variable. */
export const HOLD_ON = 'Hold on Ada, while I connect you with an agent.';
/** Of `polite-bot`. */
export const POLITE_RESPONSE = 'Nobody can take over right now. Please write again tomorrow.';
/** Of `polite-bot`. */
export const POLITE_FALLBACK = 'I cannot connect you. Please call us.';
/** Workflow and signal of `workflow-bot`. */
export const BOT_WORKFLOW = { workflowId: 'the-bot', signal: 'escalationNotice' } as const;

const GOOD_SCRIPT = `
const result = JSON.parse(botContext.getBotVariable('api_transfer').jsonData);
botContext.setBotVariable('reachedSkill', result.api_transfer.skillId, true, false);
`;

/** The configuration file's content. */
export function systemConfiguration(urls: SystemUrls, limits: SystemLimits = {}): object {
  const { request = '3s', heartbeat = '2s', responseTimeout = '8s', gateway } = limits;
  const bot = (overrides: object = {}): object => ({
    platform: 'liveperson',
    connector: 'lp',
    notices: { webhook: { url: urls.botNotices, secret: '${env:BATON_ACME_BOT_SECRET}' } },
    retryWindow: '60s',
    allowPrivateNetwork: true,
    ...overrides,
  });
  const liveperson = (overrides: object = {}): object => ({
    platform: 'liveperson',
    account: ACCOUNT,
    credentials: { username: 'baton-bot', password: '${env:BATON_ACME_LP_PASSWORD}' },
    options: { host: urls.livepersonHost, scheme: 'http', snapshotGraceMs: 300 },
    timeouts: { request, connect: '2s', heartbeat },
    allowPrivateNetwork: true,
    ...overrides,
  });
  const integration = (overrides: object = {}): object => ({
    bot: 'shop-bot',
    connector: 'lp',
    responseDataVariableName: 'transfer',
    agentSkillName: 'Service',
    agentSkillId: '{$botContext.skillId}',
    agentId: '{$botContext.agentId}',
    messageToUser: 'Hold on {$botContext.firstName}, while I connect you with an agent.',
    responseTimeout,
    ...overrides,
  });
  return {
    version: 1,
    ...(gateway && { gateway }),
    tenants: {
      [TENANT]: {
        apiKeys: { backend: '${env:BATON_ACME_API_KEY_HASH}' },
        bots: {
          'shop-bot': bot(),
          'polite-bot': bot({
            defaultUserFriendlyResponse: POLITE_RESPONSE,
            fallbackMessage: POLITE_FALLBACK,
          }),
          'hasty-bot': bot({ retryWindow: '1s' }),
          'words-bot': bot({
            notices: 'platform',
            options: {
              endpoint: `${urls.recorder}/words`,
              botId: 'bot-7',
              token: '${env:BATON_ACME_BOT_TOKEN}',
            },
          }),
          'recorded-bot': bot({
            notices: {
              webhook: { url: `${urls.recorder}/notices`, secret: '${env:BATON_ACME_BOT_SECRET}' },
            },
          }),
          'workflow-bot': bot({
            notices: { signal: { ...BOT_WORKFLOW, progress: ['accepted', 'queued'] } },
          }),
          'web-bot': bot({
            platform: 'webhook',
            connector: undefined,
            options: { url: urls.botMessages, secret: '${env:BATON_ACME_BOT_SECRET}' },
          }),
          'certainly-bot': bot({
            platform: 'certainly',
            connector: undefined,
            notices: 'platform',
            options: {
              baseUrl: urls.recorder,
              deploymentId: 'dep-1',
              integration: 'certainly-to-desk',
              webhooks: { authentication: 'bearer', token: '${env:BATON_ACME_BOT_TOKEN}' },
            },
          }),
        },
        connectors: {
          lp: liveperson(),
          'lp-fallback': liveperson({ fallbackSkillId: SKILLS.service }),
          desk: {
            platform: 'webhook',
            account: 'desk',
            options: { url: urls.desk },
            credentials: { secret: '${env:BATON_ACME_DESK_SECRET}' },
            timeouts: { request, connect: '2s', heartbeat },
            allowPrivateNetwork: true,
          },
        },
        integrations: {
          'to-skill': integration(),
          impatient: integration({ responseTimeout: '1s' }),
          'with-fallback': integration({ connector: 'lp-fallback', responseTimeout: '2s' }),
          blank: integration({ messageToUser: 'BLANK_MESSAGE' }),
          delayed: integration({ interactionDelay: '60s' }),
          'delayed-by-messages': integration({ interactionDelay: { messages: 2, perMessage: '150ms' } }),
          polite: integration({ bot: 'polite-bot', responseTimeout: '1s' }),
          hasty: integration({ bot: 'hasty-bot', responseTimeout: '1s' }),
          words: integration({ bot: 'words-bot', responseTimeout: '1s' }),
          recorded: integration({ bot: 'recorded-bot' }),
          'to-workflow-bot': integration({ bot: 'workflow-bot' }),
          scripted: integration({
            transformResultScript: GOOD_SCRIPT,
            customDataFields: { skill: '{$.api_transfer.skillId}', source: 'returns' },
          }),
          'failing-script': integration({
            transformResultScript: 'nothing.here();',
            customDataFields: { skill: '{$.api_transfer.skillId}' },
          }),
          'looping-script': integration({ transformResultScript: 'for (;;) {}' }),
          'scripted-fallback': integration({
            connector: 'lp-fallback',
            // Enough for a worker that has to log in first, on a busy machine.
            responseTimeout: '5s',
            interactionDelay: '200ms',
            transformResultScript: GOOD_SCRIPT,
          }),
          'to-desk': integration({
            bot: 'web-bot',
            connector: 'desk',
            agentSkillName: 'Night desk',
            agentId: undefined,
          }),
          'certainly-to-desk': integration({
            bot: 'certainly-bot',
            connector: 'desk',
            agentSkillName: 'Night desk',
            agentId: undefined,
          }),
        },
      },
    },
  };
}
