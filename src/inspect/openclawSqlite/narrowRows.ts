// The narrow columns of all rows. `session_nodes` holds the row's JSON in its midst, 6 to 42 KB each, and whatever comes
// after it would be reached through all of it: so each column is asked for alone, which its index answers.
import type { Database } from "../sqlite.ts";
import { type Columns, eachRow, numberAt, rowsOf, shortText, textAt, type Value } from "./values.ts";

export interface NarrowRow {
  readonly id: number;
  readonly key: string;
  readonly sessionId: string;
  readonly updatedAt: number;
  readonly entryValid: number;
  readonly status: string | null;
  readonly archivedAt?: number;
  readonly label?: string;
  readonly parent?: string;
  readonly spawnedBy?: string;
  /** The window of its session id. */
  readonly window?: Window;
}

/** One generation of a session (facts G, session_windows). */
export interface Window {
  readonly key: string;
  readonly status: string | null;
  readonly startedAt?: number;
  readonly endedAt?: number;
  readonly transcriptAt?: number;
  readonly chatType?: string;
  readonly model?: string;
  readonly displayName?: string;
}

export interface NarrowRows {
  readonly rows: readonly NarrowRow[];
  readonly windows: ReadonlyMap<string, Window>;
}

const noValues: ReadonlyMap<number, Value> = new Map();

export function readNarrowRows(database: Database): NarrowRows {
  const windows = readWindows(database);
  const names = rowsOf(database, "SELECT name FROM sqlite_schema WHERE type = 'index'");
  const indexes = new Set(names.map((row) => textAt(row, "name")));
  const sessionIds = column(database, "current_session_id");
  const updatedAt = column(database, "updated_at");
  const status = column(database, "status", "status IS NOT NULL");
  const archivedAt = column(database, "archived_at", "archived_at IS NOT NULL");
  const label = indexes.has("idx_agent_session_nodes_label")
    ? column(database, "label", "label IS NOT NULL")
    : noValues;
  const parent = column(database, "parent_session_key", "parent_session_key IS NOT NULL");
  const spawnedBy = column(database, "spawned_by", "spawned_by IS NOT NULL");
  // 2026.8.2 has an index for the ones that are to be validated only.
  const isIndexed = indexes.has("idx_agent_session_nodes_entry_not_valid");
  const notValid = column(database, "entry_valid", isIndexed ? "entry_valid != 1" : "entry_valid = 0");
  const rows = [...column(database, "session_key")].map(([id, key]): NarrowRow => {
    const sessionId = shortText(sessionIds.get(id)) ?? "";
    const window = windows.get(sessionId);
    return {
      id,
      key: shortText(key) ?? "",
      sessionId,
      updatedAt: number(updatedAt.get(id)) ?? Number.NaN,
      entryValid: number(notValid.get(id)) ?? 1,
      status: shortText(status.get(id)) ?? null,
      ...present({
        archivedAt: number(archivedAt.get(id)),
        label: shortText(label.get(id)),
        parent: shortText(parent.get(id)),
        spawnedBy: shortText(spawnedBy.get(id)),
        window,
      }),
    };
  });
  return { rows, windows };
}

function readWindows(database: Database): Map<string, Window> {
  const found = new Map<string, Window>();
  const columns =
    "session_id, session_key, status, started_at, ended_at, transcript_updated_at, chat_type, model, display_name";
  for (const row of eachRow(database, `SELECT ${columns} FROM session_windows`)) {
    found.set(textAt(row, "session_id") ?? "", {
      key: textAt(row, "session_key") ?? "",
      status: textAt(row, "status") ?? null,
      ...present({
        startedAt: numberAt(row, "started_at"),
        endedAt: numberAt(row, "ended_at"),
        transcriptAt: numberAt(row, "transcript_updated_at"),
        chatType: textAt(row, "chat_type"),
        model: textAt(row, "model"),
        displayName: textAt(row, "display_name"),
      }),
    });
  }
  return found;
}

/** One column by rowid; `where` is that of its partial index. */
function column(database: Database, name: string, where = "1"): Map<number, Value> {
  const rows = rowsOf(database, `SELECT rowid AS id, ${name} AS value FROM session_nodes WHERE ${where}`);
  return new Map(rows.map((row: Columns) => [numberAt(row, "id") ?? 0, row["value"]]));
}

function number(value: Value): number | undefined {
  return typeof value === "bigint" ? Number(value) : undefined;
}

type Present<T> = { [K in keyof T]?: Exclude<T[K], undefined> };

/** Without the members that are undefined: facts leave out what is not there. */
function present<T extends object>(record: T): Present<T> {
  return Object.fromEntries(Object.entries(record).filter(([, value]) => value !== undefined)) as Present<T>;
}
