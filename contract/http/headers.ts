// The headers of answers, described once.

/** What a header says. */
export type HeaderDescription = {
  readonly description: string;
  readonly schema: { type: 'string' | 'integer'; minimum?: number };
};

const header = (
  description: string,
  schema: HeaderDescription['schema'] = { type: 'string' },
): HeaderDescription => ({ description, schema });

/** The headers that answers have, by name. */
export const HEADERS = {
  Location: header('Path of the escalation.'),
  'Preference-Applied': header('The `wait` that was applied, in seconds (RFC 7240).'),
  'Idempotency-Replayed': header('`true`: the answer of an earlier call with the same key.'),
  RateLimit: header(
    'Calls that are left, and seconds until there are more (draft-ietf-httpapi-ratelimit-headers).',
  ),
  'RateLimit-Policy': header('How many calls a key has, and in how many seconds.'),
  'Retry-After': header('Seconds to wait before the same call again.', { type: 'integer', minimum: 1 }),
  'WWW-Authenticate': header('How to show who calls.'),
  ETag: header('Changes with the content: send it as `If-None-Match`.'),
  'Cache-Control': header('For how long the answer can be kept.'),
} satisfies Record<string, HeaderDescription>;

/** A header of {@link HEADERS}. */
export type HeaderName = keyof typeof HEADERS;
