// A database as `repair` writes it: the unit is the row. What is intended happens in one transaction or not at all, and
// each row only where it still is what the plan was made from (promises 2 to 4).
import { readDatabase } from "../inspect/databaseReading.ts";
import { isUnreadable } from "../inspect/regularFile.ts";
import { type Select, selectFrom } from "../inspect/sqlite.ts";
import type { FieldEdit, Plan, RowPlace } from "../model/plan.ts";
import type { Receipt } from "../model/receipt.ts";
import type { StoreKind } from "../model/store.ts";
import { UserError } from "../model/userError.ts";
import { claudeMemRows } from "./claudeMemRows.ts";
import type { Files } from "./files.ts";
import type { RowDatabase } from "./rowDatabase.ts";
import type { RowTexts } from "./rowSplice.ts";
import { planAgain } from "./storeFile.ts";

/** How the rows of one kind of database are found, and which of their cells may be written. */
export interface TableRows {
  /** Throws a UserError where no such rows are in it. */
  read(select: Select, keys: ReadonlySet<string>): TableImage;
  /** By table. */
  readonly writable: Readonly<Record<string, { readonly id: string; readonly columns: ReadonlySet<string> }>>;
}

export interface TableRow extends RowTexts {
  readonly place: RowPlace;
}

export interface TableImage {
  readonly rows: ReadonlyMap<string, TableRow>;
  /** A sentence: why it is never written as it is. */
  readonly refusal?: string;
}

const kinds: Partial<Record<StoreKind, TableRows>> = { "claude-mem": claudeMemRows };

export function isDatabase(kind: StoreKind): boolean {
  return kinds[kind] !== undefined;
}

/** Leaves no trace of the reading. Throws a UserError where it cannot be read. */
export function readRowsOf(kind: StoreKind, path: string, keys: ReadonlySet<string>): TableImage {
  const read = readDatabase({ path, what: "rows", use: (database) => tableOf(kind).read(selectFrom(database), keys) });
  if (isUnreadable(read)) throw new UserError(`The database cannot be read: ${read.reason}. Look again.`);
  return read.value;
}

function tableOf(kind: StoreKind): TableRows {
  const table = kinds[kind];
  if (table === undefined) throw new RangeError(`no database: ${kind}`);
  return table;
}

interface RowChange {
  readonly key: string;
  readonly row: RowPlace;
  readonly fields: readonly FieldEdit[];
}

function changesOf({ edits }: Plan): RowChange[] {
  return edits.flatMap((edit) =>
    edit.kind === "fields" && edit.row !== undefined ? [{ key: edit.key, row: edit.row, fields: edit.fields }] : [],
  );
}

const keysOf = (changes: readonly RowChange[]): ReadonlySet<string> => new Set(changes.map(({ key }) => key));

/**
 * All of a plan's rows or none. Throws a UserError where they are not what it was made from any more, and what SQLite
 * throws where it cannot write.
 */
export function changeRows(files: Files, plan: Plan): void {
  const { kind, path } = plan.store;
  const changes = changesOf(plan);
  const table = tableOf(kind);
  const database = files.database(files.realpath(path));
  try {
    database.exec("BEGIN IMMEDIATE");
    const select: Select = (sql) => database.all(sql);
    const { rows, refusal } = table.read(select, keysOf(changes));
    if (refusal !== undefined) throw new UserError(refusal);
    for (const change of changes) {
      const isSame = rows.get(change.key)?.place.version === change.row.version;
      if (!isSame || changeRow(database, table, change) !== 1) throw new UserError(planAgain);
    }
    const written = table.read(select, keysOf(changes));
    if (!changes.every((change) => holds(written, change))) throw new UserError(planAgain);
    database.exec("COMMIT");
  } finally {
    // Whatever was not committed is taken back by that.
    database.close();
  }
}

/**
 * Whether a transaction that may have been interrupted came to its end, told by the rows themselves: one that others wrote
 * since is not told by all of them. Throws a UserError where they cannot be read.
 */
export function wasCommitted({ plan }: Receipt): boolean {
  const changes = changesOf(plan);
  const now = readRowsOf(plan.store.kind, plan.store.path, keysOf(changes));
  return changes.some((change) => holds(now, change));
}

function holds({ rows }: TableImage, { key, row, fields }: RowChange): boolean {
  const stored = rows.get(key);
  return (
    stored?.place.id === row.id && fields.every(({ field, after }) => (stored.fields.get(field) ?? null) === after)
  );
}

/** Only where every cell that goes still has the value from before (facts 2.4: guarded by `status`). */
function changeRow(database: RowDatabase, { writable }: TableRows, { row, fields }: RowChange): number {
  const table = writable[row.table];
  // A receipt is a file too, and may say anything by now.
  if (table === undefined || fields.length === 0 || !fields.every(({ field }) => table.columns.has(field)))
    throw new RangeError(`no cells that are ever written: ${row.table}`);
  const sets = fields.map(({ field }) => `"${field}" = ?`).join(", ");
  const still = fields.map(({ field }) => `"${field}" IS ?`).join(" AND ");
  const sql = `UPDATE "${row.table}" SET ${sets} WHERE "${table.id}" = ? AND ${still}`;
  const values = [...fields.map(({ after }) => after), JSON.stringify(row.id), ...fields.map(({ before }) => before)];
  return database.run(sql, ...values.map(cellOf));
}

/** From JSON text, as plans spell values; null is no value. */
function cellOf(json: string | null): string | number | bigint | null {
  const value: unknown = json === null ? null : JSON.parse(json);
  if (typeof value === "number" && Number.isSafeInteger(value)) return BigInt(value);
  if (value === null || typeof value === "string" || typeof value === "number") return value;
  throw new RangeError("no value of a cell");
}
