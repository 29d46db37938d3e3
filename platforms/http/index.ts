// The module through which every outgoing HTTP and WebSocket call of Baton goes.
export { createHttpClient } from './http-client';
export type { HttpClient, HttpClientOptions, HttpRequest, HttpResponse } from './http-client';
export { createEventStreams } from './event-stream';
export type { EventStream, EventStreams, EventStreamsOptions, ServerSentEvent } from './event-stream';
export { connectWebSocket } from './web-socket';
export type { WebSocketOptions } from './web-socket';
export { checkUrl } from './egress-guard';
export type { EgressPolicy, Resolve } from './egress-guard';
export { createRateLimiter } from './rate-limiter';
export type { RateLimit, RateLimiter } from './rate-limiter';
export { parseRetryAfter } from './retry-after';
export { errorForStatus } from './status-error';
