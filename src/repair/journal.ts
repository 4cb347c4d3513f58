// The steps of a repair that a crash may leave to the next start, the same for whoever takes them.
import type { Edit } from "../model/plan.ts";
import type { Receipt } from "../model/receipt.ts";
import { UserError } from "../model/userError.ts";
import { wereMemoryRowsWritten } from "./claudeMemRows.ts";
import { type FileWorld, finishFiles } from "./fileEdits.ts";
import { imageOf } from "./fileImage.ts";
import { type Files, isSystemError, unlinkIfThere } from "./files.ts";
import { loadReceipt, saveReceipt } from "./receiptFolder.ts";
import { wereRowsWritten } from "./rowImages.ts";
import type { StateFolder } from "./stateFolder.ts";
import { releaseVendorLock } from "./vendorLock.ts";

/**
 * Whether the row file was put in the store's place, told by the new file, which is beside the store until then; in a
 * database, whether the rows were committed. Throws a UserError where that cannot be read now.
 */
export function wasPut(files: Files, receipt: Receipt): boolean {
  const { state, temporary, before } = receipt;
  if (state === "rowsWritten") return true;
  if (isInDatabase(receipt)) return state === "prepared" && wereWritten(files, receipt);
  if (state !== "prepared" || temporary === undefined || files.lstat(temporary) !== undefined) return false;
  return storeHash(files, receipt) !== before?.sha256;
}

function isInDatabase({ plan }: Receipt): boolean {
  return plan.store.kind === "openclaw-sqlite" || plan.store.kind === "claude-mem";
}

function wereWritten(files: Files, receipt: Receipt): boolean {
  return receipt.plan.store.kind === "claude-mem" ? wereMemoryRowsWritten(receipt) : wereRowsWritten(files, receipt);
}

/** Undefined where the store is gone. */
export function storeHash(files: Files, receipt: Receipt): string | undefined {
  // What goes with rows of a database rests on nothing else that is in it.
  if (isInDatabase(receipt)) return receipt.after?.sha256;
  try {
    return imageOf(files, files.realpath(receipt.plan.store.path)).sha256;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
}

/**
 * From the written rows to `done`. Nothing is marked as undone before its undo is whole, and no undo is done before that
 * is marked. `renames`: whether transcripts and leftovers may still get their new names.
 */
export function finish(world: FileWorld, folder: StateFolder, receipt: Receipt, renames: boolean): Finished {
  const { files } = world;
  const written: Receipt = { ...withoutTemporary(files, receipt), state: "rowsWritten" };
  saveReceipt(files, folder, written);
  const { notes, isStopped } = finishFiles(world, renames ? written : withoutRenames(written));
  const { undoes, ...plan } = written.plan;
  if (undoes !== undefined && !isStopped) {
    const undone = loadReceipt(files, folder, undoes);
    if (undone !== undefined) saveReceipt(files, folder, { ...undone, undoneBy: written.id });
  }
  const done: Receipt = {
    ...written,
    state: "done",
    // The rest of an undo that was stopped is still to be had.
    ...(isStopped && { plan }),
    ...(notes.length > 0 && { notes }),
  };
  saveReceipt(files, folder, done);
  return { receipt: done, isStopped };
}

export interface Finished {
  readonly receipt: Receipt;
  /** The person stopped it before all was done that could be left. */
  readonly isStopped: boolean;
}

function withoutRenames(receipt: Receipt): Receipt {
  const isLater = ({ kind }: Edit): boolean => kind === "rename" || kind === "move";
  const edits = receipt.plan.edits.filter((edit) => !isLater(edit));
  const left = receipt.plan.edits.length - edits.length;
  const note = "The store was written by others before this was finished: what was not renamed or moved by then stays.";
  return {
    ...receipt,
    plan: { ...receipt.plan, edits },
    ...(left > 0 && { notes: [...(receipt.notes ?? []), note] }),
  };
}

/** Takes back what was prepared; what cannot be taken back now is left to the next start. */
export function rollBack(files: Files, folder: StateFolder, receipt: Receipt): Receipt {
  const rolledBack: Receipt = { ...receipt, state: "rolledBack" };
  try {
    // First the word, then the deed: a new file that is gone must not look as if it had been put in place.
    saveReceipt(files, folder, rolledBack);
    const clean = withoutTemporary(files, rolledBack);
    saveReceipt(files, folder, clean);
    return clean;
  } catch (error) {
    if (!isSystemError(error)) throw error;
    return rolledBack;
  }
}

/** Removes what lies beside the store: the new row file and the inspected program's store lock, where it is ours. */
function withoutTemporary(files: Files, receipt: Receipt): Receipt {
  const { temporary, vendorLock, ...rest } = receipt;
  if (temporary === undefined) return receipt;
  unlinkIfThere(files, temporary);
  if (vendorLock !== undefined) releaseVendorLock(files, vendorLock, receipt.id);
  return rest;
}

/** After a failure: returns where the rows were written all the same; throws `error` where it had not. */
export function settleFailure(files: Files, folder: StateFolder, receipt: Receipt, error: unknown): void {
  let put: boolean;
  try {
    put = wasPut(files, receipt);
  } catch (second) {
    if (!isSystemError(second) && !(second instanceof UserError)) throw second;
    throw new UserError("The repair was interrupted and is finished or taken back at the next start. Look again then.");
  }
  if (put) return;
  rollBack(files, folder, receipt);
  throw error;
}
