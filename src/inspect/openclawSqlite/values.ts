// Values of a database, looked at narrowly: whoever wrote it, everything is unknown until it was looked at.
import { asRecord } from "../openclawJson/records.ts";
import { type Database, namingTooLong } from "../sqlite.ts";

export type Value = string | number | bigint | Uint8Array | null | undefined;
export type Columns = Readonly<Record<string, Value>>;

/** All rows of a query. Integers come as they are, however large. */
export function rowsOf(database: Database, sql: string, ...parameters: readonly (string | number)[]): Columns[] {
  return [...eachRow(database, sql, ...parameters)];
}

/** Row by row, for whoever stops on the way. */
export function* eachRow(
  database: Database,
  sql: string,
  ...parameters: readonly (string | number)[]
): Generator<Columns> {
  const statement = database.prepare(sql);
  // A number that JavaScript cannot hold would be an error otherwise.
  statement.setReadBigInts(true);
  const rows = statement.iterate(...parameters);
  try {
    for (let next = nextOf(rows); next !== undefined; next = nextOf(rows)) yield next as Columns;
  } finally {
    rows.return?.();
  }
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

const shortLimit = 1 << 16;

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
