// The row file of a repair: backup, the new file beside it, one more comparison, and the rename that is the point of no
// return.
import type { Edit } from "../model/plan.ts";
import type { Receipt } from "../model/receipt.ts";
import type { Permission, StoreKind } from "../model/store.ts";
import { UserError } from "../model/userError.ts";
import { movedBy, rowBytes } from "./agentctlRows.ts";
import { type Files, withOpen, withOpenToRead } from "./files.ts";
import { settleFailure } from "./journal.ts";
import { keepFiles } from "./keptFiles.ts";
import { type Landing, watchLanding } from "./landing.ts";
import type { Splice } from "./members.ts";
import { identityOf } from "./modes.ts";
import { imageOf, imageOfOpen, keepCopy, receiptPath, saveReceipt } from "./receiptFolder.ts";
import { isSpliced, type RowEdit, type StoreBytes, spliceRows } from "./rowSplice.ts";
import type { StateFolder } from "./stateFolder.ts";
import {
  eachPiece,
  openBytes,
  planAgain,
  putInPlace,
  readUnchanged,
  splicedImage,
  stampOf,
  stampOfOpen,
  temporaryBeside,
  writeBeside,
} from "./storeFile.ts";
import { releaseVendorLock, takeVendorLock, vendorLockOf } from "./vendorLock.ts";

const notMeant = "What would be written is not what was meant: nothing was changed. Report this, please.";

/** What a person is told whose repair and a write of the gateway met between the last look and the rename. */
export const replacedAnother =
  "Another write of the store came at that very moment and was replaced: what it said of its sessions is lost.";

/**
 * Gives the receipt as `rowsWritten`; it is not saved as that yet. Throws where the store is left as it was, and a
 * UserError that says so where that cannot be told. `now`: epoch milliseconds. `lastWord`: the store is written beside its
 * gateway, and this is its last word on that.
 */
export async function putRows(
  files: Files,
  folder: StateFolder,
  receipt: Receipt,
  now: number,
  lastWord?: () => Promise<Permission>,
): Promise<Receipt> {
  const { plan } = receipt;
  const path = files.realpath(plan.store.path);
  const stamp = stampOf(files, path);
  return withOpenToRead(files, path, async (fd) => {
    const opened = stampOfOpen(files, fd);
    const content = plan.edits.find((edit) => edit.kind === "content");
    const edits = plan.edits.filter(isRowEdit);
    const { before, rows, splices, after } = readUnchanged(files, fd, opened, () => {
      const before = imageOfOpen(files, fd);
      if (before.sha256 !== plan.basis?.sha256) throw new UserError(planAgain);
      const rows = content === undefined ? rowBytes(plan.store.kind, openBytes(files, fd)) : undefined;
      const splices = rows === undefined ? [] : movedBy(spliceRows(rows.object, edits), rows.start);
      return {
        before,
        rows,
        splices,
        after: content === undefined ? splicedImage(files, fd, splices) : imageOf(files, content.from),
      };
    });
    if (content !== undefined && after.sha256 !== content.sha256)
      throw new UserError("The copy from before the repair was changed: nothing is put back from it.");
    const temporary = temporaryBeside(path, receipt.id);
    let current: Receipt = { ...receipt, before, after, temporary };
    const reached = (more: Partial<Receipt>): void => {
      current = { ...current, ...more };
      saveReceipt(files, folder, current);
    };
    reached({});
    let landing: Landing | undefined;
    try {
      const backup = receiptPath(folder, receipt.id, "store.json");
      if (keepCopy(files, path, backup).sha256 !== before.sha256) throw new UserError(planAgain);
      reached({ state: "backedUp", backup, kept: keepFiles(files, folder, receipt) });
      readUnchanged(files, fd, opened, () => {
        writeNew(files, fd, temporary, splices, content?.from);
        if (imageOf(files, temporary).sha256 !== after.sha256) throw new UserError(notMeant);
        if (rows !== undefined) checkMeaning(files, rows.object, plan.store.kind, temporary, edits);
      });
      // A version that takes none does not mind it; one that may take it, does.
      const takesLock = plan.store.kind === "openclaw-json" && plan.store.era !== "J2";
      const vendorLock = takesLock ? vendorLockOf(path, now) : undefined;
      const rowFile = withOpen(files, temporary, "r", undefined, (own) => identityOf(files.fstat(own)));
      reached({ state: "prepared", rowFile, ...(vendorLock !== undefined && { vendorLock }) });
      landing = lastWord === undefined ? undefined : watchLanding(path, temporary);
      const word = await lastWord?.();
      if (word !== undefined && word.answer !== "yes") throw new UserError(word.why);
      if (vendorLock !== undefined) takeVendorLock(files, vendorLock, receipt.id);
      if (stampOf(files, path) !== stamp) throw new UserError(planAgain);
      putInPlace(files, temporary, path);
      if (vendorLock !== undefined) releaseVendorLock(files, vendorLock, receipt.id);
    } catch (error) {
      landing?.close();
      settleFailure(files, folder, current, error);
    }
    const notes = (await landing?.replacedAnother()) === true ? [...(current.notes ?? []), replacedAnother] : undefined;
    return { ...current, state: "rowsWritten", ...(notes !== undefined && { notes }) };
  });
}

function writeNew(
  files: Files,
  fd: number,
  temporary: string,
  splices: readonly Splice[],
  content: string | undefined,
): void {
  writeBeside(files, temporary, fd, (onBytes) => {
    if (content === undefined) eachPiece(files, fd, splices, onBytes);
    else withOpen(files, content, "r", undefined, (from) => eachPiece(files, from, [], onBytes));
  });
}

function checkMeaning(
  files: Files,
  before: StoreBytes,
  kind: StoreKind,
  temporary: string,
  edits: readonly RowEdit[],
): void {
  withOpen(files, temporary, "r", undefined, (fd) => {
    const after = rowBytes(kind, openBytes(files, fd)).object;
    if (!isSpliced(before, after, edits)) throw new UserError(notMeant);
  });
}

function isRowEdit(edit: Edit): edit is RowEdit {
  return edit.kind === "fields" || edit.kind === "removeRow" || edit.kind === "addRow";
}
