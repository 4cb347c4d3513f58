// Proof for rows: what their transcripts and trajectories show. Full proof is for rows that claim to run, have no
// status, or look odd; the others get a stat (DESIGN, Size and speed). What was read of a file is kept until the file
// changes, so that a changed transcript costs one stat and one tail.
import type { Stats } from "node:fs";
import { basename } from "node:path";
import type {
  AnsweredRun,
  LockFacts,
  SessionFacts,
  SessionRow,
  SubagentFacts,
  TrajectoryFacts,
  TranscriptFacts,
} from "../../model/facts.ts";
import { fileVersion, fileVersionAt, isUnreadable, statsAt, withFile } from "../regularFile.ts";
import { readRunBefore } from "./beginnings.ts";
import { asNumber, asText } from "./records.ts";
import { readCronRun } from "./registries.ts";
import { terminalStatuses } from "./rowFields.ts";
import { archivesOf, type ListedDir } from "./storeFiles.ts";
import { readTrajectory } from "./trajectoryTail.ts";
import { resolveTranscript } from "./transcriptPath.ts";
import { readTranscriptTail } from "./transcriptTail.ts";

export interface Surroundings {
  readonly directory: ListedDir;
  readonly stateDir: string;
  /** By base name of the transcript. */
  readonly locks: ReadonlyMap<string, readonly LockFacts[]>;
  readonly subagent: SubagentFacts | undefined;
}

export interface EvidenceReader {
  sessionFacts(row: SessionRow, around: Surroundings): SessionFacts;
  /** Forgets what no scan has asked for since the last call. */
  sweep(): void;
}

type Recorded = Pick<SessionFacts, "trajectory" | "brokenPointer">;

/** Between the start of a run and its message, on genuine stores: less than a second. */
const aMomentMs = 10_000;

interface Kept<T> {
  readonly signature: string;
  readonly value: T;
  used: boolean;
}

const none: readonly never[] = [];

export function evidenceReader(): EvidenceReader {
  const transcripts = new Map<string, Kept<TranscriptFacts>>();
  const trajectories = new Map<string, Kept<TrajectoryFacts>>();
  return {
    sessionFacts: (row, around) => readSession(row, around, transcripts, trajectories),
    sweep: () => {
      for (const map of [transcripts, trajectories]) {
        for (const [path, kept] of map) {
          if (kept.used) kept.used = false;
          else map.delete(path);
        }
      }
    },
  };
}

function readSession(
  row: SessionRow,
  { directory, stateDir, locks, subagent }: Surroundings,
  transcripts: Map<string, Kept<TranscriptFacts>>,
  trajectories: Map<string, Kept<TrajectoryFacts>>,
): SessionFacts {
  const sessionId = asText(row.fields["sessionId"]);
  const resolved = resolveTranscript(directory, sessionId, asText(row.fields["sessionFile"]));
  if (resolved === undefined) {
    const cron = claimsToRun(row) ? readCronRun(stateDir, row.key, sessionId) : undefined;
    return { row, transcript: { state: "none", archives: [] }, locks: [], ...extra(subagent, cron) };
  }
  const { path } = resolved;
  const ownLocks = (locks.size > 0 && locks.get(basename(path))) || none;
  const full = needsFullProof(row, ownLocks, subagent);
  const { ignored, ownIdFile } = resolved;
  const there: TranscriptFacts = resolved.exists
    ? transcriptAt(path, full, transcripts)
    : { state: "absent", path, archives: archivesOf(directory, path) };
  const odd = { ...(ignored !== undefined && { ignored }), ...(ownIdFile !== undefined && { ownIdFile }) };
  const transcript = ignored === undefined && ownIdFile === undefined ? there : { ...there, ...odd };
  if (!full && transcript.state !== "absent" && subagent === undefined) return { row, transcript, locks: ownLocks };
  const recorded = full || transcript.state === "absent" ? trajectoryOf(path, sessionId, trajectories) : {};
  const earlierRun = runBefore(transcript, recorded.trajectory);
  const cron = full ? readCronRun(stateDir, row.key, sessionId) : undefined;
  return {
    row,
    transcript,
    locks: ownLocks,
    ...recorded,
    ...(earlierRun !== undefined && { earlierRun }),
    ...extra(subagent, cron),
  };
}

function extra(
  subagent: SubagentFacts | undefined,
  cron: SessionFacts["cron"],
): Pick<SessionFacts, "subagent" | "cron"> {
  return { ...(subagent !== undefined && { subagent }), ...(cron !== undefined && { cron }) };
}

function claimsToRun(row: SessionRow): boolean {
  return !terminalStatuses.has(row.fields["status"]);
}

/** All but rows that say plainly how their last run ended. */
function needsFullProof(row: SessionRow, locks: readonly LockFacts[], subagent: SubagentFacts | undefined): boolean {
  const startedAt = asNumber(row.fields["startedAt"]);
  const endedAt = asNumber(row.fields["endedAt"]);
  if (claimsToRun(row) || locks.length > 0 || subagent?.status === "running") return true;
  return endedAt === undefined || (startedAt !== undefined && endedAt < startedAt);
}

function transcriptAt(path: string, full: boolean, kept: Map<string, Kept<TranscriptFacts>>): TranscriptFacts {
  const stats = statsAt(path);
  if (stats === undefined) return { state: "unreadable", path, archives: [] };
  // A stat tells all that is asked of it: there is nothing to keep.
  if (!full) return unread(path, stats);
  const signature = fileVersion(stats);
  const known = kept.get(path);
  if (known?.signature === signature) {
    known.used = true;
    return known.value;
  }
  const value = readTranscript(path, stats);
  kept.set(path, { signature, value, used: true });
  return value;
}

function unread(path: string, stats: Stats): TranscriptFacts {
  const state = stats.isFile() ? "unread" : "unreadable";
  return { path, sizeBytes: stats.size, mtimeMs: stats.mtimeMs, archives: none, state };
}

function readTranscript(path: string, stats: Stats): TranscriptFacts {
  const file = { path, sizeBytes: stats.size, mtimeMs: stats.mtimeMs, archives: none };
  const tail = withFile(path, (open) => readTranscriptTail(open.fd, open.stats.size), stats);
  return isUnreadable(tail) ? { ...file, state: "unreadable" } : { ...file, state: "read", tail };
}

function trajectoryOf(
  transcript: string,
  sessionId: string | undefined,
  kept: Map<string, Kept<TrajectoryFacts>>,
): Recorded {
  const known = kept.get(transcript);
  if (known !== undefined && known.signature === fileVersionAt(known.value.path)) {
    known.used = true;
    return { trajectory: known.value };
  }
  const { read, brokenPointer } = readTrajectory(transcript, sessionId);
  if (read === undefined) return brokenPointer === undefined ? {} : { brokenPointer };
  kept.set(transcript, { signature: read.version, value: read.facts, used: true });
  return { trajectory: read.facts };
}

/** Only a trajectory that begins well before the first message is read from its beginning. */
function runBefore({ tail, path }: TranscriptFacts, trajectory: TrajectoryFacts | undefined): AnsweredRun | undefined {
  const firstUserAt = tail?.firstUserAt;
  if (firstUserAt === undefined || trajectory?.startedAt === undefined) return undefined;
  // One that is kept elsewhere is named by the session, and may be older than this transcript of it.
  if (trajectory.path !== path?.replace(/\.jsonl$/, ".trajectory.jsonl")) return undefined;
  return firstUserAt - trajectory.startedAt > aMomentMs ? readRunBefore(trajectory.path, firstUserAt) : undefined;
}
