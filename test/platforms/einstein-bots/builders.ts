// Connectors to the simulated runtime of Einstein bots, for tests.
import type { ConnectorConfiguration } from '../../../domain/configuration';
import type { BotTurn } from '../../../domain/bot-session';
import { BatonError } from '../../../domain/errors';
import type { Call, Desk } from '../../../platforms/desk';
import { einsteinBots } from '../../../platforms/einstein-bots';
import {
  createEinsteinBotsControl,
  PRESET_ORGS,
  startEinsteinBotsSimulator,
} from '../../../platforms/einstein-bots/simulator';
import type {
  EinsteinBotsControl,
  EinsteinBotsSimulator,
  RecordedRequest,
} from '../../../platforms/einstein-bots/simulator';
import type { PlatformContext, PlatformLog } from '../../../platforms/platform';

/** What was logged as a warning. */
export function aLog(): PlatformLog & { readonly warnings: Record<string, unknown>[] } {
  const warnings: Record<string, unknown>[] = [];
  return {
    warnings,
    debug: () => undefined,
    info: () => undefined,
    warn: (fields, message) => void warnings.push({ ...fields, message }),
  };
}

/** Silent. */
export const CONTEXT: PlatformContext = { tenant: 'acme', name: 'bots', log: aLog() };

/** A secret as the configuration has it. */
export function secret(text: string): { reveal(): string } {
  return { reveal: () => text };
}

/** A connector to one organisation of the simulator. */
export function aConnector(
  simulator: EinsteinBotsSimulator,
  { options, ...overrides }: Partial<ConnectorConfiguration> = {},
  org: string = PRESET_ORGS.acme,
): ConnectorConfiguration {
  const { clientId, username, privateKey } = simulator.credentials(org);
  return {
    platform: 'einstein-bots',
    account: org,
    credentials: { clientId, username, privateKey: secret(privateKey) },
    options: { runtimeUrl: simulator.url, loginUrl: simulator.url, ...options },
    timeouts: { requestMs: 5_000, connectMs: 2_000, heartbeatMs: 10_000 },
    allowPrivateNetwork: true,
    ...overrides,
  };
}

/** A simulator, its control, and desks on it that are closed with it. */
export interface Stage {
  readonly simulator: EinsteinBotsSimulator;
  readonly control: EinsteinBotsControl;
  openDesk(overrides?: Partial<ConnectorConfiguration>, context?: PlatformContext, org?: string): Desk;
  /** What was asked of this kind. */
  asked(kind: string): Promise<readonly RecordedRequest[]>;
  close(): Promise<void>;
}

/** With the preset organisations. */
export async function openStage(): Promise<Stage> {
  const simulator = await startEinsteinBotsSimulator();
  const control = createEinsteinBotsControl(simulator.url);
  const desks: Desk[] = [];
  return {
    simulator,
    control,
    openDesk(overrides, context = CONTEXT, org = PRESET_ORGS.acme) {
      const desk = einsteinBots.desk!.createDesk(aConnector(simulator, overrides, org), context);
      desks.push(desk);
      return desk;
    },
    asked: async (kind) => (await control.state()).requests.filter(({ kinds }) => kinds.includes(kind)),
    async close() {
      await Promise.all(desks.map((desk) => desk.close()));
      await control.close();
      await simulator.close();
    },
  };
}

export const call = (ms = 10_000): Call => ({ signal: AbortSignal.timeout(ms) });

/** What a turn says, as text. */
export const textsOf = ({ said }: Pick<BotTurn, 'said'>): readonly string[] => said.map(({ text }) => text);

/** The BatonError that a call must end with. */
export async function failureOf(promise: Promise<unknown>): Promise<BatonError> {
  const outcome: unknown = await promise.then(
    (value) => new Error(`it succeeded: ${JSON.stringify(value)}`),
    (error: unknown) => error,
  );
  if (outcome instanceof BatonError) return outcome;
  throw outcome;
}
