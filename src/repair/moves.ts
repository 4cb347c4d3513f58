// Leftovers on their way to the quarantine and back. Each step can be done again after a crash, and at each the file is
// whole under one of its two names.
import { basename, dirname } from "node:path";
import { fileStampOf } from "../inspect/regularFile.ts";
import type { Edit } from "../model/plan.ts";
import { UserError } from "../model/userError.ts";
import { codeOf, type Files, syncDirectory } from "./files.ts";
import { moveAcross } from "./placing.ts";
import { checkQuarantine, removeIfEmpty } from "./quarantine.ts";

type Move = Extract<Edit, { kind: "move" }>;

/** Throws a UserError where the file is not the one that the plan was made from, or its place is taken. */
export function checkMove(files: Files, { from, to, stamp }: Move): void {
  checkQuarantine(files, dirname(to));
  if (stampAt(files, from) !== stamp)
    throw new UserError(`${basename(from)} changed since the plan was made. Look at it again and plan anew.`);
  if (files.lstat(to) !== undefined)
    throw new UserError(`${to} is there already and is not overwritten. Empty the quarantine, and try again.`);
}

/** Gives what had to be left, in a sentence. */
export function moveFile(files: Files, move: Move): string[] {
  const { from, to, stamp, quarantine } = move;
  // As the person knows it: in the quarantine it has another name.
  const name = basename(quarantine === "out" ? to : from);
  const stays = `${name} stays ${quarantine === "out" ? "in the quarantine" : "where it is"}`;
  const target = stampAt(files, to);
  const source = stampAt(files, from);
  if (source === undefined) return target === stamp ? [] : [`${name} is gone.`];
  if (source !== stamp) return target === stamp ? [] : [`${name} was changed since and is left where it is.`];
  if (target !== undefined && !isOneFile(files, from, to)) return [`${to} exists already, so ${stays}.`];
  try {
    if (quarantine === "out") return comeBack(files, from, to);
    return goIn(files, move);
  } catch (error) {
    if (error instanceof UserError) return [`${error.message} Until then ${stays}.`];
    if (codeOf(error) === "EEXIST") return [`${to} exists already, so ${stays}.`];
    if (codeOf(error) === "EXDEV") return [`${dirname(to)} is on another file system, so ${stays}.`];
    throw error;
  }
}

/**
 * By a rename: whatever has the name at that moment is still whole afterwards, and goes back where it is not the leftover.
 * Nobody else gives names in the quarantine, and ours are told apart by what they are of.
 */
function goIn(files: Files, { from, to, stamp }: Move): string[] {
  checkQuarantine(files, dirname(to));
  makeFolder(files, dirname(to));
  files.rename(from, to);
  syncDirectory(files, dirname(to));
  syncDirectory(files, dirname(from));
  if (stampAt(files, to) === stamp) return [];
  moveAcross(files, to, from);
  return [`${basename(from)} was changed at that moment and is left where it is.`];
}

/** Never over a file that came to the place meanwhile. */
function comeBack(files: Files, from: string, to: string): string[] {
  if (files.lstat(to) === undefined) moveAcross(files, from, to);
  else files.unlink(from);
  syncDirectory(files, dirname(from));
  removeIfEmpty(files, dirname(from));
  return [];
}

/** The folder's own name is safe from a power cut before anything has its only name in it. */
function makeFolder(files: Files, path: string): void {
  if (files.lstat(path) !== undefined) return;
  files.mkdir(path, 0o700);
  syncDirectory(files, dirname(path));
}

function stampAt(files: Files, path: string): string | undefined {
  const stats = files.lstat(path);
  return stats === undefined ? undefined : fileStampOf(stats);
}

function isOneFile(files: Files, a: string, b: string): boolean {
  const [one, other] = [files.lstat(a), files.lstat(b)];
  return one !== undefined && one.ino === other?.ino && one.dev === other.dev;
}
