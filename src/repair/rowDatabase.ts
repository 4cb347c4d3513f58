// A database that is open to be written, behind the few calls that a repair needs, so that a fault can be put at each.
import { pathToFileURL } from "node:url";
import { selectFrom, sqlite, type Values } from "../inspect/sqlite.ts";

/** What is not committed when it is closed never happened. */
export interface RowDatabase {
  exec(sql: string): void;
  all(sql: string): Values[];
  /** Gives how many rows it changed. */
  run(sql: string, ...values: readonly (string | number | bigint | null)[]): number;
  close(): void;
}

/** As the programs that own it wait for each other (agentctl facts 2.2). */
const busyTimeoutMs = 5000;

/** Throws what SQLite says; a database that is not there is not made. */
export function openRows(path: string): RowDatabase {
  const module = sqlite();
  if (module === undefined) throw new Error("no SQLite");
  const database = new module.DatabaseSync(`${pathToFileURL(path).href}?mode=rw`, { allowExtension: false });
  try {
    // Its views and triggers may call nothing that reaches beyond it; and what is committed survives a power cut. A log
    // that others write to is never moved into the database from here: only closing it as the last one does that.
    database.exec("PRAGMA trusted_schema=OFF; PRAGMA synchronous=FULL; PRAGMA wal_autocheckpoint=0");
    database.exec(`PRAGMA busy_timeout=${busyTimeoutMs}`);
  } catch (error) {
    database.close();
    throw error;
  }
  return {
    exec: (sql) => database.exec(sql),
    all: selectFrom(database),
    run: (sql, ...values) => Number(database.prepare(sql).run(...values).changes),
    close: () => database.close(),
  };
}
