// How long receipts are kept, and with them the way back: none goes before the date that is shown (promise 3), and after it
// by age, by count and by size, the oldest first, never the last one.
import { join } from "node:path";
import type { Receipt } from "../model/receipt.ts";
import { UserError } from "../model/userError.ts";
import { type Files, unlinkIfThere } from "./files.ts";
import { listReceipts, receiptPath } from "./receiptFolder.ts";
import type { StateFolder } from "./stateFolder.ts";
import { takeStoreLock } from "./storeLock.ts";

const dayMs = 86_400_000;

export const retention = {
  atLeastMs: 30 * dayMs,
  atMostMs: 90 * dayMs,
  mostReceipts: 200,
  mostBytes: 1 << 30,
} as const;

/** Epoch milliseconds: until then it stays, whatever else there is. This is the date that is shown. */
export function keptUntil({ at }: Receipt): number {
  return at + retention.atLeastMs;
}

/** Takes away what is due at `now` (epoch milliseconds), each under its store's lock: none that somebody undoes right now. */
export function sweepReceipts(files: Files, folder: StateFolder, now: number): void {
  const receipts = listReceipts(files, folder);
  const sizes = new Map(receipts.map(({ id }) => [id, sizeOf(files, receiptPath(folder, id))]));
  // A leftover in the quarantine is told by nothing else where it came from.
  const swept = receipts.filter((receipt) => !hasQuarantined(files, receipt));
  for (const { id, plan } of dueReceipts(receipts, swept, sizes, now)) {
    try {
      const lock = takeStoreLock(files, folder, plan.store.path);
      try {
        removeFolder(files, receiptPath(folder, id));
      } finally {
        lock.release();
      }
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
    }
  }
  clearRests(files, folder, now);
}

function hasQuarantined(files: Files, { plan }: Receipt): boolean {
  return plan.edits.some(
    (edit) => edit.kind === "move" && edit.quarantine === "in" && files.lstat(edit.to) !== undefined,
  );
}

/** Of those that may be `swept`. Both lists are newest first. */
function dueReceipts(
  receipts: readonly Receipt[],
  swept: readonly Receipt[],
  sizes: ReadonlyMap<string, number>,
  now: number,
): Receipt[] {
  const isDone = ({ state }: Receipt): boolean => state === "done" || state === "rolledBack";
  const isWayBack = ({ state, undoneBy, plan }: Receipt): boolean =>
    state === "done" && undoneBy === undefined && plan.action !== "undo";
  const last = new Set([receipts[0], receipts.find(isWayBack)]);
  // What is still to be finished may need the copies of the one that it undoes.
  const unsettled = new Set(receipts.filter((receipt) => !isDone(receipt)).map(({ plan }) => plan.store.path));
  let count = receipts.length;
  let bytes = [...sizes.values()].reduce((sum, size) => sum + size, 0);
  return swept.toReversed().filter((receipt) => {
    const stays = last.has(receipt) || unsettled.has(receipt.plan.store.path) || now < keptUntil(receipt);
    const isOld = now >= receipt.at + retention.atMostMs;
    if (stays || !(isOld || count > retention.mostReceipts || bytes > retention.mostBytes)) return false;
    count -= 1;
    bytes -= sizes.get(receipt.id) ?? 0;
    return true;
  });
}

/** What would be free without it: a transcript that is kept by a link takes no room while it has another name. */
function sizeOf(files: Files, path: string): number {
  const stats = files.lstat(path);
  if (stats === undefined) return 0;
  if (!stats.isDirectory()) return stats.nlink > 1n ? 0 : Number(stats.size);
  return files.readdir(path).reduce((sum, name) => sum + sizeOf(files, join(path, name)), 0);
}

/** The manifest goes last: what is left of a receipt after a crash is still a receipt, and is swept again. */
function removeFolder(files: Files, path: string): void {
  const names = files.readdir(path).sort((a, b) => Number(a === "manifest.json") - Number(b === "manifest.json"));
  for (const name of names) {
    const child = join(path, name);
    if (files.lstat(child)?.isDirectory()) removeFolder(files, child);
    else unlinkIfThere(files, child);
  }
  files.rmdir(path);
}

/** What a crash left of a receipt that was not there yet, or not any more. */
function clearRests(files: Files, folder: StateFolder, now: number): void {
  for (const name of files.readdir(folder.receipts)) {
    const path = join(folder.receipts, name);
    const stats = files.lstat(path);
    const isRest = stats?.isDirectory() === true && now - Number(stats.mtimeMs) > dayMs;
    if (isRest && files.readdir(path).every((child) => child === "manifest.tmp")) removeFolder(files, path);
  }
}
