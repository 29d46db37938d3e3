// Reads the body of a start: the bot's request and its conversation, or every fault of it at once.
import type { z } from 'zod';
import { conversationIdSchema, escalationRequestSchema } from '../contract/request';
import type { EscalationRequest } from '../domain/request';
import { InvalidRequest, type RequestFault } from './problem';

/** @throws InvalidRequest with a JSON Pointer for each fault */
export function readEscalationPost(body: unknown): EscalationRequest & { readonly conversationId: string } {
  if (typeof body !== 'object' || body === null || Array.isArray(body)) {
    throw new InvalidRequest([{ pointer: '', detail: 'expected a JSON object' }]);
  }
  const { conversationId, ...request } = body as Record<string, unknown>;
  const id = conversationIdSchema.safeParse(conversationId);
  const rest = escalationRequestSchema.safeParse(request);
  if (id.success && rest.success) return { ...rest.data, conversationId: id.data };
  throw new InvalidRequest([...faults(id, ['conversationId']), ...faults(rest, [])]);
}

function faults(result: z.ZodSafeParseResult<unknown>, prefix: readonly string[]): RequestFault[] {
  return (result.error?.issues ?? []).map((issue) => ({
    pointer: [...prefix, ...issue.path].map((part) => `/${escapePointer(String(part))}`).join(''),
    detail: issue.message,
  }));
}

function escapePointer(part: string): string {
  return part.replaceAll('~', '~0').replaceAll('/', '~1');
}
