// Sends an answer as somebody else wrote it: their status, their headers, their bytes, and no content type that they did
// not give. What the gateway says to browsers and caches stays, unless they say otherwise.
import type { FastifyReply } from 'fastify';
import type { BotAnswer } from '../../platforms/platform';

/** Statuses that have no body (RFC 9110). */
const WITHOUT_BODY = new Set([204, 304]);

/** Sends it, past Fastify. */
export function sendExactly(reply: FastifyReply, { status, headers = {}, body = '' }: BotAnswer): void {
  const given = new Set(Object.keys(headers).map((name) => name.toLowerCase()));
  const own = Object.entries(reply.getHeaders()).filter(([name]) => !given.has(name));
  const payload = Buffer.from(WITHOUT_BODY.has(status) ? '' : body);
  reply.hijack();
  reply.raw.writeHead(status, {
    ...Object.fromEntries(own),
    ...headers,
    ...(!WITHOUT_BODY.has(status) && { 'content-length': payload.length }),
  });
  reply.raw.end(payload);
}
