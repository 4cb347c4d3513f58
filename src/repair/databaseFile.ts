// A database that is written, by the one who has it alone.
import { sqlite } from "../inspect/sqlite.ts";
import type { ColumnValues } from "../model/rowImage.ts";
import { UserError } from "../model/userError.ts";

export type Database = InstanceType<typeof import("node:sqlite")["DatabaseSync"]>;
type Value = string | number | null;

/** Another window of ours that reads it is done in this time; whoever else has it open is not waited for. */
const busyTimeoutMs = 500;
/** As the programs that share it wait for each other (agentctl facts 2.2). */
const sharedTimeoutMs = 5000;
/** Pages of this much stay in memory until the transaction ends: those that go to the log before that go there twice. */
const cacheKb = 65_536;
const busy: ReadonlySet<unknown> = new Set([5, 6]);

/** Of those that are open, the ones that others may have open too. */
const shared = new WeakSet<Database>();

/**
 * Opens for writing. `isShared`: beside whoever else writes it; nothing of a log that they write to is moved into the
 * database. Otherwise in exclusive mode: the first statement fails where any other process has it open, even only to read,
 * and a gateway that starts meanwhile waits until we are done.
 */
export function openDatabaseFile(path: string, isShared = false): Database {
  const module = sqlite();
  if (module === undefined) throw new UserError(`Node ${process.versions.node} has no SQLite: nothing was changed.`);
  return told(undefined, () => {
    const database = new module.DatabaseSync(path, { allowExtension: false });
    try {
      // FULL: what was committed is on the disk. A schema from outside may call nothing that reaches beyond the database.
      // MEMORY: what a statement would undo, pages of rows, goes into no file of a temporary folder.
      database.exec(
        `PRAGMA busy_timeout=${isShared ? sharedTimeoutMs : busyTimeoutMs}; PRAGMA trusted_schema=OFF; PRAGMA synchronous=FULL; PRAGMA temp_store=MEMORY; PRAGMA cache_size=-${cacheKb}`,
      );
      database.exec(isShared ? "PRAGMA wal_autocheckpoint=0" : "PRAGMA locking_mode=EXCLUSIVE");
      if (isShared) shared.add(database);
      return database;
    } catch (error) {
      database.close();
      throw error;
    }
  });
}

export function queryDatabase(database: Database, sql: string, ...values: readonly Value[]): ColumnValues[] {
  return told(database, () => statementOf(database, sql).all(...values) as ColumnValues[]);
}

/** Gives how many rows it changed itself. */
export function executeOn(database: Database, sql: string, ...values: readonly Value[]): number {
  return told(database, () => Number(statementOf(database, sql).run(...values).changes));
}

type Statement = ReturnType<Database["prepare"]>;

/** Of each open database, by their text: most are asked for every row. */
const statements = new WeakMap<Database, Map<string, Statement>>();

/** Prepared once. */
export function statementOf(database: Database, sql: string): Statement {
  const own = statements.get(database) ?? new Map<string, Statement>();
  statements.set(database, own);
  const statement = own.get(sql) ?? database.prepare(sql);
  own.set(sql, statement);
  return statement;
}

/** SQLite's own words as the system's: with a code, and a sentence where somebody else has the database. */
function told<T>(database: Database | undefined, act: () => T): T {
  try {
    return act();
  } catch (error) {
    const { code, errcode, message } = error as NodeJS.ErrnoException & { errcode?: number };
    if (code !== "ERR_SQLITE_ERROR") throw error;
    if (busy.has((errcode ?? 0) & 0xff)) {
      if (database !== undefined && shared.has(database))
        throw new UserError("Another process writes this database just now, and nothing was changed. Try again.");
      throw new UserError(
        "Another process has this database open, and nothing was changed. Stop the gateway and whatever else reads it, then try again.",
      );
    }
    throw Object.assign(new Error(message), { code: `SQLite: ${message}` });
  }
}
