// Files that no row names (facts I 23, 34, 43, 45, 46, 47). History is never called debris.
import type { ArchiveFacts, FileFacts, LeftFile, StoreFacts } from "../../model/facts.ts";
import type { Repair, RepairClass } from "../../model/finding.ts";
import { agentOf, type Draft, nothing, said } from "../draft.ts";
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

export function leftoverRules(store: StoreFacts, now: number, around: Around): readonly Draft[] {
  // What lies beside a database is told of as a whole: it is of an older version, or the newer one keeps it there.
  if (store.content.state !== "read" || around.sharesDirectory || isInDatabase(store)) return [];
  const orphans = store.leftovers.transcripts.filter((file) => !around.namedByOthers.has(basenameOf(file.path)));
  const shrunk = storeShrunk(store, orphans);
  const debris = [trajectories(store, now, around), temporaries(store, now), checkpoints(store, now, around)];
  const told = shrunk === undefined ? debris : debris.map((draft) => draft && { ...draft, repair: kept });
  return said(shrunk, transcripts(store, orphans), ...told, archives(store, now));
}

const kept = nothing("The store has lost rows, and what lies beside it may help to find them again: nothing is moved.");

function about(
  code: Draft["code"],
  store: StoreFacts,
  files: readonly FileFacts[],
  repair: Repair,
  first: readonly FileFacts[] = [],
): Draft {
  const bytes = files.reduce((sum, file) => sum + file.sizeBytes, 0);
  const agent = agentOf(store);
  const identity = repair.tidy?.map(({ path, stamp }) => `${path} ${stamp}`).join("\n");
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
    repair,
    ...(identity !== undefined && { identity }),
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
  const copies = store.leftovers.copies.filter((copy) => isFarLarger(copy.sizeBytes, sizeBytes));
  if (sessions.length > 0 && copies.length === 0) return undefined;
  return about(
    "STORE-SHRUNK",
    store,
    orphans,
    nothing("Rows cannot be made again from transcripts without guessing: look for an older copy of the store first."),
    copies,
  );
}

/** What it has more than the store may be what the store has lost. */
function isFarLarger(copyBytes: number, storeBytes: number): boolean {
  return copyBytes > Math.max(storeBytes, emptyBytes) * 2;
}

function transcripts(store: StoreFacts, files: readonly FileFacts[]): Draft | undefined {
  return files.length === 0
    ? undefined
    : about(
        "TX-ORPHAN",
        store,
        files,
        nothing(
          "It is history, and stays: copy what you need, since OpenClaw's clean-up deletes it some day (`openclaw sessions cleanup --dry-run` counts it).",
        ),
      );
}

function trajectories(store: StoreFacts, now: number, around: Around): Draft | undefined {
  const transcriptOf = (path: string): string =>
    basenameOf(path).replace(/\.(trajectory\.jsonl|trajectory-path\.json)$/, ".jsonl");
  const files = store.leftovers.trajectories.filter(
    (file) => now - file.mtimeMs > pruneAfter(store) && !around.namedByOthers.has(transcriptOf(file.path)),
  );
  if (files.length === 0) return undefined;
  const repair = unnamed(files, around, "They belong to no transcript, archive or row any more");
  return about("TRAJ-ORPHAN", store, files, repair);
}

/**
 * Facts I 45: proven only where the store that they were to become is whole and newer, nobody writes, and the newest of
 * them stays.
 */
function temporaries(store: StoreFacts, now: number): Draft | undefined {
  const files = store.leftovers.temporaries.filter((file) => now - file.mtimeMs > hourMs);
  if (files.length === 0 || store.content.state !== "read") return undefined;
  return about("TMP-LEFT", store, files, outdated(files, store.content, store));
}

function outdated(
  files: readonly LeftFile[],
  written: { readonly sizeBytes: number; readonly mtimeMs: number },
  { writer, place }: StoreFacts,
): Repair {
  const [newest, ...rest] = files.toSorted((a, b) => b.mtimeMs - a.mtimeMs || (a.path < b.path ? -1 : 1));
  const older = rest.filter(({ mtimeMs }) => mtimeMs < written.mtimeMs);
  if (older.length === 0)
    return nothing(
      `${basenameOf(newest?.path ?? "")} stays: it is the newest, and may hold what never came into the store.`,
    );
  const why = "The store is whole and newer than they are; the newest of them stays.";
  if (older.some(({ sizeBytes }) => isFarLarger(sizeBytes, written.sizeBytes)))
    return tidy(older, "ask", `${why} One of them is far larger than the store: look into it first.`);
  const isSure = writer.state === "stopped" && place.shared === undefined;
  return isSure ? tidy(older, "proven", `Proven: ${why}`) : tidy(older, "ask", why);
}

function checkpoints(store: StoreFacts, now: number, around: Around): Draft | undefined {
  const files = store.leftovers.checkpoints.filter(
    (file) => now - file.mtimeMs > pruneAfter(store) && !around.namedByOthers.has(basenameOf(file.path)),
  );
  if (files.length === 0) return undefined;
  const repair = unnamed(files, around, "No row has them as a checkpoint of its compaction");
  return about("CKPT-ORPHAN", store, files, repair);
}

/** That no row names a file is known only where all rows are. */
function unnamed(files: readonly LeftFile[], around: Around, why: string): Repair {
  if (around.keys === undefined)
    return nothing("Another store of this state directory cannot be read: its rows may name them.");
  return tidy(files, "ask", `${why}. Nothing is deleted.`);
}

/** What is no regular file of this user's own stays where it is. */
function tidy(files: readonly LeftFile[], repairClass: RepairClass, why: string): Repair {
  const movable = files.filter(({ isMovable }) => isMovable);
  if (movable.length === 0)
    return nothing("They are links, or belong to another user: look at them, and move them by hand.");
  return { kind: "tidy", class: repairClass, tidy: movable, why };
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
    nothing("`openclaw sessions cleanup` takes what is past its retention; with `--dry-run` it only says so."),
  );
  return { ...draft, args: { ...draft.args, age: span(Math.max(...files.map(over))) } };
}

export function pruneAfter(store: StoreFacts): number {
  return store.pruneAfterMs ?? usualPruneAfterMs;
}
