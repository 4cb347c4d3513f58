// The store's own file: read for a plan, written beside itself, put in place by a rename.
import type { BigIntStats } from "node:fs";
import { dirname, join } from "node:path";
import type { ByteSource } from "../inspect/openclawJson/storeScanner.ts";
import type { FileImage } from "../model/receipt.ts";
import { UserError } from "../model/userError.ts";
import { imaging } from "./fileImage.ts";
import { type Files, isSystemError, readPieces, syncDirectory, withOpen, writeAll } from "./files.ts";
import type { Splice } from "./members.ts";
import type { StoreBytes } from "./rowSplice.ts";

const windowBytes = 256 << 10;

/**
 * The store through an open descriptor: a rename over its path does not change what is read.
 * `onBytes` gets what each source reads.
 */
export function openBytes(files: Files, fd: number, onBytes?: (bytes: Buffer) => void): StoreBytes {
  return {
    source: (): ByteSource => {
      let at = 0;
      return (target, offset) => {
        const got = files.read(fd, target, offset, target.length - offset, at);
        onBytes?.(target.subarray(offset, offset + got));
        at += got;
        return got;
      };
    },
    slice: ({ start, end }) => {
      const bytes = Buffer.alloc(Math.max(0, end - start));
      let got = 0;
      while (got < bytes.length) {
        const read = files.read(fd, bytes, got, bytes.length - got, start + got);
        if (read === 0) break;
        got += read;
      }
      return bytes.subarray(0, got);
    },
  };
}

/** What tells a file from every other and from its own later self; the time of change of its inode cannot be set back. */
export function stampOf(files: Files, path: string): string | undefined {
  const stats = files.lstat(path);
  return stats === undefined ? undefined : stampOfStats(stats);
}

function stampOfStats({ dev, ino, size, mtimeNs, ctimeNs }: BigIntStats): string {
  return `${dev}:${ino}:${size}:${mtimeNs}:${ctimeNs}`;
}

export function stampOfOpen(files: Files, fd: number): string {
  return stampOfStats(files.fstat(fd));
}

/**
 * What `read` gives of this open file, which had this stamp. Bytes that change while they are read make no sense, in
 * whatever way that shows: throws a UserError then.
 */
export function readUnchanged<T>(files: Files, fd: number, stamp: string, read: () => T): T {
  let result: T;
  try {
    result = read();
  } catch (error) {
    throw isSystemError(error) || stampOfOpen(files, fd) === stamp ? error : new UserError(planAgain);
  }
  if (stampOfOpen(files, fd) !== stamp) throw new UserError(planAgain);
  return result;
}

/** A new file beside the store with the store's mode and owner, all of it on the disk when this returns. */
export function writeBeside(
  files: Files,
  temporary: string,
  like: number,
  write: (onBytes: (bytes: Buffer) => void) => void,
): void {
  const { mode, uid, gid } = files.fstat(like);
  withOpen(files, temporary, "wx", 0o600, (fd) => {
    write((bytes) => writeAll(files, fd, bytes));
    const own = files.fstat(fd);
    if (own.uid !== uid || own.gid !== gid) files.fchown(fd, Number(uid), Number(gid));
    files.fchmod(fd, Number(mode & 0o7777n));
    files.fsync(fd);
  });
}

/** Gives the spliced store, piece by piece, in order. */
export function eachPiece(
  files: Files,
  fd: number,
  splices: readonly Splice[],
  onBytes: (bytes: Buffer) => void,
): void {
  let next = 0;
  let at = 0;
  let skipTo = 0;
  readPieces(files, fd, (bytes) => {
    const end = at + bytes.length;
    let from = Math.max(at, skipTo);
    for (let splice = splices[next]; splice !== undefined && splice.start < end; splice = splices[next]) {
      if (splice.start > from) onBytes(bytes.subarray(from - at, splice.start - at));
      if (splice.bytes.length > 0) onBytes(splice.bytes);
      skipTo = splice.end;
      from = Math.max(from, splice.end);
      next += 1;
    }
    if (from < end) onBytes(bytes.subarray(from - at));
    at = end;
  });
  for (const splice of splices.slice(next)) onBytes(splice.bytes);
}

/** What a file holds, read back; undefined where that is not the spliced store, byte for byte, and nothing else. */
export function imageOfSpliced(
  files: Files,
  path: string,
  fd: number,
  splices: readonly Splice[],
): FileImage | undefined {
  return withOpen(files, path, "r", undefined, (own) => {
    const { take, image } = imaging();
    const window = Buffer.allocUnsafe(windowBytes);
    let at = 0;
    let isSame = true;
    eachPiece(files, fd, splices, (bytes) => {
      for (let from = 0; isSame && from < bytes.length; ) {
        const got = files.read(own, window, 0, Math.min(window.length, bytes.length - from), at);
        isSame = got > 0 && window.compare(bytes, from, from + got, 0, got) === 0;
        take(window.subarray(0, got));
        from += got;
        at += got;
      }
    });
    return isSame && files.read(own, window, 0, 1, at) === 0 ? image() : undefined;
  });
}

/** Puts the new file in the store's place; what was there is gone from this name, whole, or still there, whole. */
export function putInPlace(files: Files, temporary: string, path: string): void {
  files.rename(temporary, path);
  syncDirectory(files, dirname(path));
}

/** What a person is told whose plan is void. */
export const planAgain = "The store changed since the plan was made. Look at it again and plan anew.";

/** Beside the store, so that the rename stays on its file system; not a name that OpenClaw or its clean-up uses. */
export function temporaryBeside(path: string, id: string): string {
  return join(dirname(path), `.session-inspector.${id}.tmp`);
}
