// What a plan is made from: the rows and locks as they are now, with the hash of the store that they were read from.
import type { PlanBasis } from "../model/plan.ts";
import { type Files, readAll, withOpen } from "./files.ts";
import { imageOfOpen } from "./receiptFolder.ts";
import { readRows } from "./rowSplice.ts";
import { openBytes } from "./storeFile.ts";

export interface StoredRow {
  /** JSON text, spelled as in the store. */
  readonly text: string;
  readonly fields: ReadonlyMap<string, string>;
}

export interface Prepared {
  readonly basis: PlanBasis;
  readonly rows: ReadonlyMap<string, StoredRow>;
  readonly locks: ReadonlyMap<string, StoredLock>;
}

export interface StoredLock {
  readonly identity: string;
  readonly content: string;
}

/** Throws a PlanMismatch where the store does not parse, and what the system throws where it cannot be read. */
export function prepare(
  files: Files,
  storePath: string,
  keys: ReadonlySet<string>,
  lockPaths: readonly string[],
): Prepared {
  const read = withOpen(files, storePath, "r", undefined, (fd) => ({
    basis: imageOfOpen(files, fd),
    rows: readRows(openBytes(files, fd), keys),
  }));
  const locks = new Map<string, StoredLock>();
  for (const path of lockPaths) {
    const lock = readStoredLock(files, path);
    if (lock !== undefined) locks.set(path, lock);
  }
  return { ...read, locks };
}

/** Undefined where it is gone or no regular file. */
export function readStoredLock(files: Files, path: string): StoredLock | undefined {
  const stats = files.lstat(path);
  if (stats === undefined || !stats.isFile() || stats.size > 65_536n) return undefined;
  return { identity: `${stats.dev}:${stats.ino}`, content: readAll(files, path).toString("utf8") };
}
