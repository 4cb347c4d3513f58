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
  const [ids = [], keys = []] = lists(database, ["rowid", shortTextOf("session_key")], "session_nodes");
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
  const rows = (ids as number[]).map((id, at): NarrowRow => {
    const sessionId = sessionIds.get(id) ?? "";
    return {
      id,
      key: shortText(keys[at]) ?? "",
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
  const columns = lists(database, [...windowTexts, ...windowNumbers], "session_windows");
  const [ids = [], keys, statuses, chatTypes, models, names, starts, ends, transcripts] = columns;
  const found = new Map<string, Window>();
  for (const [at, id] of ids.entries()) {
    found.set(shortText(id) ?? "", {
      key: shortText(keys?.[at]) ?? "",
      status: shortText(statuses?.[at]) ?? null,
      startedAt: numberFrom(starts?.[at]),
      endedAt: numberFrom(ends?.[at]),
      transcriptAt: numberFrom(transcripts?.[at]),
      chatType: shortText(chatTypes?.[at]),
      model: shortText(models?.[at]),
      displayName: shortText(names?.[at]),
    });
  }
  return found;
}

function texts(database: Database, name: string, where = `${name} IS NOT NULL`): Values<string> {
  return byId(lists(database, ["rowid", shortTextOf(name)], "session_nodes", where), shortText);
}

function numbers(database: Database, name: string, where = `${name} IS NOT NULL`): Values<number> {
  return byId(lists(database, ["rowid", integerOf(name)], "session_nodes", where), numberFrom);
}

/** Column by column: ten thousand small lists would be garbage at once. `where` is that of the partial index that has them. */
function lists(database: Database, columns: readonly string[], table: string, where = "1"): unknown[][] {
  const all = columns.map((column) => `json_group_array(${column})`).join(", ");
  return listOf(database, `SELECT json_array(${all}) AS list FROM ${table} WHERE ${where}`) as unknown[][];
}

function byId<T>([ids = [], values = []]: unknown[][], valueFrom: (value: unknown) => T | undefined): Values<T> {
  const found = new Map<number, T>();
  for (const [at, id] of (ids as number[]).entries()) {
    const value = valueFrom(values[at]);
    if (value !== undefined) found.set(id, value);
  }
  return found;
}

function numberFrom(value: unknown): number | undefined {
  return typeof value === "number" ? value : undefined;
}
