// Ids that stand for the preset organisations, their bots and what these escalate to.

/** Ids of the organisations. */
export const PRESET_ORGS = { acme: '00D5e000001AbCdEAK', globex: '00D7Q000002ZyXwUAK' } as const;

/** Ids of the bots; all are Acme's but `order`, which is Globex's. */
export const PRESET_BOTS = {
  /** Asks for name, email and company, then escalates to `receiver` with them. */
  variables: '0Xx5e000000TgkXCAS',
  /** Greets with name, email and company. */
  receiver: '0Xx5e000000TglaCAC',
  /** Menu, intents, the queue; its No Agent dialog asks for a message. */
  support: '0Xx5e000000TsupCAC',
  /** Has a variable of each type; escalates to `order`, in the other organisation. */
  shop: '0Xx5e000000TshOCAS',
  /** Greets with what `shop` passes on. */
  order: '0Xx7Q000001KordSAC',
  agent: '0Xx5e000000TagTCAS',
  skill: '0Xx5e000000TskLCAS',
  flow: '0Xx5e000000TfLwCAK',
  /** Lists a skill, a queue and a bot, in this order. */
  several: '0Xx5e000000TmNyCAK',
  /** Lists no target. */
  none: '0Xx5e000000TnOnCAK',
  /** Names a type of target that nobody knows. */
  unknown: '0Xx5e000000TunKCAS',
  /** Escalates to `pong` at once, and that one back to it. */
  ping: '0Xx5e000000TpInCAK',
  pong: '0Xx5e000000TpOnCAK',
  /** Ends with `sessionEnded` `Error` whatever it is told. */
  fragile: '0Xx5e000000TfRgCAK',
  /** Has no No Agent dialog. */
  stubborn: '0Xx5e000000TsTbCAK',
  /** Escalates to the queue, then to the second queue, then gives up. */
  persistent: '0Xx5e000000TpRsCAK',
  /** Its dialogs lead to one another without end: `InfiniteLoopDetected`. */
  circular: '0Xx5e000000TlOpCAK',
} as const;

/** Where the bots escalate to; overridden in {@link presetOrganisations}. */
export const PRESET_TARGETS = {
  /** The Omni-Channel queue "Customer Support Queue". */
  queue: '00G5e000001CSupEAG',
  secondQueue: '00G5e000001CSecEAG',
  agent: '0055e000002AnnAAAS',
  skill: '0C55e000000TrEfCAK',
  flow: '3005e000003RtMeAAK',
} as const;

/** Ids of targets. */
export type PresetTargets = { readonly [K in keyof typeof PRESET_TARGETS]: string };
