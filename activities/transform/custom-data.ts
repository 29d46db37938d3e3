// Fills the custom data fields of an integration: a literal, `{$.api_<ResponseVar>.path}` for a value of the raw
// result, `{$botContext.name}` for a variable, also inside a path, or any mixture. A placeholder that finds
// nothing becomes the empty string; one that is not closed stays as it was written.
import type { Variable } from '../../domain/request';
import { valuesAt, type PathStep } from './result-path';

/** What the placeholders read. */
export interface CustomDataSources {
  /** `api_<ResponseVar>`. */
  readonly resultName: string;
  readonly raw: unknown;
  readonly variables: ReadonlyMap<string, Variable>;
}

/** Between the values of a path with `[i]`. */
const JOINT = ', ';
const RESULT_OPENING = '{$.';
const VARIABLE_OPENING = '{$botContext.';

/** Fills one field. */
export function fillCustomData(template: string, sources: CustomDataSources): string {
  let text = '';
  let at = 0;
  while (at < template.length) {
    const read = readPlaceholder(template, at, sources);
    if (read === undefined) {
      text += template[at];
      at += 1;
    } else {
      text += read.value;
      at = read.end;
    }
  }
  return text;
}

interface Read {
  readonly value: string;
  /** Where the text goes on. */
  readonly end: number;
}

function readPlaceholder(template: string, at: number, sources: CustomDataSources): Read | undefined {
  if (template.startsWith(VARIABLE_OPENING, at)) return readVariable(template, at, sources);
  if (template.startsWith(RESULT_OPENING, at)) return readResult(template, at, sources);
  return undefined;
}

function readVariable(template: string, at: number, sources: CustomDataSources): Read | undefined {
  const end = template.indexOf('}', at);
  if (end === -1) return undefined;
  const name = template.slice(at + VARIABLE_OPENING.length, end).trim();
  return { value: asText(sources.variables.get(name)), end: end + 1 };
}

/**
 * Reads `{$.api_Name.a.b[0].c}`. A variable inside the path is part of one property's name, whatever characters
 * its value has: a user's text never adds a step.
 */
function readResult(template: string, start: number, sources: CustomDataSources): Read | undefined {
  const steps: PathStep[] = [];
  let key = '';
  const finishKey = (): void => {
    if (key !== '') steps.push({ kind: 'key', key });
    key = '';
  };
  for (let at = start + RESULT_OPENING.length; at < template.length; at += 1) {
    const char = template[at];
    const variable = char === '{' ? readPlaceholder(template, at, sources) : undefined;
    const bracket = char === '[' ? /^\[(i|\d{1,9})\]/.exec(template.slice(at, at + 12)) : null;
    if (char === '}') {
      finishKey();
      return { value: resultText(steps, sources), end: at + 1 };
    } else if (variable !== undefined) {
      key += variable.value;
      at = variable.end - 1;
    } else if (bracket !== null) {
      finishKey();
      steps.push(bracket[1] === 'i' ? { kind: 'each' } : { kind: 'index', index: Number(bracket[1]) });
      at += bracket[0].length - 1;
    } else if (char === '.') finishKey();
    else key += char;
  }
  return undefined;
}

function resultText(steps: readonly PathStep[], { resultName, raw }: CustomDataSources): string {
  const [root, ...rest] = steps;
  if (root?.kind !== 'key' || root.key !== resultName) return '';
  return valuesAt(raw, rest).map(asText).join(JOINT);
}

function asText(value: unknown): string {
  if (value === undefined || value === null) return '';
  if (typeof value === 'string') return value;
  try {
    return JSON.stringify(value) ?? '';
  } catch {
    return '';
  }
}
