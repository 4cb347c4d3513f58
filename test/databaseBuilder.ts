// Homes with a database of 2026.9.6: the genuine one of a captured case, emptied, with the rows that a story needs.
import { copyFileSync, mkdirSync, readFileSync, utimesSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { unpackCase } from "./fixtures/unpack.ts";
import { type BuiltHome, minute, now, type Row, sessionId } from "./homeBuilder.ts";
import { temporaryDirectory } from "./temporary.ts";

/** A session of a database. What is left out of its columns is as the gateway would write it. */
export interface SessionSpec {
  /** The row's own JSON; text where it is to be none. */
  readonly entry: Row | string;
  /** Columns of `session_nodes` that say something else than the row. */
  readonly columns?: Row;
  /** Columns of its window that do; null where it has none. */
  readonly window?: Row | null;
  /** Role, time and what else each message holds. */
  readonly events?: readonly (readonly [string, number, Row?])[];
  /** Type, time and data of each event of its trajectory. */
  readonly trajectory?: readonly (readonly [string, number, Row?])[];
}

export interface DatabaseHomeSpec {
  /** By key. */
  readonly sessions: Readonly<Record<string, SessionSpec>>;
  /** Runs of the sub-agent registry: child, requester and payload of each. */
  readonly subagentRuns?: readonly { readonly child: string; readonly requester: string; readonly payload: Row }[];
  /** Statements run on the database when all is in it. */
  readonly sql?: string;
  /** And on the database of the state directory. */
  readonly stateSql?: string;
  /** Without it nothing is known of sub-agents, leases and placements. */
  readonly withoutState?: boolean;
  /** Other files by path below the state directory. */
  readonly files?: Readonly<Record<string, string>>;
}

export interface DatabaseHome extends BuiltHome {
  /** The database of the whole state directory. */
  readonly state: string;
}

const iso = (at: number): string => new Date(at).toISOString();

export function buildDatabaseHome(spec: DatabaseHomeSpec): DatabaseHome {
  const home = temporaryDirectory();
  const stateDir = join(home, ".openclaw");
  const store = join(stateDir, "agents", "main", "agent", "openclaw-agent.sqlite");
  const state = join(stateDir, "state", "openclaw.sqlite");
  place(templates().agent, store);
  change(store, (database) => {
    for (const [key, session] of Object.entries(spec.sessions)) addSession(database, key, session);
    if (spec.sql !== undefined) database.exec(spec.sql);
  });
  if (spec.withoutState !== true) {
    place(templates().state, state);
    change(state, (database) => {
      for (const [i, run] of (spec.subagentRuns ?? []).entries()) {
        database
          .prepare(
            `INSERT INTO subagent_runs (run_id, child_session_key, requester_session_key, created_at, payload_json)
             VALUES (?, ?, ?, ?, ?)`,
          )
          .run(`run-${i}`, run.child, run.requester, now - 60 * minute, JSON.stringify(run.payload));
      }
      if (spec.stateSql !== undefined) database.exec(spec.stateSql);
    });
  }
  for (const [name, text] of Object.entries(spec.files ?? {})) {
    const path = join(stateDir, name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text, { mode: 0o600 });
    utimesSync(path, (now - 60 * minute) / 1000, (now - 60 * minute) / 1000);
  }
  return { home, stateDir, store, state, sessionsDir: join(stateDir, "agents", "main", "sessions") };
}

/** Opens for writing, as a gateway does. */
export function change(path: string, write: (database: DatabaseSync) => void): void {
  const database = new DatabaseSync(path);
  try {
    write(database);
  } finally {
    database.close();
  }
}

function addSession(database: DatabaseSync, key: string, spec: SessionSpec): void {
  const { entry, columns = {}, window = {}, events = [], trajectory = [] } = spec;
  const row: Row = typeof entry === "string" ? {} : entry;
  const id = String(columns["current_session_id"] ?? row["sessionId"] ?? sessionId);
  const projected = row["status"] === "interrupted" ? "failed" : (row["status"] ?? null);
  insert(database, "session_nodes", {
    session_key: key,
    current_session_id: id,
    entry_json: typeof entry === "string" ? entry : JSON.stringify(entry),
    updated_at: row["updatedAt"] ?? now,
    status: projected,
    archived_at: row["archivedAt"] ?? null,
    ...columns,
  });
  // The trigger takes it away, and the official writer gives it back in a statement of its own (facts RAN-9.6-EXT 2).
  database
    .prepare("UPDATE session_nodes SET entry_valid = ? WHERE session_key = ?")
    .run(Number(columns["entry_valid"] ?? 1), key);
  if (window === null) return;
  insert(database, "session_windows", {
    session_id: id,
    session_key: key,
    created_at: row["startedAt"] ?? now,
    updated_at: row["updatedAt"] ?? now,
    started_at: row["startedAt"] ?? null,
    ended_at: row["endedAt"] ?? null,
    status: projected,
    ...window,
  });
  const messages = events.map(([role, at, more]) => {
    const message = { role, content: [{ type: "text", text: "…" }], timestamp: at, ...more };
    return { type: "message", id: "1", parentId: null, timestamp: iso(at), message };
  });
  const header = { type: "session", version: 4, id, timestamp: iso(now), cwd: "/work" };
  const entries = messages.length === 0 ? [] : [header, ...messages];
  for (const [seq, event] of entries.entries()) {
    const created_at = Date.parse(event.timestamp);
    insert(database, "transcript_events", { session_id: id, seq, created_at, event_json: JSON.stringify(event) });
  }
  for (const [seq, [type, at, data = {}]] of trajectory.entries()) {
    const event = { traceSchema: "openclaw-trajectory", schemaVersion: 1, type, ts: iso(at), runId: "run-1", data };
    const event_json = JSON.stringify(event);
    insert(database, "trajectory_runtime_events", { session_id: id, seq, created_at: at, event_json });
  }
}

function insert(database: DatabaseSync, table: string, values: Row): void {
  const names = Object.keys(values);
  const marks = names.map(() => "?").join(", ");
  database
    .prepare(`INSERT INTO ${table} (${names.join(", ")}) VALUES (${marks})`)
    .run(...(Object.values(values) as (string | number | null)[]));
}

let made: { readonly agent: Buffer; readonly state: Buffer } | undefined;

/** The genuine databases of a killed gateway without what was in them. */
function templates(): { readonly agent: Buffer; readonly state: Buffer } {
  if (made !== undefined) return made;
  const { home } = unpackCase("2026.9.6-sigkill-not-restarted");
  const stateDir = join(home, ".openclaw");
  const agent = emptied(join(stateDir, "agents", "main", "agent", "openclaw-agent.sqlite"), [
    "DELETE FROM session_nodes",
    "DELETE FROM session_canonical_validation_pending",
  ]);
  const state = emptied(join(stateDir, "state", "openclaw.sqlite"), [
    "DELETE FROM state_leases",
    "DELETE FROM agent_database_leases",
  ]);
  made = { agent, state };
  return made;
}

function emptied(path: string, statements: readonly string[]): Buffer {
  change(path, (database) => {
    for (const statement of ["PRAGMA foreign_keys = ON", ...statements, "VACUUM"]) database.exec(statement);
  });
  return readFileSync(path);
}

function place(bytes: Buffer, path: string): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, bytes, { mode: 0o600 });
}

/** The database with its log as a gateway leaves both that is killed: nothing of `write` is in the database itself. */
export function killedWhileWriting(path: string, write: (database: DatabaseSync) => void): void {
  const database = new DatabaseSync(path);
  database.exec("PRAGMA wal_autocheckpoint = 0");
  write(database);
  const kept = join(temporaryDirectory(), "kept");
  for (const end of ["", "-wal", "-shm"]) copyFileSync(`${path}${end}`, `${kept}${end}`);
  database.close();
  for (const end of ["", "-wal", "-shm"]) copyFileSync(`${kept}${end}`, `${path}${end}`);
}
