// Receipts on disk: a folder each, with the manifest that says what was meant and how far it came, the copy of the store
// from before, and copies of whatever else goes. Folders 0700, files 0600.
import { dirname, join } from "node:path";
import { asNumber, asRecord, asText } from "../inspect/openclawJson/records.ts";
import type { FileImage, Receipt, RepairState } from "../model/receipt.ts";
import { UserError } from "../model/userError.ts";
import { imageOf } from "./fileImage.ts";
import { type Files, readAll, syncDirectory, unlinkIfThere, withOpen, writeAll } from "./files.ts";
import type { StateFolder } from "./stateFolder.ts";

const privateFolder = 0o700;
const privateFile = 0o600;

const states: ReadonlySet<unknown> = new Set<RepairState>([
  "intended",
  "backedUp",
  "prepared",
  "rowsWritten",
  "done",
  "rolledBack",
]);

export function receiptPath(folder: StateFolder, id: string, ...names: string[]): string {
  return join(folder.receipts, id, ...names);
}

/** Whole or not at all, and safe from a power cut when it returns. */
export function saveReceipt(files: Files, folder: StateFolder, receipt: Receipt): void {
  const directory = receiptPath(folder, receipt.id);
  files.mkdir(directory, privateFolder);
  const temporary = join(directory, "manifest.tmp");
  unlinkIfThere(files, temporary);
  withOpen(files, temporary, "wx", privateFile, (fd) => {
    writeAll(files, fd, Buffer.from(JSON.stringify(receipt, null, 2)));
    files.fsync(fd);
  });
  files.rename(temporary, join(directory, "manifest.json"));
  syncDirectory(files, directory);
}

/** Undefined where there is none, or none that this version understands. */
export function loadReceipt(files: Files, folder: StateFolder, id: string): Receipt | undefined {
  try {
    const manifest: unknown = JSON.parse(readAll(files, receiptPath(folder, id, "manifest.json")).toString("utf8"));
    return isReceipt(manifest) ? manifest : undefined;
  } catch (error) {
    if (error instanceof SyntaxError || (error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
}

/** Only what recovery and undo rest on; a manifest that does not fit is another version's, and is left alone. */
function isReceipt(value: unknown): value is Receipt {
  const { schema, id, batch, at, state, plan } = asRecord(value) ?? {};
  const { store, action, edits } = asRecord(plan) ?? {};
  const { path, kind } = asRecord(store) ?? {};
  const texts = [id, batch, action, path, kind];
  return (
    schema === 1 &&
    states.has(state) &&
    asNumber(at) !== undefined &&
    Array.isArray(edits) &&
    texts.every((text) => asText(text) !== undefined)
  );
}

/** All receipts, newest first. */
export function listReceipts(files: Files, folder: StateFolder): Receipt[] {
  let ids: string[];
  try {
    ids = files.readdir(folder.receipts);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return [];
    throw error;
  }
  return ids
    .map((id) => loadReceipt(files, folder, id))
    .filter((receipt) => receipt !== undefined)
    .sort((a, b) => b.at - a.at || (a.id < b.id ? 1 : -1));
}

/**
 * Copies a file into the receipt and reads the copy back. Throws a UserError where that is not the same as the file or, where
 * it is known what the file holds, as that.
 */
export function keepCopy(files: Files, from: string, to: string, known?: FileImage): void {
  files.mkdir(dirname(to), privateFolder);
  files.copy(from, to);
  withOpen(files, to, "r", undefined, (fd) => {
    files.fchmod(fd, privateFile);
    files.fsync(fd);
  });
  syncDirectory(files, dirname(to));
  if (imageOf(files, to).sha256 !== (known ?? imageOf(files, from)).sha256)
    throw new UserError(
      `${from} changed while it was copied, and nothing was written. Look at it again and plan anew.`,
    );
}
