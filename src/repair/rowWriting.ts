// The row file of a repair: backup, the new file beside it, one more comparison, and the rename that is the point of no
// return.
import type { Edit, Plan } from "../model/plan.ts";
import type { FileImage, Receipt } from "../model/receipt.ts";
import type { GoOn } from "../model/stopped.ts";
import type { Permission, StoreKind } from "../model/store.ts";
import { UserError } from "../model/userError.ts";
import { movedBy, rowBytes } from "./agentctlRows.ts";
import { imageOf, imageOfOpen } from "./fileImage.ts";
import { type Files, isSystemError, readPieces, withOpen, withOpenToRead } from "./files.ts";
import { settleFailure } from "./journal.ts";
import { keepFiles } from "./keptFiles.ts";
import { type Landing, watchLanding } from "./landing.ts";
import type { Splice } from "./members.ts";
import { identityOf } from "./modes.ts";
import { seenStore } from "./prepare.ts";
import { keepCopy, receiptPath, saveReceipt } from "./receiptFolder.ts";
import { areRowsSpliced, isSpliced, type Place, placesOf, type RowEdit, spliceRows } from "./rowSplice.ts";
import type { StateFolder } from "./stateFolder.ts";
import {
  eachPiece,
  imageOfSpliced,
  openBytes,
  planAgain,
  putInPlace,
  readUnchanged,
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

export interface Asked {
  /** The store is written beside its gateway, and this is its last word on that. */
  readonly lastWord?: () => Promise<Permission>;
  readonly goOn?: GoOn;
}

/**
 * Gives the receipt as `rowsWritten`; it is not saved as that yet. Throws where the store is left as it was, and a
 * UserError that says so where that cannot be told. `now`: epoch milliseconds.
 */
export async function putRows(
  files: Files,
  folder: StateFolder,
  receipt: Receipt,
  now: number,
  { lastWord, goOn }: Asked,
): Promise<Receipt> {
  const { plan } = receipt;
  const path = files.realpath(plan.store.path);
  const stamp = stampOf(files, path);
  return withOpenToRead(files, path, async (fd) => {
    const opened = stampOfOpen(files, fd);
    const content = plan.edits.find((edit) => edit.kind === "content");
    const edits = plan.edits.filter(isRowEdit);
    const { before, spliced } = readUnchanged(files, fd, opened, () => {
      const before = basisIn(files, fd, opened, plan);
      return { before, spliced: content === undefined ? splicesIn(files, fd, before, plan) : nothingSpliced };
    });
    const temporary = temporaryBeside(path, receipt.id);
    let current: Receipt = { ...receipt, before, temporary };
    const reached = (more: Partial<Receipt>): void => {
      current = { ...current, ...more };
      saveReceipt(files, folder, current);
    };
    reached({});
    let landing: Landing | undefined;
    try {
      goOn?.();
      const backup = receiptPath(folder, receipt.id, "store.json");
      readUnchanged(files, fd, opened, () => keepCopy(files, path, backup, before));
      reached({ state: "backedUp", backup, kept: keepFiles(files, folder, receipt, goOn) });
      goOn?.();
      const after = readUnchanged(files, fd, opened, () => {
        if (content !== undefined) return writeWhole(files, fd, temporary, content.from);
        // The copy is known to be what the plan was made from: what is written is made of that.
        const written = writeNew(files, fd, temporary, spliced.splices, backup);
        checkMeaning(files, plan.store.kind, temporary, spliced, edits);
        return written;
      });
      if (content !== undefined && after.sha256 !== content.sha256)
        throw new UserError("The copy from before the repair was changed: nothing is put back from it.");
      // A version that takes none does not mind it; one that may take it, does.
      const takesLock = plan.store.kind === "openclaw-json" && plan.store.era !== "J2";
      const vendorLock = takesLock ? vendorLockOf(path, now) : undefined;
      const rowFile = withOpen(files, temporary, "r", undefined, (own) => identityOf(files.fstat(own)));
      reached({ state: "prepared", after, rowFile, ...(vendorLock !== undefined && { vendorLock }) });
      landing = lastWord === undefined ? undefined : watchLanding(path, temporary);
      const word = await lastWord?.();
      if (word !== undefined && word.answer !== "yes") throw new UserError(word.why);
      goOn?.();
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

/** Of the store, which is open and had this stamp then. Throws a UserError where it is not what the plan was made from. */
function basisIn(files: Files, fd: number, stamp: string, { basis }: Plan): FileImage {
  // Its hash is asked for once more, of the copy.
  if (basis !== undefined && seenStore(basis)?.stamp === stamp) return basis;
  const image = imageOfOpen(files, fd);
  if (image.sha256 !== basis?.sha256) throw new UserError(planAgain);
  return image;
}

interface Spliced {
  /** Of all rows of the store. */
  readonly places: readonly Place[];
  /** The places are of the very bytes that the plan was made from, and the copy is. */
  readonly arePlacesProven: boolean;
  readonly splices: readonly Splice[];
}

const nothingSpliced: Spliced = { places: [], arePlacesProven: false, splices: [] };

/** Throws a UserError where the store is not what it was although it has the same stamp. */
function splicesIn(files: Files, fd: number, before: FileImage, { store, edits, basis }: Plan): Spliced {
  try {
    const { object, start } = rowBytes(store.kind, openBytes(files, fd));
    const known = seenStore(basis)?.places;
    const places = known ?? placesOf(object);
    const splices = movedBy(spliceRows(object, edits.filter(isRowEdit), places), start);
    return { places, arePlacesProven: known !== undefined, splices };
  } catch (error) {
    if (!isSystemError(error) && imageOfOpen(files, fd).sha256 !== before.sha256) throw new UserError(planAgain);
    throw error;
  }
}

/** Gives what was written, and read back: of the file `from` all but the splices. Throws a UserError where it is another. */
function writeNew(files: Files, like: number, temporary: string, splices: readonly Splice[], from: string): FileImage {
  return withOpen(files, from, "r", undefined, (fd) => {
    writeBeside(files, temporary, like, (onBytes) => eachPiece(files, fd, splices, onBytes));
    const written = imageOfSpliced(files, temporary, fd, splices);
    if (written === undefined) throw new UserError(notMeant);
    return written;
  });
}

/** The same of a whole file, of which it is known what it is to hold. */
function writeWhole(files: Files, like: number, temporary: string, from: string): FileImage {
  withOpen(files, from, "r", undefined, (fd) =>
    writeBeside(files, temporary, like, (onBytes) => readPieces(files, fd, onBytes)),
  );
  return imageOf(files, temporary);
}

/**
 * The new file holds what was meant. Where it is known to be the copy but for its splices, where the copy is what the
 * plan was made from, and where the rows lie in that, only rows that change can be anything else, and only these are read
 * once more; in every other case, the whole file.
 */
function checkMeaning(
  files: Files,
  kind: StoreKind,
  temporary: string,
  { places, arePlacesProven, splices }: Spliced,
  edits: readonly RowEdit[],
): void {
  const onlyFields = kind === "openclaw-json" && edits.every((edit) => edit.kind === "fields");
  withOpen(files, temporary, "r", undefined, (fd) => {
    const after = openBytes(files, fd);
    const isMeant =
      arePlacesProven && onlyFields
        ? areRowsSpliced(places, splices, after, edits)
        : isSpliced(places.length, rowBytes(kind, after).object, edits);
    if (!isMeant) throw new UserError(notMeant);
  });
}

function isRowEdit(edit: Edit): edit is RowEdit {
  return edit.kind === "fields" || edit.kind === "removeRow" || edit.kind === "addRow";
}
