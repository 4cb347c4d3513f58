import { createHash } from "node:crypto";
import { copyFileSync, existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";

/** Reads a database through a copy, so that reading it changes nothing. */
export function onCopy<T>(path: string, read: (database: DatabaseSync) => T): T {
  const folder = mkdtempSync(join(tmpdir(), "session-inspector-content-"));
  const copy = join(folder, "database");
  for (const end of ["", "-wal"]) if (existsSync(`${path}${end}`)) copyFileSync(`${path}${end}`, `${copy}${end}`);
  const database = new DatabaseSync(copy);
  try {
    return read(database);
  } finally {
    database.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** A hash of every row of every table: what a database holds, however its file and its log share it. */
export function contentOf(path: string): string {
  return onCopy(path, hashOf);
}

function hashOf(database: DatabaseSync): string {
  const hash = createHash("sha256");
  for (const { name, sql } of database.prepare("SELECT name, sql FROM sqlite_schema ORDER BY name").all()) {
    hash.update(JSON.stringify([name, sql]));
    if (!/^\s*CREATE\s+TABLE/i.test(String(sql))) continue;
    const rows = database.prepare(`SELECT * FROM "${name}"`);
    rows.setReadBigInts(true);
    const texts = rows
      .all()
      .map((row) => JSON.stringify(row, (_, value) => (typeof value === "bigint" ? `${value}` : value)));
    hash.update(texts.sort().join("\n"));
  }
  return hash.digest("hex");
}
