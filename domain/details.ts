// The Markdown that the Temporal UI shows as an escalation's current details. Ids, phases and reasons only.
import type { EscalationState, StoryLine } from './escalation-state';
import { outcomeLabel } from './outcome';
import type { Rung } from './plan';

/** Longer ids are cut where they are only shown. */
const MAX_ID_SHOWN = 60;

/** How an operator reads a rung: `liveperson skill 4711 (fallback)`. */
export function describeRung(rung: Rung): string {
  const { kind, id, agentId } = rung.target;
  const agent = agentId === undefined ? '' : ` preferring agent ${brief(agentId)}`;
  const origin = rung.origin === 'fallback' ? 'fallback ' : '';
  return `${origin}${kind} ${brief(id)}${agent} on ${brief(rung.connector)}`;
}

/** Temporal holds 400 bytes of a summary, and a reader less. */
function brief(id: string): string {
  return id.length > MAX_ID_SHOWN ? `${id.slice(0, MAX_ID_SHOWN)}…` : id;
}

/** The details of a state, re-rendered at each step. */
export function renderDetails(state: EscalationState): string {
  const rung = state.rung === undefined ? undefined : state.plan?.rungs[state.rung];
  const lines = [
    `- **Phase** ${state.phase}${state.outcome ? ` — ${outcomeLabel(state.outcome)}` : ''}`,
    `- **Attempt** ${state.attempt}${state.request ? ` (request ${state.request.requestId})` : ''}`,
  ];
  if (state.request?.reason) lines.push(`- **Reason** ${state.request.reason}`);
  if (rung)
    lines.push(`- **Rung** ${(state.rung ?? 0) + 1} of ${state.plan?.rungs.length}: ${describeRung(rung)}`);
  if (state.waiting) lines.push(`- **Waits for** ${state.waiting.for}, until ${iso(state.waiting.until)}`);
  lines.push(
    `- **Owner** ${state.owner} (epoch ${state.epoch})`,
    '',
    '| when | what | detail |',
    '| --- | --- | --- |',
  );
  lines.push(...state.story.slice(-30).map(storyRow));
  if (state.deadLetters.length > 0) {
    lines.push('', `**Dead letters** ${state.deadLetters.length}: see the \`explain\` query`);
  }
  return lines.join('\n');
}

function storyRow(line: StoryLine): string {
  const where = line.rung === undefined ? '' : ` (rung ${line.rung + 1})`;
  return `| ${iso(line.at)} | ${line.event}${where} | ${line.detail ?? ''} |`;
}

function iso(at: number): string {
  return new Date(at).toISOString().replace('T', ' ').replace('Z', ' UTC');
}
