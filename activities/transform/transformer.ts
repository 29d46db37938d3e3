// Turns a platform's raw result into the bot's data: first the integration's Transform Result Script, in a
// sandbox, then its custom data fields. Whatever the script does, there is data at the end and at most an
// error beside it; the escalation goes on. Neither the error nor anything else repeats what the script read.
import { createHash } from 'node:crypto';
import type { ResultMapping } from '../../domain/plan';
import type { Variable } from '../../domain/request';
import { checkScript } from './check-script';
import { fillCustomData } from './custom-data';
import { createKillRecord, type KillRecord } from './kill-record';
import { DEFAULT_TRANSFORM_LIMITS, type TransformLimits } from './limits';
import type { GuestInput } from './protocol';
import { createRunnerPool, type RunnerPool } from './runner-pool';
import type { ScriptOutput } from './script-output';
import { failed, readResult, type ScriptResult, type TransformError } from './script-result';

/** What one transformation starts from. */
export interface TransformInput {
  /** Name of the integration: its custom data fields are `<integration>.<key>`. */
  readonly integration: string;
  readonly mapping: ResultMapping;
  /** The platform's answer, as JSON knows it: `api_<ResponseVar>`. */
  readonly raw: unknown;
  /** HTTP status, or the platform's equivalent: `api_<ResponseVar>Status`. */
  readonly status: number;
  /** The bot's variables, as `botContext.getBotVariable` reads them. */
  readonly variables: Readonly<Record<string, Variable>>;
  readonly conversationId: string;
  /** The user's last message, if the bot gave it. */
  readonly userMessage?: string;
  /** What the script's clock shows; epoch milliseconds. Give the activity's scheduled time. */
  readonly now: number;
  /** Seeds Math.random. Give the idempotency key, so that a retry gives an equal result. */
  readonly seed: string;
}

/** What the bot gets. */
export interface TransformOutput {
  /**
   * `api_<ResponseVar>Status`; the variables that the script set, as text or null (all of them, or none if it
   * failed); the custom data fields as `<integration>.<key>`.
   */
  readonly data: Readonly<Record<string, Variable>>;
  readonly error?: TransformError;
  /** How often the script called `printDebugMessage`; their text is not kept. */
  readonly debugMessages?: number;
}

/** Transforms results. */
export interface Transformer {
  /** Never rejects. */
  transform(input: TransformInput): Promise<TransformOutput>;
  /** Process ids of the sandboxes alive, for tests and diagnosis. */
  sandboxPids(): readonly number[];
  /** Ends the sandboxes; runs under way are answered with an error. */
  close(): Promise<void>;
}

/** Options of {@link createTransformer}. */
export interface TransformerOptions {
  /** Scripts at the same time. @default 1 */
  readonly concurrency?: number;
  /** Scripts that may wait for their turn. @default 64 */
  readonly queueLimit?: number;
  readonly limits?: Partial<TransformLimits>;
  /** The compiled runner. @default the one beside this file in dist/ */
  readonly runnerPath?: string;
  /** This machine's time in epoch milliseconds, for disabling scripts. @default Date.now */
  readonly clock?: () => number;
}

interface Parts {
  readonly pool: RunnerPool;
  readonly kills: KillRecord;
  readonly limits: TransformLimits;
}

/** A transformer. Its first script starts the sandbox processes; without scripts there are none. */
export function createTransformer(options: TransformerOptions = {}): Transformer {
  const { concurrency = 1, queueLimit = 64, runnerPath, clock = Date.now } = options;
  const limits = { ...DEFAULT_TRANSFORM_LIMITS, ...options.limits };
  const pool = createRunnerPool({
    limits,
    concurrency,
    queueLimit,
    ...(runnerPath === undefined ? {} : { runnerPath }),
  });
  const parts: Parts = { pool, limits, kills: createKillRecord({ ...limits, clock }) };
  return {
    transform: (input) => transform(input, parts),
    sandboxPids: () => pool.pids(),
    close: () => pool.close(),
  };
}

async function transform(input: TransformInput, parts: Parts): Promise<TransformOutput> {
  const { script } = input.mapping;
  const result = script === undefined ? undefined : await runScript(script, input, parts);
  const output = result !== undefined && 'variables' in result ? result : undefined;
  const custom = customData(input, output, parts.limits);
  const error = result !== undefined && 'code' in result ? result : custom.error;
  return {
    data: Object.fromEntries<Variable>([
      [`${resultName(input)}Status`, input.status],
      ...(output?.variables ?? []),
      ...custom.fields,
    ]),
    ...(error === undefined ? {} : { error }),
    ...(output === undefined ? {} : { debugMessages: output.debugMessages }),
  };
}

async function runScript(source: string, input: TransformInput, parts: Parts): Promise<ScriptResult> {
  const { pool, kills, limits } = parts;
  const hash = createHash('sha256').update(source).digest('hex');
  const refusal = refuse(source, kills.disabledUntil(hash), limits);
  if (refusal !== undefined) return refusal;
  const guestInput = toGuestInput(input);
  if (guestInput === undefined || guestInput.length > limits.inputChars) {
    return failed('ESC_TRANSFORM_SCRIPT_FAILED', 'The result is too large for a script, or is not JSON.');
  }
  const result = await pool.run({ source, input: guestInput, now: input.now });
  if (result.kind === 'killed' || result.kind === 'died') kills.recordKill(hash);
  return readResult(result, source, limits);
}

function refuse(
  source: string,
  disabledUntil: number | undefined,
  limits: TransformLimits,
): TransformError | undefined {
  if (disabledUntil !== undefined) {
    const until = new Date(disabledUntil).toISOString();
    return failed(
      'ESC_TRANSFORM_DISABLED',
      `The script had to be killed ${String(limits.killsUntilDisabled)} times and is disabled until ${until}.`,
    );
  }
  if (source.length > limits.sourceChars) {
    return failed(
      'ESC_TRANSFORM_SCRIPT_FAILED',
      `The script is longer than ${String(limits.sourceChars)} characters.`,
    );
  }
  // Before the script has read anything: the parser's message can quote nothing but the script.
  const [problem] = checkScript(source);
  if (problem === undefined) return undefined;
  return failed(
    'ESC_TRANSFORM_SCRIPT_FAILED',
    `Syntax error at line ${String(problem.line)}: ${problem.message}`,
  );
}

function resultName({ mapping }: TransformInput): string {
  return `api_${mapping.responseVariable}`;
}

function toGuestInput(input: TransformInput): string | undefined {
  try {
    const digest = createHash('sha256').update(input.seed).digest();
    const name = resultName(input);
    const guest: GuestInput = {
      variables: Object.entries(input.variables),
      resultName: name,
      jsonData: `{${JSON.stringify(name)}:${JSON.stringify(input.raw) ?? 'null'}}`,
      status: input.status,
      conversationId: input.conversationId,
      userMessage: input.userMessage ?? null,
      seed: [digest.readUInt32LE(0), digest.readUInt32LE(4), digest.readUInt32LE(8), digest.readUInt32LE(12)],
    };
    return JSON.stringify(guest);
  } catch {
    return undefined;
  }
}

/** Fields in the order of the configuration; those that no longer fit into the output's limit are empty. */
function customData(
  input: TransformInput,
  output: ScriptOutput | undefined,
  limits: TransformLimits,
): { fields: readonly (readonly [string, string])[]; error?: TransformError } {
  const sources = {
    resultName: resultName(input),
    raw: input.raw,
    variables: new Map<string, Variable>([...Object.entries(input.variables), ...(output?.variables ?? [])]),
  };
  let left = limits.outputBytes;
  let cut = false;
  const fields = Object.entries(input.mapping.customData ?? {}).map(([key, template]) => {
    const text = fillCustomData(template, sources);
    const fits = Buffer.byteLength(text) <= left;
    if (fits) left -= Buffer.byteLength(text);
    else cut = true;
    return [`${input.integration}.${key}`, fits ? text : ''] as const;
  });
  if (!cut) return { fields };
  const message = `The custom data fields hold more than ${String(limits.outputBytes)} bytes.`;
  return { fields, error: failed('ESC_TRANSFORM_OUTPUT_TOO_LARGE', message) };
}
