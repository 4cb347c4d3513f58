// What a program costs: it runs in a process of its own and tells its own CPU time and peak memory at its end.
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

export interface Cost {
  /** User and system time of all of its processes. */
  readonly cpuMs: number;
  /** Of its largest process; not a number where it was stopped. */
  readonly peakMb: number;
  readonly wallMs: number;
  /** It took longer than it was given: this is what it had cost by then. */
  readonly isStopped?: true;
}

export interface Program {
  readonly args: readonly string[];
  readonly node?: string;
  readonly env?: NodeJS.ProcessEnv;
  /** Exit statuses that are no failure; 0 and 1 where they are left out, as a scan that finds something ends with 1. */
  readonly fine?: readonly number[];
  /** It is killed after this. */
  readonly limitMs?: number;
}

/** Throws where the program fails: what does nothing is quick. */
export function costOf({ args, node = process.execPath, env, fine = [0, 1], limitMs }: Program): Cost {
  const directory = mkdtempSync(join(tmpdir(), "session-inspector-bench-"));
  try {
    const file = join(directory, "usage");
    const began = performance.now();
    // What it starts itself is measured too.
    const options = { BENCH_USAGE_FILE: file, NODE_OPTIONS: `--require=${JSON.stringify(hook)}` };
    const childrenBefore = childrenCpuMs();
    const { status, stderr, signal, error } = spawnSync(node, args, {
      env: { ...process.env, ...env, ...options },
      stdio: ["ignore", "ignore", "pipe"],
      maxBuffer: 1 << 26,
      killSignal: "SIGKILL",
      ...(limitMs !== undefined && { timeout: limitMs }),
    });
    const wallMs = performance.now() - began;
    if ((error as NodeJS.ErrnoException | undefined)?.code === "ETIMEDOUT")
      return { cpuMs: childrenCpuMs() - childrenBefore, peakMb: Number.NaN, wallMs, isStopped: true };
    if (status === null || !fine.includes(status))
      throw new Error(`${args.join(" ")} ended with ${status ?? signal}: ${stderr}`);
    const used = readFileSync(file, "utf8")
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line) as { cpuMs: number; peakKb: number });
    return {
      cpuMs: used.reduce((sum, { cpuMs }) => sum + cpuMs, 0),
      peakMb: Math.max(...used.map(({ peakKb }) => peakKb)) / 1024,
      wallMs,
    };
  } finally {
    rmSync(directory, { recursive: true });
  }
}

/** Of all processes that we started and that have ended; what is killed tells nothing itself. Hundredths of a second (Linux). */
function childrenCpuMs(): number {
  const stat = readFileSync("/proc/self/stat", "latin1");
  const [userTicks = 0, systemTicks = 0] = stat
    .slice(stat.lastIndexOf(")") + 2)
    .split(" ")
    .slice(13, 15)
    .map(Number);
  return (userTicks + systemTicks) * 10;
}

const hook = join(import.meta.dirname, "usage.cjs");

/** Programs in turn, so that a machine that grows slower does so for all of them. */
export function inTurn<K extends string>(programs: Readonly<Record<K, Program>>, rounds: number): Record<K, Cost[]> {
  const names = Object.keys(programs) as K[];
  const costs = Object.fromEntries(names.map((name) => [name, []])) as unknown as Record<K, Cost[]>;
  for (let round = 0; round < rounds; round++) for (const name of names) costs[name].push(costOf(programs[name]));
  return costs;
}

export function quantile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.ceil(share * sorted.length) - 1)] ?? Number.NaN;
}

export function median(values: readonly number[]): number {
  return quantile(values, 0.5);
}
