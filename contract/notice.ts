// A notice at the border: what a bot may rely on in each. Baton checks its own with it in tests, and a bot in
// TypeScript may check what it gets.
import { z } from 'zod';
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
  reason: z.exactOptional(z.enum(FAILURE_REASONS)),
  detail: z.exactOptional(z.string().max(4_000)),
  noticesLeft: z.exactOptional(count),
  askAgainBy: z.exactOptional(count),
  data: z.exactOptional(z.record(z.string(), variableSchema).readonly()),
  dataError: z.exactOptional(z.string().max(4_000)),
});

assertSameType<z.output<typeof noticeSchema>, Notice>(true);
