// The rows of a repair in claude-mem's database: the receipt says what is meant before the transaction, and what came of
// it after.
import type { Receipt } from "../model/receipt.ts";
import type { GoOn } from "../model/stopped.ts";
import { changeMemoryRows } from "./claudeMemRows.ts";
import type { Files } from "./files.ts";
import { settleFailure } from "./journal.ts";
import { saveReceipt } from "./receiptFolder.ts";
import type { StateFolder } from "./stateFolder.ts";

/** Gives the receipt as `rowsWritten`; it is not saved as that yet. Throws where the database is left as it was. */
export function putMemoryRows(files: Files, folder: StateFolder, receipt: Receipt, goOn?: GoOn): Receipt {
  const prepared: Receipt = { ...receipt, state: "prepared" };
  saveReceipt(files, folder, prepared);
  try {
    changeMemoryRows(files, receipt.plan, goOn);
  } catch (error) {
    settleFailure(files, folder, prepared, error);
  }
  return { ...prepared, state: "rowsWritten" };
}
