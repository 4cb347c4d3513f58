// Every row of a store, compared with what a repair left that was made while its gateway runs: whether the change stands,
// and whether the gateway's own writes do (facts E, L).
import { createHash } from "node:crypto";
import { basename, dirname, join } from "node:path";
import { scanStore } from "../inspect/openclawJson/storeScanner.ts";
import type { Aftermath } from "../model/messages.ts";
import type { FieldEdit } from "../model/plan.ts";
import type { Receipt } from "../model/receipt.ts";
import { UserError } from "../model/userError.ts";
import { type Files, withOpen } from "./files.ts";
import { readRows } from "./rowSplice.ts";
import { openBytes } from "./storeFile.ts";

interface Rows {
  /** Hash of each row's text, by key. */
  readonly hashes: ReadonlyMap<string, string>;
  readonly statuses: ReadonlyMap<string, unknown>;
  /** Names of the transcripts that rows speak of. */
  readonly transcripts: ReadonlySet<string>;
  /** Each field's text of the one row that was changed; undefined where it is gone. */
  readonly wanted: ReadonlyMap<string, string> | undefined;
}

/** What may lie beside the store of a session that began while the repair was made. */
const clockToleranceMs = 2000;
const fields = new Set(["status", "sessionId", "sessionFile"]);

export interface Compared extends Omit<Aftermath, "lost"> {
  /** By key, as the store has them now. */
  readonly statuses: ReadonlyMap<string, unknown>;
  /** Names of transcripts that came since and that no row speaks of. */
  readonly strays: readonly string[];
}

/**
 * `undone`: the receipt that this one undid, where it is an undo. Throws a UserError where the store does not parse, or the
 * receipt is none of one row.
 */
export function compareSince(files: Files, receipt: Receipt, undone?: Receipt): Compared {
  const change = changeOf(receipt, undone);
  if (change === undefined || receipt.backup === undefined)
    throw new UserError("That receipt is not one of a single row: there is nothing to compare.");
  const path = files.realpath(receipt.plan.store.path);
  const before = rowsIn(files, receipt.backup, change.key);
  const now = rowsIn(files, path, change.key);
  const others = [...before.hashes].filter(([key]) => key !== change.key);
  return {
    key: change.key,
    row: fateOf(change, now.wanted),
    rows: now.hashes.size,
    changed: others.filter(([key, hash]) => (now.hashes.get(key) ?? hash) !== hash).length,
    gone: others.map(([key]) => key).filter((key) => !now.hashes.has(key)),
    statuses: now.statuses,
    strays: straysBeside(files, path, now, receipt.at),
  };
}

interface Change {
  readonly key: string;
  readonly fields: readonly FieldEdit[];
}

/** What was changed, whether it was written field by field or, by an undo, as the whole store from before. */
function changeOf({ plan }: Receipt, undone: Receipt | undefined): Change | undefined {
  const [edit, ...more] = plan.edits;
  if (more.length > 0) return undefined;
  if (edit?.kind === "fields") return edit;
  const [first] = edit?.kind === "content" ? (undone?.plan.edits ?? []) : [];
  if (first?.kind !== "fields") return undefined;
  const back = first.fields.map(({ field, before, after }) => ({ field, before: after, after: before }));
  return { key: first.key, fields: back };
}

function fateOf(change: Change, now: ReadonlyMap<string, string> | undefined): Aftermath["row"] {
  if (now === undefined) return "gone";
  const holds = (side: "before" | "after"): boolean =>
    change.fields.every((field) => (now.get(field.field) ?? null) === field[side]);
  if (holds("after")) return "kept";
  return holds("before") ? "writtenOver" : "changed";
}

/** A gateway gives its next store a new file: the one that is open stays as it is. */
function rowsIn(files: Files, path: string, wanted: string): Rows {
  return withOpen(files, path, "r", undefined, (fd) => {
    const bytes = openBytes(files, fd);
    const hashes = new Map<string, string>();
    const statuses = new Map<string, unknown>();
    const transcripts = new Set<string>();
    const scan = scanStore(bytes.source(), { fields }, ({ key, range, fields: { status, sessionId, sessionFile } }) => {
      hashes.set(key, createHash("sha256").update(bytes.slice(range)).digest("base64"));
      statuses.set(key, status);
      if (typeof sessionId === "string") transcripts.add(`${sessionId}.jsonl`);
      if (typeof sessionFile === "string") transcripts.add(basename(sessionFile));
    });
    if (!scan.ok) throw new UserError(`The store cannot be read as JSON any more: ${scan.reason}.`);
    return { hashes, statuses, transcripts, wanted: readRows(bytes, new Set([wanted])).get(wanted)?.fields };
  });
}

/** Its row is written before a transcript is begun (facts K): one without a row lost it. */
function straysBeside(files: Files, path: string, { transcripts }: Rows, since: number): string[] {
  const directory = dirname(path);
  return files
    .readdir(directory)
    .filter((name) => /^[^.]+\.jsonl$/.test(name) && !transcripts.has(name))
    .filter((name) => {
      const born = files.lstat(join(directory, name))?.birthtimeNs ?? 0n;
      return born >= BigInt(since - clockToleranceMs) * 1_000_000n;
    });
}
