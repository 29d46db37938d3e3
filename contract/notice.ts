// A notice at the border: what a bot may rely on in each. Baton checks its own with it in tests, and a bot in
// TypeScript may check what it gets.
import { z } from 'zod';
import type { Attachment, ChatEnd, TranscriptLine } from '../domain/chat';
import { NOTICE_TYPES, type Notice } from '../domain/notice';
import { FAILURE_REASONS } from '../domain/outcome';
import { TARGET_KINDS, type Target } from '../domain/target';
import { variableSchema } from './request';
import { assertSameType } from './same-type';
import { idSchema } from './text';

/** One place to hand off to. */
export const targetSchema = z.strictObject({
  kind: z.enum(TARGET_KINDS),
  id: idSchema,
  name: z.exactOptional(z.string().max(200)),
  agentId: z.exactOptional(idSchema),
});

assertSameType<z.output<typeof targetSchema>, Target>(true);

const count = z.int().min(0);

/** A file by reference. */
export const attachmentSchema = z.strictObject({
  url: z
    .url({ protocol: /^https?$/ })
    .max(2_000)
    .meta({ pattern: '^https?://[^\\s]+$' }),
  name: z.string().min(1).max(300),
  mediaType: z.string().min(1).max(200),
});

assertSameType<z.output<typeof attachmentSchema>, Attachment>(true);

/** How the time with the human ended. */
export const chatEndSchema = z.strictObject({
  by: z.enum(['agent', 'user', 'bot', 'operator', 'system']),
  reason: z.enum(['left', 'idle', 'too_long', 'agent_gone', 'desk_lost', 'cancelled']),
  at: count,
});

assertSameType<z.output<typeof chatEndSchema>, ChatEnd>(true);

/** One line of what was said with the human. */
export const transcriptLineSchema = z.strictObject({
  at: count,
  from: z.enum(['user', 'agent']),
  agentName: z.exactOptional(z.string()),
  text: z.exactOptional(z.string()),
  attachment: z.exactOptional(attachmentSchema),
  undelivered: z.exactOptional(z.literal(true)),
});

assertSameType<z.output<typeof transcriptLineSchema>, TranscriptLine>(true);

/** One notice. */
export const noticeSchema = z.strictObject({
  id: z.string().min(1).max(1_000),
  type: z.enum(NOTICE_TYPES),
  sequence: z.int().min(1),
  progress: z.exactOptional(z.literal(true)),
  conversationId: idSchema,
  requestId: idSchema,
  attempt: z.int().min(1),
  epoch: count,
  at: count,
  target: z.exactOptional(targetSchema),
  position: z.exactOptional(count),
  waitMs: z.exactOptional(count),
  agentId: z.exactOptional(idSchema),
  relayed: z.exactOptional(z.literal(true)),
  reason: z.exactOptional(z.enum(FAILURE_REASONS)),
  detail: z.exactOptional(z.string().max(4_000)),
  ended: z.exactOptional(chatEndSchema),
  transcript: z.exactOptional(z.array(transcriptLineSchema).readonly()),
  transcriptOmitted: z.exactOptional(count),
  noticesLeft: z.exactOptional(count),
  askAgainBy: z.exactOptional(count),
  data: z.exactOptional(z.record(z.string(), variableSchema).readonly()),
  dataError: z.exactOptional(z.string().max(4_000)),
});

assertSameType<z.output<typeof noticeSchema>, Notice>(true);
