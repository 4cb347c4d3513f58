// What a crash left is finished or taken back at the next start, under the store's own lock, so that one window never
// sweeps another's running repair (promise 2).
import type { Receipt } from "../model/receipt.ts";
import type { Permission } from "../model/store.ts";
import { UserError } from "../model/userError.ts";
import { type Files, isSystemError } from "./files.ts";
import { finish, rollBack, storeHash, wasPut } from "./journal.ts";
import { listReceipts, loadReceipt } from "./receiptFolder.ts";
import type { StateFolder } from "./stateFolder.ts";
import { takeStoreLock } from "./storeLock.ts";

export interface Recovered {
  readonly receipt: Receipt;
  readonly how: "finished" | "takenBack";
}

export interface RecoveryInput {
  readonly files: Files;
  readonly folder: StateFolder;
  /** Who may write is asked anew before locks and transcripts are touched; nothing more of the rows is written. */
  readonly permission: (receipt: Receipt) => Promise<Permission>;
  /** Whether nobody holds this lock, asked right before it goes. */
  readonly lockIsFree: (path: string, receipt: Receipt) => boolean;
  /** Texts of directory locks that somebody holds. */
  readonly heldElements: (receipt: Receipt) => ReadonlySet<string>;
}

/** What may not or cannot be settled now is left to the next start; so is a store that is being repaired right now. */
export async function recover(input: RecoveryInput): Promise<Recovered[]> {
  const recovered: Recovered[] = [];
  for (const receipt of listReceipts(input.files, input.folder).filter(isUnfinished)) {
    try {
      const settled = await settleUnderLock(input, receipt);
      if (settled !== undefined) recovered.push(settled);
    } catch (error) {
      if (!(error instanceof UserError) && !isSystemError(error)) throw error;
    }
  }
  return recovered;
}

function isUnfinished({ state, temporary, undoneBy }: Receipt): boolean {
  if (state === "rolledBack") return temporary !== undefined;
  return state !== "done" && undoneBy === undefined;
}

async function settleUnderLock(input: RecoveryInput, { id, plan }: Receipt): Promise<Recovered | undefined> {
  const { files, folder } = input;
  const lock = takeStoreLock(files, folder, plan.store.path);
  try {
    const receipt = loadReceipt(files, folder, id);
    return receipt === undefined || !isUnfinished(receipt) ? undefined : await settle(input, receipt);
  } finally {
    lock.release();
  }
}

async function settle(input: RecoveryInput, receipt: Receipt): Promise<Recovered | undefined> {
  const { files, folder, permission, lockIsFree, heldElements } = input;
  if (!wasPut(files, receipt)) {
    const how = "takenBack";
    // What was taken back is told once, also where only its clean-up was left.
    return { receipt: rollBack(files, folder, receipt), how };
  }
  const rest = receipt.plan.edits.some((edit) => !("key" in edit) && edit.kind !== "content");
  if (rest && (await permission(receipt)).answer !== "yes") return undefined;
  const untouched = receipt.after === undefined || storeHash(files, receipt) === receipt.after.sha256;
  const world = {
    files,
    lockIsFree: (path: string) => lockIsFree(path, receipt),
    heldElements: () => heldElements(receipt),
  };
  return { receipt: finish(world, folder, receipt, untouched).receipt, how: "finished" };
}
