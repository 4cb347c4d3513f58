// The rows of `sdk_sessions`, in the columns that both known schemas have. Prompts and observations are counted and timed,
// never read.
import { asNumber, asText } from "../openclawJson/records.ts";
import type { Database } from "../sqlite.ts";

export interface StoredRow {
  readonly id: number;
  readonly contentId: string;
  readonly memoryId?: string;
  readonly project: string;
  /** `claude` where the table has no such column (before 12). */
  readonly platform?: string;
  readonly title?: string;
  readonly status: string;
  readonly startedAt?: number;
  readonly completedAt?: number;
  readonly activeAt?: number;
  readonly waiting: number;
}

export interface StoredRows {
  readonly schema?: number;
  readonly rows: readonly StoredRow[];
}

type Values = Readonly<Record<string, unknown>>;

const needed = ["id", "content_session_id", "project", "status", "started_at_epoch", "completed_at_epoch"];

/** Undefined where the table lacks a column that is needed: it is then no session table that we know. */
export function readMemoryRows(database: Database): StoredRows | undefined {
  const columns = columnsOf(database, "sdk_sessions");
  if (!needed.every((name) => columns.has(name))) return undefined;
  const optional = ["memory_session_id", "platform_source", "custom_title"].filter((name) => columns.has(name));
  const traces = lastTraces(database);
  const waiting = waitingMessages(database);
  const rows = select(database, `SELECT ${[...needed, ...optional].join(", ")} FROM sdk_sessions ORDER BY id`);
  const schema = columnsOf(database, "schema_versions").has("version")
    ? asNumber(select(database, "SELECT max(version) AS version FROM schema_versions")[0]?.["version"])
    : undefined;
  return {
    rows: rows.flatMap((row) => readRow(row, traces, waiting)),
    ...(schema !== undefined && { schema }),
  };
}

function readRow(row: Values, traces: Traces, waiting: ReadonlyMap<number, number>): StoredRow[] {
  const id = asNumber(row["id"]);
  const contentId = asText(row["content_session_id"]);
  const status = asText(row["status"]);
  if (id === undefined || contentId === undefined || status === undefined) return [];
  const memoryId = asText(row["memory_session_id"]);
  const startedAt = asNumber(row["started_at_epoch"]);
  const completedAt = asNumber(row["completed_at_epoch"]);
  const platform = asText(row["platform_source"]);
  const title = asText(row["custom_title"]);
  const times = [startedAt, traces.ofRow.get(id), traces.ofContent.get(contentId), traces.ofMemory.get(memoryId ?? "")];
  const known = times.filter((at) => at !== undefined);
  return [
    {
      id,
      contentId,
      status,
      project: asText(row["project"]) ?? "",
      waiting: waiting.get(id) ?? 0,
      ...(memoryId !== undefined && { memoryId }),
      ...(platform !== undefined && { platform }),
      ...(title !== undefined && { title }),
      ...(startedAt !== undefined && { startedAt }),
      ...(completedAt !== undefined && { completedAt }),
      ...(known.length > 0 && { activeAt: Math.max(...known) }),
    },
  ];
}

interface Traces {
  readonly ofRow: ReadonlyMap<number, number>;
  readonly ofContent: ReadonlyMap<string, number>;
  readonly ofMemory: ReadonlyMap<string, number>;
}

const active = "SELECT id FROM sdk_sessions WHERE status = 'active'";
const activeContent = "SELECT content_session_id FROM sdk_sessions WHERE status = 'active'";
const activeMemory = "SELECT memory_session_id FROM sdk_sessions WHERE status = 'active'";

/** There is no column for it (facts 2.2): the latest of what belongs to each active row. */
function lastTraces(database: Database): Traces {
  const byRow = columnsOf(database, "user_prompts").has("session_db_id");
  const ofRow = byRow ? latest(database, "user_prompts", "session_db_id", active) : new Map();
  const ofContent = byRow ? new Map() : latest(database, "user_prompts", "content_session_id", activeContent);
  const ofMemory = latest(database, "observations", "memory_session_id", activeMemory);
  for (const [id, at] of latest(database, "session_summaries", "memory_session_id", activeMemory)) {
    ofMemory.set(id, Math.max(at, ofMemory.get(id) ?? at));
  }
  return { ofRow, ofContent, ofMemory };
}

// biome-ignore lint/suspicious/noExplicitAny: what the column holds is what the caller asks by
function latest(database: Database, table: string, column: string, wanted: string): Map<any, number> {
  const columns = columnsOf(database, table);
  if (!columns.has(column) || !columns.has("created_at_epoch")) return new Map();
  const sql = `SELECT ${column} AS owner, max(created_at_epoch) AS at FROM ${table} WHERE ${column} IN (${wanted}) GROUP BY 1`;
  const found = select(database, sql).map(({ owner, at }) => [owner, asNumber(at)] as const);
  return new Map(found.flatMap(([owner, at]) => (at === undefined ? [] : [[owner, at]])));
}

/** Messages that were given to the worker and that nothing has processed yet. */
function waitingMessages(database: Database): ReadonlyMap<number, number> {
  if (!columnsOf(database, "pending_messages").has("session_db_id")) return new Map();
  const rows = select(
    database,
    "SELECT session_db_id AS owner, count(*) AS count FROM pending_messages WHERE status IN ('pending', 'processing') GROUP BY 1",
  );
  return new Map(rows.map(({ owner, count }) => [Number(owner), Number(count)]));
}

function columnsOf(database: Database, table: string): ReadonlySet<string> {
  return new Set(select(database, `PRAGMA table_info(${table})`).map(({ name }) => String(name)));
}

function select(database: Database, sql: string): Values[] {
  return database.prepare(sql).all() as Values[];
}
