// What tenants, bots, connectors and integrations may be called.

/** A pattern over the whole name, and what to say to a name that it refuses. */
export interface NameRule {
  readonly is: RegExp;
  readonly message: string;
  readonly remedy: string;
}

/** By the section that the names are the keys of. */
export const NAME_RULES = {
  tenants: {
    // With the longest conversation id it makes a workflow id of 252; Temporal's SQL databases hold 255.
    is: /^[A-Za-z0-9][A-Za-z0-9_-]{0,39}$/,
    message: 'is not a name of a tenant',
    remedy: 'Use letters, digits, `_` and `-`, 40 at most: the name is part of every workflow id.',
  },
  bots: {
    is: /^[A-Za-z0-9][A-Za-z0-9_.-]{0,99}$/,
    message: 'is not a name of a bot',
    remedy: 'Start with a letter or digit and go on with letters, digits, `_`, `.` and `-`; 100 at most.',
  },
  connectors: {
    is: /^[A-Za-z0-9][A-Za-z0-9_.-]{0,99}$/,
    message: 'is not a name of a connector',
    remedy: 'Start with a letter or digit and go on with letters, digits, `_`, `.` and `-`; 100 at most.',
  },
  integrations: {
    is: /^[A-Za-z0-9](?:[A-Za-z0-9_. -]{0,98}[A-Za-z0-9_.-])?$/,
    message: 'is not a name of an integration',
    remedy: 'Use letters, digits, spaces, `_`, `.` and `-`; 100 at most.',
  },
  apiKeys: {
    is: /^[A-Za-z0-9][A-Za-z0-9_.-]{0,62}$/,
    message: 'is not a name of a key',
    remedy: 'Use letters, digits, `_`, `.` and `-`; 63 at most. The name stands in logs.',
  },
  keys: {
    is: /^[A-Za-z0-9][A-Za-z0-9_.-]{0,62}$/,
    message: 'is not an id of a key',
    remedy:
      'Use letters, digits, `_`, `.` and `-`; 63 at most. The id is written beside what the key encrypted.',
  },
} as const satisfies Record<string, NameRule>;
