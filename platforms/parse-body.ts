// Reads a vendor's JSON through its schema. A misfit names the member and never the value.
import type { z } from 'zod';
import { BatonError } from '../domain/errors';

/** JSON, or undefined for what is none. */
export function fromJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** @throws BatonError `ESC_PLATFORM_PROTOCOL` */
export function parseBody<T>(schema: z.ZodType<T>, body: string, what: string): T {
  let value: unknown;
  try {
    value = JSON.parse(body);
  } catch {
    throw new BatonError('ESC_PLATFORM_PROTOCOL', `the answer to ${what} is not JSON`, {
      resultUnknown: true,
    });
  }
  return parseValue(schema, value, what);
}

/** As {@link parseBody}, for a value already parsed. */
export function parseValue<T>(schema: z.ZodType<T>, value: unknown, what: string): T {
  const read = schema.safeParse(value);
  if (read.success) return read.data;
  const path = read.error.issues[0]?.path.join('.') ?? '';
  throw new BatonError('ESC_PLATFORM_PROTOCOL', `the answer to ${what} does not fit at "${path}"`, {
    resultUnknown: true,
  });
}
