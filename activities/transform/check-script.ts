// Finds syntax errors of a transform script when the configuration is loaded, and again before a run. The
// script is compiled as a function body, as the sandbox does, and never run: nothing here calls what it compiles.
import { compileFunction } from 'node:vm';

/** A syntax error: the line of the script, counted from 1, and what is wrong there. */
export interface ScriptProblem {
  readonly line: number;
  readonly message: string;
}

const MAX_MESSAGE_LENGTH = 200;

/**
 * Checks the syntax of a script. Empty: none found. Node's parser does the checking; the sandbox's engine knows
 * the same language (ES2023), so that a script may pass here and fail there only at the newest syntax.
 */
export function checkScript(source: string): readonly ScriptProblem[] {
  try {
    compileFunction(source, [], { filename: 'script' });
    return [];
  } catch (error) {
    // Not instanceof: the parser's error may be another realm's.
    const { message = '', stack = '' } = error as Partial<Error>;
    const line = Number(/^script:(\d+)/.exec(stack)?.[1] ?? 1);
    return [{ line, message: message.slice(0, MAX_MESSAGE_LENGTH) }];
  }
}
