// The LivePerson simulator: a real HTTP and WebSocket server that speaks the vendor's wire format, keeps its
// state, refuses what it refuses and misbehaves on demand. See README.md.
export { connectControl, ControlError } from './control-client';
export type {
  ControlOutputs,
  ConversationView,
  LivePersonControl,
  ParticipantView,
  TranscriptLine,
} from './control-schema';
export { DEMO_ACCOUNT } from './default-world';
export type { FaultAction, FaultSpec } from './faults';
export { startLivePersonSimulator } from './server';
export type { LivePersonSimulator, SimulatorOptions } from './server';
export type { SimulatorLog } from './simulation';
export type { AccountSpec, Behaviour, WorldSpec } from './world-schema';
