// The permission bits of a store's file, changed by its owner alone, and of no other file that comes to its path.
import type { BigIntStats } from "node:fs";
import type { Edit, StoredMode } from "../model/plan.ts";
import { UserError } from "../model/userError.ts";
import { modeText } from "../plan/editText.ts";
import { type Files, withOpen } from "./files.ts";

type ModeEdit = Extract<Edit, { kind: "mode" }>;

const modeBits = 0o7777n;

export function modeOf(files: Files, fd: number): StoredMode {
  const stats = files.fstat(fd);
  return { bits: bitsOf(stats), identity: identityOf(stats) };
}

/** Device and inode. */
export function identityOf({ dev, ino }: Pick<BigIntStats, "dev" | "ino">): string {
  return `${dev}:${ino}`;
}

/** Throws a UserError where the file or its mode is not the one that the plan was made from, or not ours to change. */
export function checkMode(files: Files, { path, before, identity }: ModeEdit): void {
  withOpen(files, path, "r", undefined, (fd) => {
    const stats = files.fstat(fd);
    if (Number(stats.uid) !== process.getuid?.())
      throw new UserError(`${path} belongs to another user, who alone changes its mode. Nothing was changed.`);
    if (identityOf(stats) !== identity)
      throw new UserError(`${path} was replaced since the plan was made. Look at it again and plan anew.`);
    if (bitsOf(stats) !== before)
      throw new UserError(`The mode of ${path} changed since the plan was made. Look at it again and plan anew.`);
  });
}

/**
 * Gives what had to be left, in a sentence. What is looked at and what gets the mode is one open file: a directory that
 * becomes a link meanwhile leads to another one. `rowFile`: the identity of the row file that the same repair put there.
 */
export function setMode(files: Files, { path, before, after, identity }: ModeEdit, rowFile?: string): string[] {
  return withOpen(files, path, "r", undefined, (fd) => {
    const stats = files.fstat(fd);
    const found = identityOf(stats);
    if (found !== identity && found !== rowFile)
      return [`${path} is another file by now, whose mode is left as it is.`];
    const now = bitsOf(stats);
    if (now === after) return [];
    if (now !== before || Number(stats.uid) !== process.getuid?.())
      return [`The mode of ${path} is ${modeText(now)} by now and is left as it is.`];
    files.fchmod(fd, after);
    files.fsync(fd);
    return [];
  });
}

function bitsOf({ mode }: Pick<BigIntStats, "mode">): number {
  return Number(mode & modeBits);
}
