// The phases of one escalation, as an operator sees them in the `BatonPhase` search attribute and in `status`.

/**
 * - `planning`: the request is being turned into a plan.
 * - `delaying`: the interaction delay runs.
 * - `requested`: a transfer was sent to the desk; routing has not answered.
 * - `queued`: routing accepted; no human yet.
 * - `connected`: a human (or the receiving bot) joined.
 * - `awaiting_bot`: the attempt failed; the bot may ask again within its retry window.
 * - `closed`: over; see the outcome.
 * - `speaking`: no escalation is open; the run only posts what the bot says.
 */
export type Phase =
  'planning' | 'delaying' | 'requested' | 'queued' | 'connected' | 'awaiting_bot' | 'closed' | 'speaking';

/** Who may speak to the user now. */
export type Owner = 'bot' | 'baton' | 'agent';
