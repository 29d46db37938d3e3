// The Markdown that the Temporal UI shows of a conversation with a bot. Ids, phases and reasons only.
import type { BotSessionState } from './bot-session-state';

const MAX_LINES = 30;

/** The details of a state, rendered again at each step. */
export function renderSession(state: BotSessionState): string {
  const { phase, session, handOff, plan, hops, sequence, queue, story } = state;
  const lines = [`- **Phase** ${phase}`];
  if (session) lines.push(`- **Bot** ${session.botId} on ${session.connector}`);
  if (hops > 0) lines.push(`- **Bots that took over** ${hops} of at most ${plan?.maxHops ?? hops}`);
  if (handOff) lines.push(`- **Escalation** request ${handOff.requestId} (${handOff.reason})`);
  lines.push(`- **Messages to bots** up to number ${sequence}, ${queue.length} of the user wait`);
  lines.push('', '| when | what | detail |', '| --- | --- | --- |');
  for (const { at, event, detail } of story.slice(-MAX_LINES)) {
    const when = new Date(at).toISOString().replace('T', ' ').replace('Z', ' UTC');
    lines.push(`| ${when} | ${event} | ${detail ?? ''} |`);
  }
  return lines.join('\n');
}
