import { closeSync, constants, fstatSync, lstatSync, openSync, readSync, type Stats, statSync } from "node:fs";

/** A file that could not be read, with the system's code (`ENOENT`, `EACCES`, …) or `NOTFILE`. */
export interface Unreadable {
  readonly code: string;
  readonly reason: string;
  /** How large it is, where that is why. */
  readonly bytes?: number;
}

export interface OpenFile {
  readonly fd: number;
  readonly stats: Stats;
}

const notFile: Unreadable = { code: "NOTFILE", reason: "it is not a regular file" };

/**
 * Opens for reading what is a regular file before and after opening. Before, since opening a device can act: a tape
 * rewinds, a watchdog starts. After, since it may be another by then: a FIFO cannot make us wait (O_NONBLOCK).
 * Runs `use` and closes. Nothing under an inspected home is ever opened any other way.
 * @param seen what the caller has just seen at this path
 */
export function withFile<T>(path: string, use: (file: OpenFile) => T, seen?: Stats): T | Unreadable {
  let fd: number;
  try {
    if (!(seen ?? statSync(path)).isFile()) return notFile;
    fd = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  } catch (error) {
    return unreadable(error);
  }
  try {
    const stats = fstatSync(fd);
    return stats.isFile() ? use({ fd, stats }) : notFile;
  } catch (error) {
    return unreadable(error);
  } finally {
    closeSync(fd);
  }
}

/**
 * What byte ranges and everything else read from a file hold for: its device, inode, size and times of change. The
 * inode's own time cannot be set back, so an edit of the same size under a restored mtime is seen too (facts L 2).
 */
export function fileVersion(stats: Stats): string {
  return `${stats.dev}:${stats.ino}:${stats.size}:${stats.mtimeMs}:${stats.ctimeMs}`;
}

/** The version of the file that is at `path` now; undefined where there is none or it may not be looked at. */
export function fileVersionAt(path: string): string | undefined {
  const stats = statsAt(path);
  return stats === undefined ? undefined : fileVersion(stats);
}

/**
 * What is at a path; undefined where there is nothing, where it may not be looked at, and where the path is none, as
 * paths from stores can be (with a NUL, too long, below a file).
 */
export function statsAt(path: string): Stats | undefined {
  try {
    return statSync(path);
  } catch {
    return undefined;
  }
}

/** The same of a symbolic link itself. */
export function linkStatsAt(path: string): Stats | undefined {
  try {
    return lstatSync(path);
  } catch {
    return undefined;
  }
}

/** To the nanosecond. */
export interface ExactStats {
  readonly ino: bigint;
  readonly size: bigint;
  readonly mtimeNs: bigint;
  isFile(): boolean;
}

/** Of a symbolic link itself; undefined as for `statsAt`. */
export function exactStatsAt(path: string): ExactStats | undefined {
  try {
    return lstatSync(path, { bigint: true });
  } catch {
    return undefined;
  }
}

/** What tells this state of a file from a later one; a new name or link does not change it. */
export function fileStampOf({ ino, size, mtimeNs }: Omit<ExactStats, "isFile">): string {
  return `${ino}:${size}:${mtimeNs}`;
}

/** Certainly nothing there: a place that is only hidden from us is not absent. */
export function isAbsent(path: string): boolean {
  try {
    statSync(path);
    return false;
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    return code === "ENOENT" || code === "ENOTDIR";
  }
}

export function isUnreadable(value: unknown): value is Unreadable {
  return typeof value === "object" && value !== null && "code" in value && "reason" in value;
}

/** From the first byte of an open file on, as far as it reached when it was opened: one that grows all the while has an end. */
export function sourceOf({ fd, stats }: OpenFile): (target: Buffer, offset: number) => number {
  let at = 0;
  return (target, offset) => {
    const got = readSync(fd, target, offset, Math.min(target.length - offset, stats.size - at), at);
    at += got;
    return got;
  };
}

/** Bytes `[from, to)` of an open file; fewer where the file is shorter. */
export function readRange(fd: number, from: number, to: number): Buffer {
  const buffer = Buffer.allocUnsafe(Math.max(0, to - from));
  return buffer.subarray(0, readInto(buffer, 0, buffer.length, fd, from));
}

/** Puts `length` bytes of an open file, from `position` on, to `at` in the buffer; gives how many there were. */
export function readInto(buffer: Buffer, at: number, length: number, fd: number, position: number): number {
  let got = 0;
  while (got < length) {
    const read = readSync(fd, buffer, at + got, length - got, position + got);
    if (read === 0) break;
    got += read;
  }
  return got;
}

/**
 * The whole of a small file as text; `TOOLARGE` above `limitBytes`, so that nothing hostile fills the memory.
 * @param seen as for `withFile`
 */
export function readText(path: string, limitBytes: number, seen?: Stats): string | Unreadable {
  const read = ({ fd, stats }: OpenFile): string | Unreadable => {
    if (stats.size > limitBytes) return { code: "TOOLARGE", reason: `it is larger than ${limitBytes} bytes` };
    return readRange(fd, 0, stats.size).toString("utf8");
  };
  return withFile(path, read, seen);
}

/** As `readText`, of what a person named on purpose: also a pipe, such as `<(ps …)` gives, which need not come to an end. */
export function readGiven(path: string, limitBytes: number): string | Unreadable {
  try {
    const fd = openSync(path, "r");
    try {
      return readToEnd(fd, limitBytes);
    } finally {
      closeSync(fd);
    }
  } catch (error) {
    return unreadable(error);
  }
}

function readToEnd(fd: number, limitBytes: number): string | Unreadable {
  const parts: Buffer[] = [];
  for (let size = 0; size <= limitBytes; ) {
    const part = Buffer.allocUnsafe(1 << 16);
    const got = readSync(fd, part);
    if (got === 0) return Buffer.concat(parts).toString("utf8");
    parts.push(part.subarray(0, got));
    size += got;
  }
  return { code: "TOOLARGE", reason: `it is larger than ${limitBytes} bytes` };
}

function unreadable(error: unknown): Unreadable {
  const code = (error as NodeJS.ErrnoException).code;
  if (typeof code !== "string") throw error;
  return { code, reason: reasons[code] ?? `the system says ${code}` };
}

const reasons: Readonly<Record<string, string>> = {
  ENOENT: "it does not exist",
  EACCES: "this user may not open it",
  EPERM: "this user may not open it",
  EISDIR: "it is a directory",
  ELOOP: "it is a loop of symbolic links",
  ENXIO: "it is not a regular file",
};
