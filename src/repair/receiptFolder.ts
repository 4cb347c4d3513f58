// Receipts on disk: a folder each, with the manifest that says what was meant and how far it came, the copy of the store
// from before, and copies of whatever else goes. Folders 0700, files 0600.
import { dirname, join } from "node:path";
import * as z from "zod/mini";
import type { FileImage, Receipt } from "../model/receipt.ts";
import { UserError } from "../model/userError.ts";
import { imageOf } from "./fileImage.ts";
import { type Files, readAll, syncDirectory, unlinkIfThere, withOpen, writeAll } from "./files.ts";
import type { StateFolder } from "./stateFolder.ts";

const privateFolder = 0o700;
const privateFile = 0o600;

/** Only what recovery and undo rest on; a manifest that does not fit is another version's, and is left alone. */
const manifestSchema = z.looseObject({
  schema: z.literal(1),
  id: z.string(),
  batch: z.string(),
  at: z.number(),
  state: z.enum(["intended", "backedUp", "prepared", "rowsWritten", "done", "rolledBack"]),
  plan: z.looseObject({
    store: z.looseObject({ path: z.string(), kind: z.string() }),
    action: z.string(),
    edits: z.array(z.unknown()),
  }),
});

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
    return z.safeParse(manifestSchema, manifest).success ? (manifest as Receipt) : undefined;
  } catch (error) {
    if (error instanceof SyntaxError || (error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
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
