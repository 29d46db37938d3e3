// The Certainly simulator: a bot of modules, its users on real WebSockets, and the handover endpoints. See ../README.md.
export { createCertainlyControl } from './control';
export type { CertainlyControl, CertainlyState, UserView } from './control';
export { startCertainlySimulator } from './server';
export type { CertainlySimulator, CertainlySimulatorOptions } from './server';
export { connectWidgetUser } from './user';
export type { WidgetUser, WidgetUserOptions } from './user';
export type { WorldSpec } from './world';
