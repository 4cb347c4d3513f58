// Reads a database and leaves no trace: no byte, no time, no file beside it (DESIGN, promise 1; facts G, Reading).
import type { Stats } from "node:fs";
import { hasOpenElsewhere } from "./openFiles.ts";
import { withPrivateCopy } from "./privateCopy.ts";
import { fileVersion, isUnreadable, statsAt, type Unreadable } from "./regularFile.ts";
import { type Database, type Opening, openDatabase, whyNoSqlite } from "./sqlite.ts";

/** What was read of a database, for as long as its files are the same. */
export interface DatabaseReading<T> {
  readonly value: T;
  /** The files that it was read from. */
  readonly version: string;
  readonly sizeBytes: number;
  readonly walBytes: number;
  /** Of the database or its log, whichever changed last. */
  readonly mtimeMs: number;
  readonly opening: Opening;
}

/** Kept between scans, by path and what was read of it. */
export type DatabaseMemory = Map<string, DatabaseReading<unknown> & { readonly at: number; readonly whole: boolean }>;

/** Says whether there is time to read on; once there is none, what was not read stays unknown. */
export type Budget = () => boolean;

export interface ReadingRequest<T> {
  readonly path: string;
  /** Names what is read, in the memory. */
  readonly what: string;
  readonly use: (database: Database, hasTime: Budget) => T;
  readonly memory?: DatabaseMemory | undefined;
}

/** A database that a living writer has open is ours for 100 ms: the rest is for the statement that runs, and closing. */
const liveReadMs = 70;
const betweenLiveMs = 1000;
/** Larger ones are copied on request only. */
export const copyLimitBytes = 512 << 20;
const mib = 1 << 20;
/** Of these a person wants to see what is in them, until this process ends. */
const requested = new Set<string>();

/** From now on this database is copied however large it is. */
export function copyHoweverLarge(path: string): void {
  requested.add(path);
}
const attempts = 3;

/**
 * Reads with `use`, which gets an open database and must not keep it. Where nothing changed since the last time, what was
 * read then. Unreadable: no SQLite here, no regular file, no database, too large to copy, or it kept changing.
 */
export function readDatabase<T>({ path, what, use, memory }: ReadingRequest<T>): DatabaseReading<T> | Unreadable {
  const name = `${what} ${path}`;
  const kept = memory?.get(name) as (DatabaseReading<T> & { at: number; whole: boolean }) | undefined;
  let problem: Unreadable = { code: "CHANGING", reason: "it kept changing while it was read" };
  for (let attempt = 0; attempt < attempts; attempt++) {
    const files = filesOf(path);
    if (isUnreadable(files)) return files;
    if (kept?.version === files.version && kept.whole) return kept;
    const noSqlite = whyNoSqlite();
    if (noSqlite !== undefined) return { code: "NOSQLITE", reason: noSqlite };
    const opening = openingOf(files);
    if (opening === "live" && kept !== undefined && Date.now() - kept.at < betweenLiveMs) return kept;
    const first = readOnce(files, opening, use);
    // Its -shm may be closed to us: a copy is not.
    const read = opening === "live" && isUnreadable(first) ? readOnce(files, "copy", use) : first;
    if (isUnreadable(read)) {
      problem = read;
      if (read.code !== "CHANGING" && filesOf(path, files.version)) return read;
      continue;
    }
    // What a living writer did meanwhile is read the next time; anything else must have held still.
    if (opening === "immutable" && !filesOf(path, files.version)) continue;
    const { whole, value } = read;
    const { version, sizeBytes, walBytes, mtimeMs } = files;
    const reading = { value, version, sizeBytes, walBytes, mtimeMs, opening };
    memory?.set(name, { ...reading, at: Date.now(), whole });
    return reading;
  }
  return problem;
}

/** The version of a database and its log that are at `path` now; undefined where there is none. */
export function databaseVersionAt(path: string): string | undefined {
  const files = filesOf(path);
  return isUnreadable(files) ? undefined : files.version;
}

interface Files {
  readonly path: string;
  readonly version: string;
  readonly sizeBytes: number;
  readonly walBytes: number;
  readonly mtimeMs: number;
  readonly journalBytes: number;
  /** Both files of a log are there: whoever opens the database finds them, and makes none. */
  readonly isWalOpen: boolean;
}

function filesOf(path: string): Files | Unreadable;
/** Whether they are still the same. */
function filesOf(path: string, version: string): boolean;
function filesOf(path: string, version?: string): Files | Unreadable | boolean {
  const stats = statsAt(path);
  const [wal, journal, shm] = ["-wal", "-journal", "-shm"].map((end) => statsAt(`${path}${end}`));
  if (stats === undefined) return version === undefined ? { code: "ENOENT", reason: "it does not exist" } : false;
  if (!stats.isFile()) return version === undefined ? { code: "NOTFILE", reason: "it is not a regular file" } : false;
  // Nothing is in it, or nobody knows what: files of the kernel say 0 bytes too, and some of them let a reader wait.
  if (stats.size === 0) return version === undefined ? { code: "EMPTY", reason: "it is empty" } : false;
  // Not the log's ctime: SQLite sets the owner of the log that a reader of root opens, to what it is (fchown in os_unix.c).
  const logs = [wal, journal].map((one) => (one === undefined || one.size === 0 ? "-" : sizeAndTime(one)));
  const now = [fileVersion(stats), ...logs];
  if (version !== undefined) return now.join(" ") === version;
  return {
    path,
    version: now.join(" "),
    sizeBytes: stats.size,
    walBytes: wal?.size ?? 0,
    mtimeMs: Math.max(stats.mtimeMs, wal?.mtimeMs ?? 0),
    journalBytes: journal?.size ?? 0,
    isWalOpen: wal?.isFile() === true && shm?.isFile() === true,
  };
}

function sizeAndTime({ dev, ino, size, mtimeMs }: Stats): string {
  return `${dev}:${ino}:${size}:${mtimeMs}`;
}

function openingOf({ path, walBytes, journalBytes, isWalOpen }: Files): Opening {
  if (isWalOpen && hasOpenElsewhere(path)) return "live";
  if (journalBytes > 0) return "rollback";
  return walBytes > 0 ? "copy" : "immutable";
}

interface Once<T> {
  readonly value: T;
  readonly whole: boolean;
}

function readOnce<T>(files: Files, opening: Opening, use: ReadingRequest<T>["use"]): Once<T> | Unreadable {
  const { path, sizeBytes, walBytes, journalBytes } = files;
  if (opening === "live" || opening === "immutable") return useDatabase(path, opening, use);
  const bytes = sizeBytes + walBytes + journalBytes;
  if (bytes > copyLimitBytes && !requested.has(path)) {
    const reason = `a private copy of ${Math.round(bytes / mib)} MB would be needed, and more than 512 MB are copied on request only`;
    return { code: "TOOLARGE", reason, bytes };
  }
  return withPrivateCopy([path, `${path}-wal`, `${path}-journal`], (copy) => useDatabase(copy, opening, use));
}

function useDatabase<T>(path: string, opening: Opening, use: ReadingRequest<T>["use"]): Once<T> | Unreadable {
  const began = Date.now();
  let whole = true;
  const hasTime = (): boolean => {
    whole &&= opening !== "live" || Date.now() - began < liveReadMs;
    return whole;
  };
  try {
    const database = openDatabase(path, opening);
    try {
      // One moment of it, whatever a living writer does meanwhile.
      database.exec("BEGIN");
      const value = use(database, hasTime);
      database.exec("COMMIT");
      return { value, whole };
    } finally {
      database.close();
    }
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code !== "ERR_SQLITE_ERROR") throw error;
    return { code: "SQLITE", reason: `SQLite says "${message}"` };
  }
}
