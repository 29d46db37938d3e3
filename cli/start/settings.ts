// Ports, files and credentials of `npm start`. The credentials open nothing but what it starts on loopback.
import { resolve } from 'node:path';

/** Options of `baton start`. */
export interface StartOptions {
  readonly demo: string;
  readonly once: boolean;
  readonly json: boolean;
  readonly temporalPort: number;
  readonly uiPort: number;
  readonly gatewayPort: number;
  readonly livepersonPort: number;
  readonly botPort: number;
  readonly workerHealthPort: number;
  readonly messagingPort: number;
  readonly certainlyPort: number;
  readonly einsteinBotsPort: number;
  readonly omniPort: number;
  readonly korePort: number;
  readonly liveAgentPort: number;
}

/** Where everything lies, below the folder it was started in. */
export interface StartPaths {
  readonly database: string;
  readonly livepersonState: string;
  readonly temporalPid: string;
  log(name: string): string;
}

/** The demo's API key, so that the line to paste works; baton.demo.yaml has its hash. */
export const DEMO_API_KEY = 'demo-key-for-loopback-only-0000000000';
/** The demo bot's webhook secret (24 bytes, base64). */
export const DEMO_BOT_SECRET = 'whsec_ZGVtby1zZWNyZXQtZm9yLWxvb3BiYWNr';

/** Seals what the demo's chats need to go on elsewhere (32 bytes, base64). */
export const DEMO_SEALING_KEYS = 'demo:ZGVtby1zZWFsaW5nLWtleS1mb3ItbG9vcGJhY2stMDE=';

/** What the simulated Certainly sends with its webhooks. */
export const DEMO_CERTAINLY_TOKEN = 'demo-token-of-webhooks-on-loopback';

/** Of the connected apps of the simulated Salesforce. */
export const DEMO_SALESFORCE_SECRET = 'demo-client-secret';

/** The client secret of the simulated Kore.ai's app. */
export const DEMO_KORE_SECRET = 'demo-client-secret-of-a-botkit-app';

/** Paths in `.baton/`. */
export function startPaths(folder: string): StartPaths {
  return {
    database: resolve(folder, '.baton/temporal.db'),
    temporalPid: resolve(folder, '.baton/temporal.pid'),
    livepersonState: resolve(folder, '.baton/liveperson-simulator.json'),
    log: (name) => resolve(folder, `.baton/logs/${name}.log`),
  };
}

/** Environment of the children. */
export function childEnvironment(base: NodeJS.ProcessEnv, options: StartOptions): NodeJS.ProcessEnv {
  return {
    ...base,
    TEMPORAL_ADDRESS: `127.0.0.1:${options.temporalPort}`,
    TEMPORAL_NAMESPACE: 'default',
    BATON_DEMO_BOT_URL: `http://127.0.0.1:${options.botPort}/notices`,
    BATON_DEMO_BOT_MESSAGES_URL: `http://127.0.0.1:${options.botPort}/messages`,
    BATON_DEMO_BOT_SECRET: DEMO_BOT_SECRET,
    BATON_DEMO_MESSAGING_URL: `http://127.0.0.1:${options.messagingPort}`,
    BATON_DEMO_SEALING_KEYS: DEMO_SEALING_KEYS,
    BATON_DEMO_CERTAINLY_URL: `http://127.0.0.1:${options.certainlyPort}`,
    BATON_DEMO_CERTAINLY_TOKEN: DEMO_CERTAINLY_TOKEN,
    BATON_DEMO_EINSTEIN_BOTS_URL: `http://127.0.0.1:${options.einsteinBotsPort}`,
    BATON_DEMO_OMNI_URL: `http://127.0.0.1:${options.omniPort}`,
    BATON_DEMO_SALESFORCE_SECRET: DEMO_SALESFORCE_SECRET,
    BATON_DEMO_KORE_URL: `http://127.0.0.1:${options.korePort}`,
    BATON_DEMO_KORE_SECRET: DEMO_KORE_SECRET,
    BATON_DEMO_LIVE_AGENT_URL: `http://127.0.0.1:${options.liveAgentPort}/chat/rest`,
    BATON_DEMO_LIVEPERSON_PASSWORD: 'demo-password',
    BATON_DEMO_LIVEPERSON_HOST: `127.0.0.1:${options.livepersonPort}`,
  };
}
