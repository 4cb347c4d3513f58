// Rows of a database as a receipt keeps them: whole, hashed, and in a file of their own. Nothing else of a database is
// ever kept: the rest of it is large, and holds what is nobody's business (promise 9).
import { createHash } from "node:crypto";
import { readDatabase } from "../inspect/databaseReading.ts";
import { asNumber, asRecord, asText } from "../inspect/openclawJson/records.ts";
import { isUnreadable } from "../inspect/regularFile.ts";
import type { Edit, Plan } from "../model/plan.ts";
import type { FileImage, Receipt } from "../model/receipt.ts";
import type { ColumnValues, RowImage, RowImages } from "../model/rowImage.ts";
import { UserError } from "../model/userError.ts";
import { isSameRow } from "../plan/databaseColumns.ts";
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
  /** Of a JSON list. */
  readonly pieces: readonly Buffer[];
  readonly image: FileImage;
  /** The hash of each, as of a list of one. */
  readonly each: readonly string[];
}

export function spelled(images: readonly RowImage[]): SpelledImages {
  const texts = images.map((image) => Buffer.from(JSON.stringify(image)));
  const pieces = [open, ...texts.flatMap((text, i) => (i === 0 ? [text] : [comma, text])), close];
  const sizeBytes = pieces.reduce((sum, { length }) => sum + length, 0);
  const each = texts.map((text) => sha256(open, text, close));
  return { pieces, image: { sha256: sha256(...pieces), sizeBytes }, each };
}

const [open, comma, close] = ["[", ",", "]"].map((text) => Buffer.from(text)) as [Buffer, Buffer, Buffer];

function sha256(...pieces: readonly Buffer[]): string {
  const hash = createHash("sha256");
  for (const piece of pieces) hash.update(piece);
  return hash.digest("hex");
}

export function hashOfImages(images: readonly RowImage[]): FileImage {
  return spelled(images).image;
}

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
    const [start, between, end] = ['{"schema":1,"before":', ',"after":', "}"].map((text) => Buffer.from(text));
    writeAll(files, fd, Buffer.concat([start, ...before.pieces, between, ...after.pieces, end] as Buffer[]));
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
  const kept = backup === undefined ? undefined : parsedImages(files, backup);
  const isWhole =
    kept !== undefined &&
    hashOfImages(kept.before).sha256 === before?.sha256 &&
    hashOfImages(kept.after).sha256 === after?.sha256;
  if (!isWhole) throw new UserError(wasChanged);
  return kept;
}

/** Gives a row as it was. Throws a UserError where it is not what was kept. */
export type KeptRows = (from: NonNullable<DatabaseEdit["rowFrom"]>, key: string) => RowImage;

/** Reads each receipt's file once. */
export function keptRows(files: Files): KeptRows {
  const read = new Map<
    string,
    ReadonlyMap<string, { readonly image: RowImage; readonly sha256: string | undefined }>
  >();
  return ({ path, sha256 }, key) => {
    const before = read.get(path) ?? hashed(parsedImages(files, path)?.before ?? []);
    read.set(path, before);
    const kept = before.get(key);
    if (kept === undefined || kept.sha256 !== sha256) throw new UserError(wasChanged);
    return kept.image;
  };
}

function hashed(
  images: readonly RowImage[],
): Map<string, { readonly image: RowImage; readonly sha256: string | undefined }> {
  const { each } = spelled(images);
  return new Map(images.map((image, i) => [image.key, { image, sha256: each[i] }]));
}

function parsedImages(files: Files, path: string): RowImages | undefined {
  try {
    const kept: unknown = JSON.parse(readAll(files, path).toString("utf8"));
    return isRowImages(kept) ? kept : undefined;
  } catch (error) {
    if (error instanceof SyntaxError || (error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
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

/**
 * The rows that are as the repair left them, by key, with the hash of each as it was before. Throws a UserError where that
 * cannot be told.
 */
export function rowsAsLeft(files: Files, receipt: Receipt): Map<string, string> {
  const { before, after } = loadImages(files, receipt);
  const left = byKey(after);
  const now = byKey(imagesNow(files, receipt));
  const { each } = spelled(before);
  return new Map(before.flatMap(({ key }, i) => (isSame(left.get(key), now.get(key)) ? [[key, each[i] ?? ""]] : [])));
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
