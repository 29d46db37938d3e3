// The vendor's JSON as schemas (Live Agent wire notes). Tolerant: what Baton does not use is not looked at.
import { z } from 'zod';

/** Seconds, as a number or, in the guide's example, as text. */
const seconds = z.union([
  z.number(),
  z
    .string()
    .regex(/^\d+(\.\d+)?$/)
    .transform(Number),
]);

/** Answer of `System/SessionId`. */
export const sessionIdSchema = z.object({
  id: z.string().min(1),
  key: z.string().min(1),
  affinityToken: z.string().min(1),
  clientPollTimeout: seconds.optional().catch(undefined),
});

/** Answer of everything that answers with messages. */
export const messagesSchema = z.object({
  messages: z.array(z.object({ type: z.string(), message: z.unknown() })),
  sequence: z.number().int().optional(),
  offset: z.number().optional(),
});

/** One message as it came. */
export type WireMessage = z.output<typeof messagesSchema>['messages'][number];

/** `message` of `ReconnectSession`. */
export const reconnectSchema = z.object({ affinityToken: z.string().min(1) });

/** `message` of `SwitchServer`. */
export const switchServerSchema = z.object({ newUrl: z.url({ protocol: /^https?$/ }) });

/** `message` of `Availability`. What is not there is not available. */
export const availabilitySchema = z.object({
  results: z.array(
    z.object({
      id: z.string(),
      isAvailable: z.boolean().optional().catch(undefined),
      estimatedWaitTime: z.number().optional().catch(undefined),
    }),
  ),
});

/** The base of all calls on the server that `newUrl` (`https://<pod>/chat`) names. */
export function baseUrlOf(newUrl: string): string {
  return `${newUrl.replace(/\/+$/, '').replace(/\/rest$/, '')}/rest`;
}
