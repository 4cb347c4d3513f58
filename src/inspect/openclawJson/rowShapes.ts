// What rows are made of, without a value of theirs: the names of known fields, and the type of each (for bug reports).
import type { RowShape } from "../../model/messages.ts";
import { UserError } from "../../model/userError.ts";
import { isUnreadable, sourceOf, withFile } from "../regularFile.ts";
import { oversize } from "./rowCollector.ts";
import { rowFields } from "./rowFields.ts";
import { type ByteSource, scanStore } from "./storeScanner.ts";

/** Names that OpenClaw itself gives (facts B1): any other may say something of its owner. */
const vendorFields: ReadonlySet<string> = new Set([
  ...rowFields,
  "sessionStartedAt",
  "lastActivityAt",
  "mainRestartRecovery",
  "lifecycleRunId",
  "activeWriterRunId",
  "lastRunId",
  "lifecycleRevision",
  "lastRunError",
  "pendingFinalDeliveryCreatedAt",
  "archiveReason",
  "pinnedAt",
  "cronRunContinuation",
  "skillsSnapshot",
  "systemPromptReport",
]);

/** In the order of the store, those of these keys that are there. Throws a UserError where the store cannot be read. */
export function readRowShapes(storePath: string, keys: ReadonlySet<string>): RowShape[] {
  const read = withFile(storePath, (file) => rowShapesIn(sourceOf(file), keys));
  if (isUnreadable(read)) throw new UserError(`The store cannot be read: ${read.reason}. Check ${storePath}.`);
  return read;
}

/** The same of the bytes of a store, wherever they come from. */
export function rowShapesIn(source: ByteSource, keys: ReadonlySet<string>): RowShape[] {
  const shapes = new Map<string, RowShape>();
  scanStore(source, { fields: { has: () => true }, only: keys, fieldRanges: true }, (row) => {
    if (!keys.has(row.key)) return;
    const known = Object.entries(row.fields).filter(([name]) => vendorFields.has(name));
    shapes.set(row.key, {
      key: row.key,
      shape: row.shape,
      bytes: row.range.end - row.range.start,
      fields: known.map(([name, value]) => ({ name, type: typeOf(value) })),
      otherFields: Object.keys(row.fields).length - known.length,
      repeated: row.repeated.size,
      isTwice: shapes.has(row.key),
    });
  });
  return [...shapes.values()];
}

/** As much as explains what a rule made of it. */
function typeOf(value: unknown): string {
  if (value === oversize) return "large";
  if (value === null) return "null";
  if (Array.isArray(value)) return `list of ${value.length}`;
  if (typeof value === "object") return `object of ${Object.keys(value).length}`;
  return typeof value === "string" ? textType(value) : typeof value === "number" ? numberType(value) : typeof value;
}

function textType(text: string): string {
  if (text === "") return "empty text";
  if (/^[+-]?\d+(\.\d+)?$/.test(text)) return "number as text";
  return /^\d{4}-\d\d-\d\dT/.test(text) ? "ISO time as text" : "text";
}

/** Seconds or microseconds where milliseconds belong are what goes wrong with numbers. */
function numberType(value: number): string {
  if (value === 0) return "zero";
  const digits = Math.trunc(Math.abs(value)).toString().length;
  return `${value < 0 ? "negative " : ""}number of ${value >= 1e21 ? "many" : digits} digits${Number.isInteger(value) ? "" : " and a fraction"}`;
}
