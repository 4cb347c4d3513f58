// Transcripts and trajectories as events of a database (facts G): their ends, and pieces of them for people.
import * as zlib from "node:zlib";
import type { TrajectoryFacts, TranscriptTail } from "../../model/facts.ts";
import { headerOf } from "../openclawJson/beginnings.ts";
import { givesUpFromBytes, isBystander, trajectoryEnd } from "../openclawJson/trajectoryTail.ts";
import { transcriptEnd } from "../openclawJson/transcriptTail.ts";
import type { Database } from "../sqlite.ts";
import { type Columns, eachRow, jsonAt, longTextAt, numberAt, parsedRecord, rowsOf } from "./values.ts";

/** As much as is read of a file: what is further back is unknown. */
const mostBytes = 4 << 20;
const mostEvents = 2000;
/** The largest event that OpenClaw compresses (the table's own CHECK). */
const eventLimitBytes = 4 << 20;

/** No event of a trajectory is larger (facts C5, Caps). */
const runtimeEventLimitBytes = 256 << 10;
const fewEvents = givesUpFromBytes / runtimeEventLimitBytes;

export interface Event {
  readonly seq: number;
  readonly createdAt?: number;
  /** Undefined where it is kept compressed. */
  readonly text: string | undefined;
  readonly bytes: number;
  /** Parsed at each call; undefined where its text is no object. */
  entry(): Readonly<Record<string, unknown>> | undefined;
}

const transcriptColumns = "seq, created_at, event_json, event_zstd, navigation_json";
/** Schema 19 has no compressed events. */
const plainColumns = "seq, created_at, event_json";

/** `before`: this event and what came before it, the latest first. `after`: what came after it, in its order. */
export interface Walk {
  readonly from: "before" | "after";
  readonly seq: number;
}

const fromTheEnd: Walk = { from: "before", seq: Number.MAX_SAFE_INTEGER };
const fromTheBeginning: Walk = { from: "after", seq: -1 };

export function* transcriptEvents(
  database: Database,
  sessionId: string,
  columns: ReadonlySet<string>,
  walk: Walk = fromTheEnd,
): Generator<Event> {
  const chosen = columns.has("event_zstd") ? transcriptColumns : plainColumns;
  const sql = `SELECT ${chosen} FROM transcript_events WHERE session_id = ? ${orderOf(walk)}`;
  for (const row of eachRow(database, sql, sessionId, walk.seq)) yield eventOf(row);
}

export function* trajectoryEvents(database: Database, sessionId: string, walk: Walk = fromTheEnd): Generator<Event> {
  const sql = `SELECT ${plainColumns} FROM trajectory_runtime_events WHERE session_id = ? ${orderOf(walk)}`;
  for (const row of eachRow(database, sql, sessionId, walk.seq)) yield eventOf(row);
}

function orderOf({ from }: Walk): string {
  return from === "before" ? "AND seq <= ? ORDER BY seq DESC" : "AND seq > ? ORDER BY seq";
}

export interface TranscriptRead {
  readonly tail: TranscriptTail;
  readonly lastSeq: number;
  readonly lastAt?: number;
}

/** Undefined where the session has no event at all. */
export function readTranscriptEnd(
  database: Database,
  sessionId: string,
  columns: ReadonlySet<string>,
): TranscriptRead | undefined {
  const end = transcriptEnd();
  const walk = walkBack(transcriptEvents(database, sessionId, columns), ({ entry, seq }) =>
    end.see(entry(), { event: { sessionId, seq } }),
  );
  if (walk.last === undefined) return undefined;
  const [first] = transcriptEvents(database, sessionId, columns, fromTheBeginning);
  const header = first === undefined ? undefined : headerOf(first.entry() ?? {});
  const { seq, createdAt } = walk.last;
  return {
    tail: end.facts(walk.seenAll, header),
    lastSeq: seq,
    ...(createdAt !== undefined && { lastAt: createdAt }),
  };
}

/** Written when a run ends, not before (facts C6): one that was killed left none. Undefined where there is no event. */
export function readTrajectoryEnd(database: Database, path: string, sessionId: string): TrajectoryFacts | undefined {
  const end = trajectoryEnd();
  const isWhole = areFew(database, sessionId);
  const { last, seenAll, bytes } = walkBack(trajectoryEvents(database, sessionId), ({ text, entry, seq }) => {
    if (end.hasEnded() && text !== undefined && isBystander(text)) return undefined;
    const answer = end.see(entry(), { event: { sessionId, seq } });
    return isWhole && end.hasEnded() ? "stop" : answer;
  });
  if (last === undefined) return undefined;
  return { path, sizeBytes: bytes, mtimeMs: last.createdAt ?? 0, ...end.facts(seenAll) };
}

/** Whether they cannot be as much as a recorder records before it gives up: its index tells, without a look at any of them. */
function areFew(database: Database, sessionId: string): boolean {
  const some = `SELECT 1 FROM trajectory_runtime_events WHERE session_id = ? LIMIT ${fewEvents}`;
  return numberAt(rowsOf(database, `SELECT COUNT(*) AS events FROM (${some})`, sessionId)[0], "events") !== fewEvents;
}

export function hasEvents(database: Database, sessionId: string): boolean {
  return rowsOf(database, "SELECT 1 FROM transcript_events WHERE session_id = ? LIMIT 1", sessionId).length > 0;
}

function walkBack(
  events: Iterable<Event>,
  see: (event: Event) => "stop" | undefined,
): { readonly last: Event | undefined; readonly seenAll: boolean; readonly bytes: number } {
  let last: Event | undefined;
  let bytes = 0;
  let count = 0;
  for (const event of events) {
    last ??= event;
    bytes += event.bytes;
    count += 1;
    if (see(event) === "stop") return { last, seenAll: true, bytes };
    if (bytes > mostBytes || count >= mostEvents) return { last, seenAll: false, bytes };
  }
  return { last, seenAll: true, bytes };
}

function eventOf(row: Columns): Event {
  const createdAt = numberAt(row, "created_at");
  const blob = row["event_zstd"];
  const text = longTextAt(row, "event_json");
  const bytes = (text?.length ?? 0) + (blob instanceof Uint8Array ? blob.length : 0);
  const entry = (): ReturnType<Event["entry"]> => entryOf(row, text);
  return { seq: numberAt(row, "seq") ?? 0, text, entry, bytes, ...(createdAt !== undefined && { createdAt }) };
}

/**
 * A compressed event keeps its role and time beside it: where this Node cannot unpack it that has to do, and how its turn
 * stood stays unknown.
 */
function entryOf(row: Columns, text: string | undefined): ReturnType<Event["entry"]> {
  if (text !== undefined) return parsedRecord(text);
  const packed = row["event_zstd"];
  const whole = packed instanceof Uint8Array ? unpacked(packed) : undefined;
  const navigation = jsonAt(row, "navigation_json")?.["navigation"];
  return parsedRecord(whole) ?? parsedRecord(JSON.stringify(navigation ?? null));
}

/** Undefined before Node 22.15, which cannot, and where it is no such data or larger than an event can be. */
function unpacked(packed: Uint8Array): string | undefined {
  const { zstdDecompressSync } = zlib as Partial<typeof zlib>;
  try {
    return zstdDecompressSync?.(packed, { maxOutputLength: eventLimitBytes }).toString("utf8");
  } catch {
    return undefined;
  }
}
