// Rows of a database that lack their other half (facts I 52).
import type { Database } from "../sqlite.ts";
import type { NarrowRows } from "./narrowRows.ts";
import { listOf, shortText, shortTextOf } from "./values.ts";

/** Named as examples; there may be more. */
const mostNamed = 5;
const mostSessions = 50_000;

/** One line each. */
export function orphansOf(
  database: Database,
  { rows, windows }: NarrowRows,
  tables: ReadonlyMap<string, ReadonlySet<string>>,
): string[] {
  const keys = new Set(rows.map(({ key }) => key));
  const withoutWindow = rows.filter(({ window }) => window === undefined).map(({ key }) => key);
  const withoutRow: string[] = [];
  for (const [id, { key }] of windows) if (!keys.has(key)) withoutRow.push(id);
  const withoutSession = tables.has("transcript_events")
    ? sessionsWithEvents(database).filter((id) => !windows.has(id))
    : [];
  return [
    ...told(withoutWindow, "has no window"),
    ...told(withoutRow, "is a window without a row"),
    ...told(withoutSession, "has events without a window"),
  ];
}

function told(names: readonly string[], what: string): string[] {
  const lines = names.slice(0, mostNamed).map((name) => `${name} ${what}`);
  return names.length > mostNamed ? [...lines, `and ${names.length - mostNamed} more: each ${what}`] : lines;
}

/** Each session id once: from one to the next by the index, not through millions of events. */
function sessionsWithEvents(database: Database): string[] {
  const next = "SELECT MIN(session_id) FROM transcript_events WHERE session_id > sessions.id";
  const sql = `WITH RECURSIVE sessions(id) AS (
    SELECT MIN(session_id) FROM transcript_events
    UNION ALL SELECT (${next}) FROM sessions WHERE id IS NOT NULL LIMIT ${mostSessions}
  ) SELECT json_group_array(${shortTextOf("id")}) AS list FROM sessions`;
  return listOf(database, sql).flatMap((id) => shortText(id) ?? []);
}
