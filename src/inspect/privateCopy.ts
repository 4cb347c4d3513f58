// The one thing that reading writes: a private copy of a database and its log, in a temporary folder of ours, gone after
// the read (DESIGN, promises 1 and 9). It may hold pages that are never queried.
import { closeSync, lstatSync, mkdtempSync, openSync, readdirSync, rmSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileVersionAt, isUnreadable, readInto, type Unreadable, withFile } from "./regularFile.ts";

const prefix = "openclaw-session-inspector-copy-";
/** What is read stays in the processor's cache until it is written: larger windows take three times as long. */
const windowBytes = 256 << 10;
/** A reading takes seconds; whatever pid is in the name, nobody reads from this one any more. */
const forgottenMs = 10 * 60_000;
const attempts = 3;

let swept = false;

/**
 * Runs `use` on a copy of these files, the first of which must be there, under their own base names, and removes it.
 * The files are copied as they were at one moment: where they change meanwhile it is tried again.
 */
export function withPrivateCopy<T>(paths: readonly string[], use: (copy: string) => T): T | Unreadable {
  sweepOnce();
  let folder: string;
  try {
    // mkdtemp makes it 0700.
    folder = mkdtempSync(join(tmpdir(), `${prefix}${process.pid}-`));
  } catch (error) {
    return failed(error);
  }
  try {
    const problem = copyAll(paths, folder);
    return problem ?? use(join(folder, copyName(paths, 0)));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function copyAll(paths: readonly string[], folder: string): Unreadable | undefined {
  for (let attempt = 0; attempt < attempts; attempt++) {
    const before = versions(paths);
    // The log first: what a writer moves from it into the database meanwhile is then in both.
    for (const [i, path] of [...paths.entries()].toReversed()) {
      const problem = copyOne(path, join(folder, copyName(paths, i)));
      if (problem !== undefined && (i === 0 || problem.code !== "ENOENT")) return problem;
    }
    if (versions(paths) === before) return undefined;
    for (const name of readdirSync(folder)) rmSync(join(folder, name));
  }
  return { code: "CHANGING", reason: "it kept changing while it was copied" };
}

/** The names that SQLite looks for beside the first of them. */
function copyName(paths: readonly string[], i: number): string {
  return `database${(paths[i] ?? "").slice((paths[0] ?? "").length)}`;
}

function versions(paths: readonly string[]): string {
  return paths.map((path) => fileVersionAt(path) ?? "-").join(" ");
}

function copyOne(from: string, to: string): Unreadable | undefined {
  const read = withFile(from, ({ fd, stats }) => {
    let target: number | undefined;
    try {
      target = openSync(to, "wx", 0o600);
      const window = Buffer.allocUnsafe(Math.min(stats.size, windowBytes));
      for (let at = 0; at < stats.size; ) {
        const length = readInto(window, 0, Math.min(stats.size - at, window.length), fd, at);
        if (length === 0) break;
        for (let written = 0; written < length; ) written += writeSync(target, window, written, length - written);
        at += length;
      }
      return undefined;
    } catch (error) {
      return failed(error);
    } finally {
      if (target !== undefined) closeSync(target);
    }
  });
  return isUnreadable(read) ? read : undefined;
}

function failed(error: unknown): Unreadable {
  const code = (error as NodeJS.ErrnoException).code;
  if (code === undefined) throw error;
  return { code, reason: `no private copy of it can be made in the temporary folder (${code})` };
}

/** Copies that a crash left, of this user's processes that are gone or of a pid that came up again. */
function sweepOnce(): void {
  if (swept) return;
  swept = true;
  sweepCopies();
}

export function sweepCopies(): void {
  for (const name of list(tmpdir())) {
    const pid = /^openclaw-session-inspector-copy-(\d+)-/.exec(name)?.[1];
    if (pid === undefined) continue;
    const path = join(tmpdir(), name);
    try {
      const stats = lstatSync(path);
      const isOurs = stats.isDirectory() && stats.uid === process.getuid?.();
      if (isOurs && (Date.now() - stats.mtimeMs > forgottenMs || isGone(Number(pid)))) {
        rmSync(path, { recursive: true, force: true });
      }
    } catch {
      // Somebody else swept it.
    }
  }
}

function isGone(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return false;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "ESRCH";
  }
}

function list(directory: string): string[] {
  try {
    return readdirSync(directory);
  } catch {
    return [];
  }
}
