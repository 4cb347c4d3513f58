// A SQLite store as facts: its rows, and beside each what its events and OpenClaw's registries show.
import { dirname, join } from "node:path";
import type { SessionFacts, StoreFacts } from "../../model/facts.ts";
import type { VersionRange } from "../../model/store.ts";
import { type DatabaseReading, readDatabase } from "../databaseReading.ts";
import { readLeftovers } from "../openclawJson/leftovers.ts";
import { placeOf, readLocks } from "../openclawJson/readStore.ts";
import { asNumber, asText } from "../openclawJson/records.ts";
import { readCronRun, readSubagents } from "../openclawJson/registries.ts";
import { listSessionsDir } from "../openclawJson/storeFiles.ts";
import { isAbsent, isUnreadable, readRange, statsAt, type Unreadable, withFile } from "../regularFile.ts";
import type { StatePlace } from "../storeReader.ts";
import type { DatabaseFile } from "./findDatabases.ts";
import { type DatabaseRows, readDatabaseRows } from "./readRows.ts";
import { cronOf, subagentsOf, yieldsOf } from "./registries.ts";

/** Schemas whose rows are understood: that of 2026.8.1 and 2026.8.2, and that of 2026.9.6 (facts G). */
const knownSchemas: ReadonlySet<number> = new Set([19, 23]);
const firstWithSqlite = "2026.8.1";
const schemaBytes = 4 << 20;
const sessionTables = /CREATE TABLE "?session_(nodes|entries)"? ?\(/;

/** Undefined where the database is no session store. */
export function readSqliteStore(file: DatabaseFile, place: StatePlace): StoreFacts | undefined {
  const { stateDir, config, memory, inFull } = place;
  const { path, agent } = file;
  const read = readDatabase({
    path,
    what: "rows",
    memory: inFull === undefined ? memory?.databases : undefined,
    use: (database, hasTime) => readDatabaseRows(database, path, hasTime, inFull),
  });
  if (isUnreadable(read) ? isUnseen(read) && !mentionsSessions(path) : read.value === undefined) return undefined;
  const reading = read as DatabaseReading<DatabaseRows> | Unreadable;
  const rows = isUnreadable(reading) ? undefined : reading.value;
  const directory = listSessionsDir(join(stateDir, "agents", agent, "sessions", "sessions.json"));
  // Beside a store of their own era they are that store's.
  const hasJsonStore = directory.names.has("sessions.json");
  const movedFrom = whereItWas(path, place);
  return {
    id: `openclaw-sqlite:${path}`,
    kind: "openclaw-sqlite",
    path,
    stateDir,
    agent,
    era: "S",
    version: versionOf(rows),
    writer: place.writer,
    locks: hasJsonStore ? [] : readLocks(directory, place),
    content: contentOf(reading, place),
    place: placeOf(path, place, movedFrom),
    leftovers: readLeftovers(directory, []),
    database: databaseOf(reading, file, place),
    ...(config.runTimeoutMs !== undefined && { runTimeoutMs: config.runTimeoutMs }),
    ...(config.pruneAfterMs !== undefined && { pruneAfterMs: config.pruneAfterMs }),
    ...(movedFrom !== undefined && { movedFrom }),
  };
}

/** It was not opened at all. */
function isUnseen({ code }: Unreadable): boolean {
  return code === "NOSQLITE" || code === "TOOLARGE" || code === "EMPTY";
}

/** What a schema says of itself stands in plain text, at the beginning of the database or of its log. */
function mentionsSessions(path: string): boolean {
  return [path, `${path}-wal`].some((file) => {
    const start = withFile(file, ({ fd, stats }) => readRange(fd, 0, Math.min(stats.size, schemaBytes)));
    return Buffer.isBuffer(start) && sessionTables.test(start.toString("latin1"));
  });
}

function contentOf(reading: DatabaseReading<DatabaseRows> | Unreadable, place: StatePlace): StoreFacts["content"] {
  if (isUnreadable(reading)) {
    const { reason, bytes } = reading;
    return { state: "unreadable", reason, ...(bytes !== undefined && { copyBytes: bytes }) };
  }
  const { value, sizeBytes, walBytes, mtimeMs, version } = reading;
  if (value.strange !== undefined) return { state: "unreadable", reason: value.strange };
  const sessions = value.sessions.map(withRegistries(place));
  return { state: "read", sizeBytes: sizeBytes + walBytes, mtimeMs, fileVersion: version, sessions };
}

/** What OpenClaw's registries say of a session, of this era first. */
function withRegistries({ stateDir, state }: StatePlace): (session: SessionFacts) => SessionFacts {
  const older = readSubagents(stateDir);
  const subagents = state === undefined ? undefined : subagentsOf(state);
  const yields = state === undefined ? undefined : yieldsOf(state);
  return (session) => {
    const { key, fields } = session.row;
    const subagent = subagents?.get(key) ?? older.get(key);
    const startedAt = asNumber(fields["startedAt"]);
    const sessionId = asText(fields["sessionId"]);
    const isOpen = fields["status"] === "running" || fields["status"] === undefined;
    const receipt = isOpen && state !== undefined ? cronOf(state, key, startedAt) : undefined;
    const cron = isOpen ? (receipt ?? readCronRun(stateDir, key, sessionId)) : undefined;
    const yielded = yields?.get(key);
    const placement = state?.placements.get(sessionId ?? "");
    if (subagent === undefined && cron === undefined && yielded === undefined && placement === undefined)
      return session;
    return {
      ...session,
      ...(subagent !== undefined && { subagent }),
      ...(cron !== undefined && { cron }),
      ...(yielded !== undefined && { yielded }),
      ...(placement !== undefined && { placement }),
    };
  };
}

function databaseOf(
  reading: DatabaseReading<DatabaseRows> | Unreadable,
  { path, agent }: DatabaseFile,
  { state }: StatePlace,
): NonNullable<StoreFacts["database"]> {
  const value = isUnreadable(reading) ? undefined : reading.value;
  const unknown = value === undefined ? undefined : whyUnknown(value, agent);
  return {
    walBytes: statsAt(`${path}-wal`)?.size ?? 0,
    orphans: value?.orphans ?? [],
    hasRegistries: state !== undefined,
    ...(value !== undefined && { schemaVersion: value.schemaVersion }),
    ...(unknown !== undefined && { unknown }),
  };
}

/** Facts I 51. */
function whyUnknown({ schemaVersion, role, agentId, strange }: DatabaseRows, agent: string): string | undefined {
  if (!knownSchemas.has(schemaVersion)) return `its schema is ${schemaVersion}, and 19 and 23 are known`;
  if (strange !== undefined) return strange;
  if (role !== "agent") return `its role is ${role ?? "missing"}, and not agent`;
  return agentId?.toLowerCase() === agent.toLowerCase() ? undefined : `it is of the agent ${agentId ?? "(missing)"}`;
}

/** The version that made it: which one wrote it last it does not say. */
function versionOf(rows: DatabaseRows | undefined): VersionRange {
  const made = rows?.appVersion;
  if (made !== undefined && /^\d{4}\.\d+\.\d+/.test(made)) return { from: made, source: "its database was made by it" };
  return { from: firstWithSqlite, source: "sessions are in SQLite" };
}

/** Where its process had it open, if that place is not here: the state directory was moved (facts O). */
function whereItWas(path: string, { state }: StatePlace): string | undefined {
  const tail = path.split(/[\\/]/).slice(-4).join("/");
  const opened = state?.leases
    .map((lease) => lease.path)
    .find((other) => other?.endsWith(`/${tail}`) && other !== path);
  return opened !== undefined && isAbsent(opened) ? dirname(opened) : undefined;
}
