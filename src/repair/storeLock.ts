// One repair at a time for each store, over all windows and the CLI: a lock in our own folder, from the check to the
// verification (promise 2). It has nothing to do with the locks of the inspected programs.
//
// Everybody who wants a store puts a claim of their own beside the others' and then looks: whoever sees no other living
// claim has it. A claim says all in its name, so none is ever half written, and only the claim of a process that is gone
// is removed by others. Of two claims the later one always sees the earlier one; both may step back, never both go on.
import { createHash, randomUUID } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { UserError } from "../model/userError.ts";
import { type Files, isSystemError, unlinkIfThere, withOpen } from "./files.ts";
import type { StateFolder } from "./stateFolder.ts";

interface Claim {
  readonly name: string;
  readonly pid: number;
  /** Clock ticks since boot at which the process started; 0 where the system does not tell. */
  readonly startTicks: number;
  readonly token: string;
}

export interface StoreLock {
  /** Never throws: a claim that could not be removed ends with this process. */
  release(): void;
}

/** Tokens of the claims of this very thread. */
const held = new Set<string>();
const attempts = 6;
const longestPauseMs = 25;

/** Throws a UserError where another window or the CLI holds it. */
export function takeStoreLock(files: Files, folder: StateFolder, storePath: string): StoreLock {
  files.mkdir(folder.locks, 0o700);
  const store = createHash("sha256").update(realOf(files, storePath)).digest("hex").slice(0, 32);
  for (let attempt = 0; attempt < attempts; attempt++) {
    // Who claimed at the same moment steps back as we do: the next try must not meet theirs again.
    if (attempt > 0) pause(Math.random() * longestPauseMs);
    if (isClaimed(files, folder, store, undefined)) continue;
    const lock = claim(files, folder, store);
    if (lock !== undefined) return lock;
  }
  throw new UserError("Another window or command is repairing this store right now. Try again in a moment.");
}

function claim(files: Files, folder: StateFolder, store: string): StoreLock | undefined {
  const token = randomUUID();
  const name = `${store}.${process.pid}.${ownStartTicks() ?? 0}.${token}.lock`;
  const path = join(folder.locks, name);
  held.add(token);
  let kept = false;
  try {
    withOpen(files, path, "wx", 0o600, () => undefined);
    kept = !isClaimed(files, folder, store, name);
  } finally {
    if (!kept) drop(files, path, token);
  }
  return kept ? { release: () => drop(files, path, token) } : undefined;
}

function drop(files: Files, path: string, token: string): void {
  held.delete(token);
  try {
    unlinkIfThere(files, path);
  } catch (error) {
    if (!isSystemError(error)) throw error;
  }
}

/** By anybody who lives, besides `own`. What the dead left is cleared up. */
function isClaimed(files: Files, folder: StateFolder, store: string, own: string | undefined): boolean {
  const others = files
    .readdir(folder.locks)
    .filter((name) => name !== own)
    .map(parseClaim)
    .filter((other) => other?.name.startsWith(`${store}.`) === true)
    .filter((other) => other !== undefined);
  const living = others.filter(isAlive);
  for (const dead of others.filter((other) => !living.includes(other)))
    unlinkIfThere(files, join(folder.locks, dead.name));
  return living.length > 0;
}

function parseClaim(name: string): Claim | undefined {
  const [, pid, startTicks, token] = /^[0-9a-f]{32}\.(\d+)\.(\d+)\.([0-9a-f-]{36})\.lock$/.exec(name) ?? [];
  return token === undefined ? undefined : { name, pid: Number(pid), startTicks: Number(startTicks), token };
}

function isAlive({ pid, startTicks, token }: Claim): boolean {
  // A worker of ours that was ended and started again has our pid, but not its claim's token.
  if (pid === process.pid && (startTicks === 0 || startTicks === ownStartTicks())) return held.has(token);
  try {
    process.kill(pid, 0);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ESRCH") return false;
  }
  const stat = statOf(pid);
  return stat === undefined || (!stat.isDead && (startTicks === 0 || stat.startTicks === startTicks));
}

let own: { readonly startTicks: number | undefined } | undefined;

/** Read once: the system goes through all threads of a process to tell it. */
function ownStartTicks(): number | undefined {
  own ??= { startTicks: statOf(process.pid)?.startTicks };
  return own.startTicks;
}

interface Stat {
  readonly startTicks: number;
  /** It only waits to be collected, which in a container may never happen; none of its threads is left. */
  readonly isDead: boolean;
}

/** Undefined where the system does not tell. */
function statOf(pid: number): Stat | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "latin1");
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    const [state = "", threads] = [fields[0], Number(fields[17])];
    return { startTicks: Number(fields[19]), isDead: "ZX".includes(state) && threads <= 1 };
  } catch {
    return undefined;
  }
}

function pause(ms: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
}

function realOf(files: Files, path: string): string {
  try {
    return files.realpath(path);
  } catch {
    return path;
  }
}
