// A small pool of runner processes: so many jobs at once, one spare kept warm, the rest waiting in a bounded
// queue. Processes are started at the first job, replaced when worn or killed, and gone after close().
import { defaultRunnerPath, startRunner, type RunnerProcess, type RunResult } from './runner-process';
import type { TransformLimits } from './limits';
import type { RunnerJob } from './protocol';

/** What the caller gives for one run; the pool adds the id and the limits. */
export type PoolJob = Pick<RunnerJob, 'source' | 'input' | 'now'>;

/** `busy`: no process was free in time, the queue is full, none can be started, or the pool is closed. */
export type PoolResult = RunResult | { readonly kind: 'busy' };

/** Runs scripts. */
export interface RunnerPool {
  /** Never rejects. */
  run(job: PoolJob): Promise<PoolResult>;
  /** Process ids of all children alive, for tests and diagnosis. */
  pids(): readonly number[];
  /** Ends all processes; fulfilled when none is left. */
  close(): Promise<void>;
}

/** What a {@link RunnerPool} needs. */
export interface RunnerPoolOptions {
  readonly limits: TransformLimits;
  /** Jobs at the same time. */
  readonly concurrency: number;
  /** Jobs that may wait. */
  readonly queueLimit: number;
  readonly runnerPath?: string;
}

interface Waiting {
  readonly job: RunnerJob;
  readonly resolve: (result: PoolResult) => void;
  readonly timer: NodeJS.Timeout;
}

/** After so many failures in a row the waiting jobs are answered `busy`; the next job tries again. */
const MAX_FAILURES = 3;
const SPARES = 1;

/** A pool that has started nothing yet. */
export function createRunnerPool(options: RunnerPoolOptions): RunnerPool {
  return new Pool(options);
}

class Pool implements RunnerPool {
  readonly #options: RunnerPoolOptions;
  readonly #all = new Set<RunnerProcess>();
  readonly #ending = new Set<RunnerProcess>();
  readonly #idle: RunnerProcess[] = [];
  readonly #runs = new WeakMap<RunnerProcess, number>();
  readonly #queue: Waiting[] = [];
  #busy = 0;
  /** Starts, and deaths of idle processes, since the last job that was answered: no endless restarting. */
  #failures = 0;
  #nextId = 1;
  #closed = false;

  constructor(options: RunnerPoolOptions) {
    this.#options = options;
  }

  run(job: PoolJob): Promise<PoolResult> {
    const { limits, queueLimit } = this.#options;
    if (this.#closed || this.#queue.length >= queueLimit) return Promise.resolve({ kind: 'busy' });
    if (this.#failures >= MAX_FAILURES) this.#failures = 0;
    const { deadlineMs, memoryBytes, stackBytes, outputBytes } = limits;
    const full: RunnerJob = { ...job, id: this.#nextId++, deadlineMs, memoryBytes, stackBytes, outputBytes };
    return new Promise((resolve) => {
      const timer = setTimeout(() => this.#giveUp(full), limits.queueWaitMs);
      this.#queue.push({ job: full, resolve, timer });
      this.#pump();
    });
  }

  pids(): readonly number[] {
    return [...this.#all, ...this.#ending].flatMap(({ pid }) => (pid === undefined ? [] : [pid]));
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#flush();
    const all = [...this.#all, ...this.#ending];
    for (const runner of all) runner.kill();
    await Promise.all(all.map(({ exit }) => exit));
  }

  #pump(): void {
    while (this.#busy < this.#options.concurrency && this.#queue.length > 0) {
      const runner = this.#idle.shift();
      if (runner === undefined) break;
      if (runner.ended) continue;
      const waiting = this.#queue.shift();
      if (waiting !== undefined) void this.#work(runner, waiting);
    }
    this.#startMissing();
  }

  async #work(runner: RunnerProcess, { job, resolve, timer }: Waiting): Promise<void> {
    clearTimeout(timer);
    this.#busy += 1;
    const result = await runner.run(job, this.#options.limits.killAfterMs);
    this.#busy -= 1;
    if (result.kind === 'done' || result.kind === 'failed') this.#failures = 0;
    if (this.#isWorn(runner, result)) this.#retire(runner);
    else this.#idle.push(runner);
    resolve(result);
    this.#pump();
  }

  #isWorn(runner: RunnerProcess, result: RunResult): boolean {
    if (runner.ended || (result.kind !== 'done' && result.kind !== 'failed')) return true;
    if (result.kind === 'failed' && result.reason === 'trapped') return true;
    const runs = (this.#runs.get(runner) ?? 0) + 1;
    this.#runs.set(runner, runs);
    const { runsPerProcess, processBytes } = this.#options.limits;
    return runs >= runsPerProcess || result.rssBytes > processBytes;
  }

  #startMissing(): void {
    const { concurrency } = this.#options;
    const wanted = Math.min(concurrency, this.#busy + this.#queue.length) + SPARES;
    while (!this.#closed && this.#failures < MAX_FAILURES && this.#all.size < wanted) this.#start();
    if (this.#failures >= MAX_FAILURES && this.#busy === 0) this.#flush();
  }

  #start(): void {
    const { runnerPath = defaultRunnerPath(), limits } = this.#options;
    try {
      const runner = startRunner(runnerPath, limits.startMs);
      this.#all.add(runner);
      void runner.exit.then(() => this.#onExit(runner));
      runner.ready.then(
        () => this.#onReady(runner),
        () => this.#onFailedStart(runner),
      );
    } catch {
      this.#failures += 1;
    }
  }

  #onReady(runner: RunnerProcess): void {
    this.#idle.push(runner);
    this.#pump();
  }

  #onFailedStart(runner: RunnerProcess): void {
    this.#failures += 1;
    this.#retire(runner);
    this.#pump();
  }

  #onExit(runner: RunnerProcess): void {
    this.#all.delete(runner);
    const at = this.#idle.indexOf(runner);
    if (at !== -1) {
      this.#idle.splice(at, 1);
      this.#failures += 1;
    }
    this.#pump();
  }

  #retire(runner: RunnerProcess): void {
    runner.kill();
    // Counted no more: its replacement starts while it ends. close() waits for both.
    this.#all.delete(runner);
    if (runner.ended) return;
    this.#ending.add(runner);
    void runner.exit.then(() => this.#ending.delete(runner));
  }

  #giveUp(job: RunnerJob): void {
    const at = this.#queue.findIndex((waiting) => waiting.job === job);
    const [waiting] = at === -1 ? [] : this.#queue.splice(at, 1);
    waiting?.resolve({ kind: 'busy' });
  }

  #flush(): void {
    for (const { resolve, timer } of this.#queue.splice(0)) {
      clearTimeout(timer);
      resolve({ kind: 'busy' });
    }
  }
}
