// Values of a database, looked at narrowly: whoever wrote it, everything is unknown until it was looked at.
import { asRecord } from "../openclawJson/records.ts";
import type { Database } from "../sqlite.ts";

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
  for (const row of statement.iterate(...parameters)) yield row as Columns;
}

export function textAt(columns: Columns | undefined, name: string): string | undefined {
  const value = columns?.[name];
  return typeof value === "string" ? value : undefined;
}

export function numberAt(columns: Columns | undefined, name: string): number | undefined {
  const value = columns?.[name];
  return typeof value === "bigint" ? Number(value) : typeof value === "number" ? value : undefined;
}

export function jsonAt(columns: Columns | undefined, name: string): Readonly<Record<string, unknown>> | undefined {
  return parsedRecord(textAt(columns, name));
}

/** The object that a text holds; undefined where it holds anything else. */
export function parsedRecord(text: string | undefined): Readonly<Record<string, unknown>> | undefined {
  try {
    return text === undefined ? undefined : asRecord(JSON.parse(text));
  } catch {
    return undefined;
  }
}

/** The columns of each plain table; views and virtual tables are none of the program's own, and may be anything. */
export function tablesOf(database: Database): ReadonlyMap<string, ReadonlySet<string>> {
  const found = new Map<string, ReadonlySet<string>>();
  for (const row of rowsOf(database, "SELECT name, sql FROM sqlite_schema WHERE type = 'table'")) {
    const name = textAt(row, "name");
    if (name === undefined || !/^\s*CREATE\s+TABLE\b/i.test(textAt(row, "sql") ?? "")) continue;
    const columns = rowsOf(database, "SELECT name FROM pragma_table_info(?)", name);
    found.set(name, new Set(columns.flatMap((column) => textAt(column, "name") ?? [])));
  }
  return found;
}
