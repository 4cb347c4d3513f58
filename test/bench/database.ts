// A database of 2026.9.6 of any size, grown from the genuine one of a gateway: each clone has its row, its window, the
// events of its transcript and trajectory and what else OpenClaw keeps of them, but for the index of its full text.
import { copyFileSync, mkdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { killedWhileWriting } from "../databaseBuilder.ts";
import { unpackHome } from "../fixtures/unpackHome.mjs";
import { ageOf, claimingToRun, earlier, idOf, type Row } from "./clones.ts";

const captured = join(
  import.meta.dirname,
  "..",
  "fixtures",
  "openclaw",
  "2026.9.6-completed-failed-aborted-gateway-up",
);
/** Sessions of it that ended well: 14.4 KB each, and 23 KB of events. */
const genuineKeys = ["agent:main:main", "agent:main:finished"];
/** What belongs to a session, by the column that names it; what a table rests on comes before it. */
const tables = {
  transcript_events: "session_id",
  transcript_event_identities: "session_id",
  session_transcript_index_state: "session_id",
  session_transcript_active_events: "session_id",
  transcript_rewrite_watermarks: "session_id",
  trajectory_runtime_events: "session_id",
  session_participants: "session_key",
} as const;

export interface DatabaseSpec {
  readonly rows: number;
  /** Every so-manieth row claims to run although its trajectory ended. */
  readonly runningEvery: number;
  /** A gateway was killed that had this many rows in its log only. */
  readonly rowsInLog?: number;
}

export interface BenchDatabase {
  readonly stateDir: string;
  readonly store: string;
  /** Of the database and its log. */
  readonly bytes: number;
}

/** A state directory in `home` with this database in it. */
export function writeDatabase(home: string, { rows, runningEvery, rowsInLog = 0 }: DatabaseSpec): BenchDatabase {
  const genuine = join(unpackHome(captured, join(home, "genuine")), ".openclaw");
  const stateDir = join(home, ".openclaw");
  const store = join(stateDir, "agents", "main", "agent", "openclaw-agent.sqlite");
  mkdirSync(dirname(store), { recursive: true });
  for (const end of ["", "-wal"])
    copyFileSync(join(genuine, "agents", "main", "agent", `openclaw-agent.sqlite${end}`), `${store}${end}`);
  rmSync(join(home, "genuine"), { recursive: true });
  writeFileSync(join(stateDir, "openclaw.json"), '{"meta":{"lastTouchedVersion":"2026.9.6"}}');
  const database = new DatabaseSync(store);
  try {
    // It is written once, and nobody waits for it.
    database.exec("PRAGMA synchronous = OFF; BEGIN");
    const forgotten = database.prepare("SELECT session_key FROM session_nodes").all();
    const templates = genuineKeys.map((key) => templateOf(database, key));
    for (let at = 0; at < rows; at++) {
      const template = templates[at % templates.length];
      if (template !== undefined) template(at, at % runningEvery === 0);
    }
    for (const { session_key } of forgotten)
      database.prepare("DELETE FROM session_nodes WHERE session_key = ?").run(String(session_key));
    database.exec("UPDATE session_nodes SET entry_valid = 1; DELETE FROM session_canonical_validation_pending; COMMIT");
  } finally {
    database.close();
  }
  if (rowsInLog > 0) killedWhileWriting(store, (open) => open.exec(written(rowsInLog)));
  const bytes = ["", "-wal"].reduce((sum, end) => sum + (statSync(`${store}${end}`, opt)?.size ?? 0), 0);
  return { stateDir, store, bytes };
}

const opt = { throwIfNoEntry: false } as const;

/** As a gateway does for every turn: the row anew, its time, and its word that it is valid. */
function written(rows: number): string {
  const chosen = `(SELECT session_key FROM session_nodes WHERE status = 'done' ORDER BY session_key LIMIT ${rows})`;
  return `BEGIN;
    UPDATE session_nodes SET entry_json = json_set(entry_json, '$.totalTokens', 231) WHERE session_key IN ${chosen};
    UPDATE session_nodes SET entry_valid = 1 WHERE session_key IN ${chosen};
    DELETE FROM session_canonical_validation_pending;
    COMMIT`;
}

type Clone = (at: number, isRunning: boolean) => void;

function templateOf(database: DatabaseSync, key: string): Clone {
  const node = database.prepare("SELECT * FROM session_nodes WHERE session_key = ?").get(key) as Row;
  const oldId = String(node["current_session_id"]);
  const window = database.prepare("SELECT * FROM session_windows WHERE session_id = ?").get(oldId) as Row;
  const entry = JSON.parse(String(node["entry_json"])) as Row;
  const copies = Object.entries(tables).map(([table, column]) => copyOf(database, table, column));
  const [addNode, addWindow] = [
    insertInto(database, "session_nodes", node),
    insertInto(database, "session_windows", window),
  ];
  return (at, isRunning) => {
    const id = idOf(at);
    const newKey = `agent:main:dashboard:${id}`;
    const by = isRunning ? 0 : ageOf(at);
    const row = { ...(isRunning ? claimingToRun(entry) : earlier(entry, by)), sessionId: id };
    const status = isRunning ? "running" : node["status"];
    const moved = { session_key: newKey, status };
    addNode({ ...shifted(node, by), ...moved, current_session_id: id, entry_json: JSON.stringify(row) });
    addWindow({ ...shifted(window, by), ...moved, session_id: id, ...(isRunning && { ended_at: null }) });
    for (const copy of copies) copy({ oldId, id, oldKey: key, key: newKey });
  };
}

/** Every time of it, earlier. */
function shifted(row: Row, byMs: number): Row {
  return Object.fromEntries(
    Object.entries(row).map(([name, value]) => [
      name,
      name.endsWith("_at") && typeof value === "number" ? value - byMs : value,
    ]),
  );
}

function insertInto(database: DatabaseSync, table: string, like: Row): (row: Row) => void {
  const names = Object.keys(like);
  const statement = database.prepare(
    `INSERT INTO ${table} (${names.join(", ")}) VALUES (${names.map(() => "?").join(", ")})`,
  );
  return (row) => void statement.run(...names.map((name) => row[name] as string | number | null));
}

interface Names {
  readonly oldId: string;
  readonly id: string;
  readonly oldKey: string;
  readonly key: string;
}

/** Copies what a table has of one session to another, which it names in every text instead. */
function copyOf(database: DatabaseSync, table: string, column: "session_id" | "session_key"): (names: Names) => void {
  const columns = database.prepare("SELECT name, type FROM pragma_table_xinfo(?)").all(table);
  const values = columns.map(({ name, type }) =>
    type === "TEXT" ? `replace(replace(${name}, :oldId, :id), :oldKey, :key)` : String(name),
  );
  const statement = database.prepare(
    `INSERT INTO ${table} SELECT ${values.join(", ")} FROM ${table} WHERE ${column} = :${column === "session_id" ? "oldId" : "oldKey"}`,
  );
  return ({ oldId, id, oldKey, key }) => void statement.run({ oldId, id, oldKey, key });
}
