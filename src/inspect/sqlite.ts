// SQLite of Node itself, loaded only when a database is there: no native module is shipped. Older Nodes have none.
import { pathToFileURL } from "node:url";

type Sqlite = typeof import("node:sqlite");
export type Database = InstanceType<Sqlite["DatabaseSync"]>;

/**
 * How a database may be opened so that nothing is left beside it: `live` where a process has it open, so that its -shm is
 * there and stays; `immutable` where all of it is in one file; `copy` for a private copy of ours, and `rollback` for one
 * whose writer was killed in the middle of a write: there SQLite has to write before it can read.
 */
export type Opening = "live" | "immutable" | "copy" | "rollback";

/** Nobody waits for us, and we wait for nobody. */
const busyTimeoutMs = 20;

let loaded: Sqlite | null | undefined;

/** Undefined in a Node without SQLite. */
export function sqlite(): Sqlite | undefined {
  if (loaded === undefined) loaded = load() ?? null;
  return loaded ?? undefined;
}

/** Node warns that its SQLite is experimental; nobody who reads our output can do anything about it. */
function load(): Sqlite | undefined {
  const { emitWarning } = process;
  process.emitWarning = () => {};
  try {
    return process.getBuiltinModule?.("node:sqlite");
  } catch {
    return undefined;
  } finally {
    process.emitWarning = emitWarning;
  }
}

/** Why no database can be read here; undefined where it can. */
export function whyNoSqlite(): string | undefined {
  return sqlite() === undefined
    ? `Node ${process.versions.node} has no SQLite, which takes Node 22.13 or newer`
    : undefined;
}

/** Opens for reading. Throws what SQLite says. */
export function openDatabase(path: string, opening: Opening): Database {
  const module = sqlite();
  if (module === undefined) throw new Error("no SQLite");
  const name = opening === "immutable" ? `${pathToFileURL(path).href}?immutable=1` : path;
  const database = new module.DatabaseSync(name, { readOnly: opening !== "rollback", allowExtension: false });
  try {
    // A schema from outside: its views and triggers may call nothing that reaches beyond the database.
    database.exec(`PRAGMA trusted_schema=OFF; PRAGMA busy_timeout=${busyTimeoutMs}; PRAGMA query_only=ON`);
  } catch (error) {
    database.close();
    throw error;
  }
  return database;
}

export type Values = Readonly<Record<string, unknown>>;
/** Gives every row that a statement selects. */
export type Select = (sql: string) => Values[];

/** An integer that no number of JavaScript's can hold, as only a damaged row has one, becomes the nearest that can. */
export function selectFrom(database: Database): Select {
  return (sql) => {
    const statement = database.prepare(sql);
    statement.setReadBigInts(true);
    return (namingTooLong(() => statement.all()) as Values[]).map((row) => {
      const entries = Object.entries(row).map(([name, value]) => [
        name,
        typeof value === "bigint" ? Number(value) : value,
      ]);
      return Object.fromEntries(entries) as Values;
    });
  };
}

/** Where a value is longer than any text of JavaScript's, Node gives no row, and says so in other words in each version. */
export function namingTooLong<T>(read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof TypeError) && (error as NodeJS.ErrnoException).code !== "ERR_STRING_TOO_LONG") throw error;
    throw Object.assign(new Error("a value is too long", { cause: error }), { code: "ERR_SQLITE_ERROR" });
  }
}
