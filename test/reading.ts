// Stores read from memory, and held against JSON.parse.
import assert from "node:assert/strict";
import { rowFields } from "../src/inspect/openclawJson/rowFields.ts";
import { type ScannedRow, type StoreScan, scanStore } from "../src/inspect/openclawJson/storeScanner.ts";

export interface Scanned {
  readonly scan: StoreScan;
  readonly rows: ReadonlyMap<string, ScannedRow>;
}

export function scanBytes(bytes: Buffer, readBytes: number): Scanned {
  const rows = new Map<string, ScannedRow>();
  let at = 0;
  const scan = scanStore(
    (target, offset) => {
      const got = bytes.copy(target, offset, at, Math.min(at + readBytes, at + target.length - offset));
      at += got;
      return got;
    },
    { fields: rowFields, fieldRanges: true },
    (row) => rows.set(row.key, row),
  );
  return { scan, rows };
}

export function parsed(bytes: Buffer): Readonly<Record<string, unknown>> | undefined {
  try {
    const value = JSON.parse(bytes.toString("utf8"));
    return typeof value === "object" && value !== null && !Array.isArray(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function shapeOf(value: unknown): ScannedRow["shape"] {
  if (value === null) return "null";
  return Array.isArray(value) ? "array" : typeof value === "object" ? "object" : "scalar";
}

function wantedOf(value: unknown): Record<string, unknown> {
  if (shapeOf(value) !== "object") return {};
  return Object.fromEntries(Object.entries(value as object).filter(([name]) => rowFields.has(name)));
}

/** Compares with JSON.parse everything that it can tell; gives whether the bytes were parsable. */
export function compare(bytes: Buffer, readBytes: number, what: string): boolean {
  const { scan, rows } = scanBytes(bytes, readBytes);
  const expected = parsed(bytes);
  const told = `${what}, ${readBytes} bytes at a time`;
  assert.equal(scan.ok, expected !== undefined, `${told}: ${JSON.stringify(scan)}`);
  if (!scan.ok) {
    assert.ok(scan.offset >= 0 && scan.offset <= bytes.length, told);
    assert.notEqual(scan.reason, "", told);
    return false;
  }
  assert.equal(scan.bytes, bytes.length, told);
  assert.deepEqual(new Set(rows.keys()), new Set(Object.keys(expected ?? {})), told);
  for (const [key, row] of rows) {
    const value = expected?.[key];
    const cut = (range: { start: number; end: number }): unknown =>
      JSON.parse(bytes.subarray(range.start, range.end).toString("utf8"));
    assert.equal(row.shape, shapeOf(value), told);
    assert.deepEqual(cut(row.range), value, told);
    assert.equal(cut(row.keyRange), key, told);
    assert.deepEqual(Object.fromEntries(Object.entries(row.fields)), wantedOf(value), told);
    const fields = [...row.fieldRanges].map(([name, range]) => [name, cut(range)]);
    assert.deepEqual(Object.fromEntries(fields), wantedOf(value), told);
  }
  return true;
}
