// Edits of rows as replacements of bytes: only the intended fields change, and unknown fields, key order, number
// spelling, indentation and the final newline survive (promise 6).
import { isUtf8 } from "node:buffer";
import { asRecord } from "../inspect/openclawJson/records.ts";
import { type ByteSource, type ScannedRow, scanStore } from "../inspect/openclawJson/storeScanner.ts";
import type { Edit, FieldEdit } from "../model/plan.ts";
import type { ByteRange } from "../model/session.ts";
import { editMembers, type Field, fieldsOf, type Splice } from "./members.ts";

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

/** A row as it is spelled: its text, and that of each of its fields. Of a field that stands twice, the last. */
export interface RowTexts {
  readonly text: string;
  readonly fields: ReadonlyMap<string, string>;
  /** In a database: columns that go with the fields, by `table.column`; null is NULL. */
  readonly columns?: ReadonlyMap<string, string | null>;
  /** In a database: of the whole of it. */
  readonly hash?: string;
}

/** Where a row stands in the file. */
export type Place = Pick<ScannedRow, "key" | "keyRange" | "range" | "shape">;

const noField = { has: () => false };
const noKey: ReadonlySet<string> = new Set();

/**
 * The replacements that make these edits, in the order of the file. Throws a PlanMismatch where a value before is not
 * the one in the store, a row to add is there, or what would change stands there twice. `places`: all of the store's rows.
 */
export function spliceRows(
  store: StoreBytes,
  edits: readonly RowEdit[],
  places: readonly Place[] = placesOf(store),
): Splice[] {
  const byKey = new Map<string, Place[]>();
  for (const place of places) byKey.set(place.key, [...(byKey.get(place.key) ?? []), place]);
  const removed = new Set<Place>();
  const added: string[] = [];
  const changed = new Map<Place, FieldEdit[]>();
  const last = places.at(-1);
  const colon = last === undefined ? ": " : store.slice({ start: last.keyRange.end, end: last.range.start }).toString();
  for (const edit of edits) {
    const [place, twin] = byKey.get(edit.key) ?? [];
    if (edit.kind === "addRow") {
      if (place !== undefined) throw new PlanMismatch(`the row ${edit.key} exists again`);
      added.push(`${JSON.stringify(edit.key)}${colon}${edit.after}`);
      continue;
    }
    if (place === undefined) throw new PlanMismatch(`the row ${edit.key} is gone`);
    if (twin !== undefined) throw new PlanMismatch(`${edit.key} stands twice`);
    if (edit.kind === "fields") changed.set(place, [...(changed.get(place) ?? []), ...edit.fields]);
    else {
      checkRow(store, place, edit.before);
      removed.add(place);
    }
  }
  const [first] = places;
  const inside =
    first === undefined
      ? insideEmptyStore(store)
      : first.keyRange.start - gapBefore(store, first.keyRange.start).length;
  const closes = last === undefined && store.slice({ start: inside, end: inside + 1 }).toString() === "}";
  const ofRows = editMembers({
    members: places.map(({ keyRange, range }) => ({ start: keyRange.start, end: range.end })),
    isRemoved: (index) => removed.has(places[index] as Place),
    added,
    inside,
    whenEmpty: { before: "\n  ", after: closes ? "\n" : "" },
    gap: last === undefined ? "\n  " : gapBefore(store, last.keyRange.start),
  });
  const ofFields = [...changed].flatMap(([place, fields]) => editFields(store.slice(place.range), place, fields));
  return inOrder([...ofFields, ...ofRows]);
}

/** The text of one row, which is known to parse, with these edits. Throws a PlanMismatch as `spliceRows` does. */
export function spliceRow(key: string, text: string, edits: readonly FieldEdit[]): string {
  const bytes = Buffer.from(text);
  const shape = /^\s*\{/.test(text) ? "object" : "scalar";
  const place: Place = { key, keyRange: { start: 0, end: 0 }, range: { start: 0, end: bytes.length }, shape };
  const pieces: Buffer[] = [];
  let at = 0;
  for (const splice of inOrder(editFields(bytes, place, edits))) {
    pieces.push(bytes.subarray(at, splice.start), splice.bytes);
    at = splice.end;
  }
  return Buffer.concat([...pieces, bytes.subarray(at)]).toString("utf8");
}

/** Of a row by itself. */
export function rowTexts(text: string): RowTexts {
  return textsOf(Buffer.from(text), asRecord(JSON.parse(text)) !== undefined, text);
}

function textsOf(bytes: Buffer, isObject: boolean, text = bytes.toString("utf8")): RowTexts {
  // Where each byte is a character, each is at the same place in both: a piece of a text is no copy.
  const pieceOf = ({ start, end }: ByteRange): string =>
    text.length === bytes.length ? text.slice(start, end) : bytes.toString("utf8", start, end);
  const fields = isObject ? fieldsOf(bytes) : [];
  return { text, fields: new Map(fields.map(({ name, value }) => [name, pieceOf(value)])) };
}

/** What a store of so many rows must be once it is spliced: it parses, holds as many as it should, and says what was meant. */
export function isSpliced(rowsBefore: number, after: StoreBytes, edits: readonly RowEdit[]): boolean {
  const count = (kind: RowEdit["kind"]): number => edits.filter((edit) => edit.kind === kind).length;
  const places = placesOf(after);
  return places.length === rowsBefore - count("removeRow") + count("addRow") && isMeant(after, edits, places);
}

/**
 * The same of a store that is known to be another one, which parses and has its rows at these places, with just these
 * splices: what is outside of the rows that they are in is what it was and where it was in the grammar, so that only
 * those rows are gone through. Each must be one value from its first byte to its last. Rows that come or go are not told.
 */
export function areRowsSpliced(
  places: readonly Place[],
  splices: readonly Splice[],
  after: StoreBytes,
  edits: readonly RowEdit[],
): boolean {
  const keys = new Set(edits.map(({ key }) => key));
  const moved = placesAfter(
    places.filter(({ key }) => keys.has(key)),
    splices,
  );
  return moved !== undefined && areValues(after, moved) && isMeant(after, edits, moved);
}

/** Where these rows stand once the store is spliced. Undefined where a splice is not within one of them. */
function placesAfter(places: readonly Place[], splices: readonly Splice[]): Place[] | undefined {
  let next = 0;
  let shift = 0;
  const moved = places.map((place): Place => {
    const start = place.range.start + shift;
    for (let splice = splices[next]; splice !== undefined; splice = splices[next]) {
      if (splice.start < place.range.start || splice.end > place.range.end) break;
      shift += splice.bytes.length - (splice.end - splice.start);
      next += 1;
    }
    return { ...place, range: { start, end: place.range.end + shift } };
  });
  return next === splices.length ? moved : undefined;
}

/** Whether each of these ranges is one JSON value: read as the store of just them, each must begin and end where it does. */
function areValues(store: StoreBytes, places: readonly Place[]): boolean {
  const expected: ByteRange[] = [];
  let at = 0;
  const piece = (bytes: Buffer): Buffer => {
    at += bytes.length;
    return bytes;
  };
  function* pieces(): Generator<Buffer> {
    for (const [i, { range }] of places.entries()) {
      yield piece(Buffer.from(`${i === 0 ? "{" : ","}"${i}":`));
      const start = at;
      yield piece(store.slice(range));
      expected.push({ start, end: at });
    }
    yield Buffer.from(places.length === 0 ? "{}" : "}");
  }
  const found = placesOf({ source: () => sourceOf(pieces()), slice: () => noBytes });
  return (
    found.length === expected.length &&
    found.every(({ range }, i) => range.start === expected[i]?.start && range.end === expected[i]?.end)
  );
}

const noBytes = Buffer.alloc(0);

function sourceOf(pieces: Iterator<Buffer>): ByteSource {
  let left: Buffer = noBytes;
  return (target, at) => {
    while (left.length === 0) {
      const next = pieces.next();
      if (next.done === true) return 0;
      left = next.value;
    }
    const got = left.copy(target, at);
    left = left.subarray(got);
    return got;
  };
}

function isMeant(store: StoreBytes, edits: readonly RowEdit[], places: readonly Place[]): boolean {
  const rows = readRows(store, new Set(edits.map(({ key }) => key)), places);
  return edits.every((edit) => {
    const row = rows.get(edit.key);
    if (edit.kind === "removeRow") return row === undefined;
    if (edit.kind === "addRow") return row?.text === edit.after;
    return edit.fields.every((field) => (row?.fields.get(field.field) ?? null) === field.after);
  });
}

/** By key; of a key that stands twice, the last. Rows that are no objects have no fields. */
export function readRows(
  store: StoreBytes,
  keys: ReadonlySet<string>,
  places: readonly Place[] = placesOf(store),
): Map<string, RowTexts> {
  const found = new Map<string, RowTexts>();
  for (const place of places) {
    if (!keys.has(place.key)) continue;
    found.set(place.key, textsOf(store.slice(place.range), place.shape === "object"));
  }
  return found;
}

/** Every row's place, in the order of the file. Throws a PlanMismatch where the store does not parse. */
export function placesOf(store: StoreBytes): Place[] {
  const places: Place[] = [];
  const scan = scanStore(store.source(), { fields: noField, only: noKey }, ({ key, keyRange, range, shape }) =>
    places.push({ key, keyRange, range, shape }),
  );
  if (!scan.ok) throw new PlanMismatch(`the store cannot be read as JSON: ${scan.reason}`);
  return places;
}

/** What goes must be able to come back from the plan alone, byte for byte. */
function checkRow(store: StoreBytes, { key, keyRange, range }: Place, before: string): void {
  const name = store.slice(keyRange);
  const bytes = store.slice(range);
  if (!isUtf8(bytes) || !isUtf8(name)) throw new PlanMismatch(`the row ${key} holds bytes that are no text`);
  if (JSON.parse(name.toString("utf8")) !== key) throw new PlanMismatch(`the key of the row ${key} is too long`);
  if (!bytes.equals(Buffer.from(before))) throw new PlanMismatch(`the row ${key} is not what it was`);
}

function editFields(bytes: Buffer, { key, range, shape }: Place, edits: readonly FieldEdit[]): Splice[] {
  if (shape !== "object") throw new PlanMismatch(`the row ${key} is no object`);
  if (new Set(edits.map(({ field }) => field)).size < edits.length)
    throw new PlanMismatch(`two edits of one field of ${key}`);
  const fields = fieldsOf(bytes);
  const removed = new Set<Field>();
  const added: string[] = [];
  const replaced: Splice[] = [];
  const colon = colonOf(bytes, fields);
  for (const { field: name, before, after } of edits) {
    const field = fields.findLast((candidate) => candidate.name === name);
    const current = field === undefined ? null : bytes.subarray(field.value.start, field.value.end);
    const same = current === null || before === null ? current === before : current.equals(Buffer.from(before));
    if (!same) throw new PlanMismatch(`${name} of ${key} is not what it was`);
    if (after === null) {
      if (fields.filter((candidate) => candidate.name === name).length > 1)
        throw new PlanMismatch(`${name} stands twice in ${key}`);
      if (field !== undefined) removed.add(field);
    } else if (field === undefined) added.push(`${JSON.stringify(name)}${colon}${after}`);
    else replaced.push({ ...field.value, bytes: Buffer.from(after) });
  }
  const firstGap = bytes.toString("utf8", 1, fields[0]?.start ?? 1);
  const ofFields = editMembers({
    members: fields,
    isRemoved: (index) => removed.has(fields[index] as Field),
    added,
    inside: 1,
    whenEmpty: { before: "", after: "" },
    gap: fields.length === 0 ? " " : firstGap,
  });
  const at = range.start;
  return [...replaced, ...ofFields].map((splice) => ({ ...splice, start: splice.start + at, end: splice.end + at }));
}

/** What stands between a name and its value in this row; OpenClaw writes a colon and a blank. */
function colonOf(bytes: Buffer, [first]: readonly Field[]): string {
  if (first === undefined) return ": ";
  return /"(\s*:\s*)$/.exec(bytes.toString("utf8", first.start, first.value.start))?.[1] ?? ": ";
}

/** A removal ends where an addition behind it begins. */
function inOrder(splices: readonly Splice[]): Splice[] {
  const ordered = splices.toSorted((a, b) => a.start - b.start || a.end - b.end);
  ordered.forEach((splice, i) => {
    const previous = ordered[i - 1];
    if (previous !== undefined && splice.start < previous.end) throw new PlanMismatch("two edits touch the same bytes");
  });
  return ordered;
}

function gapBefore(store: StoreBytes, offset: number): string {
  const text = store.slice({ start: Math.max(0, offset - 256), end: offset }).toString("latin1");
  return /\s*$/.exec(text)?.[0] ?? "";
}

function insideEmptyStore(store: StoreBytes): number {
  const brace = store.slice({ start: 0, end: 1 << 16 }).indexOf("{");
  if (brace < 0) throw new PlanMismatch("the store begins with blanks only");
  return brace + 1;
}
