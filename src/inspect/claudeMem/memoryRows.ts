// The rows of `sdk_sessions`, in the columns that both known schemas have. Prompts and observations are counted and timed,
// never read.
import { asNumber } from "../openclawJson/records.ts";
import { shortText } from "../openclawSqlite/values.ts";
import type { Select, Values } from "../sqlite.ts";

export interface StoredRow {
  /** What it is called here: the id that its agent gave it, once in a database. */
  readonly key: string;
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

const needed = [
  "id",
  "content_session_id",
  "project",
  "status",
  "started_at_epoch",
  "completed_at",
  "completed_at_epoch",
];

/** v10.6.2 and 13.15.3: the schemas whose finalize was seen to be accepted (facts 2.2). */
export const knownSchemas: ReadonlySet<number> = new Set([23, 49]);

/** Undefined where the table lacks a column that is needed: it is then no session table that we know. */
export function readMemoryRows(select: Select): StoredRows | undefined {
  const columns = columnsOf(select, "sdk_sessions");
  if (!needed.every((name) => columns.has(name))) return undefined;
  const optional = ["memory_session_id", "platform_source", "custom_title"].filter((name) => columns.has(name));
  const traces = lastTraces(select);
  const waiting = waitingMessages(select);
  const rows = select(`SELECT ${[...needed, ...optional].join(", ")} FROM sdk_sessions ORDER BY id`);
  const schema = columnsOf(select, "schema_versions").has("version")
    ? asNumber(select("SELECT max(version) AS version FROM schema_versions")[0]?.["version"])
    : undefined;
  return {
    rows: named(rows.flatMap((row) => readRow(row, traces, waiting))),
    ...(schema !== undefined && { schema }),
  };
}

/** What says how a session ended: nothing else is ever written (facts 2.4). */
export const endCells = ["status", "completed_at", "completed_at_epoch"] as const;

export interface MemoryCells {
  readonly cells: Values;
  readonly id: number;
  readonly version: string;
  readonly schema: number | undefined;
}

/** By key; of keys that have a row. Empty where it is no session table that we know. */
export function memoryCells(select: Select, keys: ReadonlySet<string>): ReadonlyMap<string, MemoryCells> {
  const found = readMemoryRows(select);
  if (found === undefined) return new Map();
  const wanted = found.rows.filter(({ key }) => keys.has(key));
  const stored = new Map(select(`SELECT id, ${endCells.join(", ")} FROM sdk_sessions`).map((row) => [row["id"], row]));
  return new Map(
    wanted.map((row) => {
      const { id: _id, ...cells } = stored.get(row.id) ?? {};
      return [row.key, { cells, id: row.id, version: rowVersionOf(row), schema: found.schema }];
    }),
  );
}

/** Another one once anything happened in the session. */
export function rowVersionOf({ id, status, completedAt, activeAt, waiting }: StoredRow): string {
  return JSON.stringify([id, status, completedAt, activeAt, waiting]);
}

/** One content id may stand in several rows, of several platforms: all but the first are told by their number too. */
function named(rows: readonly Omit<StoredRow, "key">[]): StoredRow[] {
  const seen = new Set<string>();
  return rows.map((row) => {
    const key = seen.has(row.contentId) ? `${row.contentId}#${row.id}` : row.contentId;
    seen.add(row.contentId);
    return { key, ...row };
  });
}

function readRow(row: Values, traces: Traces, waiting: ReadonlyMap<number, number>): Omit<StoredRow, "key">[] {
  const id = asNumber(row["id"]);
  const contentId = shortText(row["content_session_id"]);
  const status = shortText(row["status"]);
  if (id === undefined || contentId === undefined || status === undefined) return [];
  const memoryId = shortText(row["memory_session_id"]);
  const startedAt = asNumber(row["started_at_epoch"]);
  const completedAt = asNumber(row["completed_at_epoch"]);
  const platform = shortText(row["platform_source"]);
  const title = shortText(row["custom_title"]);
  const times = [startedAt, traces.ofRow.get(id), traces.ofContent.get(contentId), traces.ofMemory.get(memoryId ?? "")];
  const known = times.filter((at) => at !== undefined);
  return [
    {
      id,
      contentId,
      status,
      project: shortText(row["project"]) ?? "",
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
function lastTraces(select: Select): Traces {
  const byRow = columnsOf(select, "user_prompts").has("session_db_id");
  const ofRow = byRow ? latest(select, "user_prompts", "session_db_id", active) : new Map();
  const ofContent = byRow ? new Map() : latest(select, "user_prompts", "content_session_id", activeContent);
  const ofMemory = latest(select, "observations", "memory_session_id", activeMemory);
  for (const [id, at] of latest(select, "session_summaries", "memory_session_id", activeMemory)) {
    ofMemory.set(id, Math.max(at, ofMemory.get(id) ?? at));
  }
  return { ofRow, ofContent, ofMemory };
}

// biome-ignore lint/suspicious/noExplicitAny: what the column holds is what the caller asks by
function latest(select: Select, table: string, column: string, wanted: string): Map<any, number> {
  const columns = columnsOf(select, table);
  if (!columns.has(column) || !columns.has("created_at_epoch")) return new Map();
  const sql = `SELECT ${column} AS owner, max(created_at_epoch) AS at FROM ${table} WHERE ${column} IN (${wanted}) GROUP BY 1`;
  const found = select(sql).map(({ owner, at }) => [owner, asNumber(at)] as const);
  return new Map(found.flatMap(([owner, at]) => (at === undefined ? [] : [[owner, at]])));
}

/** Messages that were given to the worker and that nothing has processed yet. */
function waitingMessages(select: Select): ReadonlyMap<number, number> {
  if (!columnsOf(select, "pending_messages").has("session_db_id")) return new Map();
  const rows = select(
    "SELECT session_db_id AS owner, count(*) AS count FROM pending_messages WHERE status IN ('pending', 'processing') GROUP BY 1",
  );
  return new Map(rows.map(({ owner, count }) => [Number(owner), Number(count)]));
}

/** None of what is no plain table: a view or a computed column may be a question without end. */
function columnsOf(select: Select, table: string): ReadonlySet<string> {
  const made = select(`SELECT sql FROM sqlite_schema WHERE type = 'table' AND name = '${table}'`);
  if (!made.some(({ sql }) => /^\s*CREATE\s+TABLE\b/i.test(String(sql)))) return new Set();
  const columns = select(`PRAGMA table_xinfo(${table})`);
  return new Set(columns.every(({ hidden }) => hidden === 0) ? columns.map(({ name }) => String(name)) : []);
}
