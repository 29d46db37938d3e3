// The body of the codec server's routes: payloads in the JSON form of protobuf, bytes as base64.
import type { Payload } from '@temporalio/common';
import { z } from 'zod';
import { InvalidRequest } from '../http/problem';

const MAX_PAYLOADS = 10_000;

const base64 = z.base64();
const bodySchema = z.object({
  payloads: z
    .array(z.object({ metadata: z.record(z.string(), base64).nullish(), data: base64.nullish() }))
    .max(MAX_PAYLOADS)
    .prefault([]),
});

/** @throws InvalidRequest */
export function readPayloads(body: unknown): Payload[] {
  const read = bodySchema.safeParse(body);
  if (!read.success)
    throw new InvalidRequest(
      read.error.issues.map(({ path, message }) => ({
        pointer: path.map((part) => `/${String(part)}`).join(''),
        detail: message,
      })),
    );
  return read.data.payloads.map(({ metadata, data }) => ({
    metadata: Object.fromEntries(
      Object.entries(metadata ?? {}).map(([name, value]) => [name, Buffer.from(value, 'base64')]),
    ),
    data: Buffer.from(data ?? '', 'base64'),
  }));
}

/** The same way back. */
export function writePayloads(payloads: readonly Payload[]): unknown {
  return {
    payloads: payloads.map(({ metadata, data }) => ({
      metadata: Object.fromEntries(
        Object.entries(metadata ?? {}).map(([name, value]) => [name, Buffer.from(value).toString('base64')]),
      ),
      data: Buffer.from(data ?? []).toString('base64'),
    })),
  };
}
