// Reads what a script left behind. The text comes from inside the sandbox and is hostile until it has passed
// here: bounded in depth, free of prototype names, and of exactly one shape.
import { parse } from 'secure-json-parse';

/** A script's result: the variables that it set, as text or null, and how often it wrote a debug message. */
export interface ScriptOutput {
  readonly variables: ReadonlyMap<string, string | null>;
  readonly debugMessages: number;
}

/** Longest name of a variable, in characters. */
const MAX_NAME_LENGTH = 200;
/** Names that reach an object's prototype when a careless reader copies the data. */
const FORBIDDEN_NAMES = new Set(['__proto__', 'constructor', 'prototype']);

/** Returns the output, or in plain words what is wrong with its shape. Never quotes the text. */
export function readScriptOutput(text: string, maxDepth: number): ScriptOutput | string {
  if (depthOf(text) > maxDepth) return 'its output is nested too deeply';
  const output = parseSafely(text);
  if (typeof output !== 'object' || output === null) return 'its output is not in the expected shape';
  const { variables, debugMessages } = output as Record<string, unknown>;
  if (!Array.isArray(variables) || !isCount(debugMessages)) return 'its output is not in the expected shape';
  const read = new Map<string, string | null>();
  for (const pair of variables as unknown[]) {
    const problem = readVariable(pair, read);
    if (problem !== undefined) return problem;
  }
  return { variables: read, debugMessages };
}

function readVariable(pair: unknown, into: Map<string, string | null>): string | undefined {
  if (!Array.isArray(pair) || pair.length !== 2) return 'its output is not in the expected shape';
  const [name, value] = pair as [unknown, unknown];
  if (typeof name !== 'string' || name === '' || name.length > MAX_NAME_LENGTH) {
    return `it set a variable whose name is empty or longer than ${String(MAX_NAME_LENGTH)} characters`;
  }
  if (FORBIDDEN_NAMES.has(name)) return `it set a variable named ${name}, which is not allowed`;
  if (typeof value !== 'string' && value !== null) return 'its output is not in the expected shape';
  into.set(name, value);
  return undefined;
}

function parseSafely(text: string): unknown {
  try {
    return parse(text, null, { protoAction: 'error', constructorAction: 'error' });
  } catch {
    return undefined;
  }
}

function isCount(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
}

/** Deepest nesting of brackets outside strings; counted on the text so that nothing recurses. */
function depthOf(text: string): number {
  let depth = 0;
  let deepest = 0;
  let inString = false;
  for (let at = 0; at < text.length; at += 1) {
    const char = text[at];
    if (inString) {
      if (char === '\\') at += 1;
      else if (char === '"') inString = false;
    } else if (char === '"') inString = true;
    else if (char === '[' || char === '{') deepest = Math.max(deepest, (depth += 1));
    else if (char === ']' || char === '}') depth -= 1;
  }
  return deepest;
}
