// What Salesforce and its agent get to know of the conversation so far: routing attributes for the org's flow, and a
// few messages for the agent to read. Everything comes masked already.
import type { TransferContext } from '../../domain/plan';
import type { TransferRequest } from '../desk';

/** Parameters are text fields of this length where nobody changed it. */
const ATTRIBUTE_CHARS = 255;
const PLACEHOLDER = /\{([A-Za-z][\w.]*)\}/g;
const PLAIN: readonly string[] = [
  'conversationId',
  'transferId',
  'intent',
  'userMessage',
  'summary',
  'target.kind',
  'target.id',
  'target.name',
  'target.agentId',
];

/** Placeholders of a template that never have a value. */
export function templateFaults(template: string): readonly string[] {
  return [...template.matchAll(PLACEHOLDER)]
    .map(([, name = '']) => name)
    .filter((name) => !PLAIN.includes(name) && !/^variables\.\w+$/.test(name));
}

/** The attributes; one whose template comes to nothing is left out. */
export function routingAttributes(
  templates: Readonly<Record<string, string>>,
  request: TransferRequest,
): Record<string, string> {
  const filled = Object.entries(templates).map(([name, template]) => {
    const value = template.replace(PLACEHOLDER, (_whole, key: string) => valueOf(key, request)).trim();
    return [name, value.slice(0, ATTRIBUTE_CHARS)] as const;
  });
  return Object.fromEntries(filled.filter(([, value]) => value !== ''));
}

function valueOf(key: string, { context, target, conversationId, transferId }: TransferRequest): string {
  const variable = /^variables\.(\w+)$/.exec(key)?.[1];
  if (variable !== undefined) {
    const variables = context?.variables ?? {};
    return String((Object.hasOwn(variables, variable) ? variables[variable] : undefined) ?? '');
  }
  const values: Record<string, string | undefined> = {
    conversationId,
    transferId,
    intent: context?.intent,
    userMessage: context?.userMessage,
    summary: context?.summary,
    'target.kind': target.kind,
    'target.id': target.id,
    'target.name': target.name,
    'target.agentId': target.agentId,
  };
  return values[key] ?? '';
}

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
