// The child process that runs transform scripts: one fresh engine for each, text in, text out. It has no
// environment, no standard streams and, where Node can, no rights beyond reading its own files. The pool may
// kill it at any moment. It imports nothing of Baton but the two files beside it.
import { readFile } from 'node:fs/promises';
import type * as Engine from 'quickjs-wasi' with { 'resolution-mode': 'import' };
import type { JSException, JSValueHandle, QuickJS } from 'quickjs-wasi' with { 'resolution-mode': 'import' };
import { GUEST_API, UNAVAILABLE_FUNCTIONS, UNAVAILABLE_SUFFIX } from './guest-api';
import type { RunFailure, RunnerAnswer, RunnerJob } from './protocol';

const ENGINE_ERRORS = new Set(
  'Error EvalError RangeError ReferenceError SyntaxError TypeError URIError InternalError AggregateError'.split(
    ' ',
  ),
);

/** What stops one run; `timedOut` is set by the engine's own poll, so a script cannot fake it. */
interface Watch {
  timedOut: boolean;
  unhandledRejections: number;
  /** A promise was rejected because the engine had no memory left. */
  outOfMemory: boolean;
}

async function createVm(
  engine: typeof Engine,
  wasm: WebAssembly.Module,
  job: RunnerJob,
  watch: Watch,
): Promise<QuickJS> {
  const until = performance.now() + job.deadlineMs;
  const { ALL, PROXY, WEAK_REF } = engine.Intrinsics;
  return engine.QuickJS.create({
    wasm,
    memoryLimit: job.memoryBytes,
    maxStackSize: job.stackBytes,
    // Neither helps a transformation, and both have been ways out of other sandboxes.
    intrinsics: (ALL & ~PROXY & ~WEAK_REF) >>> 0,
    timezoneOffset: 0,
    interruptHandler: () => (watch.timedOut ||= performance.now() > until),
    onUnhandledRejection: (_promise, reason, isHandled) => {
      watch.unhandledRejections += isHandled ? -1 : 1;
      watch.outOfMemory ||= isOutOfMemory(reason);
    },
    // A retry of the activity must give an equal result: the clock stands still, and entropy is none.
    wasi: (memory) => ({
      clock_time_get: (_clock: number, _precision: bigint, pointer: number) => {
        new DataView(memory.buffer).setBigUint64(pointer, BigInt(Math.trunc(job.now)) * 1_000_000n, true);
        return 0;
      },
      random_get: (pointer: number, length: number) => {
        new Uint8Array(memory.buffer, pointer, length).fill(0);
        return 0;
      },
      fd_write: () => 8,
    }),
  });
}

function runScript(vm: QuickJS, job: RunnerJob): JSValueHandle {
  const api = vm.evalCode(GUEST_API, 'baton');
  vm.callFunction(api.getProp('begin'), vm.undefined, vm.newString(job.input));
  // On the first line, so that the engine's line numbers are the script's.
  const script = vm.evalCode(`(function () {${job.source}\n})`, 'script');
  vm.callFunction(script, vm.undefined);
  vm.executePendingJobs();
  return vm.callFunction(api.getProp('finish'), vm.undefined);
}

async function run(engine: typeof Engine, wasm: WebAssembly.Module, job: RunnerJob): Promise<RunnerAnswer> {
  const watch: Watch = { timedOut: false, unhandledRejections: 0, outOfMemory: false };
  const fail = (reason: RunFailure, error: unknown = undefined): RunnerAnswer => ({
    kind: 'failed',
    id: job.id,
    reason,
    ...describe(error),
    rssBytes: process.memoryUsage.rss(),
  });
  try {
    const vm = await createVm(engine, wasm, job, watch);
    const output = runScript(vm, job);
    if (watch.timedOut) return fail('timed_out');
    if (watch.unhandledRejections > 0) return fail(watch.outOfMemory ? 'out_of_memory' : 'threw');
    // The length comes first: reading a huge string is what the limit is there to avoid.
    if (output.length > job.outputBytes) return fail('too_large');
    const text = output.toString();
    if (Buffer.byteLength(text) > job.outputBytes) return fail('too_large');
    return { kind: 'done', id: job.id, output: text, rssBytes: process.memoryUsage.rss() };
  } catch (error) {
    return fail(reasonOf(error, watch), error);
  }
}

function reasonOf(error: unknown, watch: Watch): RunFailure {
  if (watch.timedOut) return 'timed_out';
  if (error instanceof WebAssembly.RuntimeError) return 'trapped';
  const { name, message } = readError(error);
  // From a promise's job the engine's error comes as the text of a plain one.
  const fromEngine = name === 'InternalError' || message.startsWith('Job execution error: ');
  if (fromEngine && message.includes('out of memory')) return 'out_of_memory';
  return 'threw';
}

/** Looks without running a getter of the script. */
function isOutOfMemory(reason: JSValueHandle): boolean {
  try {
    if (!reason.isError) return false;
    const message = reason.getOwnPropertyDescriptor('message')?.value;
    return message?.isString === true && message.length < 100 && message.toString() === 'out of memory';
  } catch {
    return true;
  }
}

function readError(error: unknown): Pick<JSException, 'name' | 'message'> & { stack: string } {
  const { name, message, stack } = (error ?? {}) as Record<string, unknown>;
  return {
    name: typeof name === 'string' ? name : '',
    message: typeof message === 'string' ? message : '',
    stack: typeof stack === 'string' ? stack : '',
  };
}

/** Only what cannot carry the script's input leaves this process: a known name, a line, a function of the list. */
function describe(error: unknown): { name: string; line: number; missing: string } {
  const { name, message, stack } = readError(error);
  const line = Number(/\bscript:(\d{1,6})\b/.exec(stack.slice(0, 4_096))?.[1] ?? 0);
  const missing = UNAVAILABLE_FUNCTIONS.find((each) => message === `botContext.${each}${UNAVAILABLE_SUFFIX}`);
  return { name: ENGINE_ERRORS.has(name) ? name : 'Error', line, missing: missing ?? '' };
}

function answer(message: RunnerAnswer, then: () => void = () => undefined): void {
  process.send?.(message, then);
}

/** A first run compiles the engine's hot paths, so that the first real one does not pay for it. */
const WARM_UP: RunnerJob = {
  id: 0,
  source: 'botContext.setBotVariable("ready", [1, 2].map(function (n) { return n + 1; }).join());',
  input: JSON.stringify({ variables: [], resultName: 'api', jsonData: '{}', status: 0, seed: [1, 2, 3, 4] }),
  now: 0,
  deadlineMs: 5_000,
  memoryBytes: 16 * 1024 * 1024,
  stackBytes: 256 * 1024,
  outputBytes: 1024,
};

async function main(): Promise<void> {
  const engine = await import('quickjs-wasi');
  const wasm = await WebAssembly.compile(await readFile(require.resolve('quickjs-wasi/quickjs.wasm')));
  if ((await run(engine, wasm, WARM_UP)).kind !== 'done') process.exit(3);
  process.on('message', (job: RunnerJob) => {
    void run(engine, wasm, job).then((result) => {
      // An engine that trapped may have left this process in any state.
      const last = result.kind === 'failed' && result.reason === 'trapped';
      answer(result, last ? () => process.exit(4) : undefined);
    });
  });
  answer({ kind: 'ready' });
}

process.on('disconnect', () => process.exit(0));
main().catch(() => process.exit(2));
