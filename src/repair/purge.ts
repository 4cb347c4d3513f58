// What was moved to a quarantine, deleted for good: only when a person has read how much it is, and only that.
import { createHash } from "node:crypto";
import { dirname } from "node:path";
import type { Receipt } from "../model/receipt.ts";
import { type GoOn, isStopped } from "../model/stopped.ts";
import { UserError } from "../model/userError.ts";
import { type Files, isSystemError, syncDirectory, unlinkIfThere } from "./files.ts";
import { listQuarantined, type Quarantined, quarantineBeside, removeIfEmpty } from "./quarantine.ts";
import { listReceipts, loadReceipt, saveReceipt } from "./receiptFolder.ts";
import type { StateFolder } from "./stateFolder.ts";
import { type StoreLock, takeStoreLock } from "./storeLock.ts";

export interface PurgeInput {
  readonly files: Files;
  readonly folder: StateFolder;
  /** State directories that may have a quarantine beside them. */
  readonly stateDirs: readonly string[];
  /** Asked before each file. */
  readonly goOn?: GoOn;
}

export interface Purged {
  readonly files: readonly Quarantined[];
  /** By the person; what is left stays, with its way back. */
  readonly isStopped: boolean;
}

export interface QuarantineContent {
  readonly files: readonly Quarantined[];
  /** Hash of what it holds: only what was shown is purged. */
  readonly token: string;
}

/** What can be purged; what an interrupted repair still moves is not among it. Quarantines of receipts are known too. */
export function quarantineContent({ files, folder, stateDirs }: PurgeInput): QuarantineContent {
  const receipts = listReceipts(files, folder);
  const quarantines = new Set([
    folder.quarantine,
    ...stateDirs.map((path) => quarantineBeside(files, path)),
    ...receipts.flatMap(placesOf).map(dirname),
  ]);
  const held = new Set(receipts.filter(({ state }) => state !== "done" && state !== "rolledBack").flatMap(placesOf));
  const found = listQuarantined(files, quarantines).filter(({ path }) => !held.has(path));
  const hash = createHash("sha256").update(JSON.stringify(found.map(({ path, stamp }) => [path, stamp])));
  return { files: found, token: hash.digest("hex") };
}

/**
 * Deletes what `quarantineContent` told, and marks the receipts that it belongs to: they cannot be undone any more.
 * Gives what was deleted. Throws a UserError where the quarantine holds something else by now, or a repair is under way
 * that may need it, and a `Stopped` where it was stopped before anything was deleted. `now`: epoch milliseconds.
 */
export function purge(input: PurgeInput, token: string, now: number): Purged {
  const { files, folder } = input;
  const stores = new Set(
    listReceipts(files, folder)
      .filter(isTidy)
      .map(({ plan }) => plan.store.path),
  );
  const locks: StoreLock[] = [];
  try {
    for (const store of stores) locks.push(takeStoreLock(files, folder, store));
    const content = quarantineContent(input);
    if (content.token !== token)
      throw new UserError("The quarantine holds something else by now, and nothing was deleted. Look at it again.");
    input.goOn?.();
    return deleteAll(input, content.files, now);
  } finally {
    for (const lock of locks) lock.release();
  }
}

/** What cannot be deleted stays, with its receipt as it was. */
function deleteAll({ files, folder, goOn }: PurgeInput, content: readonly Quarantined[], now: number): Purged {
  let stopped = false;
  const deleted = content.filter(({ path }) => {
    stopped ||= isStopped(goOn);
    if (stopped) return false;
    try {
      unlinkIfThere(files, path);
      return true;
    } catch (error) {
      if (!isSystemError(error)) throw error;
      return false;
    }
  });
  for (const quarantine of new Set(deleted.map(({ path }) => dirname(path)))) {
    syncDirectory(files, quarantine);
    removeIfEmpty(files, quarantine);
  }
  const gone = new Set(deleted.map(({ path }) => path));
  for (const { id } of listReceipts(files, folder).filter((receipt) =>
    placesOf(receipt).some((path) => gone.has(path)),
  )) {
    const receipt = loadReceipt(files, folder, id);
    const isWhole = receipt && placesOf(receipt).every((path) => files.lstat(path) === undefined);
    if (receipt !== undefined && isWhole) saveReceipt(files, folder, { ...receipt, purgedAt: now });
  }
  return { files: deleted, isStopped: stopped };
}

function isTidy(receipt: Receipt): boolean {
  return placesOf(receipt).length > 0;
}

/** Where in a quarantine a receipt has, or had, its files. */
function placesOf({ plan }: Receipt): string[] {
  return plan.edits.flatMap((edit) => {
    if (edit.kind !== "move") return [];
    return edit.quarantine === "in" ? [edit.to] : [edit.from];
  });
}
