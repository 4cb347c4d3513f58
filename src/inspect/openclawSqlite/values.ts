// Values of a database, looked at narrowly: whoever wrote it, everything is unknown until it was looked at.
import { asRecord } from "../openclawJson/records.ts";
import { type Database, namingTooLong } from "../sqlite.ts";

export type Value = string | number | bigint | Uint8Array | null | undefined;
export type Columns = Readonly<Record<string, Value>>;

// A column of a table that is not strict may hold anything, and JSON has no word for some of it: blobs, numbers without end.

/** What `listOf` takes of a column: its value where `shortText` would have it. */
export function shortTextOf(column: string): string {
  return `CASE WHEN typeof(${column}) = 'text' AND octet_length(${column}) <= ${shortBytes} THEN ${column} END`;
}

export function integerOf(column: string): string {
  return `CASE WHEN typeof(${column}) = 'integer' THEN ${column} END`;
}

type Statement = ReturnType<Database["prepare"]>;

/** Of each open database the statements that nobody uses just now, by their text: most are asked for every row. */
const idle = new WeakMap<Database, Map<string, Statement>>();

/** All rows of a query. Integers come as they are, however large. */
export function rowsOf(database: Database, sql: string, ...parameters: readonly (string | number)[]): Columns[] {
  const statement = taken(database, sql);
  const rows = namingTooLong(() => statement.all(...parameters)) as Columns[];
  idle.get(database)?.set(sql, statement);
  return rows;
}

/**
 * The elements of the list that a query gives as one JSON text, named `list`. Node makes an object of every row that a
 * statement gives, which takes ten times as long as reading a narrow one.
 */
export function listOf(database: Database, sql: string): unknown[] {
  return JSON.parse(longTextAt(rowsOf(database, sql)[0], "list") ?? "[]") as unknown[];
}

/** Row by row, for whoever stops on the way. */
export function* eachRow(
  database: Database,
  sql: string,
  ...parameters: readonly (string | number)[]
): Generator<Columns> {
  const statement = taken(database, sql);
  const rows = statement.iterate(...parameters);
  try {
    for (let next = nextOf(rows); next !== undefined; next = nextOf(rows)) yield next as Columns;
  } finally {
    rows.return?.();
    idle.get(database)?.set(sql, statement);
  }
}

/** A statement that is nobody else's until it is given back. */
function taken(database: Database, sql: string): Statement {
  const own = idle.get(database) ?? new Map<string, Statement>();
  idle.set(database, own);
  const kept = own.get(sql);
  own.delete(sql);
  if (kept !== undefined) return kept;
  const statement = database.prepare(sql);
  // A number that JavaScript cannot hold would be an error otherwise.
  statement.setReadBigInts(true);
  return statement;
}

function nextOf<T>(rows: Iterator<T>): T | undefined {
  const { done, value } = namingTooLong(() => rows.next());
  return done === true ? undefined : value;
}

/** Names, states and labels; genuine ones are under 1 KB, and longer than the limit for values of a JSON store is none. */
export function textAt(columns: Columns | undefined, name: string): string | undefined {
  return shortText(columns?.[name]);
}

/** Whole rows, events and statements. */
export function longTextAt(columns: Columns | undefined, name: string): string | undefined {
  const value = columns?.[name];
  return typeof value === "string" ? value : undefined;
}

/** Of a text in UTF-16. */
const shortLimit = 1 << 16;
/** No unit of UTF-16 takes more of UTF-8. */
const shortBytes = 3 * shortLimit;

export function shortText(value: unknown): string | undefined {
  return typeof value === "string" && value.length <= shortLimit ? value : undefined;
}

export function numberAt(columns: Columns | undefined, name: string): number | undefined {
  const value = columns?.[name];
  return typeof value === "bigint" ? Number(value) : typeof value === "number" ? value : undefined;
}

export function jsonAt(columns: Columns | undefined, name: string): Readonly<Record<string, unknown>> | undefined {
  return parsedRecord(longTextAt(columns, name));
}

/** The object that a text holds; undefined where it holds anything else. */
export function parsedRecord(text: string | undefined): Readonly<Record<string, unknown>> | undefined {
  try {
    return text === undefined ? undefined : asRecord(JSON.parse(text));
  } catch {
    return undefined;
  }
}

/**
 * The columns of each plain table; views, virtual tables and tables with columns that are computed are none of the
 * program's own, and may be anything: what has no end, or a gigabyte.
 */
export function tablesOf(database: Database): ReadonlyMap<string, ReadonlySet<string>> {
  const found = new Map<string, ReadonlySet<string>>();
  for (const row of rowsOf(database, "SELECT name, sql FROM sqlite_schema WHERE type = 'table'")) {
    const name = textAt(row, "name");
    if (name === undefined || !/^\s*CREATE\s+TABLE\b/i.test(longTextAt(row, "sql") ?? "")) continue;
    const columns = rowsOf(database, "SELECT name, hidden FROM pragma_table_xinfo(?)", name);
    if (columns.some((column) => numberAt(column, "hidden") !== 0)) continue;
    found.set(name, new Set(columns.flatMap((column) => textAt(column, "name") ?? [])));
  }
  return found;
}
