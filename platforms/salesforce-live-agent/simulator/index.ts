// The Live Agent simulator: a real HTTP server that speaks the Chat REST API, keeps its chats, refuses what the vendor
// refuses and misbehaves on order. See ../README.md.
export { createLiveAgentControl } from './control';
export type { ChatView, LiveAgentControl, LiveAgentState } from './control';
export { startLiveAgentSimulator } from './server';
export type { LiveAgentSimulator, LiveAgentSimulatorOptions } from './server';
export type { WorldSpec } from './world';
