// What a plan is made from: the rows and locks as they are now, with the hash of the store that they were read from.
import { isUtf8 } from "node:buffer";
import { dirname, join } from "node:path";
import { databaseVersionAt } from "../inspect/databaseReading.ts";
import { asRecord } from "../inspect/openclawJson/records.ts";
import { fileStampOf } from "../inspect/regularFile.ts";
import type { ListElement, PlanBasis, StoredMode } from "../model/plan.ts";
import type { Receipt } from "../model/receipt.ts";
import type { RowImage } from "../model/rowImage.ts";
import type { StoreKind } from "../model/store.ts";
import { UserError } from "../model/userError.ts";
import { columnTexts } from "../plan/databaseColumns.ts";
import type { StoredRow } from "../plan/repairPlan.ts";
import type { StoredNow } from "../plan/undoPlan.ts";
import { rowBytes } from "./agentctlRows.ts";
import { preparedMemoryRows } from "./claudeMemRows.ts";
import { elementsIn } from "./elements.ts";
import { imageOfOpen, imaging } from "./fileImage.ts";
import { type Files, readAll, withOpen } from "./files.ts";
import { identityOf, modeOf } from "./modes.ts";
import { databaseEdits, hashesOf, imageOfSpelled, imagesAt, type KeptRows, rowsAsLeft, spelled } from "./rowImages.ts";
import { type Place, PlanMismatch, placesOf, readRows, rowTexts, type StoreBytes } from "./rowSplice.ts";
import { openBytes, readUnchanged, stampOfOpen } from "./storeFile.ts";

export interface Prepared {
  readonly basis: PlanBasis;
  readonly rows: ReadonlyMap<string, StoredRow>;
  readonly locks: ReadonlyMap<string, StoredLock>;
  readonly elements?: ReadonlyMap<string, ListElement & { readonly file: string }>;
  readonly mode: StoredMode | undefined;
  /** Stamps of files that move, by path; nothing for what is not there. */
  readonly files: ReadonlyMap<string, string>;
}

export interface StoredLock {
  readonly identity: string;
  readonly content: string;
  readonly mode: number;
}

/** Nothing rests on the whole of the store's file. */
const noBasis: PlanBasis = { sha256: "", sizeBytes: 0 };
const lockLimitBytes = 65_536n;

/** A store as it was when a plan's basis was taken of it. */
export interface SeenStore {
  /** Of the open file; of a database and its log. */
  readonly stamp: string;
  /**
   * Of all rows of a file, as they lie in the very bytes that the basis is the hash of; absent where they were not
   * looked for.
   */
  readonly places?: readonly Place[];
  /** Of rows of a database that are to go back: what they were. */
  readonly kept?: KeptRows;
}

/** For as long as the plan is there: whoever carries it out need not go through the whole store again. */
const seen = new WeakMap<PlanBasis, SeenStore>();

/** Undefined for a basis that was not taken by this process. */
export function seenStore(basis: PlanBasis | undefined): SeenStore | undefined {
  return basis && seen.get(basis);
}

/**
 * Throws a PlanMismatch where the store does not parse, a UserError where it changes meanwhile, and what the system throws
 * where it cannot be read. `whole`: a file with this hash goes back as a whole, and none of its rows is asked for.
 */
export function prepare(
  files: Files,
  storePath: string,
  keys: ReadonlySet<string>,
  lockPaths: readonly string[],
  kind: StoreKind = "openclaw-json",
  whole?: string,
): Prepared {
  if (kind === "claude-mem") {
    const rows = preparedMemoryRows(files.realpath(storePath), keys);
    return { rows, basis: noBasis, locks: new Map(), files: new Map(), mode: undefined };
  }
  const isList = kind === "agentctl";
  const locks = storedLocks(files, isList ? [] : lockPaths);
  if (kind === "openclaw-sqlite") return { ...prepareRows(files, storePath, keys), locks, files: new Map() };
  const read = withOpen(files, storePath, "r", undefined, (fd) => {
    const stamp = stampOfOpen(files, fd);
    return readUnchanged(files, fd, stamp, () => {
      const mode = modeOf(files, fd);
      const image = whole === undefined ? undefined : imageOfOpen(files, fd);
      if (image !== undefined && image.sha256 === whole) {
        seen.set(image, { stamp });
        return { basis: image, rows: new Map(), mode };
      }
      const { basis, object, places } = placedRows(files, fd, kind);
      seen.set(basis, { stamp, places });
      return { basis, rows: readRows(object, keys, places), mode };
    });
  });
  const elements = isList ? { elements: readElements(files, storePath, lockPaths) } : {};
  return { ...read, locks, files: new Map(), ...elements };
}

/** Hash and places are of one and the same reading: whoever has a file with this hash knows where its rows lie. */
function placedRows(files: Files, fd: number, kind: StoreKind): Placed {
  const { take, image } = imaging();
  const { object } = rowBytes(kind, openBytes(files, fd, take));
  const places = placesOf(object);
  return { basis: image(), object, places };
}

interface Placed {
  readonly basis: PlanBasis;
  readonly object: StoreBytes;
  readonly places: readonly Place[];
}

/** Of a database, without a trace. */
function prepareRows(
  files: Files,
  storePath: string,
  keys: ReadonlySet<string>,
): Pick<Prepared, "basis" | "rows" | "mode"> {
  const { images, hashes, ...read } = readHashed(files, storePath, [...keys]);
  const rows = images.map((image, i) => {
    const texts = rowTexts(String(image.node["entry_json"]));
    return [image.key, { ...texts, columns: columnTexts(image), hash: hashes[i] ?? "" }] as const;
  });
  return { ...read, rows: new Map(rows) };
}

/** What undoing a repair of a database rests on: its rows as they are, and as that left them. Throws a UserError. */
export function prepareUndoOfRows(files: Files, receipt: Receipt): Prepared & Pick<StoredNow, "asLeft"> {
  const { plan } = receipt;
  const keys = databaseEdits(plan).map(({ key }) => key);
  const { images, hashes, ...read } = readHashed(files, plan.store.path, keys);
  const { asLeft, kept } = rowsAsLeft(files, receipt, images, hashes);
  const known = seen.get(read.basis);
  if (known !== undefined) seen.set(read.basis, { ...known, kept });
  return { ...read, rows: new Map(), locks: new Map(), files: new Map(), asLeft };
}

interface HashedRows extends Pick<Prepared, "basis" | "mode"> {
  readonly images: readonly RowImage[];
  /** Of each. */
  readonly hashes: readonly string[];
}

function readHashed(files: Files, storePath: string, keys: readonly string[]): HashedRows {
  const path = files.realpath(storePath);
  const version = databaseVersionAt(path);
  const images = imagesAt(path, keys);
  const all = spelled(images);
  const basis = imageOfSpelled(all);
  if (version !== undefined && databaseVersionAt(path) === version) seen.set(basis, { stamp: version });
  const mode = withOpen(files, storePath, "r", undefined, (fd) => modeOf(files, fd));
  return { basis, images, hashes: hashesOf(all), mode };
}

function storedLocks(files: Files, paths: readonly string[]): Map<string, StoredLock> {
  const locks = new Map<string, StoredLock>();
  for (const path of paths) {
    const lock = readStoredLock(files, path);
    if (lock !== undefined) locks.set(path, lock);
  }
  return locks;
}

/** Where no row is to change nothing of the store is read but its mode: it may be torn, or gone. */
export function prepareFiles(files: Files, storePath: string, paths: readonly string[]): Prepared {
  const isThere = files.lstat(storePath) !== undefined;
  const mode = isThere ? withOpen(files, storePath, "r", undefined, (fd) => modeOf(files, fd)) : undefined;
  return {
    basis: noBasis,
    rows: new Map(),
    locks: new Map(),
    mode,
    files: stampsOf(files, paths),
  };
}

/** By path, of what is there. */
export function stampsOf(files: Files, paths: readonly string[]): Map<string, string> {
  const stamps = new Map<string, string>();
  for (const path of paths) {
    const stats = files.lstat(path);
    if (stats !== undefined) stamps.set(path, fileStampOf(stats));
  }
  return stamps;
}

/** Directory locks by their path, `/dir#3`. Throws a PlanMismatch where two of them are spelled the same. */
function readElements(
  files: Files,
  statePath: string,
  lockPaths: readonly string[],
): ReadonlyMap<string, ListElement & { readonly file: string }> {
  const file = join(dirname(statePath), "locks.json");
  const texts = lockPaths.length === 0 ? [] : (elementsIn(files, file) ?? []);
  const found = new Map<string, ListElement & { readonly file: string }>();
  for (const path of lockPaths) {
    const index = Number(/#(\d+)$/.exec(path)?.[1] ?? Number.NaN);
    const text = texts[index];
    const name = path.replace(/#\d+$/, "");
    if (text === undefined || asRecord(JSON.parse(text))?.["directory"] !== name)
      throw new PlanMismatch(`the lock on ${name} is not where it was`);
    if (texts.indexOf(text) !== texts.lastIndexOf(text)) throw new PlanMismatch(`the lock on ${name} stands twice`);
    found.set(path, { file, index, text, name });
  }
  return found;
}

/** Undefined where it is gone. Throws a UserError where it is none that a receipt can hold and give back. */
export function readStoredLock(files: Files, path: string): StoredLock | undefined {
  const stats = files.lstat(path);
  if (stats === undefined) return undefined;
  const bytes = stats.isFile() && stats.size <= lockLimitBytes ? readAll(files, path) : undefined;
  if (bytes === undefined || !isUtf8(bytes))
    throw new UserError(`${path} is no lock that could be put back. Look at it, and remove it by hand.`);
  const content = bytes.toString("utf8");
  // Whose bytes these are is known only if the path still leads to the same file after they were read.
  const now = files.lstat(path);
  if (now === undefined) return undefined;
  return { identity: identityOf(now), content, mode: Number(now.mode & 0o7777n) };
}
