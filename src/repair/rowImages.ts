// Rows of a database as a receipt keeps them: whole, hashed, and in a file of their own. Nothing else of a database is
// ever kept: the rest of it is large, and holds what is nobody's business (promise 9).
import { createHash } from "node:crypto";
import { readDatabase } from "../inspect/databaseReading.ts";
import { asNumber, asRecord, asText } from "../inspect/openclawJson/records.ts";
import { isUnreadable } from "../inspect/regularFile.ts";
import type { Edit, Plan } from "../model/plan.ts";
import type { FileImage, Receipt } from "../model/receipt.ts";
import type { ColumnValues, RowImage, RowImages } from "../model/rowImage.ts";
import type { ByteRange } from "../model/session.ts";
import { UserError } from "../model/userError.ts";
import { isSameRow } from "../plan/databaseColumns.ts";
import type { LeftRow } from "../plan/undoPlan.ts";
import { statementOf } from "./databaseFile.ts";
import { checkSchema } from "./databaseSchema.ts";
import { type Files, readAll, syncDirectory, unlinkIfThere, withOpen, writeAll } from "./files.ts";
import { receiptPath } from "./receiptFolder.ts";
import type { StateFolder } from "./stateFolder.ts";

/** Whoever asks, through whichever connection. */
export type Query = (sql: string, ...values: readonly (string | number | null)[]) => ColumnValues[];
export type DatabaseEdit = Extract<Edit, { kind: "fields" }>;

export const pendingTable = "session_canonical_validation_pending";

export function databaseEdits({ edits }: Plan): DatabaseEdit[] {
  return edits.filter((edit) => edit.kind === "fields");
}

/** Of these keys, in their order; those without a row are left out. */
export function readImages(query: Query, keys: readonly string[]): RowImage[] {
  // Schema 19 has no such table.
  const hasPending = query("SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = ?", pendingTable).length > 0;
  return keys.flatMap((key) => {
    const [node] = query("SELECT * FROM session_nodes WHERE session_key = ?", key);
    if (node === undefined) return [];
    const ofWindow = "SELECT * FROM session_windows WHERE session_id = ? AND session_key = ?";
    const [window = null] = query(ofWindow, node["current_session_id"] ?? null, key);
    const isPending = (): boolean => query(`SELECT 1 FROM ${pendingTable} WHERE session_key = ?`, key).length > 0;
    return [{ key, node: { ...node }, window: window && { ...window }, ...(hasPending && { isPending: isPending() }) }];
  });
}

/** The same without a trace. Throws a UserError where the database cannot be read, or is none that is written. */
export function imagesAt(path: string, keys: readonly string[]): RowImage[] {
  const read = readDatabase({
    path,
    what: "images",
    use: (database) => {
      const query: Query = (sql, ...values) => statementOf(database, sql).all(...values) as ColumnValues[];
      checkSchema(query);
      return readImages(query, keys);
    },
  });
  if (isUnreadable(read)) throw new UserError(`The store cannot be read: ${read.reason}. Check ${path}.`);
  return read.value;
}

/** Images as a receipt spells them. */
export interface SpelledImages {
  /** A JSON list. */
  readonly bytes: Buffer;
  /** Where each stands in it. */
  readonly ranges: readonly ByteRange[];
}

export function spelled(images: readonly RowImage[]): SpelledImages {
  const texts = images.map((image) => JSON.stringify(image));
  let end = 0;
  const ranges = texts.map((text): ByteRange => {
    const start = end + 1;
    end = start + Buffer.byteLength(text);
    return { start, end };
  });
  const bytes = Buffer.alloc(texts.length === 0 ? 2 : end + 1, ",");
  for (const [i, { start }] of ranges.entries()) bytes.write(texts[i] ?? "", start);
  bytes.write("[", 0);
  bytes.write("]", bytes.length - 1);
  return { bytes, ranges };
}

export function imageOfSpelled({ bytes }: SpelledImages): FileImage {
  return { sha256: sha256(bytes), sizeBytes: bytes.length };
}

/** Of each, as of a list of one. */
export function hashesOf({ bytes, ranges }: SpelledImages): string[] {
  return ranges.map(({ start, end }) => sha256(open, bytes.subarray(start, end), close));
}

const [open, close] = [Buffer.from("["), Buffer.from("]")] as const;

function sha256(...pieces: readonly Buffer[]): string {
  const hash = createHash("sha256");
  for (const piece of pieces) hash.update(piece);
  return hash.digest("hex");
}

/** What stands around the two lists in the file. */
const frame = {
  start: Buffer.from('{"schema":1,"before":'),
  between: Buffer.from(',"after":'),
  end: Buffer.from("}"),
};

/** As `RowImages`. Gives the path of the file, which is on the disk when this returns. */
export function keepImages(
  files: Files,
  folder: StateFolder,
  id: string,
  before: SpelledImages,
  after: SpelledImages,
): string {
  const path = receiptPath(folder, id, "rows.json");
  unlinkIfThere(files, path);
  withOpen(files, path, "wx", 0o600, (fd) => {
    writeAll(files, fd, Buffer.concat([frame.start, before.bytes, frame.between, after.bytes, frame.end]));
    files.fsync(fd);
  });
  syncDirectory(files, receiptPath(folder, id));
  return path;
}

const wasChanged = "The rows from before the repair were changed: nothing is put back from them.";

/** What a receipt keeps. Throws a UserError where that is gone, or is not what was kept. */
export function loadImages(
  files: Files,
  { backup, before, after }: Pick<Receipt, "backup" | "before" | "after">,
): RowImages {
  const bytes = backup === undefined ? undefined : keptBytes(files, backup);
  const kept = before && after && bytes && isKept(bytes, before, after) ? parsedImages(bytes) : undefined;
  if (kept === undefined) throw new UserError(wasChanged);
  return kept;
}

/** Byte for byte, so that nothing of it is spelled once more to be hashed. */
function isKept(bytes: Buffer, before: FileImage, after: FileImage): boolean {
  const { start, between, end } = frame;
  let at = 0;
  const next = (length: number): Buffer => {
    at += length;
    return bytes.subarray(at - length, at);
  };
  const isSame =
    next(start.length).equals(start) &&
    sha256(next(before.sizeBytes)) === before.sha256 &&
    next(between.length).equals(between) &&
    sha256(next(after.sizeBytes)) === after.sha256;
  return isSame && next(bytes.length - at).equals(end);
}

/** Gives a row as it was. Throws a UserError where it is not what was kept. */
export type KeptRows = (from: NonNullable<DatabaseEdit["rowFrom"]>, key: string) => RowImage;

type HashedImages = ReadonlyMap<string, { readonly image: RowImage; readonly sha256: string | undefined }>;

/** Reads each receipt's file once. `read`: what was read already, by its path. */
export function keptRows(files: Files, read = new Map<string, HashedImages>()): KeptRows {
  return ({ path, sha256 }, key) => {
    const before = read.get(path) ?? hashed(keptBefore(files, path));
    read.set(path, before);
    const kept = before.get(key);
    if (kept === undefined || kept.sha256 !== sha256) throw new UserError(wasChanged);
    return kept.image;
  };
}

function hashed(images: readonly RowImage[]): HashedImages {
  const each = hashesOf(spelled(images));
  return new Map(images.map((image, i) => [image.key, { image, sha256: each[i] }]));
}

function keptBefore(files: Files, path: string): readonly RowImage[] {
  const bytes = keptBytes(files, path);
  return (bytes && parsedImages(bytes)?.before) ?? [];
}

/** Undefined where it is gone. */
function keptBytes(files: Files, path: string): Buffer | undefined {
  try {
    return readAll(files, path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
}

function parsedImages(bytes: Buffer): RowImages | undefined {
  try {
    const kept: unknown = JSON.parse(bytes.toString("utf8"));
    return isRowImages(kept) ? kept : undefined;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

function isRowImages(value: unknown): value is RowImages {
  const { schema, before, after } = asRecord(value) ?? {};
  return schema === 1 && [before, after].every((rows) => Array.isArray(rows) && rows.every(isRowImage));
}

function isRowImage(value: unknown): value is RowImage {
  const { key, node, window, isPending } = asRecord(value) ?? {};
  return (
    asText(key) !== undefined &&
    isColumnValues(node) &&
    (window === null || isColumnValues(window)) &&
    (isPending === undefined || typeof isPending === "boolean")
  );
}

function isColumnValues(value: unknown): value is ColumnValues {
  const columns = asRecord(value);
  const isValue = (one: unknown): boolean => one === null || (asText(one) ?? asNumber(one)) !== undefined;
  return columns !== undefined && Object.values(columns).every(isValue);
}

/** Of these rows of a database those that are as the repair left them, and what they were before. Throws a UserError where that cannot be told. */
export function rowsAsLeft(
  files: Files,
  receipt: Receipt,
  rows: readonly RowImage[],
  hashes: readonly string[],
): { readonly asLeft: ReadonlyMap<string, LeftRow>; readonly kept: KeptRows } {
  const { before, after } = loadImages(files, receipt);
  const left = byKey(after);
  const old = hashed(before);
  const asLeft = new Map<string, LeftRow>();
  for (const [i, row] of rows.entries()) {
    const [was, now] = [old.get(row.key)?.sha256, hashes[i]];
    if (was !== undefined && now !== undefined && isSame(left.get(row.key), row))
      asLeft.set(row.key, { before: was, now });
  }
  return { asLeft, kept: keptRows(files, new Map([[receipt.backup ?? "", old]])) };
}

/**
 * Whether the transaction of a repair that was cut short took place: it is told by any of its rows, since all of them were
 * written or none. Where others have written every one of them since, it counts as written: an undo then finds nothing
 * of its own, while a repair that is forgotten could not be undone.
 */
export function wereRowsWritten(files: Files, receipt: Receipt): boolean {
  const { before } = loadImages(files, receipt);
  const now = byKey(imagesNow(files, receipt));
  return !before.some((old) => isSame(old, now.get(old.key)));
}

function byKey(images: readonly RowImage[]): ReadonlyMap<string, RowImage> {
  return new Map(images.map((image) => [image.key, image]));
}

function isSame(a: RowImage | undefined, b: RowImage | undefined): boolean {
  return a !== undefined && b !== undefined && isSameRow(a, b);
}

function imagesNow(files: Files, { plan }: Receipt): RowImage[] {
  const keys = databaseEdits(plan).map(({ key }) => key);
  return imagesAt(files.realpath(plan.store.path), keys);
}
