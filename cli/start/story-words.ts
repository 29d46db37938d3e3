// The story's events in a sentence each, for people who have never seen Baton.
import type { StoryLine } from '../../domain/escalation-state';

const WORDS: Readonly<Record<string, (detail: string) => string>> = {
  planned: (detail) => `planned the handoff: ${detail}`,
  posted: (detail) => `posted: ${detail}`,
  delaying: (detail) => `waits ${detail}, so that the bot's own messages arrive first`,
  transfer_requested: (detail) => `asks ${detail}`,
  queued: (detail) => `in the queue of ${detail}; nobody has joined yet`,
  no_answer: (detail) => `no answer: ${detail}`,
  withdrawal_withdrawn: (detail) => `took the request back from ${detail}`,
  rung_skipped: (detail) => `skipped ${detail}`,
  declined: (detail) => `declined: ${detail}`,
  connected: (detail) =>
    `${isBot(detail) ? 'a bot took over' : 'a human joined'}${detail === '' ? '' : `: ${detail}`}`,
  attempt_over: (detail) => `the attempt is over: ${detail}`,
  bot_told: (detail) => `told the bot: ${detail}`,
  bot_not_told_yet: (detail) => `could not tell the bot yet, will go on trying: ${detail}`,
  escalation_asked: (detail) => `hands over, as the bot asks: ${detail}`,
  taken_over: (detail) => `hears how the handoff went: ${detail}`,
  bot_took_over: (detail) => `goes on with ${detail}`,
  closed: (detail) => `done: ${detail}`,
};

/** Who has joined, where it is one of Salesforce's bots, whose ids begin so. */
function isBot(detail: string): boolean {
  return detail.startsWith('agent 0Xx');
}

/** A sentence for a line of the story. */
export function inWords(line: Pick<StoryLine, 'event' | 'detail'>): string {
  return (
    WORDS[line.event]?.(line.detail ?? '') ??
    `${line.event.replaceAll('_', ' ')}${line.detail ? `: ${line.detail}` : ''}`
  );
}
