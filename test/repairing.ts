// Repairs of built and captured homes as the CLI and the worker make them, and what they left on the disk.
import { createHash } from "node:crypto";
import { lstatSync, readdirSync, readFileSync, readlinkSync } from "node:fs";
import { join } from "node:path";
import { parseCapturedProcesses } from "../src/inspect/processes.ts";
import type { PruneQuestion } from "../src/judge/prune.ts";
import type { Finding } from "../src/model/finding.ts";
import type { Receipt, RepairResult } from "../src/model/receipt.ts";
import type { Scan } from "../src/model/scan.ts";
import type { Choice } from "../src/plan/repairPlan.ts";
import type { Files } from "../src/repair/files.ts";
import { type StateFolder, stateFolder } from "../src/repair/stateFolder.ts";
import {
  planChoices,
  planPruning,
  provenFindings,
  type RepairContext,
  receiptsOf,
  repairPlans,
  undoReceipt,
} from "../src/repairs.ts";
import { type ScanInput, scan } from "../src/scan/scan.ts";
import { contentOf } from "./databaseContent.ts";
import { now } from "./homeBuilder.ts";
import { temporaryDirectory } from "./temporary.ts";

export const onlyInit = "      1       0 Fri Nov 20 09:00:01 2026 /sbin/init";

export interface Bench {
  readonly home: string;
  readonly context: RepairContext;
}

export interface BenchSpec {
  /** Lines of `ps`, without its heading. */
  readonly processes?: string;
  readonly now?: number;
  readonly folder?: StateFolder;
  readonly files?: Files;
  readonly prune?: PruneQuestion;
  /** The processes are those of this machine: modes mean something. */
  readonly here?: boolean;
}

/** A home whose receipts lie apart from it. */
export function benchOf({ home }: { home: string }, spec: BenchSpec = {}): Bench {
  const processes = parseCapturedProcesses(spec.processes ?? onlyInit);
  const input: ScanInput = {
    where: { homes: [home], stateDirs: [] },
    env: {},
    now: spec.now ?? now,
    capture: { processes: spec.here === true ? { ...processes, source: "live" } : processes },
    ...(spec.prune !== undefined && { prune: spec.prune }),
  };
  const folder = spec.folder ?? stateFolder({}, join(temporaryDirectory(), "inspector"));
  return { home, context: { input, folder, ...(spec.files !== undefined && { files: spec.files }) } };
}

export function look({ context }: Bench): Promise<Scan> {
  return scan(context.input);
}

/** Scans and repairs what is proven, as `repair --proven` does. */
export async function repairProven(bench: Bench): Promise<RepairResult[]> {
  return repairFindings(bench, provenFindings);
}

export async function repairFindings(
  bench: Bench,
  choose: (seen: Scan) => readonly (Finding | Choice)[],
): Promise<RepairResult[]> {
  const seen = await look(bench);
  return repairSeen(bench, seen, choose(seen));
}

export async function repairSeen(
  { context }: Bench,
  seen: Scan,
  chosen: readonly (Finding | Choice)[],
): Promise<RepairResult[]> {
  const choices = chosen.map((choice): Choice => ("finding" in choice ? choice : { finding: choice }));
  const { plans, refused } = planChoices(seen, choices, context);
  return [...refused, ...(await repairPlans(seen, plans, context))];
}

export async function prune(bench: Bench, question: PruneQuestion): Promise<RepairResult[]> {
  const seen = await scan({ ...bench.context.input, prune: question });
  const { plans, refused } = planPruning(seen, bench.context);
  return [...refused, ...(await repairPlans(seen, plans, bench.context))];
}

export function newestReceipt({ context }: Bench): Receipt {
  const [receipt] = receiptsOf(context);
  if (receipt === undefined) throw new Error("no receipt");
  return receipt;
}

/** `only`: keys of rows. */
export function undoNewest(bench: Bench, ...only: readonly string[]): Promise<RepairResult> {
  return undoReceipt(newestReceipt(bench), bench.context, only.length === 0 ? undefined : new Set(only));
}

/**
 * Every file below `directory` by its path in it: mode, owner and hash, or where a link points. A database by what is in
 * it, with its log: the two share it as they like.
 */
export function imagesIn(directory: string): Map<string, string> {
  const images = new Map<string, string>();
  for (const name of readdirSync(directory, { recursive: true, encoding: "utf8" }).sort()) {
    const path = join(directory, name);
    if (/\.sqlite-(wal|shm)$/.test(name)) continue;
    const stats = lstatSync(path);
    if (stats.isSocket()) images.set(name, "socket");
    else if (stats.isSymbolicLink()) images.set(name, `link ${readlinkSync(path)}`);
    else if (stats.isDirectory()) images.set(name, `directory ${stats.mode.toString(8)}`);
    else {
      const isDatabase = name.endsWith(".sqlite") && stats.size > 0;
      const hash = isDatabase ? contentOf(path) : createHash("sha256").update(readFileSync(path)).digest("hex");
      images.set(name, `${stats.mode.toString(8)} ${stats.uid}:${stats.gid} ${hash}`);
    }
  }
  return images;
}

/** Paths that came, went or changed. */
export function changedBetween(before: ReadonlyMap<string, string>, after: ReadonlyMap<string, string>): string[] {
  const names = new Set([...before.keys(), ...after.keys()]);
  return [...names].filter((name) => before.get(name) !== after.get(name)).sort();
}
