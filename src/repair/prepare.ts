// What a plan is made from: the rows and locks as they are now, with the hash of the store that they were read from.
import { isUtf8 } from "node:buffer";
import { fileStampOf } from "../inspect/regularFile.ts";
import type { PlanBasis, StoredMode } from "../model/plan.ts";
import type { StoreKind } from "../model/store.ts";
import { UserError } from "../model/userError.ts";
import { columnTexts } from "../plan/databaseColumns.ts";
import { type Files, readAll, withOpen } from "./files.ts";
import { identityOf, modeOf } from "./modes.ts";
import { imageOfOpen } from "./receiptFolder.ts";
import { hashOfImages, imagesAt } from "./rowImages.ts";
import { type RowTexts, readRows, rowTexts } from "./rowSplice.ts";
import { openBytes, readUnchanged, stampOfOpen } from "./storeFile.ts";

export interface Prepared {
  readonly basis: PlanBasis;
  readonly rows: ReadonlyMap<string, RowTexts>;
  readonly locks: ReadonlyMap<string, StoredLock>;
  readonly mode: StoredMode | undefined;
  /** Stamps of files that move, by path; nothing for what is not there. */
  readonly files: ReadonlyMap<string, string>;
}

export interface StoredLock {
  readonly identity: string;
  readonly content: string;
  readonly mode: number;
}

const lockLimitBytes = 65_536n;

/**
 * Throws a PlanMismatch where the store does not parse, a UserError where it changes meanwhile, and what the system throws
 * where it cannot be read.
 */
export function prepare(
  files: Files,
  storePath: string,
  keys: ReadonlySet<string>,
  lockPaths: readonly string[],
  kind: StoreKind = "openclaw-json",
): Prepared {
  const locks = storedLocks(files, lockPaths);
  if (kind === "openclaw-sqlite") return { ...prepareRows(files, storePath, keys), locks, files: new Map() };
  const read = withOpen(files, storePath, "r", undefined, (fd) =>
    readUnchanged(files, fd, stampOfOpen(files, fd), () => ({
      basis: imageOfOpen(files, fd),
      rows: readRows(openBytes(files, fd), keys),
      mode: modeOf(files, fd),
    })),
  );
  return { ...read, locks, files: new Map() };
}

/** Of a database, without a trace. */
function prepareRows(
  files: Files,
  storePath: string,
  keys: ReadonlySet<string>,
): Pick<Prepared, "basis" | "rows" | "mode"> {
  const images = imagesAt(files.realpath(storePath), [...keys]);
  const rows = images.map((image) => {
    const texts = rowTexts(String(image.node["entry_json"]));
    return [image.key, { ...texts, columns: columnTexts(image), hash: hashOfImages([image]).sha256 }] as const;
  });
  const mode = withOpen(files, storePath, "r", undefined, (fd) => modeOf(files, fd));
  return { basis: hashOfImages(images), rows: new Map(rows), mode };
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
    basis: { sha256: "", sizeBytes: 0 },
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
