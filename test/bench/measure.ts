// What a program costs: it runs in a process of its own and tells its own CPU time and peak memory at its end.
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

export interface Cost {
  /** User and system time of all of its processes. */
  readonly cpuMs: number;
  /** Of its largest process. */
  readonly peakMb: number;
  readonly wallMs: number;
}

export interface Program {
  readonly args: readonly string[];
  readonly node?: string;
  readonly env?: NodeJS.ProcessEnv;
  /** Exit statuses that are no failure; 0 and 1 where they are left out, as a scan that finds something ends with 1. */
  readonly fine?: readonly number[];
}

/** Throws where the program fails: what does nothing is quick. */
export function costOf({ args, node = process.execPath, env, fine = [0, 1] }: Program): Cost {
  const directory = mkdtempSync(join(tmpdir(), "session-inspector-bench-"));
  try {
    const file = join(directory, "usage");
    const began = performance.now();
    const { status, stderr, signal } = spawnSync(node, ["--require", hook, ...args], {
      env: { ...process.env, ...env, BENCH_USAGE_FILE: file, NODE_OPTIONS: env?.["NODE_OPTIONS"] ?? "" },
      stdio: ["ignore", "ignore", "pipe"],
      maxBuffer: 1 << 26,
    });
    const wallMs = performance.now() - began;
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

export const hook = join(import.meta.dirname, "usage.cjs");

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
