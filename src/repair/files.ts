// The only door of `repair` to the disk: one small port, so that a fault can be put at every call.
import * as fs from "node:fs";
import { dirname } from "node:path";
import type { ColumnValues } from "../model/rowImage.ts";
import { type Database, executeOn, openDatabaseFile, queryDatabase } from "./databaseFile.ts";

export interface Files {
  open(path: string, flags: string, mode?: number): number;
  close(fd: number): void;
  read(fd: number, target: Uint8Array, offset: number, length: number, position: number): number;
  write(fd: number, bytes: Uint8Array, offset: number, length: number): number;
  fsync(fd: number): void;
  fchmod(fd: number, mode: number): void;
  fchown(fd: number, uid: number, gid: number): void;
  fstat(fd: number): fs.BigIntStats;
  /** Follows no symbolic link; undefined where nothing is there. */
  lstat(path: string): fs.BigIntStats | undefined;
  realpath(path: string): string;
  rename(from: string, to: string): void;
  link(from: string, to: string): void;
  unlink(path: string): void;
  /** With its parents; nothing is done where it is there. */
  mkdir(path: string, mode: number): void;
  rmdir(path: string): void;
  readdir(path: string): string[];
  /** Copy-on-write where the file system has it; fails where `to` exists. */
  copy(from: string, to: string): void;
  /** For writing, and alone unless it is `shared`: then it throws where another process has it open, at the first statement at the latest. */
  openDatabase(path: string, shared?: boolean): Database;
  query(database: Database, sql: string, ...values: readonly (string | number | null)[]): ColumnValues[];
  /** Gives how many rows the statement changed itself. */
  execute(database: Database, sql: string, ...values: readonly (string | number | null)[]): number;
  /** Undoes what was not committed. */
  closeDatabase(database: Database): void;
}

export const nodeFiles: Files = {
  open: (path, flags, mode) => (flags === "r" ? openToRead(path) : fs.openSync(path, flags, mode)),
  close: (fd) => fs.closeSync(fd),
  read: (fd, target, offset, length, position) => fs.readSync(fd, target, offset, length, position),
  write: (fd, bytes, offset, length) => fs.writeSync(fd, bytes, offset, length),
  fsync: (fd) => fs.fsyncSync(fd),
  fchmod: (fd, mode) => fs.fchmodSync(fd, mode),
  fchown: (fd, uid, gid) => fs.fchownSync(fd, uid, gid),
  fstat: (fd) => fs.fstatSync(fd, { bigint: true }),
  lstat: (path) => fs.lstatSync(path, { bigint: true, throwIfNoEntry: false }),
  realpath: (path) => fs.realpathSync(path),
  rename: (from, to) => fs.renameSync(from, to),
  link: (from, to) => fs.linkSync(from, to),
  unlink: (path) => fs.unlinkSync(path),
  mkdir: makeFolder,
  rmdir: (path) => fs.rmdirSync(path),
  readdir: (path) => fs.readdirSync(path),
  copy: (from, to) => fs.copyFileSync(from, to, fs.constants.COPYFILE_EXCL | fs.constants.COPYFILE_FICLONE),
  openDatabase: openDatabaseFile,
  query: queryDatabase,
  execute: executeOn,
  closeDatabase: (database) => database.close(),
};

/** What is no file any more by now must neither make us wait, as a FIFO would, nor have no end, as a device may. */
function openToRead(path: string): number {
  const fd = fs.openSync(path, fs.constants.O_RDONLY | fs.constants.O_NONBLOCK);
  const stats = fs.fstatSync(fd);
  if (stats.isFile() || stats.isDirectory()) return fd;
  fs.closeSync(fd);
  throw Object.assign(new Error(`${path} is not a regular file`), { code: "ENXIO", syscall: "open", path });
}

/** With its parents. Node's own way of that says ENOENT where the disk is read-only. */
function makeFolder(path: string, mode: number): void {
  if (fs.existsSync(path)) return;
  makeFolder(dirname(path), mode);
  try {
    fs.mkdirSync(path, { mode });
  } catch (error) {
    if (codeOf(error) !== "EEXIST") throw error;
  }
}

/** Most files are small, and a large buffer for each of them costs more than what is read. */
const firstBytes = 64 << 10;
const chunkBytes = 4 << 20;

export function withOpen<T>(
  files: Files,
  path: string,
  flags: string,
  mode: number | undefined,
  use: (fd: number) => T,
): T {
  const fd = files.open(path, flags, mode);
  let result: T;
  try {
    result = use(fd);
  } catch (error) {
    closeQuietly(files, fd);
    throw error;
  }
  // What was only read is not worse for a close that fails, and neither is what was done meanwhile.
  if (flags === "r") closeQuietly(files, fd);
  else files.close(fd);
  return result;
}

/** For reading, where what is done meanwhile takes its time. */
export async function withOpenToRead<T>(files: Files, path: string, use: (fd: number) => Promise<T>): Promise<T> {
  const fd = files.open(path, "r");
  try {
    return await use(fd);
  } finally {
    closeQuietly(files, fd);
  }
}

function closeQuietly(files: Files, fd: number): void {
  try {
    files.close(fd);
  } catch (error) {
    if (!isSystemError(error)) throw error;
  }
}

/** Gives the whole file to `onBytes`, piece by piece. */
export function readPieces(files: Files, fd: number, onBytes: (bytes: Buffer) => void): void {
  let buffer = Buffer.allocUnsafe(firstBytes);
  for (let at = 0; ; ) {
    const got = files.read(fd, buffer, 0, buffer.length, at);
    if (got === 0) return;
    onBytes(buffer.subarray(0, got));
    at += got;
    if (at === firstBytes) buffer = Buffer.allocUnsafe(chunkBytes);
  }
}

export function readAll(files: Files, path: string): Buffer {
  const pieces: Buffer[] = [];
  withOpen(files, path, "r", undefined, (fd) => readPieces(files, fd, (bytes) => pieces.push(Buffer.from(bytes))));
  return Buffer.concat(pieces);
}

/** All of it, however little the system takes at a time. */
export function writeAll(files: Files, fd: number, bytes: Uint8Array): void {
  for (let at = 0; at < bytes.length; ) at += files.write(fd, bytes, at, bytes.length - at);
}

/** What was renamed into, created in or removed from a directory is safe from a power cut only after this. */
export function syncDirectory(files: Files, path: string): void {
  withOpen(files, path, "r", undefined, (fd) => files.fsync(fd));
}

export function unlinkIfThere(files: Files, path: string): void {
  try {
    files.unlink(path);
  } catch (error) {
    if (codeOf(error) !== "ENOENT") throw error;
  }
}

/** The system's code of what was thrown (`ENOSPC`, `EACCES`, …); undefined for everything else. */
export function codeOf(error: unknown): string | undefined {
  const { code } = error as NodeJS.ErrnoException;
  return typeof code === "string" ? code : undefined;
}

export function isSystemError(error: unknown): boolean {
  return codeOf(error) !== undefined;
}
