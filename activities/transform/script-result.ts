// Puts the end of a script's run into words: its output, or a stable code and a short message that repeats
// nothing of what the script read.
import { assertNever } from '../../domain/assert-never';
import type { ErrorCode } from '../../domain/errors';
import type { TransformLimits } from './limits';
import type { RunFailure } from './protocol';
import type { PoolResult } from './runner-pool';
import { readScriptOutput, type ScriptOutput } from './script-output';

/** Why the script's part is missing. */
export interface TransformError {
  readonly code: ErrorCode;
  /** At most 300 characters; never anything that the script read. */
  readonly message: string;
}

/** What became of a script. */
export type ScriptResult = ScriptOutput | TransformError;

const MAX_ERROR_LENGTH = 300;

/** Reads how a run ended. */
export function readResult(result: PoolResult, source: string, limits: TransformLimits): ScriptResult {
  switch (result.kind) {
    case 'done':
      return readOutput(result.output, limits);
    case 'failed': {
      const lines = source.split('\n').length;
      const at = result.line > 0 && result.line <= lines ? ` at line ${String(result.line)}` : '';
      return failure(result.reason, { name: result.name, missing: result.missing, at, limits });
    }
    case 'killed':
      return failed(
        'ESC_TRANSFORM_TIMED_OUT',
        `The script ran longer than ${String(limits.killAfterMs)} ms and was killed.`,
      );
    case 'died':
      return failed('ESC_TRANSFORM_SCRIPT_FAILED', 'The script brought its sandbox process down.');
    case 'busy':
      return failed('ESC_TRANSFORM_BUSY', 'No sandbox was free for the script in time.');
    default:
      return assertNever(result);
  }
}

function readOutput(text: string, limits: TransformLimits): ScriptResult {
  const output = readScriptOutput(text, limits.outputDepth);
  return typeof output === 'string'
    ? failed('ESC_TRANSFORM_SCRIPT_FAILED', `The script failed: ${output}.`)
    : output;
}

interface FailureDetail {
  readonly name: string;
  readonly missing: string;
  readonly at: string;
  readonly limits: TransformLimits;
}

function failure(reason: RunFailure, { name, missing, at, limits }: FailureDetail): TransformError {
  switch (reason) {
    case 'threw':
      return failed(
        'ESC_TRANSFORM_SCRIPT_FAILED',
        missing === ''
          ? `The script failed with ${name}${at}.`
          : `The script called botContext.${missing}${at}, which is not available in a result script.`,
      );
    case 'timed_out':
      return failed('ESC_TRANSFORM_TIMED_OUT', `The script ran longer than ${String(limits.deadlineMs)} ms.`);
    case 'out_of_memory':
      return failed(
        'ESC_TRANSFORM_OUT_OF_MEMORY',
        `The script needed more than ${String(limits.memoryBytes / 1024)} KiB of memory.`,
      );
    case 'too_large':
      return failed(
        'ESC_TRANSFORM_OUTPUT_TOO_LARGE',
        `The script set more than ${String(limits.outputBytes)} bytes of variables.`,
      );
    case 'trapped':
      return failed('ESC_TRANSFORM_SCRIPT_FAILED', 'The script brought the engine of its sandbox down.');
    default:
      return assertNever(reason);
  }
}

/** An error of at most 300 characters. */
export function failed(code: ErrorCode, message: string): TransformError {
  return { code, message: message.slice(0, MAX_ERROR_LENGTH) };
}
