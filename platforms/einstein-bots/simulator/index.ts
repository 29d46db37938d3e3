// A simulated runtime of Einstein bots: one server for several organisations, with their bots as data. It refuses what
// the vendor refuses and misbehaves on order.
export type { BotSpec } from './bot-spec';
export { createEinsteinBotsControl } from './control';
export type { EinsteinBotsControl, EinsteinBotsState, SessionView } from './control';
export type { Credentials } from './credentials';
export { dialogIdOf } from './dialog';
export { PRESET_BOTS, PRESET_ORGS, PRESET_TARGETS } from './preset-ids';
export { presetOrganisations } from './presets';
export type { RecordedRequest } from './request-log';
export { startEinsteinBotsSimulator } from './server';
export type { EinsteinBotsSimulator, EinsteinBotsSimulatorOptions } from './server';
export type { OrganisationSpec, WorldSpec } from './world';
