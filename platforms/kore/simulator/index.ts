// The simulator of Kore.ai's platform: a bot with an agent transfer dialog, its users and their screens, events for a
// BotKit server and the calls that come back. It misbehaves on order. See ../README.md.
export { createKoreControl } from './control';
export type { KoreControl, KoreState } from './control';
export { startKoreSimulator } from './server';
export type { KoreSimulator, KoreSimulatorOptions } from './server';
export type { ScreenLine, WorldSpec } from './world';
