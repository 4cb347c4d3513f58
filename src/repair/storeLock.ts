// One repair at a time for each store, over all windows and the CLI: a lock in our own folder, from the check to the
// verification (promise 2). It has nothing to do with the locks of the inspected programs.
import { createHash, randomUUID } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { UserError } from "../model/userError.ts";
import { type Files, readAll, unlinkIfThere, withOpen, writeAll } from "./files.ts";
import type { StateFolder } from "./stateFolder.ts";

interface Holder {
  readonly pid: number;
  /** Clock ticks since boot at which the process started; 0 where the system does not tell. */
  readonly startTicks: number;
  readonly token: string;
}

export interface StoreLock {
  release(): void;
}

/** Tokens of the locks that this very thread holds. */
const held = new Set<string>();

/** Throws a UserError where another window or the CLI holds it. A holder that died is replaced. */
export function takeStoreLock(files: Files, folder: StateFolder, storePath: string): StoreLock {
  files.mkdir(folder.locks, 0o700);
  const path = join(
    folder.locks,
    `${createHash("sha256").update(realOf(files, storePath)).digest("hex").slice(0, 32)}.lock`,
  );
  const mine: Holder = { pid: process.pid, startTicks: startTicksOf(process.pid) ?? 0, token: randomUUID() };
  for (let attempt = 0; attempt < 3; attempt++) {
    if (create(files, path, mine)) {
      held.add(mine.token);
      return {
        release: () => {
          held.delete(mine.token);
          unlinkIfThere(files, path);
        },
      };
    }
    if (!clearIfDead(files, path, mine.token)) break;
  }
  throw new UserError("Another window or command is repairing this store right now. Try again in a moment.");
}

function create(files: Files, path: string, holder: Holder): boolean {
  try {
    withOpen(files, path, "wx", 0o600, (fd) => writeAll(files, fd, Buffer.from(JSON.stringify(holder))));
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EEXIST") return false;
    throw error;
  }
}

/**
 * Takes a dead holder's lock out of the way by a rename, which only one of several can win; what was renamed is looked
 * at again, and put back if somebody had taken the lock anew in between.
 */
function clearIfDead(files: Files, path: string, token: string): boolean {
  const seen = read(files, path);
  if (seen === undefined) return true;
  if (seen !== "torn" && isAlive(seen)) return false;
  const aside = `${path}.${token}`;
  try {
    files.rename(path, aside);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return true;
    throw error;
  }
  const moved = read(files, aside);
  const same = JSON.stringify(moved) === JSON.stringify(seen);
  if (!same) {
    try {
      files.link(aside, path);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
    }
  }
  unlinkIfThere(files, aside);
  return same;
}

function read(files: Files, path: string): Holder | "torn" | undefined {
  try {
    const holder = JSON.parse(readAll(files, path).toString("utf8")) as Partial<Holder>;
    if (typeof holder.pid !== "number" || typeof holder.token !== "string") return "torn";
    return { pid: holder.pid, startTicks: Number(holder.startTicks) || 0, token: holder.token };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    if (error instanceof SyntaxError) return "torn";
    throw error;
  }
}

function isAlive(holder: Holder): boolean {
  // A worker of ours that was ended and started again has our pid, but not its lock's token.
  if (holder.pid === process.pid) return held.has(holder.token);
  try {
    process.kill(holder.pid, 0);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ESRCH") return false;
  }
  const ticks = startTicksOf(holder.pid);
  return ticks === undefined || holder.startTicks === 0 || ticks === holder.startTicks;
}

function startTicksOf(pid: number): number | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "latin1");
    return Number(stat.slice(stat.lastIndexOf(")") + 2).split(" ")[19]);
  } catch {
    return undefined;
  }
}

function realOf(files: Files, path: string): string {
  try {
    return files.realpath(path);
  } catch {
    return path;
  }
}
