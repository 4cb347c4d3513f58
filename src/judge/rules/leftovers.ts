// Files that no row names (facts I 23, 34, 43, 45, 46, 47). History is never called debris.
import type { ArchiveFacts, FileFacts, StoreFacts } from "../../model/facts.ts";
import { agentOf, type Draft, nothing } from "../draft.ts";
import type { Around } from "../neighbours.ts";
import { basenameOf } from "../paths.ts";
import { isInDatabase } from "../sessionCase.ts";
import { clock, counted, size, span } from "../words.ts";

const hourMs = 3_600_000;
/** The vendor's default of session.maintenance.pruneAfter (facts F). */
export const usualPruneAfterMs = 30 * 86_400_000;
const mostShown = 5;
/** Fewer are a matter of a deleted session or two. */
const fewOrphans = 5;
/** A store of no rows has two bytes; a row has thousands. */
const emptyBytes = 512;

export function leftoverRules(store: StoreFacts, now: number, around: Around): Draft[] {
  // What lies beside a database is told of as a whole: it is of an older version, or the newer one keeps it there.
  if (store.content.state !== "read" || around.sharesDirectory || isInDatabase(store)) return [];
  const orphans = store.leftovers.transcripts.filter((file) => !around.namedByOthers.has(basenameOf(file.path)));
  return [
    storeShrunk(store, orphans),
    transcripts(store, orphans),
    trajectories(store, now, around),
    temporaries(store, now),
    checkpoints(store, now),
    archives(store, now),
  ].filter((draft) => draft !== undefined);
}

function about(
  code: Draft["code"],
  store: StoreFacts,
  files: readonly FileFacts[],
  why: string,
  first: readonly FileFacts[] = [],
): Draft {
  const bytes = files.reduce((sum, file) => sum + file.sizeBytes, 0);
  const agent = agentOf(store);
  return {
    code,
    path: store.path,
    args: {
      agent,
      files: counted(files.length, "file"),
      size: size(bytes),
      rows: counted(store.content.state === "read" ? store.content.sessions.length : 0, "row"),
    },
    evidence: [...first, ...files].slice(0, mostShown).map((file) => ({
      kind: "file",
      path: file.path,
      at: file.mtimeMs,
      text: `${basenameOf(file.path)}, ${size(file.sizeBytes)}, from ${clock(file.mtimeMs)}`,
    })),
    repair: nothing(why),
  };
}

/**
 * Far fewer rows than conversations, and no row at all or a far larger copy of the store beside it: rows were lost. The
 * transcripts alone prove nothing: older versions leave one behind whenever a conversation begins anew (#89170).
 */
function storeShrunk(store: StoreFacts, orphans: readonly FileFacts[]): Draft | undefined {
  if (store.content.state !== "read") return undefined;
  const { sessions, sizeBytes } = store.content;
  if (orphans.length < fewOrphans || orphans.length < sessions.length * 2) return undefined;
  const copies = store.leftovers.copies.filter((copy) => copy.sizeBytes > Math.max(sizeBytes, emptyBytes) * 2);
  if (sessions.length > 0 && copies.length === 0) return undefined;
  return about(
    "STORE-SHRUNK",
    store,
    orphans,
    "Rows cannot be made again from transcripts without guessing: look for an older copy of the store first.",
    copies,
  );
}

function transcripts(store: StoreFacts, files: readonly FileFacts[]): Draft | undefined {
  return files.length === 0
    ? undefined
    : about(
        "TX-ORPHAN",
        store,
        files,
        "It is history, and stays: copy what you need, since OpenClaw's clean-up deletes it some day.",
      );
}

function trajectories(store: StoreFacts, now: number, { namedByOthers }: Around): Draft | undefined {
  const transcriptOf = (path: string): string =>
    basenameOf(path).replace(/\.(trajectory\.jsonl|trajectory-path\.json)$/, ".jsonl");
  const files = store.leftovers.trajectories.filter(
    (file) => now - file.mtimeMs > pruneAfter(store) && !namedByOthers.has(transcriptOf(file.path)),
  );
  return files.length === 0
    ? undefined
    : about("TRAJ-ORPHAN", store, files, "They belong to no transcript any more; OpenClaw's clean-up takes them.");
}

function temporaries(store: StoreFacts, now: number): Draft | undefined {
  const files = store.leftovers.temporaries.filter((file) => now - file.mtimeMs > hourMs);
  return files.length === 0
    ? undefined
    : about(
        "TMP-LEFT",
        store,
        files,
        "A writer was killed before it put them in place; newer gateways sweep them at their start.",
      );
}

function checkpoints(store: StoreFacts, now: number): Draft | undefined {
  const files = store.leftovers.checkpoints.filter((file) => now - file.mtimeMs > pruneAfter(store));
  return files.length === 0
    ? undefined
    : about("CKPT-ORPHAN", store, files, "No row has them as a checkpoint of its compaction.");
}

/** Backups have no retention; reset transcripts may have their own, or none (facts C4, F). */
function archives(store: StoreFacts, now: number): Draft | undefined {
  const over = (file: ArchiveFacts): number => {
    if (file.reason === "bak") return Number.NEGATIVE_INFINITY;
    const retention = file.reason === "reset" ? (store.resetRetentionMs ?? pruneAfter(store)) : pruneAfter(store);
    return now - (file.archivedAt ?? file.mtimeMs) - retention;
  };
  const files = store.leftovers.archives.filter((file) => over(file) > 0);
  if (files.length === 0) return undefined;
  const draft = about(
    "ARCHIVE-BLOAT",
    store,
    files,
    "`openclaw sessions cleanup` takes archives that are past their retention.",
  );
  return { ...draft, args: { ...draft.args, age: span(Math.max(...files.map(over))) } };
}

export function pruneAfter(store: StoreFacts): number {
  return store.pruneAfterMs ?? usualPruneAfterMs;
}
