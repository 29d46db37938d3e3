// Logic-less templates: `{$botContext.name}` reads one variable of the bot's context, and nothing else happens.
// Only own properties are read, and what a variable holds is never read as a template again.
import type { Variable } from './request';

/** The bot context that templates read; anything but a {@link Variable} counts as unknown. */
export type TemplateVariables = Readonly<Record<string, Variable>>;

const REFERENCE = /\{\$botContext\.([\w.-]{1,100})\}/g;
const WELL_FORMED = /\{\$botContext\.[\w.-]{1,100}\}/y;
/** Punctuation that clings to the word before it. */
const CLINGS = /^[,.;:!?…)]/;

/** Names of the variables that a template reads, in order, each once. */
export function templateVariables(template: string): readonly string[] {
  return [...new Set([...template.matchAll(REFERENCE)].map((match) => match[1] ?? ''))];
}

/**
 * Where a template is malformed: the index of a `{$` that does not open a `{$botContext.name}`; undefined if it is fine.
 * When filled, such a part stays as it is written.
 */
export function templateFault(template: string): number | undefined {
  for (let at = template.indexOf('{$'); at >= 0; at = template.indexOf('{$', at + 2)) {
    WELL_FORMED.lastIndex = at;
    if (!WELL_FORMED.test(template)) return at;
  }
  return undefined;
}

/** What a variable is, in a word that may stand in a log: never its value. */
export function variableType(variables: TemplateVariables, name: string): string {
  const value = ownValue(variables, name);
  return value === undefined ? 'missing' : value === null ? 'null' : typeof value;
}

/**
 * Fills an id. Unknown variables are empty; the result is trimmed. A number beyond the safe integers has lost
 * digits on its way and counts as unknown: such an id must be sent as a string.
 */
export function fillId(template: string, variables: TemplateVariables): string {
  return template
    .replace(REFERENCE, (_, name: string) => {
      const value = ownValue(variables, name);
      return typeof value === 'number' && !Number.isSafeInteger(value) ? '' : asText(value);
    })
    .trim();
}

/**
 * Fills a text for the user. Where a variable is unknown or empty, the space that would be left over goes too:
 * `Hello {$botContext.name}, hold on.` becomes `Hello, hold on.`
 */
export function fillText(template: string, variables: TemplateVariables): string {
  let text = '';
  let rest = 0;
  for (const match of template.matchAll(REFERENCE)) {
    text += template.slice(rest, match.index);
    rest = match.index + match[0].length;
    const value = asText(ownValue(variables, match[1] ?? ''));
    if (value === '') [text, rest] = closeGap(text, template, rest);
    else text += value;
  }
  return text + template.slice(rest);
}

function closeGap(text: string, template: string, rest: number): [text: string, rest: number] {
  const after = template.slice(rest, rest + 1);
  if (after === ' ' && (text === '' || /\s$/.test(text))) return [text, rest + 1];
  if (text.endsWith(' ') && (after === '' || after === '\n' || CLINGS.test(after)))
    return [text.slice(0, -1), rest];
  return [text, rest];
}

function asText(value: unknown): string {
  switch (typeof value) {
    case 'string':
      return value;
    case 'number':
    case 'boolean':
      return String(value);
    default:
      return '';
  }
}

function ownValue(variables: TemplateVariables, name: string): unknown {
  return Object.hasOwn(variables, name) ? variables[name] : undefined;
}
