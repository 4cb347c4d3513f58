// The rows of a repair in a database: one transaction, in which each row must be to the byte what the plan was made from,
// and all of them are written or none (facts RAN-9.6-EXT, variant B).
import { isDeepStrictEqual } from "node:util";
import { databaseVersionAt } from "../inspect/databaseReading.ts";
import type { FieldEdit } from "../model/plan.ts";
import type { Receipt } from "../model/receipt.ts";
import type { ColumnValues, RowImage } from "../model/rowImage.ts";
import type { GoOn } from "../model/stopped.ts";
import { UserError } from "../model/userError.ts";
import type { Database } from "./databaseFile.ts";
import { checkSchema } from "./databaseSchema.ts";
import { type Files, isSystemError } from "./files.ts";
import { settleFailure } from "./journal.ts";
import { seenStore } from "./prepare.ts";
import { saveReceipt } from "./receiptFolder.ts";
import {
  type DatabaseEdit,
  databaseEdits,
  hashesOf,
  imageOfSpelled,
  imagesAt,
  type KeptRows,
  keepImages,
  keptRows,
  pendingTable,
  type Query,
  readImages,
  type SpelledImages,
  spelled,
} from "./rowImages.ts";
import { PlanMismatch, spliceRow } from "./rowSplice.ts";
import type { StateFolder } from "./stateFolder.ts";
import { planAgain } from "./storeFile.ts";

type Value = string | number | null;
type Execute = (sql: string, ...values: readonly Value[]) => number;

/** A row as it is and as it will be. */
interface RowChange {
  readonly before: RowImage;
  readonly after: RowImage;
}

const notMeant = "What would be written is not what was meant: nothing was changed. Report this, please.";

/**
 * Gives the receipt as `rowsWritten`; it is not saved as that yet. Throws where the rows are as they were, and a UserError
 * that says so where that cannot be told.
 */
export function putDatabaseRows(files: Files, folder: StateFolder, receipt: Receipt, goOn?: GoOn): Receipt {
  const { plan } = receipt;
  const path = files.realpath(plan.store.path);
  const edits = databaseEdits(plan);
  const keys = edits.map(({ key }) => key);
  if (new Set(keys).size < keys.length) throw new PlanMismatch("two edits of one row");
  // Before it is opened for writing: a database that is left alone keeps every byte.
  const seen = seenStore(plan.basis);
  if (seen === undefined || seen.stamp !== databaseVersionAt(path)) checkBasis(spelled(imagesAt(path, keys)), edits);
  saveReceipt(files, folder, receipt);
  let current = receipt;
  try {
    withDatabase(files, path, (query, execute) => {
      execute("BEGIN IMMEDIATE");
      checkSchema(query);
      const images = readImages(query, keys);
      const before = spelled(images);
      checkBasis(before, edits);
      const kept = seen?.kept ?? keptRows(files);
      const changes = images.map((image, i) => changeOf(kept, edits[i] as DatabaseEdit, image));
      for (const change of changes) {
        goOn?.();
        write(change, execute);
      }
      const written = readImages(query, keys);
      const meant = changes.map((change) => change.after);
      if (!isDeepStrictEqual(written, meant)) throw new UserError(notMeant);
      const after = spelled(written);
      const backup = keepImages(files, folder, receipt.id, before, after);
      const hashes = { before: imageOfSpelled(before), after: imageOfSpelled(after) };
      current = { ...receipt, state: "prepared", ...hashes, backup };
      saveReceipt(files, folder, current);
      goOn?.();
      execute("COMMIT");
    });
  } catch (error) {
    settleFailure(files, folder, current, error);
  }
  return { ...current, state: "rowsWritten" };
}

/** Runs `use` with a database that nobody else has, and closes it: what was not committed is undone by that. */
function withDatabase<T>(files: Files, path: string, use: (query: Query, execute: Execute) => T): T {
  const database = files.openDatabase(path);
  let result: T;
  try {
    result = use(
      (sql, ...values) => files.query(database, sql, ...values),
      (sql, ...values) => files.execute(database, sql, ...values),
    );
  } catch (error) {
    closeQuietly(files, database);
    throw error;
  }
  closeQuietly(files, database);
  return result;
}

/** What was committed stays so, and what was not does not, whatever the system says. */
function closeQuietly(files: Files, database: Database): void {
  try {
    files.closeDatabase(database);
  } catch (error) {
    if (!isSystemError(error)) throw error;
  }
}

function checkBasis(images: SpelledImages, edits: readonly DatabaseEdit[]): void {
  const each = hashesOf(images);
  const isSame = each.length === edits.length && edits.every(({ basis }, i) => each[i] === basis);
  if (!isSame) throw new UserError(planAgain);
}

/** Throws a PlanMismatch where the row does not hold what the plan says it holds. */
function changeOf(kept: KeptRows, edit: DatabaseEdit, before: RowImage): RowChange {
  const was = edit.rowFrom && kept(edit.rowFrom, edit.key);
  const text = String(before.node["entry_json"]);
  const spliced = spliceRow(edit.key, text, edit.fields);
  const entry = was === undefined ? spliced : String(was.node["entry_json"]);
  checkEntry(edit, before, entry, spliced);
  const isChanged = entry !== text;
  const validity = { entry_valid: was?.node["entry_valid"] ?? 1 };
  const node = { ...before.node, ...columnsOf(edit, "session_nodes"), entry_json: entry, ...(isChanged && validity) };
  const window = before.window && { ...before.window, ...columnsOf(edit, "session_windows") };
  // The triggers ask for a validation, which the next start makes; the row as it was is validated already, or not.
  const pending = before.isPending !== undefined && isChanged && { isPending: was?.isPending ?? true };
  return { before, after: { ...before, node, window, ...pending } };
}

/** What is written must be of this row, say what was meant and, if it comes from a receipt, say nothing else. */
function checkEntry(edit: DatabaseEdit, { node }: RowImage, entry: string, spliced: string): void {
  const meant = JSON.parse(entry) as { sessionId?: unknown; updatedAt?: unknown };
  const { sessionId, updatedAt } = meant;
  if (sessionId !== node["current_session_id"] || updatedAt !== node["updated_at"])
    throw new PlanMismatch(`the row ${edit.key} is not the one of its columns`);
  if (edit.rowFrom === undefined && node["entry_valid"] !== 1)
    throw new PlanMismatch(`the row ${edit.key} is not valid`);
  if (entry !== spliced && !isDeepStrictEqual(meant, JSON.parse(spliced))) throw new UserError(notMeant);
}

function columnsOf({ columns = [] }: DatabaseEdit, table: string): ColumnValues {
  const own = columns.filter(({ field }) => field.startsWith(`${table}.`));
  return Object.fromEntries(own.map((column) => [column.field.slice(table.length + 1), valueFrom(column.after)]));
}

function valueFrom(text: FieldEdit["after"]): Value {
  return text === null ? null : (JSON.parse(text) as Value);
}

/** Compare and set, statement by statement: each changes its one row as it was read, or nothing is written at all. */
function write({ before, after }: RowChange, execute: Execute): void {
  const isChanged = before.node["entry_json"] !== after.node["entry_json"];
  const { entry_valid: validity = null, ...node } = after.node;
  const identity = ["session_key", "current_session_id", "entry_json", "updated_at"];
  set("session_nodes", before.node, node, identity, execute);
  // A trigger took it away; the official writer gives it back in a statement of its own too (markValid, RAN-9.6-EXT 2).
  if (isChanged) one(execute("UPDATE session_nodes SET entry_valid = ? WHERE session_key = ?", validity, before.key));
  if (before.window !== null && after.window !== null)
    set("session_windows", before.window, after.window, ["session_id", "session_key"], execute);
  if (isChanged && after.isPending === false) execute(`DELETE FROM ${pendingTable} WHERE session_key = ?`, before.key);
}

function set(
  table: "session_nodes" | "session_windows",
  before: ColumnValues,
  after: ColumnValues,
  identity: readonly string[],
  execute: Execute,
): void {
  const changed = Object.keys(after).filter((column) => after[column] !== before[column]);
  if (changed.length === 0) return;
  const known = [...new Set([...identity, ...changed])];
  const sql = `UPDATE ${table} SET ${changed.map((name) => `${name} = ?`).join(", ")} WHERE ${known.map((name) => `${name} IS ?`).join(" AND ")}`;
  const at = (row: ColumnValues, names: readonly string[]): Value[] => names.map((name) => row[name] ?? null);
  one(execute(sql, ...at(after, changed), ...at(before, known)));
}

function one(changed: number): void {
  if (changed !== 1) throw new UserError(planAgain);
}
