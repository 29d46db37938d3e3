// CPU time of a process and everything below it, as the kernel counts it.
import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';

interface Stat {
  readonly parent: number;
  readonly ticks: number;
}

/** Reads user and system seconds of process trees (proc(5)). Linux only. */
export function createCpuMeter(): (pid: number) => number {
  const ticksPerSecond = Number(execFileSync('getconf', ['CLK_TCK'], { encoding: 'utf8' }));
  return (root) => {
    const all = readAll();
    let ticks = 0;
    for (const [pid, stat] of all) if (isBelow(all, pid, root)) ticks += stat.ticks;
    return ticks / ticksPerSecond;
  };
}

function readAll(): Map<number, Stat> {
  const all = new Map<number, Stat>();
  for (const name of readdirSync('/proc')) {
    const stat = /^\d+$/.test(name) ? readStat(name) : undefined;
    if (stat) all.set(Number(name), stat);
  }
  return all;
}

function readStat(pid: string): Stat | undefined {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The command's name is in parentheses and may hold anything.
    const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
    // utime, stime, and the same of children that have ended.
    const ticks = fields.slice(11, 15).reduce((sum, field) => sum + Number(field), 0);
    return { parent: Number(fields[1]), ticks };
  } catch {
    // It ended meanwhile.
    return undefined;
  }
}

function isBelow(all: Map<number, Stat>, pid: number, root: number): boolean {
  for (let at: number | undefined = pid; at !== undefined; at = all.get(at)?.parent)
    if (at === root) return true;
  return false;
}
