// Two organisations with their bots and connected apps, for demos and tests that need no others.
import { acmeBots, globexBots } from './preset-bots';
import { PRESET_ORGS, PRESET_TARGETS } from './preset-ids';
import type { PresetTargets } from './preset-ids';
import type { OrganisationSpec } from './world';

/** What presets may be given instead of their own. */
export interface PresetOptions {
  readonly targets?: Partial<PresetTargets>;
  /** PEM of each organisation's app; without one the simulator makes a pair when it is asked for credentials. */
  readonly publicKeys?: Partial<Record<keyof typeof PRESET_ORGS, string>>;
}

/** Both organisations; each has one app, `acme-bots` and `globex-bots`, that runs as `baton@acme.example` or so. */
export function presetOrganisations(options: PresetOptions = {}): readonly OrganisationSpec[] {
  const { targets = {}, publicKeys = {} } = options;
  return [
    {
      id: PRESET_ORGS.acme,
      name: 'Acme',
      apps: [{ clientId: 'acme-bots', runAs: 'baton@acme.example', publicKey: publicKeys.acme }],
      bots: acmeBots({ ...PRESET_TARGETS, ...targets }),
    },
    {
      id: PRESET_ORGS.globex,
      name: 'Globex',
      apps: [{ clientId: 'globex-bots', runAs: 'baton@globex.example', publicKey: publicKeys.globex }],
      bots: globexBots(),
    },
  ];
}
