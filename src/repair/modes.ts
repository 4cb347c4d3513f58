// The permission bits of a store's file, changed by its owner alone.
import type { Edit } from "../model/plan.ts";
import { UserError } from "../model/userError.ts";
import { modeText } from "../plan/editText.ts";
import { type Files, withOpen } from "./files.ts";

type ModeEdit = Extract<Edit, { kind: "mode" }>;

const modeBits = 0o7777n;

export function modeOf(files: Files, fd: number): number {
  return Number(files.fstat(fd).mode & modeBits);
}

/** Throws a UserError where the mode is not the one that the plan was made from, or not ours to change. */
export function checkMode(files: Files, { path, before }: ModeEdit): void {
  withOpen(files, path, "r", undefined, (fd) => {
    const { mode, uid } = files.fstat(fd);
    if (Number(uid) !== process.getuid?.())
      throw new UserError(`${path} belongs to another user, who alone changes its mode. Nothing was changed.`);
    if (Number(mode & modeBits) !== before)
      throw new UserError(`The mode of ${path} changed since the plan was made. Look at it again and plan anew.`);
  });
}

/** Gives what had to be left, in a sentence. */
export function setMode(files: Files, { path, before, after }: ModeEdit): string[] {
  return withOpen(files, path, "r", undefined, (fd) => {
    const { mode, uid } = files.fstat(fd);
    const now = Number(mode & modeBits);
    if (now === after) return [];
    if (now !== before || Number(uid) !== process.getuid?.())
      return [`The mode of ${path} is ${modeText(now)} by now and is left as it is.`];
    files.fchmod(fd, after);
    files.fsync(fd);
    return [];
  });
}
