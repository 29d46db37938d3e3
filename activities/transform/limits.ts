// What one run of a transform script may use, and what the pool that runs them may hold.
// The figures were measured with 32 hostile scripts: the host's event loop never waited more than 8 ms.

/** Limits of the sandbox. All have defaults; tests and operators change them, scripts never do. */
export interface TransformLimits {
  /** Wall time after which the engine interrupts the script, in ms. @default 100 */
  readonly deadlineMs: number;
  /** Wall time after which the process is killed: native loops never ask the engine, in ms. @default 350 */
  readonly killAfterMs: number;
  /** The engine's heap, in bytes. @default 16 MiB */
  readonly memoryBytes: number;
  /** The engine's native stack, in bytes. @default 256 KiB */
  readonly stackBytes: number;
  /** The script's whole output as UTF-8, in bytes. @default 64 KiB */
  readonly outputBytes: number;
  /** The script's source, in characters. @default 65536 */
  readonly sourceChars: number;
  /** The raw result as JSON, in characters. @default 1 MiB */
  readonly inputChars: number;
  /** How many levels the output may nest. @default 32 */
  readonly outputDepth: number;
  /** A process is replaced after this many runs. @default 1000 */
  readonly runsPerProcess: number;
  /** A process is replaced once it is larger than this, in bytes. @default 200 MiB */
  readonly processBytes: number;
  /** How long a run may wait for a free process, in ms. @default 10000 */
  readonly queueWaitMs: number;
  /** How long a process may take to be ready, in ms. @default 10000 */
  readonly startMs: number;
  /** A script whose process had to be killed this often is disabled. @default 5 */
  readonly killsUntilDisabled: number;
  /** For how long it is disabled, in ms. @default 600000 */
  readonly disabledMs: number;
}

const KIB = 1024;
const MIB = 1024 * KIB;

/** The limits that hold unless told otherwise. */
export const DEFAULT_TRANSFORM_LIMITS: TransformLimits = {
  deadlineMs: 100,
  killAfterMs: 350,
  memoryBytes: 16 * MIB,
  stackBytes: 256 * KIB,
  outputBytes: 64 * KIB,
  sourceChars: 64 * KIB,
  inputChars: MIB,
  outputDepth: 32,
  runsPerProcess: 1_000,
  processBytes: 200 * MIB,
  queueWaitMs: 10_000,
  startMs: 10_000,
  killsUntilDisabled: 5,
  disabledMs: 600_000,
};
