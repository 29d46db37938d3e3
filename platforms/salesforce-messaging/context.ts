// What the org's flow gets to know of the conversation so far: routing attributes. Everything comes masked already.
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
