// The rows of a database as facts: narrow columns of all, the row's own JSON only where it is in question, and the ends
// of transcript and trajectory only where they prove something (DESIGN, Size and speed).
import type { ColumnFacts, SessionFacts, SessionRow, TranscriptFacts } from "../../model/facts.ts";
import type { Budget } from "../databaseReading.ts";
import { asNumber, asText } from "../openclawJson/records.ts";
import { Fields, rowFields as jsonRowFields } from "../openclawJson/rowFields.ts";
import type { Database } from "../sqlite.ts";
import type { StatePlace } from "../storeReader.ts";
import { hasEvents, readTrajectoryEnd, readTranscriptEnd } from "./events.ts";
import { type NarrowRow, readNarrowRows } from "./narrowRows.ts";
import { orphansOf } from "./orphans.ts";
import { longTextAt, numberAt, parsedRecord, rowsOf, shortText, tablesOf, textAt } from "./values.ts";

/** What was read of one database, before anything beside it is known. */
export interface DatabaseRows {
  readonly schemaVersion: number;
  readonly role?: string;
  readonly agentId?: string;
  readonly appVersion?: string;
  /** Why no rows could be read, of a database that has no sessions that we know. */
  readonly strange?: string;
  readonly sessions: readonly SessionFacts[];
  readonly orphans: readonly string[];
}

/** What is in use of a row: in this era its fences and the state of its recovery too (facts B1). */
const rowFields: ReadonlySet<string> = new Set([
  ...jsonRowFields,
  "activeWriterRunId",
  "lastRunId",
  "lifecycleRunId",
  "mainRestartRecovery",
  "pinnedAt",
]);
const deliveryClaims = "restartRecoveryDelivery";
/** Locks and archives are files; and ten thousand rows have none. */
const none: readonly never[] = [];

/** Rows that are read in full although nothing is wrong with their columns: the latest. */
const readAnyway = 200;
/** Rows that may be in question; beyond them columns have to do. */
const mostInQuestion = 2000;
const neededColumns = ["session_key", "current_session_id", "entry_json", "entry_valid", "updated_at", "status"];

/** Undefined where the database has none of the tables of a session store: it is none (facts A). */
export function readDatabaseRows(
  database: Database,
  path: string,
  hasTime: Budget,
  inFull: NonNullable<StatePlace["inFull"]> = () => false,
): DatabaseRows | undefined {
  const tables = tablesOf(database);
  const isStore = tables.has("session_nodes") || tables.has("session_entries");
  if (!isStore) return undefined;
  const about = metaOf(database, tables.has("schema_meta"));
  const nodes = tables.get("session_nodes");
  const missing = neededColumns.find((name) => nodes?.has(name) !== true);
  if (nodes === undefined || missing !== undefined || !tables.has("session_windows")) {
    const strange = nodes === undefined ? "it keeps its sessions in other tables" : "its session tables are others";
    return { ...about, strange, sessions: [], orphans: [] };
  }
  const narrow = readNarrowRows(database);
  const inQuestion = rowsInQuestion(narrow.rows);
  for (const { id, key, updatedAt } of narrow.rows) if (inFull(key, updatedAt)) inQuestion.add(id);
  const reader: RowReader = { database, path, hasTime, columns: tables.get("transcript_events"), tables };
  const sessions = narrow.rows.map((row) => (inQuestion.has(row.id) ? readInFull(row, reader) : ofColumns(row, path)));
  return { ...about, sessions, orphans: hasTime() ? orphansOf(database, narrow, tables) : [] };
}

function metaOf(database: Database, hasMeta: boolean): Pick<DatabaseRows, "schemaVersion" | "role" | "agentId"> {
  const [version] = rowsOf(database, "PRAGMA user_version");
  const wanted = "SELECT role, agent_id, app_version FROM schema_meta WHERE meta_key = 'primary'";
  const [meta] = hasMeta ? rowsOf(database, wanted) : [];
  const [role, agentId, appVersion] = [textAt(meta, "role"), textAt(meta, "agent_id"), textAt(meta, "app_version")];
  return {
    schemaVersion: numberAt(version, "user_version") ?? 0,
    ...(role !== undefined && { role }),
    ...(agentId !== undefined && { agentId }),
    ...(appVersion !== undefined && { appVersion }),
  };
}

/** Those whose columns claim a run, say nothing or contradict each other, and the latest of the others. */
function rowsInQuestion(rows: readonly NarrowRow[]): Set<number> {
  const latest = rows.toSorted((a, b) => b.updatedAt - a.updatedAt);
  const asked = latest.filter((row, i) => i < readAnyway || isInQuestion(row));
  return new Set(asked.slice(0, mostInQuestion).map(({ id }) => id));
}

function isInQuestion({ status, entryValid, window }: NarrowRow): boolean {
  if (status === "running" || status === null || entryValid !== 1 || window === undefined) return true;
  const { startedAt, endedAt } = window;
  const isOdd = endedAt === undefined || (startedAt !== undefined && endedAt < startedAt);
  return window.status !== status || isOdd;
}

interface RowReader {
  readonly database: Database;
  readonly path: string;
  readonly hasTime: Budget;
  /** Of the table of transcript events. */
  readonly columns: ReadonlySet<string> | undefined;
  readonly tables: ReadonlyMap<string, ReadonlySet<string>>;
}

/** A row whose JSON was not read: what its columns say. */
function ofColumns(narrow: NarrowRow, path: string): SessionFacts {
  const { sessionId, updatedAt, status, window, label, parent, spawnedBy, archivedAt, key } = narrow;
  const fields = new Fields();
  const keep = (name: string, value: unknown): void => {
    if (value !== undefined) fields[name] = value;
  };
  keep("sessionId", sessionId);
  keep("updatedAt", updatedAt);
  keep("status", status ?? undefined);
  keep("startedAt", window?.startedAt);
  keep("endedAt", window?.endedAt);
  keep("model", window?.model);
  keep("chatType", window?.chatType);
  keep("displayName", window?.displayName);
  keep("label", label);
  keep("parentSessionKey", parent);
  keep("spawnedBy", spawnedBy);
  keep("archivedAt", archivedAt);
  return {
    row: { key, shape: "object", fields },
    transcript: unreadTranscript(narrow, path),
    locks: none,
    columns: columnsOf(narrow, false),
  };
}

function unreadTranscript({ window, sessionId }: NarrowRow, path: string): TranscriptFacts {
  const end = { sessionId, seq: Number.MAX_SAFE_INTEGER };
  const mtimeMs = window?.transcriptAt;
  if (mtimeMs === undefined) return { state: "unread", path, end, archives: none };
  return { state: "unread", path, end, archives: none, mtimeMs };
}

function readInFull(found: NarrowRow, reader: RowReader): SessionFacts {
  if (!reader.hasTime()) return ofColumns(found, reader.path);
  const wanted = "SELECT entry_json, entry_valid FROM session_nodes WHERE rowid = ?";
  const [stored] = rowsOf(reader.database, wanted, found.id);
  const narrow = { ...found, entryValid: numberAt(stored, "entry_valid") ?? found.entryValid };
  const entry = parsedRecord(longTextAt(stored, "entry_json"));
  if (entry === undefined) {
    const facts = ofColumns(narrow, reader.path);
    return { ...facts, columns: { ...columnsOf(narrow, true), broken: "it is no JSON object" } };
  }
  const row: SessionRow = { key: narrow.key, shape: "object", fields: fieldsFrom(Object.entries(entry)) };
  const broken = whyBroken(narrow, row);
  const columns = { ...columnsOf(narrow, true), ...(broken !== undefined && { broken }) };
  if (!needsProof(narrow, row)) return { row, transcript: lookedAt(narrow, reader), locks: none, columns };
  const { database, path } = reader;
  const hasTrajectories = reader.tables.has("trajectory_runtime_events");
  const trajectory = hasTrajectories ? readTrajectoryEnd(database, path, narrow.sessionId) : undefined;
  return {
    row,
    transcript: readTranscript(narrow, reader),
    locks: none,
    columns,
    ...(trajectory !== undefined && { trajectory }),
  };
}

function fieldsFrom(entries: readonly (readonly [string, unknown])[]): SessionRow["fields"] {
  const fields = new Fields();
  for (const [name, value] of entries) {
    const isWanted = rowFields.has(name) || name.startsWith(deliveryClaims);
    if (isWanted && value !== null && (typeof value !== "string" || shortText(value) !== undefined))
      fields[name] = value;
  }
  return fields;
}

/** What must agree with its columns (facts I 9, RAN-9.6-EXT). */
function whyBroken(narrow: NarrowRow, { fields }: SessionRow): string | undefined {
  if (asText(fields["sessionId"]) !== narrow.sessionId) return "its sessionId is not the one of its columns";
  const isOld = asNumber(fields["updatedAt"]) !== narrow.updatedAt;
  return isOld ? "its updatedAt is not the one of its columns" : undefined;
}

function columnsOf({ entryValid, status, window }: NarrowRow, isRowRead: boolean): ColumnFacts {
  const endedAt = window?.endedAt;
  return {
    entryValid,
    status,
    isRowRead,
    ...(window !== undefined && { window: { status: window.status, ...(endedAt !== undefined && { endedAt }) } }),
  };
}

/** All but rows that say plainly how their last run ended. */
function needsProof(narrow: NarrowRow, { fields }: SessionRow): boolean {
  const startedAt = asNumber(fields["startedAt"]);
  const endedAt = asNumber(fields["endedAt"]);
  const claimsToRun = fields["status"] === undefined || fields["status"] === "running";
  return isInQuestion(narrow) || claimsToRun || endedAt === undefined || endedAt < (startedAt ?? 0);
}

function lookedAt(narrow: NarrowRow, reader: RowReader): TranscriptFacts {
  const facts = unreadTranscript(narrow, reader.path);
  if (reader.columns === undefined || !reader.hasTime() || isKept(narrow, reader)) return facts;
  return { ...facts, state: "absent" };
}

function readTranscript(narrow: NarrowRow, reader: RowReader): TranscriptFacts {
  const facts = unreadTranscript(narrow, reader.path);
  if (reader.columns === undefined || !reader.hasTime()) return facts;
  const { sessionId } = narrow;
  const read = readTranscriptEnd(reader.database, sessionId, reader.columns);
  if (read === undefined) return { ...facts, state: isKept(narrow, reader) ? "unread" : "absent" };
  const { tail, lastSeq, lastAt } = read;
  const end = { sessionId, seq: lastSeq };
  return { ...facts, state: "read", end, tail, ...(lastAt !== undefined && { mtimeMs: lastAt }) };
}

/** Events that are not there may lie in an archive, cold or of a reset or deletion (facts G). */
function isKept({ sessionId }: NarrowRow, { database, tables }: RowReader): boolean {
  if (hasEvents(database, sessionId)) return true;
  return ["session_transcript_cold_archives", "session_transcript_archives"].some(
    (table) =>
      tables.has(table) &&
      rowsOf(database, `SELECT 1 FROM ${table} WHERE session_id = ? LIMIT 1`, sessionId).length > 0,
  );
}
