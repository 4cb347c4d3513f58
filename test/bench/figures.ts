// What is measured, each as a program against another one in the same run: a machine has no speed of its own.
import { spawnSync } from "node:child_process";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { startFakeGateway } from "../fakeGateway.ts";
import { type Cost, costOf, inTurn, median, type Program, quantile } from "./measure.ts";
import type { BenchHome, StoreSpec } from "./store.ts";

export const root = resolve(import.meta.dirname, "..", "..");
export const cli = join(root, "dist", "cli.js");
const floorProgram = join(import.meta.dirname, "floor.cjs");
/** A machine on which nothing runs. */
export const nothingRuns =
  "    PID    PPID                  STARTED COMMAND\n      1       0 Fri Nov 20 09:00:01 2026 /sbin/init\n";

export interface Measured {
  readonly median: number;
  readonly p95: number;
}

export interface Compared {
  readonly bytes: number;
  /** CPU milliseconds. */
  readonly floor: Measured;
  readonly ours: Measured;
  readonly wall: Measured;
  readonly floorPeakMb: number;
  readonly peakMb: number;
  /** Median of the pairs. */
  readonly ratio: number;
}

export function scanOf(home: Pick<BenchHome, "stateDir">): Program {
  return { args: [cli, "scan", "--json", "--no-ask", "--state-dir", home.stateDir] };
}

function floorOf(home: BenchHome): Program {
  return { args: [floorProgram, home.store] };
}

/** A whole scan from the start of its process, against the floor, in turn. */
export function scanAgainstFloor(home: BenchHome, spec: StoreSpec, rounds: number): Compared {
  const bytes = home.writeStore(spec);
  const { floor, ours } = inTurn({ floor: floorOf(home), ours: scanOf(home) }, rounds);
  return compared(bytes, floor, ours);
}

export function compared(bytes: number, floor: readonly Cost[], ours: readonly Cost[]): Compared {
  return {
    bytes,
    floor: cpuOf(floor),
    ours: cpuOf(ours),
    wall: measured(ours.map(({ wallMs }) => wallMs)),
    floorPeakMb: median(floor.map(({ peakMb }) => peakMb)),
    peakMb: median(ours.map(({ peakMb }) => peakMb)),
    ratio: median(ours.map(({ cpuMs }, i) => cpuMs / (floor[i]?.cpuMs ?? Number.NaN))),
  };
}

/** CPU milliseconds of a scan of seven rows beyond a Node that does nothing. */
export function startCost(home: BenchHome, rounds: number): { readonly empty: Measured; readonly ours: Measured } {
  home.writeStore({ rows: 7, runningEvery: 7 });
  const { empty, ours } = inTurn({ empty: { args: ["-e", "0"] }, ours: scanOf(home) }, rounds);
  return { empty: cpuOf(empty), ours: measured(ours.map(({ cpuMs }, i) => cpuMs - (empty[i]?.cpuMs ?? 0))) };
}

/** CPU of a scan of rows that claim to run, where their transcripts have 1 KB and where they have 1 GB. */
export function transcriptSizes(
  home: BenchHome,
  rounds: number,
): { readonly small: Measured; readonly huge: Measured } {
  const rows = 200;
  home.writeStore({ rows, runningEvery: 1 });
  const small = cpuOf(inTurn({ ours: scanOf(home) }, rounds).ours);
  // Sparse: a gigabyte of nothing before its last line costs no disk.
  for (let at = 0; at < rows; at++) home.growTranscript(at, 1 << 30);
  const huge = cpuOf(inTurn({ ours: scanOf(home) }, rounds).ours);
  return { small, huge };
}

export interface RepairCost {
  /** Wall milliseconds of finalizing 500 rows, beyond a scan and beyond copying the store and waiting for the disk. */
  readonly beyond: Measured;
  readonly copy: Measured;
  /** Of undoing them, beyond an empty Node. */
  readonly undo: Measured;
}

const copier = `const fs = require("node:fs");
const [from, to] = process.argv.slice(1);
fs.copyFileSync(from, to); const fd = fs.openSync(to, "r+"); fs.fsyncSync(fd); fs.closeSync(fd);`;

export function repairCost(home: BenchHome, scratch: string, rounds: number): RepairCost {
  const spec = { rows: 10_000, runningEvery: 20 };
  const processes = join(scratch, "ps.txt");
  writeFileSync(processes, nothingRuns);
  const where = ["--state-dir", home.stateDir, "--processes", processes];
  const costs: {
    readonly scan: Cost;
    readonly copy: Cost;
    readonly empty: Cost;
    readonly repair: Cost;
    readonly undo: Cost;
  }[] = [];
  for (let round = 0; round < rounds; round++) {
    home.writeStore(spec);
    const backup = join(scratch, `receipts-${round}`);
    mkdirSync(backup);
    costs.push({
      scan: costOf({ args: [cli, "scan", "--json", ...where] }),
      copy: costOf({ args: ["-e", copier, home.store, join(scratch, "copy")] }),
      empty: costOf({ args: ["-e", "0"] }),
      repair: costOf({ args: [cli, "repair", "--proven", "--json", "--backup-dir", backup, ...where] }),
      undo: costOf({ args: [cli, "undo", "--last", "--backup-dir", backup, ...where] }),
    });
  }
  const copies = costs.map(({ copy, empty }) => copy.wallMs - empty.wallMs);
  return {
    copy: measured(copies),
    undo: measured(costs.map(({ undo, empty }) => undo.wallMs - empty.wallMs)),
    beyond: measured(costs.map(({ repair, scan }, i) => repair.wallMs - scan.wallMs - (copies[i] ?? 0))),
  };
}

/** Bytes that are loaded before the first view: the extension, and what it requires at once. */
export function eagerBytes(): number {
  const seen = new Map<string, number>();
  const load = (name: string): void => {
    if (seen.has(name)) return;
    const text = readFileSync(join(root, "dist", name), "latin1");
    seen.set(name, text.length);
    // What is imported late is required as an argument.
    for (const [, required = ""] of text.matchAll(/=require\("\.\/([^"]+)"\)/g)) load(required);
  };
  load("extension.cjs");
  return [...seen.values()].reduce((sum, bytes) => sum + bytes, 0);
}

export interface WindowCost {
  readonly cpuMs: number;
  readonly wallMs: number;
  /** How many sessions were told. */
  readonly rows: number;
  /** Of the first changes, while V8 compiles what they run; absent where these are not told apart. */
  readonly warmingMs?: number;
}

export interface WindowCosts {
  readonly first: WindowCost;
  readonly grown: WindowCost;
  readonly rewritten: WindowCost;
  /** What the worker keeps of it, after the garbage is collected. */
  readonly keptBytes: number;
}

/**
 * What the worker of a window costs at its first scan, when a transcript grows and when the store is written anew, while
 * something runs that is taken for its gateway: other tests of this machine would see that.
 */
export async function windowCosts(home: BenchHome): Promise<WindowCosts> {
  const gateway = await startFakeGateway(home);
  try {
    const program = [join(import.meta.dirname, "window.cjs"), join(root, "dist", "worker.cjs")];
    const args = ["--expose-gc", ...program, home.stateDir, home.fileOf(0, ".jsonl")];
    const { stdout, stderr, status } = spawnSync(process.execPath, args, { encoding: "utf8" });
    if (status !== 0) throw new Error(stderr);
    return JSON.parse(stdout);
  } finally {
    await gateway.end();
  }
}

export function measured(values: readonly number[]): Measured {
  return { median: median(values), p95: quantile(values, 0.95) };
}

function cpuOf(costs: readonly Cost[]): Measured {
  return measured(costs.map(({ cpuMs }) => cpuMs));
}
