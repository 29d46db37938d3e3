// The wire part of Live Agent (Chat REST API): its client, the session that travels between workers, and what a
// transcript proves. The desk is built on it.
export { createLiveAgentClient } from './client';
export type { CallOptions, LiveAgentClient, LiveAgentOptions } from './client';
export type { Availability, AvailabilityResult } from './availability';
export { fillPrechat, prechatSchema } from './chat-request';
export type { ChatRequest, ChatTarget, Deployment, Prechat, PrechatTemplates } from './chat-request';
export type { ChatAgent, ChatEvent, QueuePlace, TranscriptLine } from './chat-events';
export type { ChatSession } from './chat-session';
export type { PollResult, ResyncResult } from './poll';
export type { LostReason, PostNumber, PostResult } from './post';
export { arrived, unread } from './read-back';
export { LIVE_AGENT_RELAY } from './capabilities';
export { readSealingKeys, seal, unseal } from './seal';
export type { SealedSession, SealingKeys } from './seal';
