// Stores in memory and edits of them, for tests of the splice.
import { ok } from "node:assert/strict";
import type { Splice } from "../src/repair/members.ts";
import {
  areRowsSpliced,
  isSpliced,
  placesOf,
  type RowEdit,
  readRows,
  type StoreBytes,
  spliceRows,
} from "../src/repair/rowSplice.ts";
import { key } from "./homeBuilder.ts";

export function inMemory(bytes: Buffer): StoreBytes {
  return {
    source: () => {
      let at = 0;
      return (target, offset) => {
        const got = bytes.copy(target, offset, at);
        at += got;
        return got;
      };
    },
    slice: ({ start, end }) => bytes.subarray(start, end),
  };
}

export function applied(store: Buffer, splices: readonly Splice[]): Buffer {
  let at = 0;
  const pieces: Buffer[] = [];
  for (const { start, end, bytes } of splices) {
    pieces.push(store.subarray(at, start), bytes);
    at = end;
  }
  return Buffer.concat([...pieces, store.subarray(at)]);
}

/** Edits a store and checks that it became what was meant. */
export function edited(text: string | Buffer, ...edits: readonly RowEdit[]): string {
  const before = Buffer.from(text);
  const after = applied(before, spliceRows(inMemory(before), edits));
  ok(isSpliced(placesOf(inMemory(before)).length, inMemory(after), edits), after.toString());
  if (edits.every(({ kind }) => kind === "fields")) ok(areSpliced(before, after, edits), after.toString());
  return after.toString();
}

/** What is told of it by the rows that change alone. */
export function areSpliced(before: Buffer, after: Buffer, edits: readonly RowEdit[], splices?: Splice[]): boolean {
  const places = placesOf(inMemory(before));
  return areRowsSpliced(places, splices ?? spliceRows(inMemory(before), edits), inMemory(after), edits);
}

export function set(field: string, before: unknown, after: unknown, row = key): RowEdit {
  const text = (value: unknown): string | null => (value === undefined ? null : JSON.stringify(value));
  return { kind: "fields", key: row, fields: [{ field, before: text(before), after: text(after) }] };
}

export function spelled(field: string, before: string | null, after: string | null): RowEdit {
  return { kind: "fields", key, fields: [{ field, before, after }] };
}

export function taken(text: string, row: string): RowEdit {
  return {
    kind: "removeRow",
    key: row,
    before: readRows(inMemory(Buffer.from(text)), new Set([row])).get(row)?.text ?? "",
  };
}
