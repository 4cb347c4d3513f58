// One repair of one JSON store, as a journalled sequence of steps each of which can be done again: intent, backup, row
// file, locks, renames, done. Whatever happens in between, recovery knows from the receipt what was meant (promise 2).
import { randomUUID } from "node:crypto";
import type { Plan } from "../model/plan.ts";
import type { Receipt, RepairResult } from "../model/receipt.ts";
import type { Permission } from "../model/store.ts";
import { UserError } from "../model/userError.ts";
import { finishFiles, keepFiles } from "./fileEdits.ts";
import { type Files, withOpen } from "./files.ts";
import { imageOf, imageOfOpen, keepCopy, loadReceipt, receiptPath, saveReceipt } from "./receiptFolder.ts";
import { PlanMismatch, type RowEdit, spliceRows } from "./rowSplice.ts";
import type { StateFolder } from "./stateFolder.ts";
import {
  eachPiece,
  openBytes,
  putInPlace,
  removeTemporary,
  splicedImage,
  stampOf,
  temporaryBeside,
  writeBeside,
} from "./storeFile.ts";
import { takeStoreLock } from "./storeLock.ts";
import { withVendorLock } from "./vendorLock.ts";

export interface RepairInput {
  readonly plan: Plan;
  readonly batch: string;
  readonly files: Files;
  readonly folder: StateFolder;
  /** A fresh look at who may write, asked under our lock. */
  readonly permission: () => Promise<Permission>;
  /** A person vouched in a modal that named store and risk. */
  readonly vouched?: boolean;
  /** Whether nobody holds this lock, asked right before it is taken. */
  readonly lockIsFree: (path: string) => boolean;
  readonly captured?: boolean;
  /** Epoch milliseconds. */
  readonly now: () => number;
}

const planAgain = "The store changed since the plan was made. Look at it again and plan anew.";

/** Never rejects for what may happen on a disk: that is a refusal with a sentence. Nothing is half done when it returns. */
export async function repairJsonStore(input: RepairInput): Promise<RepairResult> {
  const { plan, files, folder } = input;
  try {
    const lock = takeStoreLock(files, folder, plan.store.path);
    try {
      const permission = await input.permission();
      if (permission.answer === "no" || (permission.answer === "vouch" && input.vouched !== true)) {
        return { plan, applied: false, refused: permission.why };
      }
      return applyUnderLock(input);
    } finally {
      lock.release();
    }
  } catch (error) {
    return { plan, applied: false, refused: refusalOf(error) };
  }
}

/** A sentence for people; a bug is thrown on. */
export function refusalOf(error: unknown): string {
  if (error instanceof UserError) return error.message;
  if (error instanceof PlanMismatch) return `${planAgain} (${error.message})`;
  const { code, path } = error as NodeJS.ErrnoException;
  if (typeof code !== "string") throw error;
  return `The system refused (${code}${path === undefined ? "" : ` at ${path}`}): nothing was changed. Mend that and try again.`;
}

function applyUnderLock(input: RepairInput): RepairResult {
  const { plan, files, folder } = input;
  const receipt: Receipt = {
    schema: 1,
    id: `${new Date(input.now()).toISOString().replace(/[:.]/g, "-")}-${randomUUID().slice(0, 8)}`,
    batch: input.batch,
    at: input.now(),
    plan,
    state: "intended",
    ...(input.captured === true && { captured: true }),
  };
  const written = plan.basis === undefined ? intend(input, receipt) : writeRows(input, receipt);
  try {
    const finished = finishFiles(files, written, input.lockIsFree);
    saveReceipt(files, folder, finished);
    if (plan.undoes !== undefined) markUndone(files, folder, plan.undoes, finished.id);
    return { plan, receipt: finished, applied: true };
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (typeof code !== "string") throw error;
    return { plan, receipt: { ...written, notes: [...(written.notes ?? []), unfinished(code)] }, applied: true };
  }
}

function unfinished(code: string): string {
  return `The rows are repaired; the rest was interrupted (${code}) and is finished at the next start.`;
}

/** Only files beside the store are touched: what goes is kept first, and there is no row file to write. */
function intend({ files, folder }: RepairInput, receipt: Receipt): Receipt {
  saveReceipt(files, folder, receipt);
  keepFiles(files, folder, receipt);
  const written: Receipt = { ...receipt, state: "rowsWritten" };
  saveReceipt(files, folder, written);
  return written;
}

function writeRows({ plan, files, folder }: RepairInput, receipt: Receipt): Receipt {
  const path = files.realpath(plan.store.path);
  return withOpen(files, path, "r", undefined, (fd) => {
    const stamp = stampOf(files, path);
    const before = imageOfOpen(files, fd);
    if (before.sha256 !== plan.basis?.sha256) throw new UserError(planAgain);
    const content = plan.edits.find((edit) => edit.kind === "content");
    const splices = content === undefined ? spliceRows(openBytes(files, fd), plan.edits.filter(isRowEdit)) : [];
    const after = content === undefined ? splicedImage(files, fd, splices) : imageOf(files, content.from);
    if (content !== undefined && after.sha256 !== content.sha256)
      throw new UserError("The copy from before the repair was changed: nothing is put back from it.");
    const temporary = temporaryBeside(path, receipt.id);
    const intended: Receipt = { ...receipt, before, after, temporary };
    saveReceipt(files, folder, intended);
    const backup = receiptPath(folder, receipt.id, "store.json");
    try {
      keepCopy(files, path, backup);
      if (imageOf(files, backup).sha256 !== before.sha256) throw new UserError(planAgain);
      keepFiles(files, folder, receipt);
      saveReceipt(files, folder, { ...intended, state: "backedUp", backup });
      writeBeside(files, temporary, fd, (onBytes) => {
        if (content === undefined) eachPiece(files, fd, splices, onBytes);
        else withOpen(files, content.from, "r", undefined, (from) => eachPiece(files, from, [], onBytes));
      });
      if (imageOf(files, temporary).sha256 !== after.sha256)
        throw new UserError("What was written is not what was meant: nothing was changed. Try again.");
      const put = (): void => {
        if (stampOf(files, path) !== stamp) throw new UserError(planAgain);
        putInPlace(files, temporary, path);
      };
      if (plan.store.era === "J1") withVendorLock(files, path, put);
      else put();
    } catch (error) {
      // Where the rename itself had happened there is nothing to roll back.
      if (imageOf(files, path).sha256 !== after.sha256) {
        rollBack(files, folder, intended);
        throw error;
      }
    }
    const { temporary: _put, ...rest } = intended;
    const written: Receipt = { ...rest, state: "rowsWritten", backup };
    saveReceipt(files, folder, written);
    return written;
  });
}

function rollBack(files: Files, folder: StateFolder, receipt: Receipt): void {
  if (receipt.temporary !== undefined) removeTemporary(files, receipt.temporary);
  const { temporary: _gone, ...rest } = receipt;
  saveReceipt(files, folder, { ...rest, state: "rolledBack" });
}

function isRowEdit(edit: Plan["edits"][number]): edit is RowEdit {
  return edit.kind === "fields" || edit.kind === "removeRow" || edit.kind === "addRow";
}

export function markUndone(files: Files, folder: StateFolder, id: string, undoneBy: string): void {
  const undone = loadReceipt(files, folder, id);
  if (undone !== undefined) saveReceipt(files, folder, { ...undone, undoneBy });
}
