// What an agent gets to read of the conversation so far, on desks where it comes as messages. Everything comes masked
// already.
import type { TransferContext } from '../domain/plan';

/** How much the agent may be told in messages. */
export interface ContextSize {
  readonly messages: number;
  readonly maxChars: number;
}

/** The messages that tell the agent what was said before; the oldest lines are left out where they do not fit. */
export function contextMessages(
  context: TransferContext | undefined,
  heading: string,
  { messages, maxChars }: ContextSize,
): readonly string[] {
  if (!context) return [];
  const { intent, summary, variables = {}, transcript = [], userMessage } = context;
  const facts = [
    ...(intent === undefined ? [] : [`Intent: ${intent}`]),
    ...(summary === undefined ? [] : [`Summary: ${summary}`]),
    ...Object.entries(variables).map(([name, value]) => `${name}: ${String(value)}`),
  ];
  const lines = transcript.map(({ from, text }) => `${from === 'user' ? 'User' : 'Bot'}: ${text}`);
  if (userMessage !== undefined && transcript.length === 0) lines.push(`User: ${userMessage}`);
  if (facts.length + lines.length === 0) return [];
  const head = [heading, ...facts].map((line) => cut(line, maxChars));
  for (let from = 0; ; from += 1) {
    const omitted = from > 0 ? [`(${from} earlier lines are left out.)`] : [];
    const chunks = pack(
      [...head, ...omitted, ...lines.slice(from).map((line) => cut(line, maxChars))],
      maxChars,
    );
    if (chunks.length <= messages || from >= lines.length) return chunks.slice(0, messages);
  }
}

/** As many lines in each message as fit. */
function pack(lines: readonly string[], maxChars: number): readonly string[] {
  const chunks: string[] = [];
  for (const line of lines) {
    const last = chunks.at(-1);
    if (last !== undefined && last.length + 1 + line.length <= maxChars)
      chunks[chunks.length - 1] = `${last}\n${line}`;
    else chunks.push(line);
  }
  return chunks;
}

function cut(line: string, maxChars: number): string {
  return line.length <= maxChars ? line : `${line.slice(0, maxChars - 1)}…`;
}
