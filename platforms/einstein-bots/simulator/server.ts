// Puts the simulator together: the vendor's HTTP with faults, and the control API, on one port.
import { handleControl } from '../../simulation/control';
import { createFaults } from '../../simulation/faults';
import { createOAuth } from '../../simulation/salesforce-oauth';
import type { OAuth } from '../../simulation/salesforce-oauth';
import { serve } from '../../simulation/server';
import type { ListenOptions } from '../../simulation/server';
import { createStateWriter, readState } from '../../simulation/state-file';
import { controlOperations } from './control';
import { credentialsOf } from './credentials';
import type { Credentials } from './credentials';
import { createHolds } from './holds';
import { presetOrganisations } from './presets';
import { createRequestLog } from './request-log';
import { handleVendor } from './vendor';
import type { Vendor } from './vendor';
import { createWorld } from './world';
import type { Organisation, World, WorldSpec } from './world';

/** How to start a simulator. */
export interface EinsteinBotsSimulatorOptions extends ListenOptions {
  /** @default the organisations of {@link presetOrganisations}. Not used when the state file exists. */
  readonly world?: WorldSpec;
  /** Where organisations and sessions are kept over restarts; tokens are not. */
  readonly stateFile?: string;
}

/** A running simulator. */
export interface EinsteinBotsSimulator {
  /** Base of the API, of the token endpoint and of control, without a trailing slash. */
  readonly url: string;
  /** Of an organisation's first app. @throws RangeError when there is none, or its private key was never here */
  credentials(orgId: string): Credentials;
  /** Cuts every connection and writes the state file. */
  close(): Promise<void>;
}

/** The vendor's own SDK signs for 15 minutes. */
const LONGEST_JWT_S = 900;

/** Starts it. Rejects when the port is taken or the state file cannot be read. */
export async function startEinsteinBotsSimulator(
  options: EinsteinBotsSimulatorOptions = {},
): Promise<EinsteinBotsSimulator> {
  const { stateFile } = options;
  const known = stateFile === undefined ? undefined : readState<World>(stateFile);
  const world = known ?? createWorld(options.world ?? { organisations: presetOrganisations() });
  const { changed, close: writeState } = createStateWriter(stateFile, world);
  const url = (): string => server.url;
  const vendor: Vendor = {
    world,
    oauth: new Map(world.organisations.map((each) => [each.id, oauthOf(world, each, url)])),
    faults: createFaults(),
    holds: createHolds(),
    busy: new Set(),
    log: createRequestLog(),
    changed,
    url,
  };
  const operations = controlOperations(vendor, () => server.connections());
  const server = await serve(options, async (request) =>
    request.path.startsWith('/_control/')
      ? handleControl(operations, request)
      : handleVendor(vendor, request),
  );
  return {
    url: server.url,
    credentials: (orgId) => credentialsOf(world, orgId),
    async close() {
      await server.close();
      vendor.holds.release();
      writeState();
    },
  };
}

function oauthOf(world: World, organisation: Organisation, url: () => string): OAuth {
  return createOAuth({
    orgId: organisation.id,
    get apps() {
      return organisation.apps;
    },
    userId: (username) =>
      organisation.apps.some(({ runAs }) => runAs === username)
        ? `005${organisation.id.slice(3)}`
        : undefined,
    instanceUrl: url,
    tokenLifeMs: () => world.settings.tokenLifeMs,
    longestJwtS: LONGEST_JWT_S,
  });
}
