// Files that no row names (facts I 23, 34, 43, 45, 46, 47). History is never called debris.
import type { FileFacts, StoreFacts } from "../../model/facts.ts";
import { type Draft, nothing } from "../draft.ts";
import type { Around } from "../neighbours.ts";
import { basenameOf } from "../paths.ts";
import { clock, size, span } from "../words.ts";

const hourMs = 3_600_000;
/** The vendor's default of session.maintenance.pruneAfter (facts F). */
export const usualPruneAfterMs = 30 * 86_400_000;
const mostShown = 5;
/** Fewer are a matter of a deleted session or two. */
const fewOrphans = 5;

export function leftoverRules(store: StoreFacts, now: number, around: Around): Draft[] {
  if (store.content.state !== "read" || around.sharesDirectory) return [];
  return [
    storeShrunk(store, store.content.sessions.length),
    transcripts(store),
    trajectories(store, now),
    temporaries(store, now),
    checkpoints(store, now),
    archives(store, now),
  ].filter((draft) => draft !== undefined);
}

function about(code: Draft["code"], store: StoreFacts, files: readonly FileFacts[], why: string): Draft {
  const bytes = files.reduce((sum, file) => sum + file.sizeBytes, 0);
  const agent = store.agent ?? basenameOf(store.path);
  return {
    code,
    path: store.path,
    args: {
      agent,
      count: files.length,
      size: size(bytes),
      rows: store.content.state === "read" ? store.content.sessions.length : 0,
    },
    evidence: files.slice(0, mostShown).map((file) => ({
      kind: "file",
      path: file.path,
      at: file.mtimeMs,
      text: `${basenameOf(file.path)}, ${size(file.sizeBytes)}, from ${clock(file.mtimeMs)}`,
    })),
    repair: nothing(why),
  };
}

/** Far fewer rows than conversations, or a larger copy of the store beside it: rows were lost. */
function storeShrunk(store: StoreFacts, rows: number): Draft | undefined {
  const { transcripts: orphans } = store.leftovers;
  if (orphans.length < fewOrphans || orphans.length < rows * 2) return undefined;
  return about(
    "STORE-SHRUNK",
    store,
    orphans,
    "Rows cannot be made again from transcripts without guessing: look for an older copy of the store first.",
  );
}

function transcripts(store: StoreFacts): Draft | undefined {
  const files = store.leftovers.transcripts;
  return files.length === 0
    ? undefined
    : about(
        "TX-ORPHAN",
        store,
        files,
        "It is history, and stays: copy what you need, since OpenClaw's clean-up deletes it some day.",
      );
}

function trajectories(store: StoreFacts, now: number): Draft | undefined {
  const files = store.leftovers.trajectories.filter((file) => now - file.mtimeMs > pruneAfter(store));
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

function archives(store: StoreFacts, now: number): Draft | undefined {
  const files = store.leftovers.archives.filter((file) => now - (file.archivedAt ?? file.mtimeMs) > pruneAfter(store));
  if (files.length === 0) return undefined;
  const draft = about(
    "ARCHIVE-BLOAT",
    store,
    files,
    "`openclaw sessions cleanup` takes archives that are past their retention.",
  );
  const oldest = Math.min(...files.map((file) => file.archivedAt ?? file.mtimeMs));
  return { ...draft, args: { ...draft.args, age: span(now - oldest) } };
}

export function pruneAfter(store: StoreFacts): number {
  return store.pruneAfterMs ?? usualPruneAfterMs;
}
