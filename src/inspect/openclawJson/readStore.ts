// A JSON store as facts: its rows, and beside each what its transcript, trajectory, locks and registries show.
import { basename, dirname, isAbsolute, sep } from "node:path";
import type { LockFacts, PlaceFacts, SessionFacts, SessionRow, StoreContent, StoreFacts } from "../../model/facts.ts";
import type { DatabaseMemory } from "../databaseReading.ts";
import { realPath } from "../homes.ts";
import { lineNumber } from "../lines.ts";
import { readLock } from "../lockFile.ts";
import { cloudFolderOf, fileSystemOf, isShared, keepsModes } from "../mounts.ts";
import { namesOtherHost } from "../otherHost.ts";
import {
  fileVersion,
  fileVersionAt,
  isAbsent,
  isUnreadable,
  sourceOf,
  statsAt,
  type Unreadable,
  withFile,
} from "../regularFile.ts";
import type { StatePlace } from "../storeReader.ts";
import { type EvidenceReader, evidenceReader } from "./evidenceReader.ts";
import { readLeftovers } from "./leftovers.ts";
import { asText } from "./records.ts";
import { readSubagents } from "./registries.ts";
import { rowFields } from "./rowFields.ts";
import {
  type ListedDir,
  listedDir,
  listSessionsDir,
  restoreCandidates,
  type SessionsDir,
  type StoreFile,
} from "./storeFiles.ts";
import { type StoreScan, scanStore } from "./storeScanner.ts";
import { eraOf, versionOf } from "./version.ts";

export interface StoreInput extends StatePlace {
  readonly file: StoreFile;
}

/** Kept between scans by whoever scans again and again. */
export interface StoreMemory {
  readonly evidence: EvidenceReader;
  /** The rows of each store by its path, for the version of the file that they were read from. */
  readonly rows: Map<string, Rows>;
  /** Where each store lies, by its path, as it was listed last. */
  readonly directories: Map<string, ListedDir>;
  readonly databases: DatabaseMemory;
}

export function storeMemory(): StoreMemory {
  return { evidence: evidenceReader(), rows: new Map(), directories: new Map(), databases: new Map() };
}

/** A writer renames a whole new store into place; more than this many changes under our reading is no writer of ours. */
const readAttempts = 3;

export function readJsonStore(input: StoreInput): StoreFacts {
  const { file, stateDir, config } = input;
  const isCaptured = input.processes.source === "captured";
  const directory = { ...listSessionsDir(file.path), ...(isCaptured && { only: stateDir }) };
  input.memory?.directories.set(file.path, listedDir(directory));
  const locks = readLocks(directory, input);
  const rows =
    directory.problem === undefined ? readRows(file.path, input) : { code: "HIDDEN", reason: directory.problem };
  const read = "rows" in rows ? rows.rows : [];
  const version = versionOf({
    config,
    directory,
    rows: read,
    maxHoldInLock: locks.some((lock) => "maxHoldMs" in lock),
  });
  const era = eraOf(version);
  const movedFrom = whereItWas(directory, read);
  return {
    id: `openclaw-json:${file.path}`,
    kind: "openclaw-json",
    path: file.path,
    stateDir,
    version,
    writer: input.writer,
    locks,
    content: "rows" in rows ? sessionsOf(rows, locks, directory, input) : contentProblem(rows, directory),
    ...(file.agent !== undefined && { agent: file.agent }),
    ...(era !== undefined && { era }),
    ...(config.runTimeoutMs !== undefined && { runTimeoutMs: config.runTimeoutMs }),
    place: placeOf(file.path, input, movedFrom),
    leftovers: readLeftovers(directory, read),
    ...(config.pruneAfterMs !== undefined && { pruneAfterMs: config.pruneAfterMs }),
    ...(config.resetRetentionMs !== undefined && { resetRetentionMs: config.resetRetentionMs }),
    ...(config.maintenanceMode !== undefined && { maintenanceMode: config.maintenanceMode }),
    ...(config.maxEntries !== undefined && { maxEntries: config.maxEntries }),
    ...(movedFrom !== undefined && { movedFrom }),
  };
}

/** Place, modes and owner of a copy say nothing about the store that it was made from. */
export function placeOf(
  path: string,
  { processes }: { readonly processes: Pick<StatePlace["processes"], "source"> },
  movedFrom: string | undefined,
): PlaceFacts {
  const stats = statsAt(path);
  const hasOwnUid = stats !== undefined && stats.uid === process.getuid?.();
  if (processes.source === "captured") return { isOwn: true, hasOwnUid };
  const fileSystem = fileSystemOf(path);
  const shared = isShared(fileSystem) ? fileSystem : cloudFolderOf(path);
  const means =
    stats?.isFile() === true && movedFrom === undefined && process.platform !== "win32" && keepsModes(fileSystem);
  return {
    isOwn: !means || process.getuid?.() === 0 || hasOwnUid,
    hasOwnUid,
    ...(means && { mode: stats.mode & 0o777 }),
    ...(shared !== undefined && { shared }),
  };
}

interface Rows {
  readonly rows: readonly SessionRow[];
  readonly sizeBytes: number;
  readonly mtimeMs: number;
  readonly fileVersion: string;
}
interface BrokenRows {
  readonly broken: Extract<StoreScan, { ok: false }>;
  readonly line: number;
  readonly sizeBytes: number;
}

/** As they are now: read anew only where the file is another than the one that they are kept of. */
export function readRows(
  path: string,
  { memory, goOn }: Pick<StoreInput, "memory" | "goOn">,
): Rows | BrokenRows | Unreadable {
  const known = memory?.rows.get(path);
  if (known !== undefined && fileVersionAt(path) === known.fileVersion) return known;
  let read = readRowsOnce(path, goOn);
  for (let attempt = 1; read === "changed" && attempt < readAttempts; attempt++) read = readRowsOnce(path, goOn);
  if (read === "changed") return { code: "CHANGING", reason: "it kept changing while it was read" };
  if ("rows" in read) memory?.rows.set(path, read);
  else memory?.rows.delete(path);
  return read;
}

function readRowsOnce(path: string, goOn: (() => void) | undefined): Rows | BrokenRows | Unreadable | "changed" {
  return withFile(path, (file) => {
    const { fd, stats } = file;
    // The last of duplicate keys counts, at the place of the first, as JSON.parse has it.
    const rows = new Map<string, SessionRow>();
    const scan = scanStore(sourceOf(file), { fields: rowFields }, ({ key, range, shape, fields }) => {
      goOn?.();
      rows.set(key, { key, range, shape, fields });
    });
    const after = statsAt(path);
    // A rename over the path leaves this descriptor on the old file, whole: only a change in place can tear the reading.
    const sameFile = after?.ino === stats.ino && after.dev === stats.dev;
    if (sameFile && (after.size !== stats.size || after.mtimeMs !== stats.mtimeMs)) return "changed";
    const { size: sizeBytes, mtimeMs } = stats;
    if (scan.ok) return { rows: [...rows.values()], sizeBytes, mtimeMs, fileVersion: fileVersion(stats) };
    return { broken: scan, line: lineNumber(fd, scan.offset), sizeBytes: stats.size };
  });
}

function contentProblem(rows: BrokenRows | Unreadable, directory: SessionsDir): StoreContent {
  if (isUnreadable(rows)) return { state: "unreadable", reason: rows.reason };
  const { broken, line, sizeBytes } = rows;
  const candidates = restoreCandidates(directory);
  return { state: "unparsable", sizeBytes, offset: broken.offset, line, reason: broken.reason, candidates };
}

function sessionsOf(rows: Rows, locks: readonly LockFacts[], directory: SessionsDir, input: StoreInput): StoreContent {
  const subagents = readSubagents(input.stateDir);
  const evidence = input.memory?.evidence ?? evidenceReader();
  const byTranscript = locksByTranscript(locks);
  const sessions = rows.rows.map((row): SessionFacts => {
    input.goOn?.();
    const subagent = subagents.get(row.key);
    return evidence.sessionFacts(row, { directory, stateDir: input.stateDir, locks: byTranscript, subagent });
  });
  const { sizeBytes, mtimeMs, fileVersion } = rows;
  return { state: "read", sizeBytes, mtimeMs, fileVersion, sessions };
}

/** By the base names of the transcripts that they lock. */
export function locksByTranscript(locks: readonly LockFacts[]): Map<string, LockFacts[]> {
  const byTranscript = new Map<string, LockFacts[]>();
  for (const lock of locks) {
    if (lock.transcript === undefined) continue;
    byTranscript.set(lock.transcript, [...(byTranscript.get(lock.transcript) ?? []), lock]);
  }
  return byTranscript;
}

/** The locks that lie in a directory of sessions. */
export function readLocks(
  directory: SessionsDir,
  { processes, blind }: Pick<StatePlace, "processes" | "blind">,
): LockFacts[] {
  const locks: LockFacts[] = [];
  for (const name of directory.locks) {
    const kind = name === "sessions.json.lock" ? "store" : "transcript";
    const lock = readLock(`${directory.path}/${name}`, kind, processes, blind);
    if (lock === undefined) continue;
    locks.push(kind === "store" ? lock.facts : { ...lock.facts, transcript: name.replace(/\.lock$/, "") });
  }
  return locks;
}

const sessionsPlace = /[\\/]agents[\\/][^\\/]+[\\/]sessions$/;

/** Whether a path is that of something right in a directory, as nearly every row's is. */
function isIn(directory: string, path: string): boolean {
  return (
    path.startsWith(directory) &&
    path.lastIndexOf(sep) === directory.length &&
    !path.includes("/", directory.length + 1)
  );
}

/** The directory that rows name for their transcripts, where it is not this one and does not exist: the store was moved (facts O). */
function whereItWas(directory: SessionsDir, rows: readonly SessionRow[]): string | undefined {
  const asked = new Set<string>([directory.path, realPath(directory.path)]);
  for (const row of rows) {
    const file = asText(row.fields["sessionFile"]);
    if (file === undefined || isIn(directory.path, file) || !isAbsolute(file) || asked.has(dirname(file))) continue;
    if (namesOtherHost(file, directory.path)) continue;
    // A path that OpenClaw ignores, to a file that is not here, tells of no move.
    if (!sessionsPlace.test(dirname(file)) && !directory.names.has(basename(file))) continue;
    asked.add(dirname(file));
    if (isAbsent(dirname(file))) return dirname(file);
  }
  return undefined;
}
