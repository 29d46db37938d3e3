// Reads a part of a call by its schema, or tells every fault of it at once.
import type { z } from 'zod';
import { InvalidRequest, type RequestFault } from './problem';

/** @throws InvalidRequest with a JSON Pointer for each fault, below `prefix` */
export function readPart<S extends z.ZodType>(
  schema: S,
  value: unknown,
  prefix: readonly string[] = [],
): z.output<S> {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  throw new InvalidRequest(result.error.issues.map((issue) => faultOf(issue, prefix)));
}

function faultOf({ path, message }: z.core.$ZodIssue, prefix: readonly string[]): RequestFault {
  const pointer = [...prefix, ...path].map((part) => `/${escapePointer(String(part))}`).join('');
  return { pointer, detail: message };
}

function escapePointer(part: string): string {
  return part.replaceAll('~', '~0').replaceAll('/', '~1');
}
