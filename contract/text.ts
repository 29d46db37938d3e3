// Texts and ids as they may cross Baton's borders: bounded, and without what some system behind would choke on.
import { z } from 'zod';

const DAMAGED = /\0|\p{Surrogate}/u;
/** Control and format characters, line separators, surrogates, unassigned. */
const UNPRINTABLE = /[\p{C}\p{Zl}\p{Zp}]/u;

/** For the JSON Schema, in words that all validators know: the most usual of what {@link idSchema} refuses. */
const CONTROLS = '\\u0000-\\u001f\\u007f-\\u009f\\u00ad\\u200b-\\u200f\\u2028-\\u202e\\u2060-\\u206f\\ufeff';
const SPACES = ' \\u00a0\\u1680\\u2000-\\u200a\\u202f\\u205f\\u3000';
const ID_PATTERN = `^[^${CONTROLS}${SPACES}](?:[^${CONTROLS}]*[^${CONTROLS}${SPACES}])?$`;

/** Longest id that a bot or platform gives. */
export const MAX_ID_LENGTH = 200;
/** Longest message, in UTF-8 bytes. */
export const MAX_MESSAGE_BYTES = 8_192;

/** An id of 1 to 200 printable characters, without space at its ends. */
export const idSchema = z
  .string()
  .min(1)
  .max(MAX_ID_LENGTH)
  .refine((value) => !UNPRINTABLE.test(value), 'holds a character that is not printable')
  .refine((value) => value.trim() === value, 'begins or ends with a space')
  .meta({ pattern: ID_PATTERN });

/** Text of any length up to a number of UTF-8 bytes; no NUL, no half characters. */
export function textSchema(maxBytes: number): z.ZodString {
  return z
    .string()
    .max(maxBytes)
    .refine((value) => Buffer.byteLength(value) <= maxBytes, `is longer than ${maxBytes} bytes`)
    .refine((value) => !DAMAGED.test(value), 'holds a NUL or half a character')
    .meta({ pattern: '^[^\\u0000]*$' });
}
