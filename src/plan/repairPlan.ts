// From findings and choices to edits: pure. What the store holds now comes in as text, spelled as in the store.
import type { Finding } from "../model/finding.ts";
import type {
  Edit,
  FieldEdit,
  ListElement,
  OwnerRequest,
  Plan,
  PlanBasis,
  PlannedStore,
  RowPlace,
  StoredMode,
} from "../model/plan.ts";
import type { StoreKind } from "../model/store.ts";
import { columnEdits } from "./databaseColumns.ts";

export interface Choice {
  readonly finding: Finding;
  /** What a person chose instead of what was preselected, as a status. */
  readonly status?: string;
}

export interface StoredRow {
  readonly text: string;
  /** Each field's JSON text. */
  readonly fields: ReadonlyMap<string, string>;
  /** In a database: columns that go with the fields, by `table.column`. */
  readonly columns?: ReadonlyMap<string, string | null>;
  /** In a database whose rows are written cell by cell. */
  readonly place?: RowPlace;
  /** In a database: of the whole of it. */
  readonly hash?: string;
}

export interface Stored {
  readonly basis: PlanBasis;
  /** By key: each field's JSON text. */
  readonly rows: ReadonlyMap<string, StoredRow>;
  readonly locks: ReadonlyMap<string, { readonly identity: string; readonly content: string; readonly mode: number }>;
  /** Locks that are elements of a list, by path (`/dir#3`), with the file that the list is in. */
  readonly elements?: ReadonlyMap<string, ListElement & { readonly file: string }>;
  /** Permission bits of the store's file, where there is one. */
  readonly mode: StoredMode | undefined;
}

/**
 * One plan for one store. Findings without a repair give no edit. Fields that already have the value give none either.
 * Throws a RangeError for a finding of another store, and for a status that is no outcome.
 */
export function planRepair(store: PlannedStore, stored: Stored, choices: readonly Choice[]): Plan {
  const edits: Edit[] = [];
  for (const choice of choices) {
    if (choice.finding.store !== store.id) throw new RangeError("a finding of another store");
    edits.push(...editsOf(choice, store, stored));
  }
  edits.push(...elementEdits(choices, stored));
  const requests = requestsOf(choices);
  const [first] = choices;
  const action = first?.finding.repair.kind ?? "none";
  const touchesFile = edits.some(isInFile);
  return {
    store,
    action: action === "none" ? "finalize" : action,
    edits,
    ...(requests.length > 0 && { requests }),
    findings: choices.map(({ finding: { id, code, session, message } }) => ({
      id,
      code,
      message,
      ...(session !== undefined && { session }),
    })),
    ...(touchesFile && { basis: stored.basis }),
  };
}

/** Whether it rests on the store's file as a whole: a row of a database rests on itself. */
export function isInFile(edit: Edit): boolean {
  return edit.kind === "fields" ? edit.row === undefined : "key" in edit || edit.kind === "content";
}

/** Each once, however many findings it settles. */
function requestsOf(choices: readonly Choice[]): OwnerRequest[] {
  const asked = choices.flatMap(({ finding }) => finding.repair.request ?? []);
  return [...new Map(asked.map((request) => [JSON.stringify(request), request])).values()];
}

/** All elements of a file go at once: it is written whole. */
function elementEdits(choices: readonly Choice[], { elements }: Stored): Edit[] {
  const byFile = new Map<string, ListElement[]>();
  for (const path of choices.flatMap(({ finding }) => finding.repair.unlock ?? [])) {
    const element = elements?.get(path);
    if (element === undefined) continue;
    const { file, ...rest } = element;
    byFile.set(file, [...(byFile.get(file) ?? []), rest]);
  }
  return [...byFile].map(([path, gone]) => ({ kind: "removeElements", path, elements: gone }));
}

function editsOf({ finding, status }: Choice, store: PlannedStore, stored: Stored): Edit[] {
  const { repair, session } = finding;
  const set =
    repair.set === undefined ? {} : repair.kind === "finalize" ? chosen(repair.set, status, store.kind) : repair.set;
  if (repair.request !== undefined) return [];
  const rows = session === undefined ? {} : { rows: [session] };
  const row = session === undefined ? undefined : stored.rows.get(session);
  const ofRow = session === undefined || row === undefined ? undefined : rowEdit(session, row, set);
  const edits: Edit[] = [];
  if (session !== undefined && row !== undefined && repair.kind === "prune")
    edits.push({ kind: "removeRow", key: session, before: row.text });
  if (ofRow !== undefined) edits.push(ofRow);
  for (const path of repair.unlock ?? []) {
    const lock = stored.locks.get(path);
    if (lock !== undefined) edits.push({ kind: "removeLock", path, ...lock, ...rows });
  }
  const restored = repair.kind === "restore" && repair.from !== undefined ? transcriptOf(repair.from) : undefined;
  if (repair.from !== undefined && restored !== undefined)
    edits.push({ kind: "rename", from: repair.from, to: restored, ...rows });
  const { mode } = stored;
  if (repair.mode !== undefined && mode !== undefined && repair.mode !== mode.bits) {
    const { bits, identity } = mode;
    edits.push({ kind: "mode", path: store.path, before: bits, after: repair.mode, identity });
  }
  return edits;
}

const openclawOutcomes: ReadonlySet<string> = new Set(["done", "failed", "killed", "timeout"]);
/** What the programs themselves write (agentctl facts 1.1, 2.2). */
export const outcomesOf: Readonly<Record<StoreKind, ReadonlySet<string>>> = {
  "openclaw-json": openclawOutcomes,
  "openclaw-sqlite": openclawOutcomes,
  agentctl: new Set(["stopped", "completed", "failed", "error"]),
  "claude-mem": new Set(["completed", "failed"]),
};

/** A chosen outcome changes what goes with it (DESIGN, finalize). Throws a RangeError for one that the program has not. */
export function chosen(
  set: Readonly<Record<string, unknown>>,
  status: string | undefined,
  kind: StoreKind,
): Readonly<Record<string, unknown>> {
  if (status === undefined) return set;
  if (!outcomesOf[kind].has(status)) throw new RangeError(`no outcome of a run: ${status}`);
  if (kind === "agentctl" || kind === "claude-mem") return { ...set, status };
  return { ...set, status, abortedLastRun: status === "killed" };
}

/** Undefined where nothing of it would change. */
export function rowEdit(key: string, row: StoredRow, set: Readonly<Record<string, unknown>>): Edit | undefined {
  const fields = fieldEdits(row.fields, set);
  const columns = row.columns === undefined ? [] : columnEdits(row.columns, withEdits(row.fields, fields), keysOf(set));
  if (fields.length === 0 && columns.length === 0) return undefined;
  const { place, hash } = row;
  return {
    kind: "fields",
    key,
    fields,
    ...(hash !== undefined && { basis: hash }),
    ...(columns.length > 0 && { columns }),
    ...(place !== undefined && { row: place }),
  };
}

function withEdits(fields: ReadonlyMap<string, string>, edits: readonly FieldEdit[]): Map<string, string> {
  const changed = new Map(fields);
  for (const { field, after } of edits) {
    if (after === null) changed.delete(field);
    else changed.set(field, after);
  }
  return changed;
}

function keysOf(set: Readonly<Record<string, unknown>>): Set<string> {
  return new Set(Object.keys(set));
}

function fieldEdits(fields: ReadonlyMap<string, string>, set: Readonly<Record<string, unknown>>): FieldEdit[] {
  return Object.entries(set)
    .map(([field, value]) => ({
      field,
      before: fields.get(field) ?? null,
      after: value === null ? null : JSON.stringify(value),
    }))
    .filter(({ before, after }) => !isSame(before, after));
}

/** Spelled in another way it is the same value, and stays as it is. */
function isSame(before: string | null, after: string | null): boolean {
  if (before === null || after === null) return before === after;
  // What is written is never a list or an object, and one of theirs may nest deeper than JSON.stringify can go.
  return !/^[[{]/.test(before) && JSON.stringify(JSON.parse(before)) === after;
}

/** `<name>.jsonl.deleted.<time>` was `<name>.jsonl`; undefined for what a new name alone does not bring back. */
function transcriptOf(archive: string): string | undefined {
  if (archive.endsWith(".zst")) return undefined;
  return /^(.*\.jsonl)\.(?:deleted|bak)\.[^/\\]*$/.exec(archive)?.[1];
}
