// Files that get a name: whole at once, and never over a file that has it (promise 2).
import { dirname } from "node:path";
import { codeOf, type Files, syncDirectory, unlinkIfThere, withOpen, writeAll } from "./files.ts";

/** File systems without hard links answer so, and so does a kernel that lets only a file's owner make one. */
const noLinks = new Set(["EPERM", "ENOTSUP", "EOPNOTSUPP", "ENOSYS", "EMLINK"]);

export interface NewFile {
  readonly path: string;
  /** On the same file system; what a crash left there is replaced. */
  readonly temporary: string;
  readonly bytes: Uint8Array;
  readonly mode: number;
}

/** Throws EEXIST where something has the name. */
export function placeNew(files: Files, { path, temporary, bytes, mode }: NewFile): void {
  unlinkIfThere(files, temporary);
  withOpen(files, temporary, "wx", 0o600, (fd) => {
    writeAll(files, fd, bytes);
    files.fchmod(fd, mode);
    files.fsync(fd);
  });
  placeTemporary(files, temporary, path);
}

/** The same with a link to another file, or a copy of it where no link can be made. */
export function placeCopy(files: Files, from: string, path: string, temporary: string): void {
  try {
    files.link(from, path);
    syncDirectory(files, dirname(path));
  } catch (error) {
    if (codeOf(error) !== "EXDEV" && !noLinks.has(codeOf(error) ?? "")) throw error;
    unlinkIfThere(files, temporary);
    files.copy(from, temporary);
    withOpen(files, temporary, "r", undefined, (fd) => files.fsync(fd));
    placeTemporary(files, temporary, path);
  }
}

/** From one name to another; throws EEXIST where something has it. */
export function moveTo(files: Files, from: string, to: string): void {
  try {
    files.link(from, to);
  } catch (error) {
    if (!noLinks.has(codeOf(error) ?? "")) throw error;
    if (files.lstat(to) !== undefined) throw Object.assign(new Error(`${to} exists`), { code: "EEXIST", path: to });
    files.rename(from, to);
    return;
  }
  files.unlink(from);
}

/** From one directory to another: safe under its new name before it loses the old one; throws EEXIST as `moveTo` does. */
export function moveAcross(files: Files, from: string, to: string): void {
  try {
    files.link(from, to);
  } catch (error) {
    if (!noLinks.has(codeOf(error) ?? "")) throw error;
    moveTo(files, from, to);
    syncDirectory(files, dirname(to));
    return;
  }
  syncDirectory(files, dirname(to));
  files.unlink(from);
}

function placeTemporary(files: Files, temporary: string, path: string): void {
  try {
    moveTo(files, temporary, path);
  } catch (error) {
    unlinkIfThere(files, temporary);
    throw error;
  }
  syncDirectory(files, dirname(path));
}
