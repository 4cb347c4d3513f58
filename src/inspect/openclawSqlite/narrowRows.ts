// The narrow columns of all rows. `session_nodes` holds the row's JSON in its midst, 6 to 42 KB each, and whatever comes
// after it would be reached through all of it: so each column is asked for alone, which its index answers.
import type { Database } from "../sqlite.ts";
import { integerOf, listOf, rowsOf, shortText, shortTextOf, textAt } from "./values.ts";

export interface NarrowRow {
  readonly id: number;
  readonly key: string;
  readonly sessionId: string;
  readonly updatedAt: number;
  readonly entryValid: number;
  readonly status: string | null;
  readonly archivedAt: number | undefined;
  readonly label: string | undefined;
  readonly parent: string | undefined;
  readonly spawnedBy: string | undefined;
  /** The window of its session id. */
  readonly window: Window | undefined;
}

/** One generation of a session (facts G, session_windows). */
export interface Window {
  readonly key: string;
  readonly status: string | null;
  readonly startedAt: number | undefined;
  readonly endedAt: number | undefined;
  readonly transcriptAt: number | undefined;
  readonly chatType: string | undefined;
  readonly model: string | undefined;
  readonly displayName: string | undefined;
}

export interface NarrowRows {
  readonly rows: readonly NarrowRow[];
  readonly windows: ReadonlyMap<string, Window>;
}

/** By rowid. */
type Values<T> = ReadonlyMap<number, T>;

const noTexts: Values<string> = new Map();

export function readNarrowRows(database: Database): NarrowRows {
  const windows = readWindows(database);
  const names = rowsOf(database, "SELECT name FROM sqlite_schema WHERE type = 'index'");
  const indexes = new Set(names.map((row) => textAt(row, "name")));
  const keys = lists(database, shortTextOf("session_key"), "1");
  const sessionIds = texts(database, "current_session_id", "1");
  const updatedAt = numbers(database, "updated_at", "1");
  const status = texts(database, "status");
  const archivedAt = numbers(database, "archived_at");
  const label = indexes.has("idx_agent_session_nodes_label") ? texts(database, "label") : noTexts;
  const parent = texts(database, "parent_session_key");
  const spawnedBy = texts(database, "spawned_by");
  // 2026.8.2 has an index for the ones that are to be validated only.
  const isIndexed = indexes.has("idx_agent_session_nodes_entry_not_valid");
  const notValid = numbers(database, "entry_valid", isIndexed ? "entry_valid != 1" : "entry_valid = 0");
  const rows = keys.ids.map((id, at): NarrowRow => {
    const sessionId = sessionIds.get(id) ?? "";
    return {
      id,
      key: shortText(keys.values[at]) ?? "",
      sessionId,
      updatedAt: updatedAt.get(id) ?? Number.NaN,
      entryValid: notValid.get(id) ?? 1,
      status: status.get(id) ?? null,
      archivedAt: archivedAt.get(id),
      label: label.get(id),
      parent: parent.get(id),
      spawnedBy: spawnedBy.get(id),
      window: windows.get(sessionId),
    };
  });
  return { rows, windows };
}

const windowTexts = ["session_id", "session_key", "status", "chat_type", "model", "display_name"].map(shortTextOf);
const windowNumbers = ["started_at", "ended_at", "transcript_updated_at"].map(integerOf);

function readWindows(database: Database): Map<string, Window> {
  const columns = [...windowTexts, ...windowNumbers].join(", ");
  const sql = `SELECT json_group_array(json_array(${columns})) AS list FROM session_windows`;
  const found = new Map<string, Window>();
  for (const row of listOf(database, sql)) {
    const [id, key, status, chatType, model, displayName, startedAt, endedAt, transcriptAt] = row as unknown[];
    found.set(shortText(id) ?? "", {
      key: shortText(key) ?? "",
      status: shortText(status) ?? null,
      startedAt: numberFrom(startedAt),
      endedAt: numberFrom(endedAt),
      transcriptAt: numberFrom(transcriptAt),
      chatType: shortText(chatType),
      model: shortText(model),
      displayName: shortText(displayName),
    });
  }
  return found;
}

function texts(database: Database, name: string, where = `${name} IS NOT NULL`): Values<string> {
  return byId(lists(database, shortTextOf(name), where), shortText);
}

function numbers(database: Database, name: string, where = `${name} IS NOT NULL`): Values<number> {
  return byId(lists(database, integerOf(name), where), numberFrom);
}

interface Lists {
  readonly ids: readonly number[];
  readonly values: readonly unknown[];
}

/** `where` is that of the partial index that has the column. */
function lists(database: Database, value: string, where: string): Lists {
  const from = `FROM session_nodes WHERE ${where}`;
  const sql = `SELECT json_array(json_group_array(rowid), json_group_array(${value})) AS list ${from}`;
  const [ids = [], values = []] = listOf(database, sql) as [number[]?, unknown[]?];
  return { ids, values };
}

function byId<T>({ ids, values }: Lists, valueFrom: (value: unknown) => T | undefined): Values<T> {
  const found = new Map<number, T>();
  for (const [at, id] of ids.entries()) {
    const value = valueFrom(values[at]);
    if (value !== undefined) found.set(id, value);
  }
  return found;
}

function numberFrom(value: unknown): number | undefined {
  return typeof value === "number" ? value : undefined;
}
