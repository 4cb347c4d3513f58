// The smallest databases of claude-mem that a rule needs, in the schemas of its two known versions.
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { minute, now, type Row } from "./homeBuilder.ts";
import { temporaryDirectory } from "./temporary.ts";

export const hour = 60 * minute;

export interface MemorySpec {
  /** Columns of `sdk_sessions`; an active session of three hours and a half ago where they are left out. */
  readonly rows: readonly Row[];
  /** Times of prompts by the number of their row. */
  readonly prompts?: Readonly<Record<number, number>>;
  /** Numbers of rows whose messages wait to be processed. */
  readonly waiting?: readonly number[];
  /** 23 is v10.6.2, which knows no platform; 49 is 13.15.3. */
  readonly schema?: number;
  readonly home?: string;
}

/** Gives the home that `.claude-mem` is in. */
export function claudeMemHome({ rows, prompts = {}, waiting = [], schema = 49, home }: MemorySpec): string {
  const place = home ?? temporaryDirectory();
  const directory = join(place, ".claude-mem");
  mkdirSync(directory, { recursive: true });
  const database = new DatabaseSync(join(directory, "claude-mem.db"));
  const platform = schema < 24 ? "" : "platform_source TEXT NOT NULL DEFAULT 'claude',";
  database.exec(`
    PRAGMA journal_mode = WAL;
    CREATE TABLE schema_versions (id INTEGER PRIMARY KEY, version INTEGER UNIQUE NOT NULL, applied_at TEXT NOT NULL);
    CREATE TABLE sdk_sessions (id INTEGER PRIMARY KEY AUTOINCREMENT, content_session_id TEXT NOT NULL,
      memory_session_id TEXT UNIQUE, project TEXT NOT NULL, ${platform} user_prompt TEXT, started_at TEXT NOT NULL,
      started_at_epoch INTEGER NOT NULL, completed_at TEXT, completed_at_epoch INTEGER,
      status TEXT CHECK(status IN ('active', 'completed', 'failed')) NOT NULL DEFAULT 'active', custom_title TEXT);
    CREATE TABLE user_prompts (id INTEGER PRIMARY KEY, session_db_id INTEGER, content_session_id TEXT NOT NULL,
      prompt_text TEXT NOT NULL, created_at_epoch INTEGER NOT NULL,
      FOREIGN KEY(session_db_id) REFERENCES sdk_sessions(id) ON DELETE CASCADE);
    CREATE TABLE observations (id INTEGER PRIMARY KEY, memory_session_id TEXT NOT NULL, text TEXT,
      created_at_epoch INTEGER NOT NULL);
    CREATE TABLE pending_messages (id INTEGER PRIMARY KEY, session_db_id INTEGER NOT NULL, status TEXT NOT NULL);`);
  database.prepare("INSERT INTO schema_versions (version, applied_at) VALUES (?, '')").run(schema);
  for (const row of rows) {
    const started = now - 3.5 * hour;
    const all = { project: "proj", started_at: new Date(started).toISOString(), started_at_epoch: started, ...row };
    const names = Object.keys(all);
    const sql = `INSERT INTO sdk_sessions (${names.join(", ")}) VALUES (${names.map(() => "?").join(", ")})`;
    database.prepare(sql).run(...(Object.values(all) as (string | number | null)[]));
  }
  for (const [id, at] of Object.entries(prompts))
    database
      .prepare(
        "INSERT INTO user_prompts (session_db_id, content_session_id, prompt_text, created_at_epoch) VALUES (?, '', 'canary prompt', ?)",
      )
      .run(Number(id), at);
  for (const id of waiting)
    database.prepare("INSERT INTO pending_messages (session_db_id, status) VALUES (?, 'pending')").run(id);
  database.close();
  return place;
}

export type Rows = Record<string, unknown>[];

/** Every row of every table of a database. */
export function rowsOf(path: string): Record<string, Rows> {
  const database = new DatabaseSync(path);
  const tables = database.prepare("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name").all();
  const all = tables.map(({ name }) => [String(name), database.prepare(`SELECT * FROM "${name}"`).all()] as const);
  database.close();
  return JSON.parse(JSON.stringify(Object.fromEntries(all)));
}
