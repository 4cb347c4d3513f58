// The rows of claude-mem that are ever written: `status` and both stamps, as its own code sets them, also beside a worker
// that lives (facts 2.4). All of a plan or nothing, each row only where it still is what the plan was made from, and no
// row is ever deleted.
import { endCells, knownSchemas, type MemoryCells, memoryCells } from "../inspect/claudeMem/memoryRows.ts";
import { readDatabase } from "../inspect/databaseReading.ts";
import { isUnreadable } from "../inspect/regularFile.ts";
import { type Select, selectFrom, type Values } from "../inspect/sqlite.ts";
import type { FieldEdit, Plan, RowPlace } from "../model/plan.ts";
import type { Receipt } from "../model/receipt.ts";
import type { GoOn } from "../model/stopped.ts";
import { UserError } from "../model/userError.ts";
import type { Database } from "./databaseFile.ts";
import { type Files, isSystemError } from "./files.ts";
import type { RowTexts } from "./rowSplice.ts";
import { planAgain } from "./storeFile.ts";

type Rows = ReadonlyMap<string, RowTexts & { readonly place: RowPlace }>;

interface Image {
  readonly rows: Rows;
  /** A sentence: why nothing of it is ever written. */
  readonly refusal: string | undefined;
}

interface RowChange {
  readonly key: string;
  readonly row: RowPlace;
  readonly fields: readonly FieldEdit[];
}

const writable: ReadonlySet<string> = new Set(endCells);

/** The rows as they are, without a trace of the reading. Throws a UserError where they cannot be read, or never are written. */
export function preparedMemoryRows(path: string, keys: ReadonlySet<string>): Rows {
  const { rows, refusal } = imageAt(path, keys);
  if (refusal !== undefined) throw new UserError(refusal);
  return rows;
}

/**
 * Writes all of a plan's rows or none. Throws a UserError where they are not what it was made from any more, and what
 * SQLite throws where it cannot write.
 */
export function changeMemoryRows(files: Files, plan: Plan, goOn?: GoOn): void {
  const changes = changesOf(plan);
  const keys = keysOf(changes);
  const database = files.openDatabase(files.realpath(plan.store.path), true);
  const select: Select = (sql) => files.query(database, sql) as Values[];
  try {
    files.execute(database, "BEGIN IMMEDIATE");
    const { rows, refusal } = imageIn(select, keys);
    if (refusal !== undefined) throw new UserError(refusal);
    for (const change of changes) {
      goOn?.();
      const isSame = rows.get(change.key)?.place.version === change.row.version;
      if (!isSame || changeRow(files, database, change) !== 1) throw new UserError(planAgain);
    }
    const written = imageIn(select, keys);
    if (!changes.every((change) => holds(written, change))) throw new UserError(planAgain);
    files.execute(database, "COMMIT");
  } catch (error) {
    closeQuietly(files, database);
    throw error;
  }
  closeQuietly(files, database);
}

/**
 * Whether a transaction that may have been interrupted came to its end, told by any of its rows: others may have written
 * some of them since. Throws a UserError where they cannot be read.
 */
export function wereMemoryRowsWritten({ plan }: Receipt): boolean {
  const changes = changesOf(plan);
  const now = imageAt(plan.store.path, keysOf(changes));
  return changes.some((change) => holds(now, change));
}

function changesOf({ edits }: Plan): RowChange[] {
  return edits.flatMap((edit) =>
    edit.kind === "fields" && edit.row !== undefined ? [{ key: edit.key, row: edit.row, fields: edit.fields }] : [],
  );
}

function keysOf(changes: readonly RowChange[]): ReadonlySet<string> {
  return new Set(changes.map(({ key }) => key));
}

function imageAt(path: string, keys: ReadonlySet<string>): Image {
  const read = readDatabase({ path, what: "rows", use: (database) => imageIn(selectFrom(database), keys) });
  if (isUnreadable(read)) throw new UserError(`The store cannot be read: ${read.reason}. Check ${path}.`);
  return read.value;
}

function imageIn(select: Select, keys: ReadonlySet<string>): Image {
  const found = memoryCells(select, keys);
  return { rows: new Map([...found].map(([key, row]) => [key, textsOf(row)])), refusal: refusalOf(select, found) };
}

function refusalOf(select: Select, found: ReadonlyMap<string, MemoryCells>): string | undefined {
  const unknown = [...found.values()].find(({ schema }) => schema === undefined || !knownSchemas.has(schema));
  if (unknown !== undefined)
    return `Schema ${unknown.schema ?? "?"} of claude-mem is not known here: it is shown only.`;
  // What hangs on a change of the table is not ours to set off: no known schema has such.
  const triggers = select("SELECT name FROM sqlite_schema WHERE type = 'trigger' AND tbl_name = 'sdk_sessions'");
  if (triggers.length > 0)
    return "The sessions of this database have triggers that are not known here: it is shown only.";
  return undefined;
}

function textsOf({ cells, id, version }: MemoryCells): RowTexts & { readonly place: RowPlace } {
  const present = Object.entries(cells).filter(([, value]) => value !== null);
  return {
    text: JSON.stringify(cells, null, 2),
    fields: new Map(present.map(([name, value]) => [name, JSON.stringify(value)])),
    place: { id, version },
  };
}

function holds({ rows }: Image, { key, row, fields }: RowChange): boolean {
  const stored = rows.get(key);
  return (
    stored?.place.id === row.id && fields.every(({ field, after }) => (stored.fields.get(field) ?? null) === after)
  );
}

/** Only where every cell that changes still has its value from before, `status` among them. Gives how many rows it changed. */
function changeRow(files: Files, database: Database, { row, fields }: RowChange): number {
  // A receipt is a file too, and may say anything by now.
  if (fields.length === 0 || !fields.every(({ field }) => writable.has(field)))
    throw new UserError("That repair names what is never written. Nothing was changed.");
  const sets = fields.map(({ field }) => `${field} = ?`).join(", ");
  const still = fields.map(({ field }) => `${field} IS ?`).join(" AND ");
  const values = [...fields.map(({ after }) => cellOf(after)), row.id, ...fields.map(({ before }) => cellOf(before))];
  return files.execute(database, `UPDATE sdk_sessions SET ${sets} WHERE id = ? AND ${still}`, ...values);
}

/** From JSON text, as plans spell values; null is no value. */
function cellOf(json: string | null): string | number | null {
  const value: unknown = json === null ? null : JSON.parse(json);
  if (value === null || typeof value === "string" || typeof value === "number") return value;
  throw new UserError("That repair names what is never written. Nothing was changed.");
}

/** What was committed stays so, and what was not does not, whatever the system says. */
function closeQuietly(files: Files, database: Database): void {
  try {
    files.closeDatabase(database);
  } catch (error) {
    if (!isSystemError(error)) throw error;
  }
}
