// The steps of a repair beside the row file: locks that nobody holds, transcripts that get another name. Each can be done
// again after a crash: what is done already is passed over.
import { basename, dirname } from "node:path";
import type { Edit } from "../model/plan.ts";
import type { Receipt } from "../model/receipt.ts";
import { type Files, syncDirectory, withOpen, writeAll } from "./files.ts";
import { readStoredLock } from "./prepare.ts";
import { keepCopy, receiptPath } from "./receiptFolder.ts";
import type { StateFolder } from "./stateFolder.ts";

/** Before a transcript gets another name the receipt has its own link to it, or a copy: OpenClaw shreds archives later. */
export function keepFiles(files: Files, folder: StateFolder, receipt: Receipt): void {
  for (const edit of receipt.plan.edits) {
    if (edit.kind !== "rename") continue;
    const base = edit.from.replace(/\.jsonl(\.[^/\\]*)?$/, "");
    const sidecars = [`${base}.trajectory.jsonl`, `${base}.trajectory-path.json`].filter(
      (path) => files.lstat(path) !== undefined,
    );
    for (const path of [edit.from, ...sidecars])
      keepFile(files, path, receiptPath(folder, receipt.id, "files", basename(path)));
  }
}

function keepFile(files: Files, from: string, kept: string): void {
  files.mkdir(dirname(kept), 0o700);
  try {
    files.link(from, kept);
  } catch (error) {
    if (!["EXDEV", "EPERM", "EMLINK", "ENOTSUP"].includes((error as NodeJS.ErrnoException).code ?? "")) throw error;
    keepCopy(files, from, kept);
  }
  syncDirectory(files, dirname(kept));
}

/** Makes the edits of files and gives the receipt as done, with what had to be left. */
export function finishFiles(files: Files, receipt: Receipt, lockIsFree: (path: string) => boolean): Receipt {
  const notes = receipt.plan.edits
    .map((edit) => makeFileEdit(files, edit, lockIsFree))
    .filter((note) => note !== undefined);
  const all = [...(receipt.notes ?? []), ...notes];
  return { ...receipt, state: "done", ...(all.length > 0 && { notes: all }) };
}

/** Undefined, or what was left and why. */
function makeFileEdit(files: Files, edit: Edit, lockIsFree: (path: string) => boolean): string | undefined {
  if (edit.kind === "removeLock") return removeLock(files, edit, lockIsFree);
  if (edit.kind === "addLock") return addLock(files, edit);
  if (edit.kind === "rename") return renameFile(files, edit.from, edit.to);
  return undefined;
}

function removeLock(
  files: Files,
  { path, identity, content }: Extract<Edit, { kind: "removeLock" }>,
  lockIsFree: (path: string) => boolean,
): string | undefined {
  const lock = readStoredLock(files, path);
  if (lock === undefined) return undefined;
  if (lock.identity !== identity || lock.content !== content || !lockIsFree(path)) {
    return `${basename(path)} was taken anew and is left alone.`;
  }
  files.unlink(path);
  syncDirectory(files, dirname(path));
  return undefined;
}

function addLock(files: Files, { path, content }: Extract<Edit, { kind: "addLock" }>): string | undefined {
  try {
    withOpen(files, path, "wx", 0o644, (fd) => {
      writeAll(files, fd, Buffer.from(content));
      files.fsync(fd);
    });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
    const there = readStoredLock(files, path);
    return there?.content === content ? undefined : `${basename(path)} exists again and is left alone.`;
  }
  syncDirectory(files, dirname(path));
  return undefined;
}

/** A link first and the old name off after it: a file that has the new name meanwhile is never overwritten. */
function renameFile(files: Files, from: string, to: string): string | undefined {
  const source = files.lstat(from);
  const target = files.lstat(to);
  if (source === undefined) return target === undefined ? `${basename(from)} is gone.` : undefined;
  if (target === undefined) files.link(from, to);
  else if (target.ino !== source.ino || target.dev !== source.dev)
    return `${basename(to)} exists already, so ${basename(from)} keeps its name.`;
  files.unlink(from);
  syncDirectory(files, dirname(to));
  return undefined;
}
