// Edits of rows as replacements of bytes: only the intended fields change, and unknown fields, key order, number
// spelling, indentation and the final newline survive (promise 6).
import { type ByteSource, type ScannedRow, scanStore } from "../inspect/openclawJson/storeScanner.ts";
import type { Edit, FieldEdit } from "../model/plan.ts";
import type { ByteRange } from "../model/session.ts";

/** Bytes `[start, end)` of the store become `bytes`. */
export interface Splice extends ByteRange {
  readonly bytes: Buffer;
}

export type RowEdit = Extract<Edit, { kind: "fields" | "removeRow" | "addRow" }>;

/** The store does not hold what the plan says it holds. */
export class PlanMismatch extends Error {
  override readonly name = "PlanMismatch";
}

export interface StoreBytes {
  /** Starts from the first byte at each call. */
  source(): ByteSource;
  slice(range: ByteRange): Buffer;
}

interface Layout {
  /** The rows that edits are about; of a key that stands twice, the last. */
  readonly rows: ReadonlyMap<string, ScannedRow>;
  /** Every row's place, in the order of the file. */
  readonly places: readonly Place[];
}

interface Place {
  readonly key: string;
  readonly keyRange: ByteRange;
  readonly range: ByteRange;
}

const everyField = { has: () => true };

/**
 * The replacements that make these edits, in the order of the file. Throws a PlanMismatch where a value before is not
 * the one in the store, a row to add is there, or a field to take out is there twice.
 */
export function spliceRows(store: StoreBytes, edits: readonly RowEdit[]): Splice[] {
  const layout = layoutOf(store, new Set(edits.map(({ key }) => key)));
  const removed = edits.filter((edit) => edit.kind === "removeRow");
  const splices = edits.flatMap((edit) => {
    if (edit.kind === "addRow") return [addRow(store, layout, edit.key, edit.after)];
    const row = layout.rows.get(edit.key);
    if (row === undefined) throw new PlanMismatch(`the row ${edit.key} is gone`);
    if (layout.places.filter(({ key }) => key === edit.key).length > 1)
      throw new PlanMismatch(`${edit.key} stands twice`);
    if (edit.kind === "fields") return editFields(store, row, edit.fields);
    if (store.slice(row.range).toString("utf8") !== edit.before)
      throw new PlanMismatch(`the row ${edit.key} is not what it was`);
    return [];
  });
  const removals = removeRows(store, layout.places, new Set(removed.map(({ key }) => key)));
  const ordered = [...splices, ...removals].sort((a, b) => a.start - b.start || a.end - b.end);
  ordered.forEach((splice, i) => {
    const previous = ordered[i - 1];
    if (previous !== undefined && splice.start < previous.end) throw new PlanMismatch("two edits touch the same bytes");
  });
  return ordered;
}

/** The text of a row's fields, spelled as in the store, and of the whole row; undefined where it is not there. */
export function readRow(
  store: StoreBytes,
  key: string,
): { text: string; fields: ReadonlyMap<string, string> } | undefined {
  const row = layoutOf(store, new Set([key])).rows.get(key);
  return row === undefined ? undefined : rowTexts(store, row);
}

export function readRows(
  store: StoreBytes,
  keys: ReadonlySet<string>,
): Map<string, { text: string; fields: ReadonlyMap<string, string> }> {
  const found = new Map<string, { text: string; fields: ReadonlyMap<string, string> }>();
  for (const [key, row] of layoutOf(store, keys).rows) found.set(key, rowTexts(store, row));
  return found;
}

function rowTexts(store: StoreBytes, row: ScannedRow): { text: string; fields: ReadonlyMap<string, string> } {
  const bytes = store.slice(row.range);
  const fields = new Map<string, string>();
  for (const [name, range] of row.fieldRanges) {
    fields.set(name, bytes.toString("utf8", range.start - row.range.start, range.end - row.range.start));
  }
  return { text: bytes.toString("utf8"), fields };
}

function layoutOf(store: StoreBytes, keys: ReadonlySet<string>): Layout {
  const rows = new Map<string, ScannedRow>();
  const places: Place[] = [];
  const scan = scanStore(store.source(), { fields: everyField, fieldRanges: true, only: keys }, (row) => {
    if (keys.has(row.key)) rows.set(row.key, row);
    places.push({ key: row.key, keyRange: row.keyRange, range: row.range });
  });
  if (!scan.ok) throw new PlanMismatch(`the store cannot be read as JSON: ${scan.reason}`);
  return { rows, places };
}

function editFields(store: StoreBytes, row: ScannedRow, fields: readonly FieldEdit[]): Splice[] {
  if (row.shape !== "object") throw new PlanMismatch(`the row ${row.key} is no object`);
  const bytes = store.slice(row.range);
  const at = (offset: number): number => offset - row.range.start;
  const splices: Splice[] = [];
  const added: string[] = [];
  for (const { field, before, after } of fields) {
    const range = row.fieldRanges.get(field);
    const current = range === undefined ? null : bytes.toString("utf8", at(range.start), at(range.end));
    if (current !== before) throw new PlanMismatch(`${field} of ${row.key} is not what it was`);
    if (range === undefined) {
      if (after !== null) added.push(`${JSON.stringify(field)}${colonOf(bytes, row)}${after}`);
    } else if (after !== null) {
      splices.push({ ...range, bytes: Buffer.from(after) });
    } else {
      splices.push(removeField(bytes, row, field, range));
    }
  }
  if (added.length > 0) splices.push(appendFields(bytes, row, added));
  return splices;
}

/** What stands between a name and its value in this row; OpenClaw writes a colon and a blank. */
function colonOf(bytes: Buffer, row: ScannedRow): string {
  const [first] = row.fieldRanges.values();
  if (first === undefined) return ": ";
  const end = first.start - row.range.start;
  return /"(\s*:\s*)$/.exec(bytes.toString("utf8", Math.max(0, end - 64), end))?.[1] ?? ": ";
}

/** New fields come last, as in JavaScript, laid out as the row's other fields are. */
function appendFields(bytes: Buffer, row: ScannedRow, added: readonly string[]): Splice {
  const lastEnd = Math.max(0, ...[...row.fieldRanges.values()].map(({ end }) => end));
  const firstGap = /^\{(\s*)/.exec(bytes.toString("utf8", 0, 64))?.[1] ?? "";
  if (lastEnd === 0) {
    const inside = row.range.start + 1;
    return { start: inside, end: inside, bytes: Buffer.from(added.join(", ")) };
  }
  const text = added.map((field) => `,${firstGap}${field}`).join("");
  return { start: lastEnd, end: lastEnd, bytes: Buffer.from(text) };
}

/** With the comma before it, or after it where it is the first. */
function removeField(bytes: Buffer, row: ScannedRow, field: string, value: ByteRange): Splice {
  const name = JSON.stringify(field);
  const start = value.start - row.range.start;
  const nameAt = bytes.lastIndexOf(name, start);
  const gap = bytes.toString("latin1", nameAt + Buffer.byteLength(name), start);
  if (nameAt < 0 || !/^\s*:\s*$/.test(gap)) throw new PlanMismatch(`${field} of ${row.key} is spelled with escapes`);
  if (row.repeated.has(field)) throw new PlanMismatch(`${field} stands twice in ${row.key}`);
  const end = value.end - row.range.start;
  const blanksBefore = /\s*$/.exec(bytes.toString("latin1", 0, nameAt))?.[0].length ?? 0;
  const comma = nameAt - blanksBefore - 1;
  if (bytes[comma] === 0x2c) return { start: row.range.start + comma, end: value.end, bytes: Buffer.alloc(0) };
  const after = /^\s*,\s*/.exec(bytes.toString("latin1", end))?.[0].length ?? 0;
  return { start: row.range.start + nameAt, end: value.end + after, bytes: Buffer.alloc(0) };
}

/** Neighbours go together, with the comma that stood between them and the row before, or after where there is none. */
function removeRows(store: StoreBytes, places: readonly Place[], keys: ReadonlySet<string>): Splice[] {
  const splices: Splice[] = [];
  for (let first = 0; first < places.length; first++) {
    if (!keys.has(places[first]?.key ?? "")) continue;
    let next = first;
    while (next < places.length && keys.has(places[next]?.key ?? "")) next += 1;
    const before = places[first - 1];
    const after = places[next];
    const start = before?.range.end ?? places[first]?.keyRange.start ?? 0;
    const end =
      before === undefined && after !== undefined ? after.keyRange.start : (places[next - 1]?.range.end ?? start);
    const gap = before === undefined && after === undefined ? gapBefore(store, start) : 0;
    splices.push({ start: start - gap, end, bytes: Buffer.alloc(0) });
    first = next;
  }
  return splices;
}

function gapBefore(store: StoreBytes, offset: number): number {
  const text = store.slice({ start: Math.max(0, offset - 64), end: offset }).toString("latin1");
  return /\s*$/.exec(text)?.[0].length ?? 0;
}

/** At the end, laid out as the last row is. */
function addRow(store: StoreBytes, { rows, places }: Layout, key: string, after: string): Splice {
  if (rows.has(key)) throw new PlanMismatch(`the row ${key} exists again`);
  const name = JSON.stringify(key);
  const last = places.at(-1);
  if (last === undefined) return { ...insideEmptyStore(store), bytes: Buffer.from(`\n  ${name}: ${after}\n`) };
  const gap = gapBefore(store, last.keyRange.start);
  const blanks = store.slice({ start: last.keyRange.start - gap, end: last.keyRange.start }).toString("utf8");
  const colon = store.slice({ start: last.keyRange.end, end: last.range.start }).toString("utf8");
  return { start: last.range.end, end: last.range.end, bytes: Buffer.from(`,${blanks}${name}${colon}${after}`) };
}

function insideEmptyStore(store: StoreBytes): ByteRange {
  const text = store.slice({ start: 0, end: 4096 }).toString("latin1");
  return { start: text.indexOf("{") + 1, end: text.indexOf("}") };
}
