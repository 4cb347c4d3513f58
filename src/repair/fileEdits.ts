// The steps of a repair beside the row file: locks that nobody holds, transcripts that get another name, leftovers, modes.
// Each can be done again after a crash: what is done already is passed over.
import { basename, dirname } from "node:path";
import { fileStampOf } from "../inspect/regularFile.ts";
import type { Edit, Plan } from "../model/plan.ts";
import type { Receipt } from "../model/receipt.ts";
import { type GoOn, isStopped } from "../model/stopped.ts";
import { UserError } from "../model/userError.ts";
import { elementsIn, putElements, takeElements } from "./elements.ts";
import { codeOf, type Files, syncDirectory, unlinkIfThere } from "./files.ts";
import { checkMode, setMode } from "./modes.ts";
import { checkMove, moveFile } from "./moves.ts";
import { moveTo, placeCopy, placeNew } from "./placing.ts";
import { readStoredLock } from "./prepare.ts";
import { temporaryBeside } from "./storeFile.ts";

export interface FileWorld {
  readonly files: Files;
  /** Whether nobody holds this lock, asked right before it is taken. */
  readonly lockIsFree: (path: string) => boolean;
  /** Texts of the elements of lists that stand for locks which somebody holds, asked right before any is taken. */
  readonly heldElements: () => ReadonlySet<string>;
  /** Asked before each file that is moved: each is where it was or where it was to come. */
  readonly goOn?: GoOn;
}

export interface FinishedFiles {
  /** What had to be left, one sentence each. */
  readonly notes: readonly string[];
  /** The person stopped it before all was done. */
  readonly isStopped: boolean;
}

type EditOf<K extends Edit["kind"]> = Extract<Edit, { kind: K }>;
type ElementsEdit = Extract<Edit, { elements: unknown }>;

/**
 * Before anything is written: locks and transcripts are what the plan was made from (promise 4). An undo does what still
 * can be done instead, and says what it left. Throws a UserError.
 */
export function checkFiles({ files, lockIsFree, heldElements }: FileWorld, plan: Plan): void {
  if (plan.action === "undo") return;
  for (const edit of plan.edits) {
    if (edit.kind === "removeLock") {
      const lock = readStoredLock(files, edit.path);
      const same = lock?.identity === edit.identity && lock.content === edit.content;
      if (!same || !lockIsFree(edit.path))
        throw new UserError(`${basename(edit.path)} changed since the plan was made. Look at it again and plan anew.`);
    } else if (edit.kind === "removeElements") {
      const there = new Set(elementsIn(files, edit.path));
      const held = heldElements();
      const changed = edit.elements.find(({ text }) => !there.has(text) || held.has(text));
      if (changed !== undefined)
        throw new UserError(
          `The lock on ${changed.name} changed since the plan was made. Look at it again and plan anew.`,
        );
    } else if (edit.kind === "rename") {
      if (files.lstat(edit.from) === undefined) throw new UserError(`${basename(edit.from)} is gone. Look again.`);
      if (files.lstat(edit.to) !== undefined)
        throw new UserError(`${basename(edit.to)} is there already and is not overwritten. Look again.`);
    } else if (edit.kind === "move") checkMove(files, edit);
    else if (edit.kind === "mode") checkMode(files, edit);
  }
}

/** Makes the edits of files. What goes with rows that are written by now is not left undone. */
export function finishFiles(world: FileWorld, receipt: Receipt): FinishedFiles {
  let left = 0;
  const notes = receipt.plan.edits.flatMap((edit) => {
    if (edit.kind === "removeLock") return removeLock(world, edit);
    if (edit.kind === "addLock") return addLock(world, edit, receipt.id);
    if (edit.kind === "rename") return renameFile(world, edit, receipt.id);
    if (edit.kind === "removeElements") return removeElements(world, edit, receipt.id);
    if (edit.kind === "addElements") return addElements(world, edit, receipt.id);
    if (edit.kind === "move") {
      if (left === 0 && !isStopped(world.goOn)) return moveFile(world.files, edit);
      left += 1;
      return [];
    }
    if (edit.kind === "mode") return setMode(world.files, edit, receipt.rowFile);
    return [];
  });
  const stay = left === 1 ? "1 file stays where it is" : `${left} files stay where they are`;
  const stopped = left === 0 ? [] : [`You stopped it: ${stay}.`];
  return { notes: [...(receipt.notes ?? []), ...notes, ...stopped], isStopped: left > 0 };
}

function removeLock({ files, lockIsFree }: FileWorld, { path, identity, content }: EditOf<"removeLock">): string[] {
  const lock = readStoredLock(files, path);
  if (lock === undefined) return [];
  if (lock.identity !== identity || lock.content !== content || !lockIsFree(path))
    return [`${basename(path)} was taken anew and is left alone.`];
  files.unlink(path);
  syncDirectory(files, dirname(path));
  return [];
}

function addLock({ files }: FileWorld, { path, content, mode }: EditOf<"addLock">, id: string): string[] {
  try {
    placeNew(files, { path, temporary: temporaryBeside(path, id), bytes: Buffer.from(content), mode });
    return [];
  } catch (error) {
    if (codeOf(error) !== "EEXIST") throw error;
    return readStoredLock(files, path)?.content === content
      ? []
      : [`${basename(path)} exists again and is left alone.`];
  }
}

function removeElements({ files, heldElements }: FileWorld, edit: ElementsEdit, id: string): string[] {
  const held = heldElements();
  const free = edit.elements.filter(({ text }) => !held.has(text));
  if (elementsIn(files, edit.path) === undefined) return [`${basename(edit.path)} is gone or holds no list.`];
  takeElements(files, edit.path, free, id);
  return edit.elements
    .filter(({ text }) => held.has(text))
    .map(({ name }) => `${name} is held again and stays locked.`);
}

function addElements({ files }: FileWorld, edit: ElementsEdit, id: string): string[] {
  if (elementsIn(files, edit.path) === undefined) return [`${basename(edit.path)} is gone or holds no list.`];
  putElements(files, edit.path, edit.elements, id);
  return [];
}

/** A link first and the old name off after it: a file that has the new name meanwhile is never overwritten. */
function renameFile({ files }: FileWorld, edit: EditOf<"rename">, id: string): string[] {
  const { from, to, stamp } = edit;
  const source = files.lstat(from);
  const target = files.lstat(to);
  if (source === undefined) {
    putCopies(files, edit, id);
    return files.lstat(to) === undefined ? [`${basename(from)} is gone.`] : [];
  }
  if (target === undefined) {
    if (stamp !== undefined && stamp !== fileStampOf(source))
      return [`${basename(from)} was changed since and keeps its name.`];
    moveTo(files, from, to);
  } else if (from !== to && target.ino === source.ino && target.dev === source.dev) files.unlink(from);
  else return [`${basename(to)} exists already, so ${basename(from)} keeps its name.`];
  syncDirectory(files, dirname(to));
  putCopies(files, edit, id);
  return [];
}

/** OpenClaw's clean-up takes archives and what lay beside them away; the receipt still has them. */
function putCopies(files: Files, { copies = [] }: EditOf<"rename">, id: string): void {
  for (const { from, to } of copies) {
    const temporary = temporaryBeside(to, id);
    // A crash between the copy's new name and the end of its old one leaves both.
    unlinkIfThere(files, temporary);
    if (files.lstat(to) === undefined && files.lstat(from) !== undefined) placeCopy(files, from, to, temporary);
  }
}
