// What a crash left is finished or taken back at the next start, under the store's own lock, so that one window never
// sweeps another's running repair (promise 2).
import type { Receipt } from "../model/receipt.ts";
import { finishFiles } from "./fileEdits.ts";
import type { Files } from "./files.ts";
import { markUndone } from "./jsonStoreRepair.ts";
import { imageOf, listReceipts, loadReceipt, saveReceipt } from "./receiptFolder.ts";
import type { StateFolder } from "./stateFolder.ts";
import { removeTemporary } from "./storeFile.ts";
import { takeStoreLock } from "./storeLock.ts";

export interface Recovered {
  readonly receipt: Receipt;
  readonly how: "finished" | "takenBack";
}

/** `lockIsFree`: asked right before a lock goes. A store that is being repaired right now is left to whoever does. */
export function recover(files: Files, folder: StateFolder, lockIsFree: (path: string) => boolean): Recovered[] {
  return listReceipts(files, folder)
    .filter(isUnfinished)
    .map(({ id, plan }) => {
      const lock = lockOrNothing(files, folder, plan.store.path);
      if (lock === undefined) return undefined;
      try {
        const receipt = loadReceipt(files, folder, id);
        return receipt === undefined || !isUnfinished(receipt) ? undefined : settle(files, folder, receipt, lockIsFree);
      } finally {
        lock.release();
      }
    })
    .filter((recovered) => recovered !== undefined);
}

function isUnfinished({ state }: Receipt): boolean {
  return state !== "done" && state !== "rolledBack";
}

/** The rename of the row file is the point of no return: whether it happened is told by the store itself. */
function settle(files: Files, folder: StateFolder, receipt: Receipt, lockIsFree: (path: string) => boolean): Recovered {
  const { temporary, ...rest } = receipt;
  const wasPut =
    receipt.state === "rowsWritten" ||
    (receipt.after !== undefined && currentHash(files, receipt) === receipt.after.sha256);
  if (wasPut) {
    const finished = finishFiles(files, rest, lockIsFree);
    saveReceipt(files, folder, finished);
    if (receipt.plan.undoes !== undefined) markUndone(files, folder, receipt.plan.undoes, receipt.id);
    return { receipt: finished, how: "finished" };
  }
  if (temporary !== undefined) removeTemporary(files, temporary);
  const rolledBack: Receipt = { ...rest, state: "rolledBack" };
  saveReceipt(files, folder, rolledBack);
  return { receipt: rolledBack, how: "takenBack" };
}

function currentHash(files: Files, receipt: Receipt): string | undefined {
  try {
    return imageOf(files, files.realpath(receipt.plan.store.path)).sha256;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
}

function lockOrNothing(
  files: Files,
  folder: StateFolder,
  storePath: string,
): ReturnType<typeof takeStoreLock> | undefined {
  try {
    return takeStoreLock(files, folder, storePath);
  } catch {
    return undefined;
  }
}
