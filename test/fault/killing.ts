// Processes of their own that do a task and are truly killed in it.
import { equal } from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { serialize } from "node:v8";
import type { RepairContext } from "../../src/repairs.ts";
import { bundle } from "../bundle.mjs";
import type { Disk, Strike } from "./faults.ts";
import type { Scene } from "./scenes.ts";
import type { Task } from "./task.ts";

export interface Order extends Pick<RepairContext, "input" | "folder"> {
  readonly task: Task;
  readonly disk: Disk;
  readonly strike: Strike;
  readonly then: "kill" | "wait";
}

/** As many children as keep two cores busy while this process looks at what they left. */
const atOnce = 4;

/** The child in one file, so that thousands of starts cost milliseconds each; made once for a block of tests. */
export function bundledChild(): (order: Order) => ChildProcess {
  let folder = "";
  let orders = 0;
  before(async () => {
    folder = mkdtempSync(join(tmpdir(), "session-inspector-children-"));
    await bundle(join(import.meta.dirname, "killChild.ts"), join(folder, "child.mjs"));
  });
  after(() => rmSync(folder, { recursive: true, force: true }));
  return (order) => {
    const path = join(folder, `order-${orders++}`);
    writeFileSync(path, serialize(order));
    const env = { ...process.env, NODE_COMPILE_CACHE: join(folder, "cache") };
    return spawn(process.execPath, [join(folder, "child.mjs"), path], { env, stdio: ["pipe", "pipe", "pipe"] });
  };
}

export function orderOf({ task, bench, disk }: Scene, strike: Strike, then: Order["then"]): Order {
  const { input, folder } = bench.context;
  return { task, input, folder, disk, strike, then };
}

/** Whether it was killed; false where it came to its end before that point. */
export async function wasKilled(child: ChildProcess): Promise<boolean> {
  let said = "";
  child.stderr?.on("data", (text) => {
    said += text;
  });
  const [code, signal] = await once(child, "close");
  equal(said, "");
  if (signal === "SIGKILL") return true;
  equal(code, 0);
  return false;
}

/** Strikes at each of these points, a few at a time. */
export async function eachOf(points: readonly number[], strike: (point: number) => Promise<void>): Promise<void> {
  const left = points.values();
  // They share one iterator: whoever is done takes the next.
  const strikeOn = async (): Promise<void> => {
    for (const point of left) await strike(point);
  };
  await Promise.all(Array.from({ length: atOnce }, strikeOn));
}

/** Strikes at point 1, 2, 3, … (or each `step`-th) until one is not met, a few at a time; gives how many were. */
export async function eachPoint(strike: (point: number) => Promise<boolean>, step = 1): Promise<number> {
  for (let tried = 0; ; tried += atOnce) {
    const met = await Promise.all(Array.from({ length: atOnce }, (_, i) => strike(1 + (tried + i) * step)));
    const first = met.indexOf(false);
    if (first >= 0) return tried + first;
  }
}
