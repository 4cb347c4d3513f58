// One repair of one store, as a journalled sequence of steps each of which can be done again: intent, backup, row
// file, locks, renames, done. Whatever happens in between, recovery knows from the receipt what was meant (promise 2).
import { randomUUID } from "node:crypto";
import type { Plan } from "../model/plan.ts";
import type { Receipt, RepairResult } from "../model/receipt.ts";
import { type GoOn, Stopped } from "../model/stopped.ts";
import type { Permission } from "../model/store.ts";
import { UserError } from "../model/userError.ts";
import { putMemoryRows } from "./claudeMemWriting.ts";
import { putDatabaseRows } from "./databaseRows.ts";
import { checkFiles } from "./fileEdits.ts";
import { imageOf } from "./fileImage.ts";
import { codeOf, type Files, isSystemError } from "./files.ts";
import { finish, rollBack } from "./journal.ts";
import { keepFiles } from "./keptFiles.ts";
import { saveReceipt } from "./receiptFolder.ts";
import { PlanMismatch } from "./rowSplice.ts";
import { putRows } from "./rowWriting.ts";
import type { StateFolder } from "./stateFolder.ts";
import { planAgain } from "./storeFile.ts";
import { takeStoreLock } from "./storeLock.ts";

export interface RepairInput {
  readonly plan: Plan;
  readonly batch: string;
  readonly files: Files;
  readonly folder: StateFolder;
  /** A fresh look at who may write, asked under our lock. */
  readonly permission: () => Promise<Permission>;
  /** Asked once more when all is prepared, with nothing but the rename to come: where the store is written beside its gateway. */
  readonly lastWord?: () => Promise<Permission>;
  /** A person vouched in a modal that named store and risk. */
  readonly vouched?: boolean;
  /** Whether nobody holds this lock, asked right before it is taken. */
  readonly lockIsFree: (path: string) => boolean;
  /** Texts of directory locks that somebody holds, asked right before any is released. */
  readonly heldElements: () => ReadonlySet<string>;
  /** Asked at every step before the one that cannot be taken back. */
  readonly goOn?: GoOn;
  readonly captured?: boolean;
  /** Epoch milliseconds. */
  readonly now: () => number;
}

/** Never rejects for what may happen on a disk: that is a refusal with a sentence. */
export async function repairStore(input: RepairInput): Promise<RepairResult> {
  const { plan, files, folder } = input;
  if (plan.edits.length === 0) return { plan, applied: false, refused: "Nothing of this is left to do. Look again." };
  try {
    const lock = takeStoreLock(files, folder, plan.store.path);
    try {
      const permission = await input.permission();
      if (permission.answer === "no" || (permission.answer === "vouch" && input.vouched !== true)) {
        return { plan, applied: false, refused: permission.why };
      }
      input.goOn?.();
      return await applyUnderLock(input);
    } finally {
      lock.release();
    }
  } catch (error) {
    return { plan, ...refusedFor(error) };
  }
}

export function refusedFor(error: unknown): Pick<RepairResult, "applied" | "refused" | "stopped"> {
  return { applied: false, refused: refusalOf(error), ...(error instanceof Stopped && { stopped: true }) };
}

/** A sentence for people; a bug is thrown on. */
export function refusalOf(error: unknown): string {
  if (error instanceof UserError) return error.message;
  if (error instanceof PlanMismatch) return `${planAgain} (${error.message})`;
  if (!isSystemError(error)) throw error;
  const { path } = error as NodeJS.ErrnoException;
  const where = path === undefined ? "" : ` at ${path}`;
  return `The system refused (${codeOf(error)}${where}): nothing was changed. Mend that and try again.`;
}

let lastAt = 0;

/** Two repairs of one millisecond would leave it open which of them is the last: the later one is a millisecond later. */
function momentAfterLast(now: number): number {
  lastAt = now > lastAt || lastAt - now > 1000 ? now : lastAt + 1;
  return lastAt;
}

async function applyUnderLock(input: RepairInput): Promise<RepairResult> {
  const { plan, folder } = input;
  checkFiles(input, plan);
  const at = momentAfterLast(input.now());
  const receipt: Receipt = {
    schema: 1,
    id: `${new Date(at).toISOString().replace(/[:.]/g, "-")}-${randomUUID().slice(0, 8)}`,
    batch: input.batch,
    at,
    plan,
    state: "intended",
    ...(input.captured === true && { captured: true }),
  };
  const written = touchesStore(plan) ? await putStore(input, receipt) : keepOnly(input, receipt);
  try {
    const { receipt, isStopped } = finish(input, folder, written, true);
    return { plan, receipt, applied: true, ...(isStopped && { stopped: true }) };
  } catch (error) {
    if (!isSystemError(error)) throw error;
    const note = `What was chosen is under way; the rest was interrupted (${codeOf(error)}) and is finished at the next start.`;
    return { plan, receipt: { ...written, notes: [...(written.notes ?? []), note] }, applied: true };
  }
}

async function putStore(input: RepairInput, receipt: Receipt): Promise<Receipt> {
  const { files, folder, now, goOn } = input;
  if (receipt.plan.store.kind === "openclaw-sqlite") return putDatabaseRows(files, folder, receipt, goOn);
  if (receipt.plan.store.kind === "claude-mem") return putMemoryRows(files, folder, receipt, goOn);
  return putRows(files, folder, receipt, now(), input);
}

/** Whether its file itself is written. */
export function touchesStore({ edits }: Plan): boolean {
  return edits.some((edit) => "key" in edit || edit.kind === "content");
}

/** Only files beside the store are touched: what goes is kept first, and there is no row file to write. */
function keepOnly({ files, folder, plan, goOn }: RepairInput, receipt: Receipt): Receipt {
  const seen = plan.basis === undefined ? undefined : imageOf(files, files.realpath(plan.store.path));
  if (seen?.sha256 !== plan.basis?.sha256) throw new UserError(planAgain);
  saveReceipt(files, folder, receipt);
  try {
    const image = seen && { before: seen, after: seen };
    const written: Receipt = {
      ...receipt,
      ...image,
      kept: keepFiles(files, folder, receipt, goOn),
      state: "rowsWritten",
    };
    saveReceipt(files, folder, written);
    return written;
  } catch (error) {
    rollBack(files, folder, receipt);
    throw error;
  }
}
