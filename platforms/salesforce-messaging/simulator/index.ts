// The simulator of Messaging for In-App and Web: a real HTTP server with the event stream, its own end users, routing
// and agents. It refuses what the vendor refuses and misbehaves on order. See ../README.md.
export { createMessagingControl } from './control';
export type { ConversationView, MessagingControl, MessagingState } from './control';
export { startMessagingSimulator } from './server';
export type { MessagingSimulator, MessagingSimulatorOptions } from './server';
export type { WorldSpec } from './world';
